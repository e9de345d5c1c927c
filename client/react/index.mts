// local-first-identity/client/react: the device's identity as a hook.

'use client'

import { useSyncExternalStore } from 'react'

import { createLocalFirstAuth, LOADING, type LocalFirstAuth, type LocalFirstAuthState } from '../auth/auth.mts'
import { BrowserAuthSecretStore } from '../secrets/browser-store.mts'

/** What `useLocalFirstAuth` gives: the state, and what changes it. */
export type UseLocalFirstAuth = LocalFirstAuthState & Pick<LocalFirstAuth, 'login' | 'signOut' | 'retry'>

let browserAuth: LocalFirstAuth | undefined

function defaultAuth(): LocalFirstAuth {
  browserAuth ??= createLocalFirstAuth(new BrowserAuthSecretStore())
  return browserAuth
}

/**
 * The device's identity: `{ secret, isLoading, error, login, signOut, retry }`. On a server, and until the secret is there,
 * `isLoading` is true.
 *
 * @param auth - From `createLocalFirstAuth`, the same at each rendering. Default: one for `new BrowserAuthSecretStore()`,
 *   whose secret is another than that of a store with an `appId`.
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  const state = useSyncExternalStore(auth.subscribe, auth.getState, () => LOADING)
  return { ...state, login: auth.login, signOut: auth.signOut, retry: auth.retry }
}
