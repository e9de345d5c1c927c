import { hasMethod, wrongType } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** The part of a D1 database that the store uses: a binding of Cloudflare, or of `miniflare` in Node. */
export interface D1Database {
  prepare(sql: string): {
    bind(...values: unknown[]): { run(): Promise<{ results: unknown[]; meta: { changes: number } }> }
  }
}

/**
 * Makes a store in Cloudflare D1, for any number of processes. The first call makes the table `local_first_store`, if there
 * is none.
 *
 * @param database - The database. Not a session of it, which may read from a replica that lags.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @example
 * const store = d1Store(env.DB)
 * const useProof = oneTimeProof(store)
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
