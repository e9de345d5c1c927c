// A journey that begins in an app and ends in the system's browser, as with Expo. The ticket is in the app's cookies. The
// provider sends the browser back, which has other cookies.
//
// So the user is created without the identity, and the session is marked as foreign: anyone could send a person into such a
// journey. The response leaves a signed note that is valid for minutes. It says which journey signed in which user. Expo's
// plugin passes the cookies of the response to the app that the link back opens.
//
// The app then has the ticket, the note and a session of that user. With all three, the user gets the identity, and the
// session loses its mark.

import type { GenericEndpointContext } from '@better-auth/core'
import { getOAuthState } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import type { Settings } from './options.mts'
import { stateOf } from './request-state.mts'
import { prepare, type Reserved } from './reservation.mts'
import { PROVEN_KEY, STATE_KEY, type Ticket, useTicket } from './return-ticket.mts'
import { CALLBACK_PATH, LINK_PATH, RETURN_PATHS } from './routes.mts'
import { FOREIGN, headersOf, isForeign, isImpersonatedIn, sessionOf } from './session.mts'
import { cookieName, leaveCookie, readCookie, removeCookie } from './signed-cookie.mts'
import { findUser, giveIdentity, type IdentifiedUser, ownersOf } from './users.mts'

type Ctx = GenericEndpointContext

/** Which journey signed in which user. */
interface Note {
  ticketId: string
  userId: string
  /** Whether the journey created the user. An account that existed before gets no identity unless the person asks for it. */
  isNew: boolean
  /** Unix seconds. */
  expiresAt: number
}

const NOTE_SECONDS = 300

/** Whether a URL opens an app: it has a scheme of the app's own (RFC 8252 §7.1). */
const opensApp = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && !/^https?:$/.test(new URL(url).protocol)

/** Reads the journey that ends in this call, as Better Auth has stored it. */
async function journeyIn({ path }: Ctx) {
  const state = RETURN_PATHS.has(path) ? await getOAuthState() : null
  const ticketId = state?.serverContext?.[STATE_KEY]
  if (!state || typeof ticketId !== 'string') return undefined
  return {
    ticketId,
    isProven: state.serverContext?.[PROVEN_KEY] === true,
    // Expo's plugin passes cookies on from this path.
    isAppsOwn: (isNew: boolean) =>
      path === CALLBACK_PATH && opensApp((isNew ? state.newUserURL : undefined) ?? state.callbackURL),
  }
}

/** Whether the new user of this call gets the identity later, when the app comes back with its ticket. */
export async function awaitsApp(ctx: Ctx, { assign }: Settings): Promise<boolean> {
  // A user ID cannot be set later, and only Expo's plugin passes the note on.
  if (assign !== 'field' || !ctx.context.hasPlugin('expo')) return false
  const journey = await journeyIn(ctx)
  return journey?.isProven === true && journey.isAppsOwn(true)
}

/** Warns that a new user has no identity, although one was proven for them: their journey ended in another browser. */
export async function sayElsewhere(ctx: Ctx, settings: Settings): Promise<void> {
  if (!(await journeyIn(ctx))?.isProven || (await awaitsApp(ctx, settings))) return
  ctx.context.logger.warn(
    '[local-first-identity] A provider sent a person back to another browser than the one they started in. Their new account has no identity: offer `link()` on the device that has it.',
  )
}

/** Leaves the note for the app, if an app began this journey. */
export async function leaveNote(ctx: Ctx, userId: string): Promise<void> {
  const journey = ctx.context.hasPlugin('expo') ? await journeyIn(ctx) : undefined
  const state = await stateOf(ctx)
  const isNew = state !== null && state.route !== 'reset' && state.outcome.createdUserId === userId
  if (!journey?.isAppsOwn(isNew)) return
  const expiresAt = Math.floor(Date.now() / 1000) + NOTE_SECONDS
  const note: Note = { ticketId: journey.ticketId, userId, isNew, expiresAt }
  await leaveCookie(ctx, 'app', note)
}

