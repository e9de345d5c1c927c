// The identity of whoever leaves for a provider or a mailbox waits in their browser, in a signed cookie. Were it kept under
// the link's token or the OAuth state alone, anyone could send somebody there and attach an identity to their new account.

import { randomUUID } from 'node:crypto'

import type { GenericEndpointContext } from '@better-auth/core'
import { expireCookie } from 'better-auth/cookies'

import { MAIL_PATH } from './routes.mts'

type Way = 'mail' | 'redirect'

export interface Waiting {
  way: Way
  /** A random name: it is good for one return. */
  ticket: string
  identity: string
  /** The address that the magic link was asked for, in lower case; `null` for a provider, which knows the address. */
  email: string | null
  /** Unix seconds: a browser may keep a cookie for longer than it was told to. */
  expiresAt: number
}

/** How long a magic link lasts, as that plugin was told, and how long an OAuth state does, in seconds. */
const lifetime = ({ context }: GenericEndpointContext, way: Way): number => {
  const mail = context.getPlugin('magic-link')?.options as { expiresIn?: number } | undefined
  return way === 'mail' ? (mail?.expiresIn ?? 300) : 600
}

const cookieOf = (ctx: GenericEndpointContext, way: Way) =>
  ctx.context.createAuthCookie(`local_first_identity_${way}`, { maxAge: lifetime(ctx, way) })

// A key of its own: text that the app signs for a user, in another cookie, must not pass as this one.
const keyOf = ({ context }: GenericEndpointContext, way: Way) => `${context.secret}:local-first-identity:${way}`

/** What is to wait for the return. */
export const newWaiting = (ctx: GenericEndpointContext, way: Way, identity: string, email?: string): Waiting => ({
  way,
  ticket: randomUUID(),
  identity,
  email: way === 'mail' ? (email ?? null) : null,
  expiresAt: Math.floor(Date.now() / 1000) + lifetime(ctx, way),
})

/** Puts it into this browser. */
export async function leave(ctx: GenericEndpointContext, waiting: Waiting): Promise<void> {
  const { way } = waiting
  const cookie = cookieOf(ctx, way)
  const value = Buffer.from(JSON.stringify(waiting)).toString('base64url')
  await ctx.setSignedCookie(cookie.name, value, keyOf(ctx, way), cookie.attributes)
}

const wayBack = (ctx: GenericEndpointContext): Way => (ctx.path === MAIL_PATH ? 'mail' : 'redirect')

/** Reads what waits in the browser that comes back; `null` if nothing does, or no more. */
export async function findWaiting(ctx: GenericEndpointContext): Promise<Waiting | null> {
  const way = wayBack(ctx)
  const value = await ctx.getSignedCookie(cookieOf(ctx, way).name, keyOf(ctx, way))
  if (!value) return null
  const waiting: Waiting = JSON.parse(Buffer.from(value, 'base64url').toString())
  return waiting.expiresAt > Date.now() / 1000 ? waiting : null
}

/** Removes it from this browser. */
export const clear = (ctx: GenericEndpointContext, way: Way = wayBack(ctx)): void =>
  expireCookie(ctx, cookieOf(ctx, way))
