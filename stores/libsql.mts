import { hasMethod, invalid } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What the store uses of a client of `@libsql/client`. */
export interface LibsqlClient {
  /** How it reaches its database: `'file'`, `'http'` or `'ws'`. A transaction has none. */
  readonly protocol: string
  execute(statement: { sql: string; args: (string | number)[] }): Promise<{ rows: unknown[]; rowsAffected: number }>
}

/**
 * A store in libSQL or Turso, by `@libsql/client`, for any number of processes. Makes the table `local_first_store` at the
 * first call, if there is none.
 *
 * Entries expire by the clock of the process: those of several machines may differ, as proofs allow for.
 *
 * @param client - A client; the store never closes it. Not one of its transactions: their roll-back would give a used proof
 *   back.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export function libsqlStore(client: LibsqlClient, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('libsqlStore', options)
  if (!hasMethod(client, 'execute') || !hasMethod(client, 'batch') || typeof client.protocol !== 'string') {
    invalid('libsqlStore', '`client` must be a client of `@libsql/client`')
  }
  return asyncSqliteStore(
    'libSQL',
    async (sql, args) => {
      const { rows, rowsAffected } = await client.execute({ sql, args })
      return { row: firstOf(rows), changes: rowsAffected }
    },
    timeoutMs,
  )
}
