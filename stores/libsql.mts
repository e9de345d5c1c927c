import { hasMethod, invalid } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

interface Result {
  rows: unknown[]
  rowsAffected: number
}

/** What the store uses of a client of `@libsql/client`. */
export interface LibsqlClient {
  /** How it reaches its database: `'file'`, `'http'` or `'ws'`. A transaction has none. */
  readonly protocol: string
  batch(statements: { sql: string; args: (string | number)[] }[], mode: 'write'): Promise<Result[]>
}

/**
 * A store in libSQL or Turso, by `@libsql/client`: for any number of processes, or those of one machine with a file. Makes the table `local_first_store` at the
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
      // A transaction of its own: one that the app has opened by `execute('begin')` could be rolled back.
      const { rows, rowsAffected } = firstOf(await client.batch([{ sql, args }], 'write')) as Result
      return { row: firstOf(rows), changes: rowsAffected }
    },
    timeoutMs,
  )
}
