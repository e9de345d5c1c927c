import { hasMethod, wrongType } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What the store uses of a D1 database, as Cloudflare binds it, or `miniflare` in Node. */
export interface D1Database {
  prepare(sql: string): {
    bind(...values: unknown[]): { run(): Promise<{ results: unknown[]; meta: { changes: number } }> }
  }
}

/**
 * A store in Cloudflare D1, for any number of processes. Makes the table `local_first_store` at the first call, if there is
 * none.
 *
 * @param database - The database, and not a session of it, which may read from a replica that lags.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export function d1Store(database: D1Database, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('d1Store', options)
  if (!hasMethod(database, 'prepare') || !hasMethod(database, 'withSession')) {
    wrongType('d1Store', '`database` must be a D1 database')
  }
  return asyncSqliteStore(
    'D1',
    async (sql, args) => {
      const { results, meta } = await database
        .prepare(sql)
        .bind(...args)
        .run()
      return { row: firstOf(results), changes: meta.changes }
    },
    timeoutMs,
  )
}