/** The endpoints where an app learns who is signed in, or asks for the identity. The note must take effect before they answer. */
const APP_PATHS: ReadonlySet<string> = new Set(['/get-session', '/token', LINK_PATH])

/** Whether an app calls one of these endpoints with a note. */
export const isAppReturn = (ctx: { path?: string; headers?: Headers | undefined; context: Ctx['context'] }): boolean =>
  APP_PATHS.has(ctx.path ?? '') && (ctx.headers?.get('cookie') ?? '').includes(cookieName(ctx, 'app'))

/**
 * Before the endpoint: gives the user of this session the identity that the app's ticket proves, if this journey created the
 * user. Also removes the mark from the session.
 *
 * @returns The request without its cached session, which has the user without the identity.
 */
export async function completeAppReturn(
  ctx: Ctx,
  settings: Settings,
): Promise<{ context: { headers: Headers } } | undefined> {
  const [note, ticket] = [await readCookie<Note>(ctx, 'app'), await readCookie<Ticket>(ctx, 'redirect')]
  if (!note || !ticket || note.ticketId !== ticket.id) return undefined
  const headers = await headersOf(ctx)
  const found = await sessionOf(ctx, headers)
  if (!found || found.user.id !== note.userId || isImpersonatedIn(found)) return undefined
  const mayHave = note.isNew && settings.assign === 'field' && ticket.identity
  const user = mayHave ? await give(ctx, ticket, mayHave, note.userId) : null
  // Another request may still give it. The app keeps its ticket and its note, and asks again.
  if (user === undefined) return undefined
  const isCleared = isForeign(found.session)
  if (isCleared) await ctx.context.internalAdapter.updateSession(found.session.token, { [FOREIGN]: false })
  removeCookie(ctx, 'app')
  removeCookie(ctx, 'redirect')
  if (!user && !isCleared) return undefined
  const session = { ...found.session, [FOREIGN]: false }
  await setSessionCookie(ctx, { session, user: user ?? found.user })
  return { context: { headers: withoutCachedSession(ctx, headers) } }
}

/** Returns the headers of a request, without the cookies that cache its session. */
function withoutCachedSession({ context }: Ctx, headers: Headers | undefined): Headers {
  const cached = context.authCookies.sessionData.name
  const cookies = (headers?.get('cookie') ?? '').split(/; */).filter((cookie) => !cookie.startsWith(cached))
  const rest = new Headers(headers)
  rest.set('cookie', cookies.join('; '))
  return rest
}

const WAIT_MS = 50
const WAITS = 10

/**
 * Gives the identity, or waits for another request that is giving it. A ticket that was used before counts, too: the note binds
 * it to this user, and an earlier attempt may have failed half-way. After this call no one else can use the ticket.
 *
 * @returns The user with the identity; `null` if they cannot have it, `undefined` if that is not known yet.
 */
async function give(
  { context }: Ctx,
  ticket: Ticket,
  identity: string,
  userId: string,
): Promise<IdentifiedUser | null | undefined> {
  await prepare(context)
  const reserved: Reserved = {}
  await useTicket(context, ticket, reserved)
  const anonymousUserId = ticket.anonymousUserId ?? undefined
  for (let wait = 0; wait < WAITS; wait++) {
    const current = await findUser(context, userId)
    if (!current) return null
    if (current.jazzId) return current.jazzId === identity ? current : null
    const user = await giveIdentity(context, userId, identity, { anonymousUserId })
    if (user) return user
    const { owner, anonymous } = await ownersOf(context, identity)
    if (owner && owner.id !== userId && anonymous?.id !== anonymousUserId) {
      context.logger.warn(
        '[local-first-identity] A person came back to the app with an identity that another account has. Their account stays without it.',
      )
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
  return undefined
}
