import { hasMethod, wrongType } from '../common/options.mts'
import { firstOf } from './answers.mts'
import { asyncSqliteStore } from './sqlite-async.mts'
import { parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** The result of one statement. */
interface Result {
  rows: unknown[]
  rowsAffected: number
}

/** The part of a client of `@libsql/client` that the store uses. */
export interface LibsqlClient {
  /** How the client reaches its database: `'file'`, `'http'` or `'ws'`. A transaction has no `protocol`. */
  readonly protocol: string
  batch(statements: { sql: string; args: (string | number)[] }[], mode: 'write'): Promise<Result[]>
  /** Opens its file again, in the versions that have this. */
  reconnect?(): unknown
}

/**
 * Runs a statement in a transaction of its own. A transaction that the app has opened with `execute('begin')` could be
 * rolled back.
 *
 * After a file was locked for too long, the client fails for ever
 * (https://github.com/tursodatabase/libsql-client-ts/issues/352). So the file is opened again.
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
 * Makes a store in libSQL or Turso, with `@libsql/client`. It is for any number of processes, or, with a file, for those of
 * one machine. The first call makes the table `local_first_store`, if there is none.
 *
 * A client waits for a file that another process has locked only if it has a `timeout`, in milliseconds.
 *
 * Entries expire by the clock of the process. The clocks of several machines may differ: `oneTimeProof` allows for that.
 *
 * @param client - A client; the store never closes it. Not one of its transactions: after a roll-back, a used proof could be
 *   used again.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @example
 * const client = createClient({ url: 'file:app.db', timeout: 5000 })
 * const useProof = oneTimeProof(libsqlStore(client))
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
