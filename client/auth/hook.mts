// The part of `useLocalFirstAuth` that all frameworks share.

import { typeError } from '../../common/errors.mts'
import { hasMethod } from '../../common/options.mts'
import { BrowserAuthSecretStore } from '../secrets/browser-store.mts'
import { createLocalFirstAuth, type LocalFirstAuth } from './auth.mts'

/** The actions of an identity that `useLocalFirstAuth` returns with the state. */
export type LocalFirstAuthActions = Pick<LocalFirstAuth, 'login' | 'signOut' | 'retry'>

export const actionsOf = ({ login, signOut, retry }: LocalFirstAuth): LocalFirstAuthActions => ({
  login,
  signOut,
  retry,
})

/**
 * Checks the `auth` of a hook when it is called. Jazz's own hook takes options, so callers pass those here too, or a store.
 *
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `auth` is something else.
 */
export function checkAuth(auth: LocalFirstAuth): void {
  if (hasMethod(auth, 'subscribe') && hasMethod(auth, 'getState') && hasMethod(auth, 'login')) return
  throw typeError('`auth` must be made by `createLocalFirstAuth(store)`')
}

let browserAuth: LocalFirstAuth | undefined

/** Returns the identity of the origin: the default of all hooks. This call alone does not read or make a secret. */
export function defaultAuth(): LocalFirstAuth {
  browserAuth ??= createLocalFirstAuth(new BrowserAuthSecretStore())
  return browserAuth
}
