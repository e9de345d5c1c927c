import { deriveUserId, generateAuthSecret, type Issuer, mintLocalFirstToken } from 'local-first-identity'

import { appId, audience } from './apps.mts'

/** A device with a new identity. */
export function device() {
  const secret = generateAuthSecret()
  let issuedAt = Math.floor(Date.now() / 1000)
  return {
    identity: deriveUserId(secret),
    /** A proof that is no other one: of another second, since those of one second are the same. */
    proof: (ttlSeconds = 60, forAudience = audience, issuer: Issuer = 'local-first') =>
      mintLocalFirstToken(secret, forAudience, ttlSeconds, { now: issuedAt--, issuer }),
    /** A token for data. */
    token: (issuer: Issuer = 'local-first', ttlSeconds = 3600) =>
      mintLocalFirstToken(secret, appId, ttlSeconds, { now: issuedAt--, issuer }),
  }
}
