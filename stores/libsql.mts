import { hasMethod, wrongType } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What one statement gave. */
interface Result {
  rows: unknown[]
  rowsAffected: number
}

/** What the store uses of a client of `@libsql/client`. */
export interface LibsqlClient {
  /** How it reaches its database: `'file'`, `'http'` or `'ws'`. A transaction has none. */
  readonly protocol: string
  batch(statements: { sql: string; args: (string | number)[] }[], mode: 'write'): Promise<Result[]>
  /** Opens its file again, in the versions that have this. */
  reconnect?(): unknown
}

/**
 * A transaction of its own: one that the app has opened by `execute('begin')` could be rolled back.
 *
 * After a file was locked for too long, the client goes on failing for ever
 * (https://github.com/tursodatabase/libsql-client-ts/issues/352): it opens the file again.
 */
async function run(client: LibsqlClient, sql: string, args: (string | number)[]): Promise<Result> {
  try {
    return firstOf(await client.batch([{ sql, args }], 'write')) as Result
  } catch (error) {
    if (client.protocol === 'file' && isBusy(error)) await client.reconnect?.()
    throw error
  }
}

const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')

/**
 * A store in libSQL or Turso, by `@libsql/client`: for any number of processes, or with a file those of one machine. Makes
 * the table `local_first_store` at the first call, if there is none.
 *
 * A client waits for a file that another process has locked only if it has a `timeout`, in milliseconds.
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
    wrongType('libsqlStore', '`client` must be a client of `@libsql/client`')
  }
  return asyncSqliteStore(
    'libSQL',
    async (sql, args) => {
      const { rows, rowsAffected } = await run(client, sql, args)
      return { row: firstOf(rows), changes: rowsAffected }
    },
    timeoutMs,
  )
}
