// The guards of routes: which sessions may pass.

import type { VerifiedProof } from 'local-first-identity'

import { fault } from '../common/errors.mts'
import { checkFunction, invalid, ownOptions } from '../common/options.mts'
import type { MaybePromise } from './maybe-promise.mts'
import { type Refusal, refuse } from './refusal.mts'
import { type AuthMode, type IsUpgraded, isSession, type Session } from './session.mts'
import { stepUp } from './step-up.mts'

/** The options of `requireAccount`. An unknown option throws. */
export interface RequireAccountOptions {
  /**
   * Says whether an identity has an account. If it has, its guest is asked to sign in (`sign-in-required`, RFC 9470) instead of to
   * sign up. Asked for each guest that is refused. Default: not asked.
   */
  isUpgraded?: IsUpgraded | undefined
}

/** Gives a refusal if a session may not pass. */
export type Guard = (session: Session) => MaybePromise<Refusal | undefined>

const SIGN_UP = refuse('account-required', 'This needs an account: sign up first.')
const OTHER_MODE = refuse('auth-mode-not-accepted', 'This is not open to this kind of session.')
const MODES: readonly AuthMode[] = ['local-first', 'external', 'anonymous']

/**
 * Makes a guard that only accounts pass.
 *
 * @throws TypeError naming the option, if one is wrong.
 */
export function accountGuard(options: RequireAccountOptions = {}): Guard {
  const name = 'requireAccount'
  const { isUpgraded } = ownOptions(name, options, ['isUpgraded'])
  if (isUpgraded !== undefined) checkFunction(name, 'isUpgraded', isUpgraded)
  return (session) => {
    if (session.authMode === 'external') return undefined
    return isUpgraded ? stepUp(name, session, isUpgraded).then((refusal) => refusal ?? SIGN_UP) : SIGN_UP
  }
}

/**
 * Makes a guard that only sessions of these modes pass.
 *
 * @throws TypeError if no mode is given, or an unknown one.
 */
export function authModeGuard(modes: readonly AuthMode[]): Guard {
  if (modes.length === 0 || !modes.every((mode) => MODES.includes(mode))) {
    invalid('requireAuthMode', "name one or more of 'local-first', 'external' and 'anonymous'")
  }
  return ({ authMode }) => (modes.includes(authMode) ? undefined : OTHER_MODE)
}

/**
 * Returns the session that `session` has found, and rejects an object that other middleware has put in its place.
 *
 * @throws Error (`ERR_NO_SESSION`) if there is none: a route without `session` is a fault, not a refusal.
 */
export function sessionBefore(session: Session | undefined): Session {
  if (!session || !isSession(session))
    throw fault('ERR_NO_SESSION', 'this request has no session: `session` must run before')
  return session
}

/**
 * Returns the proof that `identityProof` has taken.
 *
 * @throws Error (`ERR_NO_PROOF`) if there is none.
 */
export function proofBefore(proof: VerifiedProof | undefined): VerifiedProof {
  if (proof?.ok !== true) throw fault('ERR_NO_PROOF', 'this request has no proof: `identityProof` must run before')
  return proof
}
