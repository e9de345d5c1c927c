// A browser that leaves for a provider or a mailbox takes a ticket with it, in a signed cookie. A return without the ticket
// proves nothing. Otherwise anyone could send a person a link, and with it attach an identity to an account, or take one.

import { randomUUID } from 'node:crypto'

import type { AuthContext, GenericEndpointContext } from '@better-auth/core'
import { getOAuthState } from 'better-auth/api'

import { type Name, type Reserved, reserveUse } from './reservation.mts'
import { MAIL_PATH } from './routes.mts'
import { leaveCookie, readCookie, removeCookie } from './signed-cookie.mts'

type Ctx = GenericEndpointContext
/** Where the browser goes before it comes back: to a mailbox, or by a redirect to a provider. */
export type Way = 'mail' | 'redirect'

export interface Ticket {
  way: Way
  /** A random name, valid for one return. */
  id: string
  /** The identity that was proven before the browser left; `null` if none was. */
  identity: string | null
  /** The anonymous user who had the identity then: the only one who may lose it at the return. */
  anonymousUserId: string | null
  /** The address that the magic link was requested for, in lower case; `null` for a provider, which knows the address. */
  email: string | null
  /** Unix seconds. */
  issuedAt: number
  /** Unix seconds: a browser may keep a cookie for longer than it was told to. */
  expiresAt: number
}

/** The key of a ticket's `id` in the state that Better Auth keeps of an OAuth flow. No client can write there. */
export const STATE_KEY = 'localFirstIdentity'
/** The key of a flag there: whether an identity was proven before the browser left. */
export const PROVEN_KEY = 'localFirstIdentityProven'

/** The lifetime in seconds: of a magic link, as its plugin is configured, or of an OAuth state. */
const lifetime = ({ context }: Ctx, way: Way): number => {
  const mail = context.getPlugin('magic-link')?.options as { expiresIn?: number } | undefined
  return way === 'mail' ? (mail?.expiresIn ?? 300) : 600
}

/** Makes the ticket for a journey that begins with this request. */
export function newTicket(ctx: Ctx, known: Pick<Ticket, 'way' | 'identity' | 'anonymousUserId' | 'email'>): Ticket {
  const issuedAt = Math.floor(Date.now() / 1000)
  return { ...known, id: randomUUID(), issuedAt, expiresAt: issuedAt + lifetime(ctx, known.way) }
}

/** Leaves the ticket in this browser. It replaces the ticket of an earlier journey. */
export const leaveTicket = (ctx: Ctx, ticket: Ticket): Promise<void> => leaveCookie(ctx, ticket.way, ticket)

/** Returns the way by which a browser comes back. */
export const wayBack = (ctx: Ctx): Way => (ctx.path === MAIL_PATH ? 'mail' : 'redirect')

/** Reads the ticket of the browser that comes back; `null` if it has none, or one that has expired. */
export const findTicket = (ctx: Ctx): Promise<Ticket | null> => readCookie(ctx, wayBack(ctx))

/**
 * Whether the ticket belongs to the journey that ends here. It must have the same OAuth state, or be for the same address as
 * the magic link.
 *
 * @param email - The address of the user who signs in or is created, in lower case.
 */
export async function isTicketFor(ticket: Ticket, email: string | undefined): Promise<boolean> {
  if (ticket.way === 'mail') return ticket.email !== null && ticket.email === email
  return (await getOAuthState())?.serverContext?.[STATE_KEY] === ticket.id
}

/**
 * Uses up the ticket of a return, and adds the use to `reserved`.
 *
 * @returns `false` if the ticket was used before: it is a copy, or the link was opened twice.
 */
export async function useTicket(context: AuthContext, ticket: Ticket, reserved: Reserved): Promise<boolean> {
  const use: Name = { kind: 'ticket', value: ticket.id }
  if (!(await reserveUse(context, use, ticket))) return false
  reserved.use = use
  return true
}

/** Removes the ticket from this browser. */
export const clearTicket = (ctx: Ctx): void => removeCookie(ctx, wayBack(ctx))
