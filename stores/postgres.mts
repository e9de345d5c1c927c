import { hasMethod, invalid } from '../common/options.mts'
import { firstOf, hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY, CLEAN_UP_ROWS } from './clean-up.mts'
import { createStore, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What the store uses of a `Pool` of `pg`. */
export interface PostgresPool {
  readonly totalCount: number
  // biome-ignore lint/suspicious/noExplicitAny: the driver's own rows.
  query(text: string, values?: any[]): Promise<{ rows: any[]; rowCount: number | null }>
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

/** `serialization_failure`: where that is the isolation, whoever comes second is told so, and then sees the first. */
const SERIALIZATION_FAILURE = '40001'

async function retried<T>(query: () => Promise<T>, tries = 10): Promise<T> {
  try {
    return await query()
  } catch (error) {
    if (tries === 1 || (error as { code?: unknown }).code !== SERIALIZATION_FAILURE) throw error
    return retried(query, tries - 1)
  }
}

/**
 * A store in PostgreSQL, for any number of processes. Makes the table `local_first_store` where the pool's user does not
 * see one, at the first call.
 *
 * @param pool - A `Pool` of `pg`; the store never ends it. Listen to its `error` event: Node ends a process that does not,
 *   when the server goes away.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export function postgresStore(pool: PostgresPool, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('postgresStore', options)
  // A client might be in a transaction, and a used proof would come back when that is rolled back.
  if (!hasMethod(pool, 'query') || typeof pool.totalCount !== 'number') {
    invalid('postgresStore', '`pool` must be a Pool of `pg`')
  }
  let creates = 0
  let hasTable = false

  const makeTable = async () => {
    const { rows } = await pool.query("select to_regclass('local_first_store') is null as missing")
    if (rows[0].missing) await pool.query(TABLE)
    hasTable = true
  }
  const query = async (text: string, values: unknown[]) => {
    // Each call asks for itself until one is told: a promise that they share could hang on a connection that is lost.
    if (!hasTable) await makeTable()
    return retried(() => pool.query(text, values))
  }

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
