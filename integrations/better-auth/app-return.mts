// A journey that an app begins and the system's browser ends, as with Expo. The ticket is in the app's cookies, and the provider
// sends the browser back, whose cookies are others.
//
// There the user is created without the identity, and the session is marked as foreign: anyone could send a person into such a
// journey. The response leaves a note, signed and good for minutes, which says whose journey has signed in whom. Expo's plugin
// hands the cookies of the response to the app that the link back opens. The ticket, the note and a session of that user
// together give the user the identity, and the session its good name.

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

/** Whose journey has signed in whom. */
interface Note {
  ticketId: string
  userId: string
  /** Whether the journey has created the user: an account that exists gets no identity without a question. */
  isNew: boolean
  /** Unix seconds. */
  expiresAt: number
}

const NOTE_SECONDS = 300

/** Whether an address opens an app, by a scheme of its own (RFC 8252 §7.1). */
const opensApp = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && !/^https?:$/.test(new URL(url).protocol)

/** The journey that ends in this call, as Better Auth keeps it. */
async function journeyIn({ path }: Ctx) {
  const state = RETURN_PATHS.has(path) ? await getOAuthState() : null
  const ticketId = state?.serverContext?.[STATE_KEY]
  if (!state || typeof ticketId !== 'string') return undefined
  return {
    ticketId,
    isProven: state.serverContext?.[PROVEN_KEY] === true,
    // Expo's plugin looks at that path.
    isAppsOwn: (isNew: boolean) =>
      path === CALLBACK_PATH && opensApp((isNew ? state.newUserURL : undefined) ?? state.callbackURL),
  }
}

/** Whether the app gives the new user of this call the identity when it comes back with its ticket. */
export async function awaitsApp(ctx: Ctx, { assign }: Settings): Promise<boolean> {
  // A user ID cannot be given later, and only Expo's plugin hands the note on.
  if (assign !== 'field' || !ctx.context.hasPlugin('expo')) return false
  const journey = await journeyIn(ctx)
  return journey?.isProven === true && journey.isAppsOwn(true)
}

/** Says that a new user has no identity, though one was proven for them: their journey ends in another browser. */
export async function sayElsewhere(ctx: Ctx, settings: Settings): Promise<void> {
  if (!(await journeyIn(ctx))?.isProven || (await awaitsApp(ctx, settings))) return
  ctx.context.logger.warn(
    '[local-first-identity] A provider sent a person to another browser than the one that they set out in. Their new account has no identity: offer `link()` where the device has it.',
  )
}

/** Leaves the note for the app that has begun this journey, if an app has. */
export async function leaveNote(ctx: Ctx, userId: string): Promise<void> {
  const journey = ctx.context.hasPlugin('expo') ? await journeyIn(ctx) : undefined
  const state = await stateOf(ctx)
  const isNew = state !== null && state.route !== 'reset' && state.outcome.createdUserId === userId
  if (!journey?.isAppsOwn(isNew)) return
  const expiresAt = Math.floor(Date.now() / 1000) + NOTE_SECONDS
  const note: Note = { ticketId: journey.ticketId, userId, isNew, expiresAt }
  await leaveCookie(ctx, 'app', note)
}

/** The endpoints at which an app learns who it is, or asks for the identity: the note must count before they answer. */
const APP_PATHS: ReadonlySet<string> = new Set(['/get-session', '/token', LINK_PATH])

/** Whether an app asks who it is, with a note. */
export const isAppReturn = (ctx: { path?: string; headers?: Headers | undefined; context: Ctx['context'] }): boolean =>
  APP_PATHS.has(ctx.path ?? '') && (ctx.headers?.get('cookie') ?? '').includes(cookieName(ctx, 'app'))

/**
 * Before the endpoint: gives the user of this session the identity that the app's ticket proves, if this journey has created the
 * user, and removes the mark from the session.
 *
 * @returns The request without its cached session, which has the user as they were.
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
  // It is not known yet: the app keeps what it has, and asks again.
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

/** The headers of a request, without the cookies that cache its session. */
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
 * Gives the identity, or waits for another request that is giving it. Whether the ticket was used before does not matter: the note
 * binds it to this user, and what a fault has left undone is to be done. Nobody else can use it any more.
 *
 * @returns The user with the identity; `null` if they cannot have it, `undefined` if it is not known yet.
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
        '[local-first-identity] A person came back to the app with an identity that has another account. Theirs stays without it.',
      )
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
  return undefined
}
