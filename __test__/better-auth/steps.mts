// A SQLite database whose steps a test decides: which request goes next, and which statement fails.

import { AsyncLocalStorage } from 'node:async_hooks'

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import Sqlite from 'libsql'

import { until } from '../until.mts'

/** What a test does before a statement, or a whole transaction, has the connection. */
type Gate = () => Promise<void>
/** What a test does around a statement. */
type Around = <T>(sql: string, run: () => Promise<T>) => Promise<T>

export interface Steps {
  gate: Gate
  around: Around
}

/** A dialect for Better Auth, with a database in memory. */
export function steppedSqlite(): { dialect: Dialect; steps: Steps } {
  // One for all drivers: Better Auth's migrations have a driver of their own.
  const database = new Sqlite(':memory:')
  const steps: Steps = { gate: async () => undefined, around: (_, run) => run() }
  const watched = (connection: DatabaseConnection): DatabaseConnection =>
    ({
      executeQuery: (query: CompiledQuery) => steps.around(query.sql, () => connection.executeQuery(query)),
      streamQuery: (query: CompiledQuery, size?: number) => connection.streamQuery(query, size),
    }) as DatabaseConnection

  class SteppedDriver implements Driver {
    readonly #driver = new SqliteDriver({ database })
    readonly #own = new WeakMap<DatabaseConnection, DatabaseConnection>()

    init = () => this.#driver.init()
    destroy = () => this.#driver.destroy()
    beginTransaction = (connection: DatabaseConnection) => this.#driver.beginTransaction(connection)
    commitTransaction = (connection: DatabaseConnection) => this.#driver.commitTransaction(connection)
    rollbackTransaction = (connection: DatabaseConnection) => this.#driver.rollbackTransaction(connection)
    async acquireConnection() {
      await steps.gate()
      const own = await this.#driver.acquireConnection()
      const connection = watched(own)
      this.#own.set(connection, own)
      return connection
    }
    async releaseConnection(connection: DatabaseConnection) {
      await this.#driver.releaseConnection()
      this.#own.delete(connection)
    }
  }

  return {
    steps,
    dialect: {
      createDriver: () => new SteppedDriver(),
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  }
}

/** Which task an asynchronous step belongs to. */
const current = new AsyncLocalStorage<number>()

interface Choice {
  enabled: number[]
  taken: number
}

/**
 * Runs tasks side by side, one step at a time, in the order that `schedule` says; after its end each goes on as long as it
 * can.
 */
async function runInOrder<T>(steps: Steps, tasks: (() => Promise<T>)[], schedule: number[]) {
  // A task may ask for several things at once.
  const parked = tasks.map((): (() => void)[] => [])
  steps.gate = () => {
    const waiting = parked[current.getStore() ?? -1]
    return waiting ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve()
  }
  const answers: T[] = []
  const running = new Set(tasks.keys())
  const choices: Choice[] = []
  const started = tasks.map((task, index) =>
    current.run(index, async () => {
      await steps.gate()
      try {
        answers[index] = await task()
      } finally {
        running.delete(index)
      }
    }),
  )
  while (running.size > 0) {
    const enabled = Array.from(running).toSorted()
    const last = choices.at(-1)?.taken
    const next = schedule[choices.length] ?? (last !== undefined && running.has(last) ? last : enabled[0]) ?? 0
    choices.push({ enabled, taken: next })
    parked[next]?.shift()?.()
    await until('it waits for its next step', () => !running.has(next) || (parked[next]?.length ?? 0) > 0)
  }
  steps.gate = async () => undefined
  await Promise.all(started)
  return { answers, choices }
}

/** How often a schedule takes the turn from a task that could have gone on. */
const preemptions = (choices: Choice[]): number =>
  choices.filter(({ enabled, taken }, i) => {
    const last = choices[i - 1]?.taken
    return last !== undefined && last !== taken && enabled.includes(last)
  }).length

/**
 * Runs every order of the tasks' steps with at most so many preemptions, each on tasks of its own.
 *
 * @param check - Is given the answers of each order.
 * @returns How many orders there were.
 */
export async function explore<T>(
  steps: Steps,
  atMost: number,
  makeTasks: () => Promise<{ tasks: (() => Promise<T>)[]; check: (answers: T[], order: string) => Promise<void> }>,
): Promise<number> {
  const open: number[][] = [[]]
  let count = 0
  for (let schedule = open.pop(); schedule; schedule = open.pop()) {
    const { tasks, check } = await makeTasks()
    const { answers, choices } = await runInOrder(steps, tasks, schedule)
    count++
    await check(answers, choices.map(({ taken }) => taken).join(''))
    for (let i = schedule.length; i < choices.length; i++) {
      for (const other of choices[i]?.enabled ?? []) {
        if (other === choices[i]?.taken) continue
        const branch = [...choices.slice(0, i), { enabled: choices[i]?.enabled ?? [], taken: other }]
        if (preemptions(branch) <= atMost) open.push(branch.map(({ taken }) => taken))
      }
    }
  }
  return count
}

/** How a statement fails: before or after it has run; alone, or with all that the process would have done then. */
export const failures = ['error before', 'error after', 'crash before', 'crash after'] as const
export type Failure = (typeof failures)[number]

/** Runs a task in which the statement with this number fails, if there are so many. */
export async function failAt<T>(steps: Steps, number: number, failure: Failure, task: () => Promise<T>) {
  let statements = 0
  let failed = false
  steps.around = async (sql, run) => {
    // A database ends the transaction of a process that died.
    if (current.getStore() === undefined || sql === 'rollback') return run()
    if (failed && failure.startsWith('crash')) throw new Error('the process has died')
    if (statements++ !== number) return run()
    failed = true
    // A connection that is lost after it began a transaction ends it.
    if (failure.endsWith('after') && sql !== 'begin') await run()
    throw new Error('a fault of the database')
  }
  const answer = await current.run(0, task).catch((error: Error) => error)
  steps.around = (_, run) => run()
  return { answer, failed }
}
