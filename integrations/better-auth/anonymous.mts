// An anonymous user of Better Auth's has nothing but a session. The proof of their identity counts for more: it moves the
// identity to the user who is created with it. A session alone moves nothing.

import type { GenericEndpointContext } from '@better-auth/core'

import type { Flow } from './flow.mts'
import { changeIdentity, findUser, type IdentifiedUser, moveIdentity } from './users.mts'

type Ctx = GenericEndpointContext

/** Takes the identity from the anonymous user, in the transaction that creates the other one: it comes back with the rest. */
export async function takeOver({ context }: Ctx, { anonymousUserId = '', identity = '' }: Flow): Promise<boolean> {
  return (await changeIdentity(context, anonymousUserId, identity, null)) !== null
}

/** Gives the identity to the user who was created without it, in place of the anonymous one. */
export async function handOn({ context }: Ctx, flow: Flow, user: IdentifiedUser): Promise<boolean> {
  const { anonymousUserId = '', identity = '' } = flow
  if (!(await moveIdentity(context, identity, anonymousUserId, user.id))) return false
  // The endpoint goes on with this object: into its answer, and into the session's cookie.
  user.jazzId = identity
  return true
}

/** Tells the sessions of an anonymous user who is kept what became of their identity. */
export async function refreshFormer({ context }: Ctx, { anonymousUserId = '' }: Flow): Promise<void> {
  const user = await findUser(context, anonymousUserId)
  if (user) await context.internalAdapter.refreshUserSessions(user)
}
