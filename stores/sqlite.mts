import { hasMethod, invalid } from '../common/options.mts'
import { CLEAN_UP_EVERY, CLEAN_UP_ROWS } from './clean-up.mts'
import { createStore, type Store } from './store.mts'

/** What the store uses of a database of `better-sqlite3`, `libsql` or `node:sqlite` (`DatabaseSync`). */
export interface SqliteDatabase {
  /** Whether a transaction is open, by the drivers that call it so. */
  inTransaction?: boolean
  /** The same, by `node:sqlite`. */
  isTransaction?: boolean
  exec(sql: string): unknown
  prepare(sql: string): {
    // biome-ignore lint/suspicious/noExplicitAny: each driver has a type of its own for what can be bound.
    run(...params: any[]): { changes: number | bigint }
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    get(...params: any[]): unknown
  }
}

const TABLE = `
  create table if not exists local_first_store (key text primary key, value text not null, expires_at integer not null);
  create index if not exists local_first_store_expires_at on local_first_store (expires_at)`

/**
 * A store in an SQLite file, for the processes of one machine. Makes the table `local_first_store` where there is none.
 *
 * A driver of SQLite waits for a file that another process has locked, and this one with it: five seconds by default in
 * `better-sqlite3`, not at all in `libsql`. `pragma journal_mode = wal` makes that rare.
 *
 * @param database - An open database; the store never closes it. While a transaction is open on it, the store fails:
 *   give it a connection of its own, if yours are open across an `await`.
 * @throws TypeError if `database` is none; what the driver throws, if the table cannot be made.
 */
export function sqliteStore(database: SqliteDatabase): Store {
  if (!hasMethod(database, 'prepare')) invalid('sqliteStore', '`database` must be an open database')
  database.exec(TABLE)
  const create = database.prepare(
    `insert into local_first_store (key, value, expires_at) values (?, ?, ?)
     on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at where expires_at <= ?`,
  )
  const swap = database.prepare(
    'update local_first_store set value = ?, expires_at = ? where key = ? and value = ? and expires_at > ?',
  )
  const get = database.prepare('select value from local_first_store where key = ? and expires_at > ?')
  const take = database.prepare('delete from local_first_store where key = ? and expires_at > ? returning value')
  const cleanUp = database.prepare(
    `delete from local_first_store where key in
     (select key from local_first_store where expires_at <= ? order by expires_at limit ${CLEAN_UP_ROWS})`,
  )
  /** In somebody else's transaction a used proof would come back when that is rolled back. */
  const checkAlone = () => {
    if (database.inTransaction || database.isTransaction) throw new Error('the database is in a transaction')
  }
  const valueIn = (row: unknown) => (row as { value: string } | null | undefined)?.value
  let creates = 0

  return createStore('SQLite', {
    create(key, value, ttlSeconds) {
      checkAlone()
      const now = Date.now()
      if (creates++ % CLEAN_UP_EVERY === 0) cleanUp.run(now)
      return Number(create.run(key, value, now + ttlSeconds * 1000, now).changes) === 1
    },
    get: (key) => valueIn(get.get(key, Date.now())),
    compareAndSwap(key, expected, value, ttlSeconds) {
      checkAlone()
      const now = Date.now()
      return Number(swap.run(value, now + ttlSeconds * 1000, key, expected, now).changes) === 1
    },
    take(key) {
      checkAlone()
      return valueIn(take.get(key, Date.now()))
    },
  })
}
