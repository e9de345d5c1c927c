// How transactions affect a statement: whether it is rolled back with the rest, and whether a deadlock ended it.

import type { AuthContext } from '@better-auth/core'
import { getCurrentDBAdapterAsyncLocalStorage } from '@better-auth/core/context'

import { retry } from '../../common/retry.mts'

/**
 * Whether a write is rolled back if the rest fails. Comparing adapters would not show that: if an app's hook returns a copy of
 * its context, the endpoint has a copy of the adapter.
 */
export async function inTransaction({ adapter }: AuthContext): Promise<boolean> {
  const storage = await getCurrentDBAdapterAsyncLocalStorage()
  return storage.getStore()?.isTransactionActive === true && Boolean(adapter.options?.adapterConfig.transaction)
}

/** The error codes of a statement that the database ended in a deadlock: MySQL and MariaDB, PostgreSQL. */
const DEADLOCKS: readonly unknown[] = ['ER_LOCK_DEADLOCK', '40P01']

const isDeadlock = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  // Some adapters throw their own error, with the driver's error as its `cause`.
  return DEADLOCKS.includes(code) || DEADLOCKS.includes(cause?.code)
}

/**
 * Runs one statement, and runs it again if a deadlock ended it. Such a statement leaves nothing behind. InnoDB may end any
 * statement, and asks to try again. Inside a transaction it is not tried again: all of the transaction has ended.
 */
export const retryDeadlocks = <T,>(context: AuthContext, statement: () => Promise<T>): Promise<T> =>
  retry(statement, async (error) => isDeadlock(error) && !(await inTransaction(context)))
