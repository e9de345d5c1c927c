import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'

import { mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { badProofs, craftProof } from 'local-first-identity/testing'

import { audience, goodToken, now, userId, vectors } from './support.mts'

describe('a proof that holds', () => {
  for (const fact of vectors.tokens) {
    it(`is the recorded one for ${fact.audience.slice(0, 20)}`, () => {
      assert.deepEqual(verifyLocalFirstIdentityProof(fact.token, fact.audience, { now: fact.issuedAt }), {
        ok: true,
        id: fact.userId,
        issuer: 'local-first',
        issuedAt: fact.issuedAt,
        expiresAt: fact.issuedAt + fact.ttlSeconds,
        proofId: createHash('sha256')
          .update(fact.token.slice(0, fact.token.lastIndexOf('.')))
          .digest('base64url'),
      })
    })
  }

  it('destructures as the documents have it', () => {
    const { ok, id, error } = verifyLocalFirstIdentityProof(goodToken, audience, { now })
    assert.deepEqual({ ok, id, error }, { ok: true, id: userId, error: undefined })
  })

  it('is verified by the system clock by default', () => {
    const seconds = Math.floor(Date.now() / 1000)
    const secret = vectors.tokens[0]?.secret ?? ''
    const late = mintLocalFirstToken(secret, audience, 60, { now: seconds - 61 })
    assert.equal(verifyLocalFirstIdentityProof(mintLocalFirstToken(secret, audience, 60), audience).ok, true)
    assert.equal(verifyLocalFirstIdentityProof(late, audience).code, 'expired')
  })
})

describe('a proof that does not hold', () => {
  const bad = badProofs(audience, { now })

  for (const { code, token } of bad) {
    it(`has its code: ${code}`, () => {
      const verdict = verifyLocalFirstIdentityProof(token, audience, { now })
      assert.deepEqual(Object.keys(verdict), ['ok', 'error', 'code'])
      assert.equal(verdict.ok, false)
      assert.equal(verdict.code, code)
      assert.match(verdict.error ?? '', /^[A-Z][A-Za-z' -]+\.$/)
    })
  }

  it('has its code at the very limit, too, and for another flaw', () => {
    const code = (token: string) => verifyLocalFirstIdentityProof(token, audience, { now }).code
    const claimed = (claims: Record<string, unknown>) => code(craftProof(audience, { now, claims }))
    assert.equal(code('x'.repeat(2_049)), 'too-long')
    assert.equal(code('x'.repeat(2_048)), 'malformed')
    assert.equal(code(craftProof(audience, { now, header: { alg: 'HS256' } })), 'unsupported-algorithm')
    assert.equal(claimed({ nbf: now }), 'invalid-claims')
    assert.equal(claimed({ iss: 'urn:jazz:anonymous' }), 'unknown-issuer')
    assert.equal(claimed({ aud: userId }), 'audience-mismatch')
    assert.equal(claimed({ iat: now + 61, exp: now + 120 }), 'issued-in-future')
    assert.equal(claimed({ iat: now - 60, exp: now }), 'expired')
    assert.equal(claimed({ exp: now + 3_601 }), 'ttl-too-long')
    assert.equal(claimed({ sub: vectors.identities[0]?.userId }), 'subject-mismatch')
    const later = craftProof(audience, { now, claims: { exp: now + 61 } })
    assert.equal(code(later.slice(0, -86) + goodToken.slice(-86)), 'invalid-signature')
  })

  it('has a sentence of its own for each code, with nothing of the token in it', () => {
    const sentences = bad.map(({ token }) => verifyLocalFirstIdentityProof(token, audience, { now }).error)
    assert.equal(new Set(sentences).size, bad.length)

    const shout = 'PROOFOFNOTHING'
    for (const changes of [{ header: { alg: shout } }, { claims: { iss: shout } }, shout]) {
      const token = typeof changes === 'string' ? changes : craftProof(audience, { now, ...changes })
      assert.doesNotMatch(JSON.stringify(verifyLocalFirstIdentityProof(token, audience, { now })), new RegExp(shout))
    }
  })
})

describe('options', () => {
  const verdict = (changes: Record<string, unknown>, options: object) =>
    verifyLocalFirstIdentityProof(craftProof(audience, { now, claims: changes }), audience, { now, ...options })

  it('maxTtlSeconds sets the longest lifetime', () => {
    assert.equal(verdict({}, { maxTtlSeconds: 60 }).ok, true)
    assert.equal(verdict({}, { maxTtlSeconds: 59 }).code, 'ttl-too-long')
    assert.equal(verdict({ exp: now + 86_400 }, { maxTtlSeconds: 86_400 }).ok, true)
  })

  it('clockSkewSeconds sets how far ahead a proof may be issued', () => {
    const ahead = { iat: now + 5, exp: now + 60 }
    assert.equal(verdict(ahead, { clockSkewSeconds: 5 }).ok, true)
    assert.equal(verdict(ahead, { clockSkewSeconds: 4 }).code, 'issued-in-future')
    assert.equal(verdict({}, { clockSkewSeconds: 0 }).ok, true)
  })

  it('issuers sets the accepted issuers', () => {
    const anonymous = { iss: 'urn:jazz:anonymous' }
    for (const issuers of [['anonymous'], ['local-first', 'anonymous'], ['anonymous', 'local-first']]) {
      const verified = verdict(anonymous, { issuers })
      assert.ok(verified.ok)
      assert.equal(verified.issuer, 'anonymous')
      assert.equal(verdict({}, { issuers }).ok, issuers.includes('local-first'))
    }
    assert.equal(verdict(anonymous, { issuers: ['local-first'] }).code, 'unknown-issuer')
    assert.equal(verdict({}, { issuers: ['anonymous', 'anonymous'] }).code, 'unknown-issuer')
  })

  it('undefined stands for the default', () => {
    const unset = { maxTtlSeconds: undefined, clockSkewSeconds: undefined, issuers: undefined }
    assert.equal(verdict({ exp: now + 3601 }, unset).code, 'ttl-too-long')
    assert.equal(verdict({ exp: now + 3600 }, unset).ok, true)
  })

  it('a property that does not show in a loop counts too', () => {
    const hidden = Object.defineProperty({ now }, 'maxTtlSeconds', { value: 59, enumerable: false })
    assert.equal(verifyLocalFirstIdentityProof(goodToken, audience, hidden).code, 'ttl-too-long')
  })

  it('an inherited element of a list is none', () => {
    Object.assign(Array.prototype, { 0: 'anonymous' })
    try {
      assert.throws(() => verdict({}, { issuers: new Array(1) }), {
        name: 'TypeError',
        message: /^options\.issuers\[0\] /,
      })
    } finally {
      Reflect.deleteProperty(Array.prototype, '0')
    }
  })

  it('only own properties count', () => {
    Object.assign(Object.prototype, { maxTtlSeconds: 1e9, issuers: ['anonymous'] })
    try {
      assert.equal(verifyLocalFirstIdentityProof(goodToken, audience, { now }).ok, true)
      assert.equal(verdict({ exp: now + 3601 }, {}).code, 'ttl-too-long')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'maxTtlSeconds')
      Reflect.deleteProperty(Object.prototype, 'issuers')
    }
  })
})
