import { readFileSync } from 'node:fs'

import { mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'

const vectors = JSON.parse(readFileSync('tokens.json', 'utf8'))
const facts = vectors.map(({ token, secret, audience, ttlSeconds, issuedAt }) => ({
  userId: verifyLocalFirstIdentityProof(token, audience, { now: issuedAt }).id,
  token: mintLocalFirstToken(secret, audience, ttlSeconds, { now: issuedAt }),
}))
console.log(JSON.stringify({ facts, refused: verifyLocalFirstIdentityProof(42, 'e2e-signup').code }))
