// Sessions that began by a link which this browser had not asked for: `link()` refuses them.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import { stateOf } from './request-state.mts'
import { isTicketFor } from './return-ticket.mts'
import { CALLBACK_PATH, MAIL_PATH, PROXY_PATHS, VERIFICATION_PATH } from './routes.mts'
import { findUser } from './users.mts'

type Ctx = GenericEndpointContext
type SessionHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['session']>

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
    ctx.path === MAIL_PATH ||
    PROXY_PATHS.has(ctx.path) ||
    (ctx.path === CALLBACK_PATH && ctx.context.oauthConfig.skipStateCookieCheck)
  if (!needsTicket) return false
  const state = await stateOf(ctx)
  const ticket = state && 'ticket' in state ? state.ticket : undefined
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
