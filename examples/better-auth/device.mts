// A person's device: its secret, a browser's cookies, and Better Auth's client.

import { createAuthClient } from 'better-auth/client'
import { jwtClient } from 'better-auth/client/plugins'
import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

import { SIGN_UP_AUDIENCE, SYNC_AUDIENCE } from './audiences.mts'
import { createBrowser } from './browser.mts'

/** Makes a new device, with a new identity. */
export function createDevice(origin: string) {
  const secret = generateAuthSecret()
  const browser = createBrowser(origin)
  // In a Jazz app: `db.getLocalFirstIdentityProof({ ttlSeconds, audience })`.
  const proof = (ttlSeconds = 60) => mintLocalFirstToken(secret, SIGN_UP_AUDIENCE, ttlSeconds)
  const client = createAuthClient({
    baseURL: origin,
    plugins: [localFirstIdentityClient({ getProof: () => proof() }), jwtClient()],
    fetchOptions: { customFetchImpl: browser.fetch },
  })
  return {
    ...browser,
    client,
    identity: deriveUserId(secret),
    proof,
    /** Mints a token for data, which needs no account. */
    syncToken: () => mintLocalFirstToken(secret, SYNC_AUDIENCE, 60),
    /** Reads this person's notes, or writes them, with any bearer token. */
    async notes(token: string, text?: string) {
      const put = text === undefined ? {} : { method: 'PUT', body: text }
      const response = await fetch(`${origin}/notes`, { ...put, headers: { authorization: `Bearer ${token}` } })
      return { status: response.status, ...((await response.json()) as { userId?: string; text?: string | null }) }
    },
  }
}

export type Device = ReturnType<typeof createDevice>
