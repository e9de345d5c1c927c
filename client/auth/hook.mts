// What `useLocalFirstAuth` of every framework shares.

import { BrowserAuthSecretStore } from '../secrets/browser-store.mts'
import { createLocalFirstAuth, type LocalFirstAuth } from './auth.mts'

/** What changes an identity, beside what is shown of it. */
export type LocalFirstAuthActions = Pick<LocalFirstAuth, 'login' | 'signOut' | 'retry'>

export const actionsOf = ({ login, signOut, retry }: LocalFirstAuth): LocalFirstAuthActions => ({
  login,
  signOut,
  retry,
})

let browserAuth: LocalFirstAuth | undefined

/** The identity of the origin: one for all hooks that are given none. To ask for it reads and makes nothing. */
export function defaultAuth(): LocalFirstAuth {
  browserAuth ??= createLocalFirstAuth(new BrowserAuthSecretStore())
  return browserAuth
}
