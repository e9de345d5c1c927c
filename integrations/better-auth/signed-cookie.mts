// Leaves an object in a browser, as JSON in a cookie that is signed with the app's secret.

import type { GenericEndpointContext } from '@better-auth/core'
import { expireCookie } from 'better-auth/cookies'

type Ctx = GenericEndpointContext

/** What each cookie is for. It is a part of the cookie's name and of its key. */
export type Purpose = 'mail' | 'redirect' | 'app'

const cookieOf = (ctx: Pick<Ctx, 'context'>, purpose: Purpose, maxAge?: number) =>
  ctx.context.createAuthCookie(`local_first_identity_${purpose}`, maxAge === undefined ? {} : { maxAge })

/** Returns the cookie's name in this app. The app may have set a prefix, or another name. */
export const cookieName = (ctx: Pick<Ctx, 'context'>, purpose: Purpose): string => cookieOf(ctx, purpose).name

// Each purpose has its own key. A text that the app signs for a user in another cookie must not pass as this one.
const keyOf = ({ context }: Ctx, purpose: Purpose) => `${context.secret}:local-first-identity:${purpose}`

/**
 * Leaves a value in the browser.
 *
 * @param value - Its `expiresAt`, in Unix seconds, is checked again later: a browser may keep a cookie for longer than told.
 */
export async function leaveCookie(ctx: Ctx, purpose: Purpose, value: { expiresAt: number }): Promise<void> {
  const cookie = cookieOf(ctx, purpose, value.expiresAt - Math.floor(Date.now() / 1000))
  const text = Buffer.from(JSON.stringify(value)).toString('base64url')
  await ctx.setSignedCookie(cookie.name, text, keyOf(ctx, purpose), cookie.attributes)
}

/** Reads what was left in the browser of this request; `null` if there is nothing, or it has expired. */
export async function readCookie<T extends { expiresAt: number }>(ctx: Ctx, purpose: Purpose): Promise<T | null> {
  const text = await ctx.getSignedCookie(cookieOf(ctx, purpose).name, keyOf(ctx, purpose))
  if (!text) return null
  const value: T = JSON.parse(Buffer.from(text, 'base64url').toString())
  return value.expiresAt > Date.now() / 1000 ? value : null
}

export const removeCookie = (ctx: Ctx, purpose: Purpose): void => expireCookie(ctx, cookieOf(ctx, purpose))
