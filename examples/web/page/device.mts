// The identity of this device, and what it signs.

import {
  BrowserAuthSecretStore,
  createLocalFirstAuth,
  deriveUserId,
  getLocalFirstIdentityProof,
} from 'local-first-identity/client'

/** Where this device keeps its secret. */
export const deviceStore = new BrowserAuthSecretStore({ appId: 'demo-app' })

/** The device's identity: the same for all tabs, which hear of each other's changes. */
export const device = createLocalFirstAuth(deviceStore)

let known: { secret: string; id: string } | undefined

/** The device's user ID; `null` while there is none. */
export function deviceId(): string | null {
  const { secret } = device.getState()
  if (!secret) return null
  // To derive it takes milliseconds, and it is asked for at every change on the page.
  if (known?.secret !== secret) known = { secret, id: deriveUserId(secret) }
  return known.id
}

/** When a proof was minted last, by what it is for and how long it holds, in Unix seconds. */
const lastMinted = new Map<string, number>()

/**
 * Mints a proof that is unlike any before it: two of one second, audience and lifetime are the same bytes, which a
 * server takes once. Waits for the next second where that is needed.
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
