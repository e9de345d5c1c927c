// The part of `useLocalFirstAuth` that all frameworks share.

import { BrowserAuthSecretStore } from '../secrets/browser-store.mts'
import { createLocalFirstAuth, type LocalFirstAuth } from './auth.mts'

/** The actions of an identity that `useLocalFirstAuth` returns with the state. */
export type LocalFirstAuthActions = Pick<LocalFirstAuth, 'login' | 'signOut' | 'retry'>

export const actionsOf = ({ login, signOut, retry }: LocalFirstAuth): LocalFirstAuthActions => ({
  login,
  signOut,
  retry,
})

let browserAuth: LocalFirstAuth | undefined

/** Returns the identity of the origin: the default of all hooks. This call alone does not read or make a secret. */
export function defaultAuth(): LocalFirstAuth {
  browserAuth ??= createLocalFirstAuth(new BrowserAuthSecretStore())
  return browserAuth
}
