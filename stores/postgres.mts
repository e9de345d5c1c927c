import { hasMethod, wrongType } from '../common/options.mts'
import { retry } from '../common/retry.mts'
import { firstOf, hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY, CLEAN_UP_ROWS } from './clean-up.mts'
import { createStore, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** The part of a `Pool` of `pg` that the store uses. */
export interface PostgresPool {
  readonly totalCount: number
  connect(): Promise<PostgresClient>
}

interface PostgresClient {
  // biome-ignore lint/suspicious/noExplicitAny: the driver's own rows.
  query(text: string, values?: any[]): Promise<{ rows: any[]; rowCount: number | null }>
  on(event: 'notice' | 'error', listener: (told: { code?: string | undefined }) => void): unknown
  off(event: 'notice' | 'error', listener: (told: { code?: string | undefined }) => void): unknown
  release(error?: Error | boolean): void
}

/** Makes the table in one transaction under a lock: otherwise one of two processes that start together would fail. */
const TABLE = `
  select pg_advisory_xact_lock(hashtext('local_first_store'));
  create table if not exists local_first_store (key text primary key, value text not null, expires_at timestamptz not null);
  create index if not exists local_first_store_expires_at on local_first_store (expires_at)`

// The server's clock, which is the same for all processes. Not the time of the transaction, which may have begun long ago.
const NOW = 'clock_timestamp()'
const after = (seconds: string) => `${NOW} + make_interval(secs => ${seconds}::integer)`

const CREATE = `
  insert into local_first_store as old (key, value, expires_at) values ($1, $2, ${after('$3')})
  on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at where old.expires_at <= ${NOW}`
const GET = `select value from local_first_store where key = $1 and expires_at > ${NOW}`
const SWAP = `
  update local_first_store set value = $3, expires_at = ${after('$4')}
  where key = $1 and value = $2 and expires_at > ${NOW}`
const TAKE = `delete from local_first_store where key = $1 and expires_at > ${NOW} returning value`
// A statement of its own that waits for no lock, so it cannot be in a deadlock with the others.
const CLEAN_UP = `
  delete from local_first_store where key in (
    select key from local_first_store where expires_at <= ${NOW}
    order by expires_at limit ${CLEAN_UP_ROWS} for update skip locked)`

/** `serialization_failure`: at some isolation levels, the second of two statements at once fails. A retry sees the first. */
const SERIALIZATION_FAILURE = '40001'
/** `undefined_table`, and the notice `active_sql_transaction` of a `begin` inside a transaction. */
const [UNDEFINED_TABLE, ACTIVE_TRANSACTION] = ['42P01', '25001']

const codeOf = (error: unknown) => (error as { code?: unknown }).code

/** Returns what the server last reported: `'I'` outside of a transaction; `undefined` if the driver does not report it. */
function statusOf(client: PostgresClient): string | undefined {
  const { getTransactionStatus } = client as { getTransactionStatus?: () => string | null }
  try {
    return getTransactionStatus?.call(client) ?? undefined
  } catch {
    // `pg` asks `pg-native`, and older versions of that do not report it.
    return undefined
  }
}

const OPEN = 'a client was given back to the pool with a transaction open'

/** Whether no transaction is open on a client of the pool. */
async function isAlone(client: PostgresClient): Promise<boolean> {
  const status = statusOf(client)
  if (status !== undefined) return status === 'I'
  // Older versions of `pg` do not report it. The server does, when it gets a `begin`.
  let alone = true
  const listen = ({ code }: { code?: string | undefined }) => {
    if (code === ACTIVE_TRANSACTION) alone = false
  }
  client.on('notice', listen)
  try {
    await client.query('begin')
    if (alone) await client.query('rollback')
  } finally {
    client.off('notice', listen)
  }
  return alone
}

/**
 * Runs a step on a client of the pool. A client that was returned with a transaction open is closed and not used: if that
 * transaction were rolled back, a used proof could be used again.
 */
async function withClient<T>(pool: PostgresPool, step: (client: PostgresClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // If the connection is lost, the query rejects, too. Without a listener, the event would end the process.
  const ignore = () => undefined
  client.on('error', ignore)
  let fault: Error | undefined
  try {
    if (!(await isAlone(client))) throw new Error(OPEN)
    const answer = await step(client)
    // The app may have sent a `begin` before the step, without waiting for it.
    if ((statusOf(client) ?? 'I') !== 'I') throw new Error(OPEN)
    return answer
  } catch (error) {
    fault = error as Error
    throw error
  } finally {
    client.off('error', ignore)
    client.release(fault)
  }
}

/**
 * Makes a store in PostgreSQL, for any number of processes. The first call makes the table `local_first_store`, if the
 * pool's user does not see one.
 *
 * The `search_path` selects the table, so it must be the same on every connection.
 *
 * @param pool - A `Pool` of `pg`; the store never ends it. If a client was returned to it with a transaction open, that
 *   client is closed, and the call fails. Listen to the pool's `error` event: when the server goes away, Node ends a process
 *   that does not.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @example
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL }).on('error', console.error)
 * const useProof = oneTimeProof(postgresStore(pool))
 */
export function postgresStore(pool: PostgresPool, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('postgresStore', options)
  // A single client might be in a transaction. If that were rolled back, a used proof could be used again.
  if (!hasMethod(pool, 'connect') || typeof pool.totalCount !== 'number') {
    wrongType('postgresStore', '`pool` must be a Pool of `pg`')
  }
  let creates = 0
  let hasTable = false

  const makeTable = async (client: PostgresClient) => {
    // As text, which no setting of the driver parses differently.
    const { rows } = await client.query("select to_regclass('local_first_store')::text as name")
    if (!rows[0].name) await client.query(TABLE)
    hasTable = true
  }
  const query = (text: string, values: unknown[]) =>
    withClient(pool, async (client) => {
      try {
        // Until one call has the answer, each asks for itself: a shared promise could hang on a lost connection.
        if (!hasTable) await makeTable(client)
        return await retry(
          () => client.query(text, values),
          (error) => codeOf(error) === SERIALIZATION_FAILURE,
        )
      } catch (error) {
        // The table was rolled back with a transaction, or dropped. The next call makes it again.
        if (codeOf(error) === UNDEFINED_TABLE) hasTable = false
        throw error
      }
    })

  return createStore(
    'PostgreSQL',
    {
      async create(key, value, ttlSeconds) {
        if (creates++ % CLEAN_UP_EVERY === 0) await query(CLEAN_UP, [])
        return hasChanged((await query(CREATE, [key, value, ttlSeconds])).rowCount)
      },
      get: async (key) => valueIn(firstOf((await query(GET, [key])).rows)),
      compareAndSwap: async (key, expected, value, ttlSeconds) =>
        hasChanged((await query(SWAP, [key, expected, value, ttlSeconds])).rowCount),
      take: async (key) => valueIn(firstOf((await query(TAKE, [key])).rows)),
    },
    { timeoutMs },
  )
}
