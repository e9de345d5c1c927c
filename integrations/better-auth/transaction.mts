// What transactions do to a statement: whether it goes with the rest, and whether it was ended for another one.

import type { AuthContext } from '@better-auth/core'
import { getCurrentDBAdapterAsyncLocalStorage } from '@better-auth/core/context'

import { retry } from '../../common/retry.mts'

/**
 * Whether what is written now goes with the rest if that fails. Not told by comparing adapters: an app's hook that returns a
 * copy of its context leaves the endpoint with a copy of the adapter.
 */
export async function inTransaction({ adapter }: AuthContext): Promise<boolean> {
  const storage = await getCurrentDBAdapterAsyncLocalStorage()
  return storage.getStore()?.isTransactionActive === true && Boolean(adapter.options?.adapterConfig.transaction)
}

/** What a database says of a statement that it ended for another, which waited for it: MySQL and MariaDB, PostgreSQL. */
const DEADLOCKS: readonly unknown[] = ['ER_LOCK_DEADLOCK', '40P01']

const isDeadlock = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  // Some adapters have the driver's error as the cause of their own.
  return DEADLOCKS.includes(code) || DEADLOCKS.includes(cause?.code)
}

/**
 * Runs one statement, which leaves nothing behind when a deadlock ends it: InnoDB may do that to any, and asks to try again.
 * Not inside a transaction, all of which has ended then.
 */
export const retryDeadlocks = <T,>(context: AuthContext, statement: () => Promise<T>): Promise<T> =>
  retry(statement, async (error) => isDeadlock(error) && !(await inTransaction(context)))
