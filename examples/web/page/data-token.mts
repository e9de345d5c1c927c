// The token that this page sends to the app's own server: Better Auth's JWT for a person who is signed in, or else a proof
// that the device mints.

import { getLocalFirstIdentityProof, resolveAuthConfig } from 'local-first-identity/client'

import { SYNC_AUDIENCE } from '../../better-auth/audiences.mts'
import { client } from './better-auth.mts'
import { device } from './device.mts'
import { accountNow, confirmAccount, refreshAccount } from './person.mts'
import { textOf } from './token-text.mts'

interface Jwt {
  owner: string
  token: string
  sub: string
  /** Unix seconds. */
  expiresAt: number
}

/** A JWT is replaced this long before it expires, so that it does not expire on the way. */
const MARGIN_SECONDS = 30
let kept: Jwt | undefined

/**
 * Returns the account's JWT; `null` if no one is signed in.
 *
 * @throws Error if the server cannot be asked.
 */
export async function accountJwt(): Promise<Jwt | null> {
  await confirmAccount()
  const owner = accountNow()?.owner
  if (!owner) return null
  if (kept?.owner === owner && kept.expiresAt - MARGIN_SECONDS > Date.now() / 1000) return kept
  const { data, error } = await client.token()
  if (error?.status === 401) {
    // The session has ended since the page was opened.
    await refreshAccount()
    return null
  }
  if (error) throw new Error(error.message ?? error.statusText)
  const { sub, exp } = textOf(data.token).claims
  if (sub !== owner) {
    // Another tab has signed in to another account meanwhile.
    await refreshAccount()
    throw new Error('Another account is signed in.')
  }
  kept = { owner, token: data.token, sub: String(sub), expiresAt: Number(exp) }
  return kept
}

/** @throws Error if the server cannot be asked, or the device has no identity. */
export async function dataToken(): Promise<string> {
  const jwt = await accountJwt()
  const { jwtToken, secret } = resolveAuthConfig({ jwt: jwt?.token ?? null, secret: device.getState().secret })
  if (jwtToken) return jwtToken
  if (!secret) throw new Error('This device has no identity yet.')
  return getLocalFirstIdentityProof({ secret, audience: SYNC_AUDIENCE })
}
