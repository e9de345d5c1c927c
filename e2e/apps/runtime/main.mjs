import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import * as addon from 'local-first-identity'
import * as client from 'local-first-identity/client'

import vectors from './vectors.cjs'

const read = (name) => JSON.parse(readFileSync(`vectors/${name}.json`, 'utf8'))
const identities = read('identities')
for (const { secret, userId } of identities) {
  assert.equal(client.deriveUserId(secret), userId)
  assert.equal(client.RecoveryPhrase.toSecret(client.RecoveryPhrase.fromSecret(secret)), secret)
  const proof = client.getLocalFirstIdentityProof({ secret, audience: 'my-app-signup' })
  assert.equal(addon.verifyLocalFirstIdentityProof(proof, 'my-app-signup').id, userId)
}
console.log(vectors.run(addon, { identities, audiences: read('audiences'), tokens: read('tokens') }))
