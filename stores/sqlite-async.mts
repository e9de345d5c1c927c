// SQLite behind an asynchronous client. Each step is one statement, and so a transaction of its own.

import { hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY } from './clean-up.mts'
import { CLEAN_UP, CREATE, GET, SWAP, TABLE, TAKE } from './sqlite-statements.mts'
import { createStore, type Store } from './store.mts'

/** Runs one statement. Returns the first row and the number of changed rows, as the driver reports them. */
export type Execute = (sql: string, args: (string | number)[]) => Promise<{ row: unknown; changes: unknown }>

/**
 * Makes a store from a function that runs statements. The first call makes the table, if there is none.
 *
 * @param name - The name of the engine in errors.
 */
export function asyncSqliteStore(name: string, execute: Execute, timeoutMs: number): Store {
  let creates = 0
  let hasTable = false

  const run: Execute = async (sql, args) => {
    // Until one call has the answer, each asks for itself: a shared promise could hang on a lost connection.
    if (!hasTable) for (const statement of TABLE) await execute(statement, [])
    hasTable = true
    return execute(sql, args)
  }

  return createStore(
    name,
    {
      async create(key, value, ttlSeconds) {
        if (creates++ % CLEAN_UP_EVERY === 0) await run(CLEAN_UP, [Date.now()])
        const now = Date.now()
        return hasChanged((await run(CREATE, [key, value, now + ttlSeconds * 1000, now])).changes)
      },
      get: async (key) => valueIn((await run(GET, [key, Date.now()])).row),
      async compareAndSwap(key, expected, value, ttlSeconds) {
        const now = Date.now()
        return hasChanged((await run(SWAP, [value, now + ttlSeconds * 1000, key, expected, now])).changes)
      },
      take: async (key) => valueIn((await run(TAKE, [key, Date.now()])).row),
    },
    { timeoutMs },
  )
}
