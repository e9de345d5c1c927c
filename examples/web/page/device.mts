// The identity of this device, and what it signs.

import {
  BrowserAuthSecretStore,
  createLocalFirstAuth,
  deriveUserId,
  getLocalFirstIdentityProof,
} from 'local-first-identity/client'

/** Where this device keeps its secret. */
export const deviceStore = new BrowserAuthSecretStore({ appId: 'demo-app' })

/** The device's identity. All tabs have the same one, and follow each other's changes. */
export const device = createLocalFirstAuth(deviceStore)

let known: { secret: string; id: string } | undefined

/** Returns the device's user ID; `null` while there is none. */
export function deviceId(): string | null {
  const { secret } = device.getState()
  if (!secret) return null
  // Kept, because deriving it takes milliseconds, and every change on the page asks for it.
  if (known?.secret !== secret) known = { secret, id: deriveUserId(secret) }
  return known.id
}

/** When the last proof was minted, in Unix seconds, by its audience and lifetime. */
const lastMinted = new Map<string, number>()

/**
 * Mints a proof that differs from all before it. Two proofs of one second, audience and lifetime are the same bytes, which a
 * server accepts once. So this waits for the next second, if necessary.
 *
 * @throws Error if the device has no identity.
 */
export async function mintProof(audience: string, ttlSeconds = 60): Promise<string> {
  const kind = `${audience} ${ttlSeconds}`
  while (Math.floor(Date.now() / 1000) === lastMinted.get(kind)) {
    await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)))
  }
  const { secret } = device.getState()
  if (!secret) throw new Error('This device has no identity yet.')
  lastMinted.set(kind, Math.floor(Date.now() / 1000))
  return getLocalFirstIdentityProof({ secret, audience, ttlSeconds })
}
