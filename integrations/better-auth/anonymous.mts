// An anonymous user of Better Auth has only a session, and a session does not move an identity. A proof does: it moves the
// identity to the user who is created with that proof.

import type { GenericEndpointContext } from '@better-auth/core'

import type { Outcome, Proven } from './request-state.mts'
import { changeIdentity, findUser, type IdentifiedUser, moveIdentity, ownerOf, tellSessions } from './users.mts'

type Ctx = GenericEndpointContext

/** Takes the identity from the anonymous user, in the transaction that creates the other user. A rollback gives it back. */
export async function takeOver({ context }: Ctx, { anonymousUserId = '', identity }: Proven): Promise<boolean> {
  return (await changeIdentity(context, anonymousUserId, identity, null)) !== null
}

/** Moves the identity from the anonymous user to the new user, who was created without it. */
export async function handOn({ context }: Ctx, proven: Proven, user: IdentifiedUser): Promise<boolean> {
  const { anonymousUserId = '', identity } = proven
  if (!(await moveIdentity(context, identity, anonymousUserId, user.id))) return false
  // The endpoint uses this object for its response and for the session's cookie.
  user.jazzId = identity
  return true
}

/**
 * After the request: gives the identity back to the anonymous user, if it was taken for a user who was not created and the
 * transaction was not rolled back. Then updates the anonymous user's sessions.
 */
export async function settle(
  { context }: Ctx,
  { anonymousUserId = '', identity }: Proven,
  moved: Outcome['moved'],
): Promise<void> {
  if (moved === 'now' && !(await ownerOf(context, identity))) {
    await changeIdentity(context, anonymousUserId, null, identity)
  }
  const user = await findUser(context, anonymousUserId)
  if (user) await tellSessions(context, user)
}
