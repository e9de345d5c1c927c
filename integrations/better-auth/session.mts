// The session of a request: who acts here, and whether the browser knows how it began.

import type {
  BetterAuthOptions,
  BetterAuthPlugin,
  GenericEndpointContext,
  HookEndpointContext,
} from '@better-auth/core'
import { getSessionFromCtx } from 'better-auth/api'

import { flowOf } from './flow.mts'
import { isTicketFor } from './return-ticket.mts'
import { MAIL_PATH, VERIFICATION_PATH } from './routes.mts'
import { findUser } from './users.mts'

type Ctx = GenericEndpointContext
type SessionHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['session']>

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

/** Whether an admin acts as somebody else in this request: what the admin's device proves is not that person's. */
export async function isImpersonated(ctx: Ctx): Promise<boolean> {
  if (!ctx.headers) return false
  const { context } = ctx
  const before = context.session
  const asked = { ...ctx, headers: await headersOf(ctx) } as Ctx
  const found = await getSessionFromCtx(asked, { disableRefresh: true, disableCookieCache: true })
  // To look must leave no trace: the endpoint and other hooks ask for the session themselves.
  context.session = before
  return Boolean((found?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy)
}

/** The session's column that says that it began with a link which this browser had not asked for. */
export const FOREIGN = 'beganByForeignLink'

export const isForeign = (session: object): boolean => Boolean((session as Record<string, unknown>)[FOREIGN])

/**
 * Whether a session begins by a link that anyone could have sent: a person who opens it is signed in to an account that may
 * be the sender's.
 */
async function beginsByForeignLink(ctx: Ctx, userId: string): Promise<boolean> {
  // There a session takes the place of another one, without a new sign-in.
  const before = ctx.path === '/change-password' ? ctx.context.session : null
  if (before && before.user.id === userId && isForeign(before.session)) return true
  if (ctx.path === VERIFICATION_PATH) return true
  const needsTicket =
    ctx.path === MAIL_PATH || (ctx.path === '/callback/:id' && ctx.context.oauthConfig.skipStateCookieCheck)
  if (!needsTicket) return false
  const ticket = (await flowOf(ctx))?.ticket
  return !ticket || !(await isTicketFor(ticket, (await findUser(ctx.context, userId))?.email))
}

/** The database hook that marks such sessions, so that `link()` can refuse them. */
export const sessionHooks: SessionHooks = {
  create: {
    async before({ userId }: { userId: string }, ctx: Ctx | null) {
      return ctx && (await beginsByForeignLink(ctx, userId)) ? { data: { [FOREIGN]: true } } : undefined
    },
  },
}
