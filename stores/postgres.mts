import { hasMethod, wrongType } from '../common/options.mts'
import { retry } from '../common/retry.mts'
import { firstOf, hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY, CLEAN_UP_ROWS } from './clean-up.mts'
import { createStore, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What the store uses of a `Pool` of `pg`. */
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

/** One transaction, and one at a time: two processes that start together would fail at each other's table. */
const TABLE = `
  select pg_advisory_xact_lock(hashtext('local_first_store'));
  create table if not exists local_first_store (key text primary key, value text not null, expires_at timestamptz not null);
  create index if not exists local_first_store_expires_at on local_first_store (expires_at)`

// The server's clock, the same for all processes; not that of the transaction, which may have begun long ago.
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
// A statement of its own, which waits for nobody: none of the others can be in a deadlock with it.
const CLEAN_UP = `
  delete from local_first_store where key in (
    select key from local_first_store where expires_at <= ${NOW}
    order by expires_at limit ${CLEAN_UP_ROWS} for update skip locked)`

/** `serialization_failure`: where that is the isolation, the second is told so, and then sees the first. */
const SERIALIZATION_FAILURE = '40001'
/** `undefined_table`, and the notice `active_sql_transaction` of a `begin` inside a transaction. */
const [UNDEFINED_TABLE, ACTIVE_TRANSACTION] = ['42P01', '25001']

const codeOf = (error: unknown) => (error as { code?: unknown }).code

/** `'I'` outside of a transaction, as the server has told last; `undefined` where the driver does not tell. */
function statusOf(client: PostgresClient): string | undefined {
  const { getTransactionStatus } = client as { getTransactionStatus?: () => string | null }
  try {
    return getTransactionStatus?.call(client) ?? undefined
  } catch {
    // `pg` asks `pg-native`, of which older versions do not tell.
    return undefined
  }
}

const OPEN = 'a client was given back to the pool with a transaction open'

/** Whether no transaction is open on a client of the pool. */
async function isAlone(client: PostgresClient): Promise<boolean> {
  const status = statusOf(client)
  if (status !== undefined) return status === 'I'
  // Older versions of `pg` do not tell. The server does, when it is asked to begin one.
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
 * Runs a step on a client of the pool's. A client that was given back with a transaction open is not used, and closed: when
 * that transaction was rolled back, a used proof would come back.
 */
async function withClient<T>(pool: PostgresPool, step: (client: PostgresClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that is lost meanwhile also rejects the query; unheard, the event would end the process.
  const ignore = () => undefined
  client.on('error', ignore)
  let fault: Error | undefined
  try {
    if (!(await isAlone(client))) throw new Error(OPEN)
    const answer = await step(client)
    // A `begin` that nobody waited for was on its way before the step.
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
 * A store in PostgreSQL, for any number of processes. Makes the table `local_first_store` where the pool's user does not
 * see one, at the first call.
 *
 * The table is the one that the `search_path` leads to: that must be the same on every connection.
 *
 * @param pool - A `Pool` of `pg`; the store never ends it. A client that was given back to it with a transaction open is
 *   closed, and the call fails. Listen to its `error` event: Node ends a process that does not,
 *   when the server goes away.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export function postgresStore(pool: PostgresPool, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('postgresStore', options)
  // A client might be in a transaction, and a used proof would come back when that is rolled back.
  if (!hasMethod(pool, 'connect') || typeof pool.totalCount !== 'number') {
    wrongType('postgresStore', '`pool` must be a Pool of `pg`')
  }
  let creates = 0
  let hasTable = false

  const makeTable = async (client: PostgresClient) => {
    // As text, which no setting of the driver reads in another way.
    const { rows } = await client.query("select to_regclass('local_first_store')::text as name")
    if (!rows[0].name) await client.query(TABLE)
    hasTable = true
  }
  const query = (text: string, values: unknown[]) =>
    withClient(pool, async (client) => {
      try {
        // Each call asks for itself until one is told: a promise that they share could hang on a connection that is lost.
        if (!hasTable) await makeTable(client)
        return await retry(
          () => client.query(text, values),
          (error) => codeOf(error) === SERIALIZATION_FAILURE,
        )
      } catch (error) {
        // It went with a transaction, or somebody has dropped it: the next call makes it again.
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
