import { hasMethod, invalid, wrongType } from '../common/options.mts'
import { hasChanged, valueIn } from './answers.mts'
import { CLEAN_UP_EVERY } from './clean-up.mts'
import { CLEAN_UP, CREATE, GET, SWAP, TABLE, TAKE } from './sqlite-statements.mts'
import { createStore, type Store } from './store.mts'

/** The part of a database of `better-sqlite3`, `libsql` or `node:sqlite` (`DatabaseSync`) that the store uses. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): {
    // biome-ignore lint/suspicious/noExplicitAny: each driver has a type of its own for what can be bound.
    run(...params: any[]): { changes: number | bigint }
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    get(...params: any[]): unknown
  }
}

const NO_DATABASE = '`database` must be an open database of `better-sqlite3`, `libsql` or `node:sqlite`'

/** Refuses a database whose statements are asynchronous, or return rows of another form: its answers would all be wrong. */
function checkDriver(database: SqliteDatabase): void {
  if (hasMethod(database, 'execute'))
    wrongType('sqliteStore', `${NO_DATABASE}; for \`@libsql/client\` there is \`libsqlStore\``)
  if (!hasMethod(database, 'prepare') || !hasMethod(database, 'exec')) wrongType('sqliteStore', NO_DATABASE)
  const statement: unknown = database.prepare('select ? as one, ? as two')
  if (hasMethod(statement, 'bind') && hasMethod(statement, 'first')) {
    wrongType('sqliteStore', `${NO_DATABASE}; for D1 there is \`d1Store\``)
  }
  const row: unknown = hasMethod(statement, 'get')
    ? (statement as { get(...values: unknown[]): unknown }).get(1, 'two')
    : undefined
  const { one, two } = (row ?? {}) as { one?: unknown; two?: unknown }
  if ((one === 1 || one === 1n) && two === 'two') return
  // The promise of an asynchronous driver is not awaited, so a rejection of it is handled here.
  if (row instanceof Promise) row.catch(() => undefined)
  wrongType('sqliteStore', `${NO_DATABASE}, whose statements answer at once, with rows as objects`)
}

/**
 * Makes a store in an SQLite file, for the processes of one machine. Makes the table `local_first_store`, if there is none.
 *
 * If another process has locked the file, the driver waits, and blocks this thread: five seconds by default in
 * `better-sqlite3`, not at all in `libsql`. `pragma journal_mode = wal` makes that rare.
 *
 * @param database - An open database; the store never closes it. While a transaction is open on it, the store fails. If
 *   your transactions are open across an `await`, give the store a connection of its own.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `database` is of another driver, or (`ERR_INVALID_ARG_VALUE`) if there is a
 *   second argument.
 * @throws Any error of the driver, if the table cannot be made.
 * @example
 * const database = new DatabaseSync('app.db')
 * const useProof = oneTimeProof(sqliteStore(database))
 */
export function sqliteStore(database: SqliteDatabase, ...more: never[]): Store {
  if (more.length > 0) invalid('sqliteStore', 'it takes a database, and no options')
  checkDriver(database)
  for (const statement of TABLE) database.exec(statement)
  const [create, swap, get] = [database.prepare(CREATE), database.prepare(SWAP), database.prepare(GET)]
  const [take, cleanUp] = [database.prepare(TAKE), database.prepare(CLEAN_UP)]
  let creates = 0

  /**
   * Runs a step in a transaction of its own. SQLite refuses it while another transaction is open on the connection: if that
   * one were rolled back, a used proof could be used again.
   */
  const alone = <T,>(step: () => T): T => {
    // SQLite refuses the savepoint while the app reads from a statement that writes. Otherwise a roll-back here would undo
    // that statement, too.
    database.exec('savepoint local_first; release local_first; begin immediate')
    try {
      const answer = step()
      database.exec('commit')
      return answer
    } catch (error) {
      rollBack(database)
      throw error
    }
  }

  return createStore('SQLite', {
    create: (key, value, ttlSeconds) =>
      alone(() => {
        const now = Date.now()
        if (creates++ % CLEAN_UP_EVERY === 0) cleanUp.run(now)
        return hasChanged(create.run(key, value, now + ttlSeconds * 1000, now).changes)
      }),
    get: (key) => valueIn(get.get(key, Date.now())),
    compareAndSwap: (key, expected, value, ttlSeconds) =>
      alone(() => {
        const now = Date.now()
        return hasChanged(swap.run(value, now + ttlSeconds * 1000, key, expected, now).changes)
      }),
    take: (key) => alone(() => valueIn(take.get(key, Date.now()))),
  })
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('rollback')
  } catch {
    // After some errors SQLite has already rolled back, so there is no transaction to end.
  }
}
