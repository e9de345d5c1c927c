// An anonymous user of Better Auth's has nothing but a session. The proof of their identity counts for more: it moves the
// identity to the user who is created with it. A session alone moves nothing.

import type { GenericEndpointContext } from '@better-auth/core'

import type { Flow } from './flow.mts'
import { changeIdentity, findUser, type IdentifiedUser, moveIdentity } from './users.mts'

type Ctx = GenericEndpointContext

/**
 * Takes the identity from the anonymous user, for the user to be created.
 *
 * Inside a transaction at once: it comes back with the rest if that fails. Elsewhere when the user is there.
 *
 * @returns Whether the new user may be created with the identity.
 */
export async function takeOver(ctx: Ctx, flow: Flow, inTransaction: boolean): Promise<boolean> {
  flow.moved = inTransaction ? 'now' : 'after'
  const { anonymousUserId = '', identity = '' } = flow
  return inTransaction && (await changeIdentity(ctx.context, anonymousUserId, identity, null)) !== null
}

/** Gives the identity to the user who was created without it, in place of the anonymous one. */
export async function handOn({ context }: Ctx, flow: Flow, user: IdentifiedUser): Promise<void> {
  const { anonymousUserId = '', identity = '' } = flow
  // The endpoint goes on with this object: into its answer, and into the session's cookie.
  if (await moveIdentity(context, identity, anonymousUserId, user.id)) user.jazzId = identity
}

/** Tells the sessions of an anonymous user who is kept what became of their identity. */
export async function refreshFormer({ context }: Ctx, { anonymousUserId = '' }: Flow): Promise<void> {
  const user = await findUser(context, anonymousUserId)
  if (user) await context.internalAdapter.refreshUserSessions(user)
}
