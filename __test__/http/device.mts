import type { Issuer } from 'local-first-identity'
import { createIdentity, proofFor } from 'local-first-identity/testing'

import { appId, audience } from './apps.mts'

/** A device with a new identity. */
export function device() {
  const identity = createIdentity()
  return {
    identity: identity.userId,
    /** A proof that is no other one. */
    proof: (ttlSeconds = 60, forAudience = audience, issuer?: Issuer) =>
      proofFor(forAudience, { identity, ttlSeconds, issuer }),
    /** A token for data. */
    token: (issuer?: Issuer, ttlSeconds = 3600) => proofFor(appId, { identity, ttlSeconds, issuer }),
  }
}
