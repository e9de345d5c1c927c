// An anonymous user of Better Auth's, who hands their identity to the user they become.

import type { BetterAuthPlugin, GenericEndpointContext, HookEndpointContext } from '@better-auth/core'
import { runWithTransaction } from '@better-auth/core/context'
import { getSessionFromCtx } from 'better-auth/api'

import type { Flow } from './flow.mts'
import type { Settings } from './options.mts'
import { changeIdentity, findUser, type IdentifiedUser } from './users.mts'

type Ctx = GenericEndpointContext

/** The headers with the cookie that the `bearer` plugin makes of a token; it shows them to the endpoint, not to hooks. */
async function headersOf(ctx: Ctx): Promise<Headers | undefined> {
  const bearer = ctx.context.getPlugin('bearer') as BetterAuthPlugin | null
  for (const { matcher, handler } of bearer?.hooks?.before ?? []) {
    if (!matcher(ctx as HookEndpointContext)) continue
    const answer: unknown = await handler({ ...ctx, returnHeaders: true } as Parameters<typeof handler>[0])
    const { response } = answer as { response?: { context?: { headers?: Headers } } }
    if (response?.context?.headers) return response.context.headers
  }
  return ctx.headers
}

/** The anonymous user of this session; `null` if there is none, or nothing can be handed on. */
export async function anonymousUser(ctx: Ctx, { assign }: Settings): Promise<IdentifiedUser | null> {
  const { context } = ctx
  if (assign !== 'field' || !ctx.headers || !context.hasPlugin('anonymous')) return null
  const before = context.session
  const session = await getSessionFromCtx({ ...ctx, headers: await headersOf(ctx) } as Ctx, { disableRefresh: true })
  // To look must leave no trace: the endpoint and other hooks ask for the session themselves.
  context.session = before
  // Not as the session has them, which a cookie may have kept from before they became real.
  const user = session?.user.isAnonymous ? await findUser(context, session.user.id) : null
  return user?.isAnonymous ? user : null
}

/**
 * Takes the identity from the anonymous user who becomes the one to be created.
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
  await runWithTransaction(context.adapter, async () => {
    if (!(await changeIdentity(context, anonymousUserId, identity, null))) return
    // The endpoint goes on with this object: into its answer, and into the session's cookie.
    if (await changeIdentity(context, user.id, null, identity)) user.jazzId = identity
  })
}

/** Tells the sessions of an anonymous user who is kept what became of their identity. */
export async function refreshFormer({ context }: Ctx, { anonymousUserId = '' }: Flow): Promise<void> {
  const user = await findUser(context, anonymousUserId)
  if (user) await context.internalAdapter.refreshUserSessions(user)
}
