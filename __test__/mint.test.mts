import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'
import {
  deriveUserId,
  generateAuthSecret,
  mintLocalFirstToken,
  normalizeAudience,
  verifyLocalFirstIdentityProof,
} from 'local-first-identity'
import { craftProof } from 'local-first-identity/testing'

import { audience, goodToken, now, secret, vectors } from './support.mts'

describe('the recorded facts', () => {
  it('secrets derive their user IDs', () => {
    for (const fact of vectors.identities) assert.equal(deriveUserId(fact.secret), fact.userId)
  })

  it('audiences normalise', () => {
    for (const fact of vectors.audiences) assert.equal(normalizeAudience(fact.audience), fact.aud)
  })

  it('minting gives the same bytes', () => {
    for (const fact of vectors.tokens) {
      assert.equal(mintLocalFirstToken(fact.secret, fact.audience, fact.ttlSeconds, { now: fact.issuedAt }), fact.token)
    }
  })
})

describe('mintLocalFirstToken', () => {
  it('gives the bytes that an independent signer gives', () => {
    assert.equal(mintLocalFirstToken(secret, audience, 60, { now }), goodToken)
    assert.equal(
      mintLocalFirstToken(secret, audience, 60, { now, issuer: 'anonymous' }),
      craftProof(audience, { now, claims: { iss: 'urn:jazz:anonymous' } }),
    )
  })

  it('takes the time from the system clock unless told otherwise', () => {
    const before = Math.floor(Date.now() / 1000)
    const verified = verifyLocalFirstIdentityProof(mintLocalFirstToken(secret, audience, 60), audience)
    assert.ok(verified.ok)
    assert.ok(verified.issuedAt >= before && verified.issuedAt <= Date.now() / 1000)
    assert.equal(verified.expiresAt, verified.issuedAt + 60)
  })

  it('mints for the whole range of times, exactly', () => {
    for (const edge of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 253_402_297_199]) {
      const verified = verifyLocalFirstIdentityProof(
        mintLocalFirstToken(secret, audience, 3600, { now: edge }),
        audience,
        { now: edge },
      )
      assert.ok(verified.ok)
      assert.deepEqual([verified.issuedAt, verified.expiresAt], [edge, edge + 3600])
    }
  })
})

describe('generateAuthSecret', () => {
  it('gives 43 characters of base64url, never twice the same', () => {
    const secrets = Array.from({ length: 1000 }, () => generateAuthSecret())
    assert.equal(new Set(secrets).size, 1000)
    for (const secret of secrets) assert.match(secret, /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
  })
})

describe('for any input', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const name = fc.string({ unit: 'binary', minLength: 1 })

  it('what is minted proves the identity of its secret, to its audience alone', () => {
    fc.assert(
      fc.property(bytes, name, name, fc.integer({ min: 1, max: 3600 }), (bytes, ours, theirs, ttl) => {
        const secret = Buffer.from(bytes).toString('base64url')
        const token = mintLocalFirstToken(secret, ours, ttl, { now })
        assert.equal(verifyLocalFirstIdentityProof(token, ours, { now }).id, deriveUserId(secret))
        if (normalizeAudience(ours) === normalizeAudience(theirs)) return
        assert.equal(verifyLocalFirstIdentityProof(token, theirs, { now }).code, 'audience-mismatch')
      }),
    )
  })

  it('any other value as the token is refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (token) => {
          assert.equal(verifyLocalFirstIdentityProof(token, audience).ok, false)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
