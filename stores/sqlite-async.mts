// SQLite behind a client that answers later: each step is one statement, and so a transaction of its own.

import { hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY } from './clean-up.mts'
import { CLEAN_UP, CREATE, GET, SWAP, TABLE, TAKE } from './sqlite-statements.mts'
import { createStore, type Store } from './store.mts'

/** Runs one statement, and gives what the driver says of it. */
export type Execute = (sql: string, args: (string | number)[]) => Promise<{ row: unknown; changes: unknown }>

/**
 * Makes a store of what runs statements. Makes the table at the first call, if there is none.
 *
 * @param name - What the engine is called in errors.
 */
export function asyncSqliteStore(name: string, execute: Execute, timeoutMs: number): Store {
  let creates = 0
  let hasTable = false

  const run: Execute = async (sql, args) => {
    // Each call asks for itself until one is told: a promise that they share could hang on a connection that is lost.
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
