// A journey that an app sets out on and the system's browser ends, as with Expo: the ticket is in the app's cookies, and the
// provider comes back to the browser's.
//
// There the user is created without the identity, since anyone could send a person into such a journey. The answer leaves a
// note, signed and good for minutes, which says whose journey has created whom. Expo's plugin hands the answer's cookies to the
// app that the link back opens. It takes all three to give the user the identity: the ticket, the note, and a session of that
// user.

import type { GenericEndpointContext } from '@better-auth/core'
import { getOAuthState } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import type { Settings } from './options.mts'
import { prepare, type Reserved } from './reservation.mts'
import { PROVEN_KEY, STATE_KEY, type Ticket, useTicket } from './return-ticket.mts'
import { CALLBACK_PATH, RETURN_PATHS } from './routes.mts'
import { isImpersonatedIn, sessionOf } from './session.mts'
import { cookieName, leaveCookie, readCookie, removeCookie } from './signed-cookie.mts'
import { findUser, giveIdentity, type IdentifiedUser, ownersOf } from './users.mts'

type Ctx = GenericEndpointContext

/** Whose journey has created whom. */
interface Note {
  ticketId: string
  userId: string
  /** Unix seconds. */
  expiresAt: number
}

const NOTE_SECONDS = 300

/** Whether an address opens an app, by a scheme of its own (RFC 8252 §7.1). */
const opensApp = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && !/^https?:$/.test(new URL(url).protocol)

/** The journey that ends in this call, which has no ticket for it, if an identity was proven for it. */
async function journeyWithoutTicket({ path }: Ctx) {
  const state = RETURN_PATHS.has(path) ? await getOAuthState() : null
  const ticketId = state?.serverContext?.[STATE_KEY]
  if (!state || typeof ticketId !== 'string' || state.serverContext?.[PROVEN_KEY] !== true) return undefined
  // Expo's plugin looks at that path.
  return { ticketId, endsInApp: path === CALLBACK_PATH && opensApp(state.newUserURL ?? state.callbackURL) }
}

/** Whether an app has the ticket of the journey that ends in this call, and gives the identity when it comes back. */
export async function awaitsApp(ctx: Ctx, { assign }: Settings): Promise<boolean> {
  // A user ID cannot be given later, and nobody but Expo's plugin hands the note on.
  return assign === 'field' && ctx.context.hasPlugin('expo') && (await journeyWithoutTicket(ctx))?.endsInApp === true
}

/** Leaves the note for the app, if that is to give the identity to the user that this call has created. */
export async function leaveNote(ctx: Ctx, userId: string, settings: Settings): Promise<void> {
  const journey = await journeyWithoutTicket(ctx)
  if (!journey) return
  if (await awaitsApp(ctx, settings)) {
    const expiresAt = Math.floor(Date.now() / 1000) + NOTE_SECONDS
    const note: Note = { ticketId: journey.ticketId, userId, expiresAt }
    return leaveCookie(ctx, 'app', note)
  }
  ctx.context.logger.warn(
    '[local-first-identity] A provider sent a person to another browser than the one that they set out in. Their new account has no identity: offer `link()` where the device has it.',
  )
}

/** The endpoints by which an app learns who it is: they must not be answered before the identity is there. */
const SESSION_PATHS: ReadonlySet<string> = new Set(['/get-session', '/token'])

/** Whether an app asks who it is, with a note. */
export const isAppReturn = ({ path = '', headers }: { path?: string; headers?: Headers | undefined }): boolean =>
  SESSION_PATHS.has(path) && (headers?.get('cookie') ?? '').includes(cookieName('app'))

/**
 * Before the endpoint: gives the user of this session the identity that the app's ticket proves.
 *
 * @returns The request without its cached session, which has the user as they were.
 */
export async function completeAppReturn(ctx: Ctx): Promise<{ context: { headers: Headers } } | undefined> {
  const [note, ticket] = [await readCookie<Note>(ctx, 'app'), await readCookie<Ticket>(ctx, 'redirect')]
  if (!note || !ticket?.identity || note.ticketId !== ticket.id) return undefined
  const found = await sessionOf(ctx)
  if (!found || found.user.id !== note.userId || isImpersonatedIn(found)) return undefined
  const user = await give(ctx, ticket, ticket.identity, note.userId)
  // It is not known yet: the app keeps what it has, and asks again.
  if (user === undefined) return undefined
  removeCookie(ctx, 'app')
  removeCookie(ctx, 'redirect')
  if (!user) return undefined
  await setSessionCookie(ctx, { session: found.session, user })
  const cookies = (ctx.headers?.get('cookie') ?? '').split('; ')
  const cached = ctx.context.authCookies.sessionData.name
  const rest = cookies.filter((cookie) => !cookie.startsWith(cached))
  return { context: { headers: new Headers({ cookie: rest.join('; ') }) } }
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
