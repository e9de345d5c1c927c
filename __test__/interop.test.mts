// Other people's code must take our tokens, and we must take theirs.

import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { describe, it } from 'node:test'

import * as noble from '@noble/ed25519'
import * as jose from 'jose'
import { mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'

import { publicKey, signingKey } from '../testing/craft.mts'
import { audience, now, secret, userId } from './support.mts'

const token = mintLocalFirstToken(secret, audience, 60, { now })
const [encodedHeader = '', encodedClaims = '', signature = ''] = token.split('.')
const claims = {
  iss: 'urn:jazz:local-first',
  sub: userId,
  aud: '9e0495df-0c67-5225-9628-35b8335fb38c',
  jazz_pub_key: publicKey(secret),
  iat: now,
  exp: now + 60,
}
const signingInput = Buffer.from(`${encodedHeader}.${encodedClaims}`)

describe('our token', () => {
  it('verifies with jose', async () => {
    const { payload, protectedHeader } = await jose.jwtVerify(token, createPublicKey(signingKey(secret)), {
      algorithms: ['EdDSA'],
      issuer: 'urn:jazz:local-first',
      subject: userId,
      audience: '9e0495df-0c67-5225-9628-35b8335fb38c',
      typ: 'JWT',
      currentDate: new Date(now * 1000),
    })
    assert.deepEqual(protectedHeader, { alg: 'EdDSA', typ: 'JWT' })
    assert.deepEqual(payload, claims)
  })

  it('verifies with node:crypto, by the key it carries', () => {
    const { jazz_pub_key: x } = JSON.parse(Buffer.from(encodedClaims, 'base64url').toString())
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    assert.equal(verify(null, signingInput, key, Buffer.from(signature, 'base64url')), true)
  })

  it('verifies with @noble/ed25519', async () => {
    const key = Buffer.from(publicKey(secret), 'base64url')
    assert.equal(await noble.verifyAsync(Buffer.from(signature, 'base64url'), signingInput, key), true)
  })
})

describe('the token of', () => {
  it('jose verifies', async () => {
    const theirs = await new jose.SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(signingKey(secret))
    assert.equal(verifyLocalFirstIdentityProof(theirs, audience, { now }).id, userId)
  })

  it('@noble/ed25519 verifies', async () => {
    const seed = Buffer.from(signingKey(secret).export({ format: 'jwk' }).d ?? '', 'base64url')
    const theirs = Buffer.from(await noble.signAsync(signingInput, seed)).toString('base64url')
    assert.equal(verifyLocalFirstIdentityProof(`${signingInput}.${theirs}`, audience, { now }).id, userId)
  })
})
