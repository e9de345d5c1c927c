// What the tests of the addon share: someone, a proof of theirs, and the recorded facts.

import { readFileSync } from 'node:fs'

import { craftProof, identities } from 'local-first-identity/testing'

export const now = 1_795_305_565
export const audience = 'betterauth-signup'
export const { secret, userId } = identities.alice

/** Made without the addon's signer. */
export const goodToken = craftProof(audience, { now })

interface ProofVector {
  secret: string
  audience: string
  ttlSeconds: number
  issuedAt: number
  userId: string
  token: string
}

export const vectors = {
  identities: readVectors<{ secret: string; publicKey: string; userId: string }>('identities'),
  audiences: readVectors<{ audience: string; aud: string }>('audiences'),
  tokens: readVectors<ProofVector>('tokens'),
}

function readVectors<T>(name: string): T[] {
  const facts: T[] = JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
  if (facts.length === 0) throw new Error(`no vectors in ${name}.json`)
  return facts
}
