// Marks sessions that began with a link that this browser had not requested. `link()` refuses them.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import { leaveNote } from './app-return.mts'
import { stateOf } from './request-state.mts'
import { isTicketFor } from './return-ticket.mts'
import { CALLBACK_PATHS, MAIL_PATH, PROXY_PATHS, VERIFICATION_PATH } from './routes.mts'
import { FOREIGN, isForeign } from './session.mts'
import { findUser } from './users.mts'

type Ctx = GenericEndpointContext
type SessionHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['session']>

/**
 * Whether anyone can send a browser to this callback. Better Auth binds a journey to the browser by the state's cookie, unless
 * the app turns that off. Expo's plugin has an endpoint that sets this cookie for any state in any browser.
 */
const isOpenCallback = ({ path, context }: Ctx): boolean =>
  CALLBACK_PATHS.has(path) && (context.oauthConfig.skipStateCookieCheck === true || context.hasPlugin('expo'))

/**
 * Whether a session begins with a link that anyone could have sent. A person who opens it is signed in to an account that may
 * be the sender's.
 */
async function beginsByForeignLink(ctx: Ctx, userId: string): Promise<boolean> {
  // After a password change, a new session replaces the old one without a new sign-in.
  const before = ctx.path === '/change-password' ? ctx.context.session : null
  if (before && before.user.id === userId && isForeign(before.session)) return true
  if (ctx.path === VERIFICATION_PATH) return true
  const needsTicket = ctx.path === MAIL_PATH || PROXY_PATHS.has(ctx.path) || isOpenCallback(ctx)
  if (!needsTicket) return false
  const state = await stateOf(ctx)
  const ticket = state && 'ticket' in state ? state.ticket : undefined
  return !ticket || !(await isTicketFor(ticket, (await findUser(ctx.context, userId))?.email))
}

/** The database hook that marks such sessions. An app that requested the link itself removes the mark when it comes back. */
export const sessionHooks: SessionHooks = {
  create: {
    async before({ userId }: { userId: string }, ctx: Ctx | null) {
      if (!ctx || !(await beginsByForeignLink(ctx, userId))) return
      await leaveNote(ctx, userId)
      return { data: { [FOREIGN]: true } }
    },
  },
}
