// An anonymous user of Better Auth's has nothing but a session. The proof of their identity counts for more: it moves the
// identity to the user who is created with it. A session alone moves nothing.

import type { GenericEndpointContext } from '@better-auth/core'

import type { Outcome, Proven } from './request-state.mts'
import { changeIdentity, findUser, type IdentifiedUser, moveIdentity, ownerOf, tellSessions } from './users.mts'

type Ctx = GenericEndpointContext

/** Takes the identity from the anonymous user, in the transaction that creates the other one: it comes back with the rest. */
export async function takeOver({ context }: Ctx, { anonymousUserId = '', identity }: Proven): Promise<boolean> {
  return (await changeIdentity(context, anonymousUserId, identity, null)) !== null
}

/** Gives the identity to the user who was created without it, in place of the anonymous one. */
export async function handOn({ context }: Ctx, proven: Proven, user: IdentifiedUser): Promise<boolean> {
  const { anonymousUserId = '', identity } = proven
  if (!(await moveIdentity(context, identity, anonymousUserId, user.id))) return false
  // The endpoint goes on with this object: into its answer, and into the session's cookie.
  user.jazzId = identity
  return true
}

/**
 * After the request: gives the identity back to the anonymous user, if it was taken for a user who was not created, in a
 * transaction that went on; and tells their sessions what became of it.
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
