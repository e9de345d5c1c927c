import type { AuthContext } from '@better-auth/core'
import { getCurrentDBAdapterAsyncLocalStorage } from '@better-auth/core/context'

/**
 * Whether what is written now goes with the rest if that fails. Not told by comparing adapters: an app's hook that returns a
 * copy of its context leaves the endpoint with a copy of the adapter.
 */
export async function inTransaction({ adapter }: AuthContext): Promise<boolean> {
  const storage = await getCurrentDBAdapterAsyncLocalStorage()
  return storage.getStore()?.isTransactionActive === true && Boolean(adapter.options?.adapterConfig.transaction)
}
