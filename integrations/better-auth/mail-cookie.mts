// The identity of whoever asked for a magic link waits in their browser. Were it kept under the link's token, anyone
// could attach their identity to the account of a mailbox that is not theirs.

import type { GenericEndpointContext } from '@better-auth/core'
import { expireCookie } from 'better-auth/cookies'

interface Waiting {
  identity: string
  /** The address that the link was asked for, in lower case. */
  email: string
  /** Unix milliseconds: a browser may keep a cookie for longer than it was told to. */
  expiresAt: number
}

/** How long a magic link lasts, in seconds, as that plugin was told. */
const lifetime = ({ context }: GenericEndpointContext): number =>
  (context.getPlugin('magic-link')?.options as { expiresIn?: number } | undefined)?.expiresIn ?? 300

const cookieOf = (ctx: GenericEndpointContext) =>
  ctx.context.createAuthCookie('local_first_identity', { maxAge: lifetime(ctx) })

// A key of its own: text that the app signs for a user, in another cookie, must not pass as this one.
const keyOf = ({ context }: GenericEndpointContext) => `${context.secret}:local-first-identity:mail`

/** Puts the proven identity into this browser until the link expires. */
export async function leaveIdentity(ctx: GenericEndpointContext, identity: string, email: string): Promise<void> {
  const cookie = cookieOf(ctx)
  const waiting: Waiting = { identity, email: email.toLowerCase(), expiresAt: Date.now() + lifetime(ctx) * 1000 }
  const value = Buffer.from(JSON.stringify(waiting)).toString('base64url')
  await ctx.setSignedCookie(cookie.name, value, keyOf(ctx), cookie.attributes)
}

/** Reads what waits in this browser; `null` if nothing does, or no more. */
export async function findIdentity(ctx: GenericEndpointContext): Promise<Waiting | null> {
  const value = await ctx.getSignedCookie(cookieOf(ctx).name, keyOf(ctx))
  if (!value) return null
  const waiting: Waiting = JSON.parse(Buffer.from(value, 'base64url').toString())
  return waiting.expiresAt > Date.now() ? waiting : null
}

/** Removes it from this browser. */
export const clearIdentity = (ctx: GenericEndpointContext): void => expireCookie(ctx, cookieOf(ctx))
