// What this page shows the app's own server: Better Auth's JWT for who is signed in, else a proof of the device's.

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

/** So that it does not expire on the way. */
const MARGIN_SECONDS = 30
let kept: Jwt | undefined

/**
 * The account's JWT; `null` if nobody is signed in.
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
    // Another tab has signed in as somebody else meanwhile.
    await refreshAccount()
    throw new Error('Somebody else is signed in.')
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
