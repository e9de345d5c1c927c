import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  deriveUserId,
  mintLocalFirstToken,
  normalizeAudience,
  type ProofErrorCode,
  type VerifiedProof,
  verifyLocalFirstIdentityProof,
} from 'local-first-identity'
import { identityProof } from 'local-first-identity/fetch'
import { memoryStore, oneTimeProof } from 'local-first-identity/stores'
import {
  badProof,
  badProofs,
  type Clock,
  craftProof,
  createClock,
  createIdentity,
  identities,
  proofFor,
  type TestIdentity,
} from 'local-first-identity/testing'

import { type Equal, holds } from './holds.mts'

const audience = 'test-app-signup'
const now = 1_795_305_565
const DAY = 86_400

/** A proof that holds, or the test fails. */
function verified(token: string, options = {}): VerifiedProof {
  const proof = verifyLocalFirstIdentityProof(token, audience, options)
  return proof.ok ? proof : assert.fail(proof.code)
}

describe('identities', () => {
  it('have the user IDs of their secrets, each another one', () => {
    const all = Object.values(identities)
    for (const { secret, userId } of all) assert.equal(deriveUserId(secret), userId)
    assert.deepEqual([all.length, new Set(all.map(({ userId }) => userId)).size], [4, 4])
    assert.equal(identities.alice.userId, '609adc85-f77d-5ecd-ac8c-418fd0468d5c')
  })

  it('say of themselves what they are for, and cannot be changed', () => {
    for (const [name, identity] of Object.entries(identities)) {
      assert.ok(identity.secret.startsWith(`TEST-ONLY-${name}-`))
      assert.ok(Object.isFrozen(identity))
    }
    assert.ok(Object.isFrozen(identities))
  })

  it('are created anew, too', () => {
    const [one, other] = [createIdentity(), createIdentity()]
    assert.equal(deriveUserId(one.secret), one.userId)
    assert.notEqual(one.secret, other.secret)
    assert.ok(Object.isFrozen(one))
    holds<Equal<typeof one, TestIdentity>>()
  })
})

describe('proofFor', () => {
  it('gives a proof of alice’s that holds for 60 seconds from now', () => {
    const before = Math.floor(Date.now() / 1000)
    const { id, issuer, issuedAt, expiresAt } = verified(proofFor(audience))
    assert.deepEqual([id, issuer, expiresAt - issuedAt], [identities.alice.userId, 'local-first', 60])
    assert.ok(issuedAt >= before && issuedAt <= Date.now() / 1000)
  })

  it('takes whose, how long, by whom and when', () => {
    const identity = identities.bob
    const token = proofFor(audience, { identity, ttlSeconds: 7, issuer: 'anonymous', now })
    assert.equal(token, mintLocalFirstToken(identity.secret, audience, 7, { issuer: 'anonymous', now }))
  })

  it('gives the same proof again for the same time', () => {
    assert.equal(proofFor(audience, { now }), proofFor(audience, { now }))
  })

  it('gives no proof twice where no time is told, and each has half of its time left', () => {
    const identity = createIdentity()
    const proofs = Array.from({ length: 31 }, () => verified(proofFor(audience, { identity })))
    assert.equal(new Set(proofs.map(({ proofId }) => proofId)).size, 31)
    for (const { expiresAt } of proofs) assert.ok(expiresAt - Date.now() / 1000 > 28)
  })

  it('says when no other is left', () => {
    const identity = createIdentity()
    const another = (ttlSeconds: number) => verified(proofFor(audience, { identity, ttlSeconds }))
    const message = /^proofFor: there are more proofs .* than seconds to tell them apart: give another identity/
    // Six, and one more for each second that goes by meanwhile.
    assert.throws(() => Array.from({ length: 100 }, () => another(10)), { name: 'Error', message })
    another(11)
    assert.equal(new Set(Array.from({ length: 500 }, () => another(3_600).proofId)).size, 500)
    assert.ok(verified(proofFor(audience, { identity: createIdentity(), ttlSeconds: 10 })))
  })

  it('goes by the clock that verifiers go by, whatever a fake `Date` says', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 0 })
    assert.equal(verified(proofFor(audience)).ok, true)
    assert.equal(verified(craftProof(audience)).ok, true)
    assert.ok(createClock().now() > now - 10 * 365 * DAY)
    assert.equal(verifyLocalFirstIdentityProof(badProof('expired', audience), audience).code, 'expired')
  })

  it('is good for one use', async () => {
    const useProof = oneTimeProof(memoryStore())
    const replayed = proofFor(audience)
    assert.equal(await useProof(verified(replayed)), true)
    assert.equal(await useProof(verified(replayed)), false)
    assert.equal(await useProof(verified(proofFor(audience))), true)
  })
})

describe('badProofs', () => {
  const codes: ProofErrorCode[] = [
    'missing',
    'too-long',
    'malformed',
    'unsupported-algorithm',
    'unsupported-header',
    'invalid-claims',
    'unknown-issuer',
    'audience-mismatch',
    'issued-in-future',
    'expired',
    'ttl-too-long',
    'invalid-public-key',
    'subject-mismatch',
    'invalid-signature',
  ]
  const audiences = [audience, '6BA7B810-9DAD-11D1-80B4-00C04FD430C8', 'é 👩']
  const judged = (options: { now?: number }, verifier: object = {}) =>
    audiences.map((audience) =>
      badProofs(audience, options).map(
        ({ token }) => verifyLocalFirstIdentityProof(token, audience, { ...options, ...verifier }).code,
      ),
    )
  const each = audiences.map(() => codes)

  it('has one for each code, in the order of the checks, which the addon refuses with that code', () => {
    assert.deepEqual(
      badProofs(audience).map(({ code }) => code),
      codes,
    )
    assert.deepEqual(judged({}), each)
  })

  it('holds to it at any time, under any limits, and after 59 seconds', () => {
    for (const now of [3_600, 1_795_305_565, 253_370_678_399]) assert.deepEqual(judged({ now }), each)
    const [strict, lax] = [
      { maxTtlSeconds: 60, clockSkewSeconds: 0 },
      { maxTtlSeconds: DAY, clockSkewSeconds: 600 },
    ]
    const issuers = ['anonymous', 'local-first']
    for (const limits of [strict, lax, { issuers }, { maxTtlSeconds: 300 }]) assert.deepEqual(judged({}, limits), each)
    const late = badProofs(audience, { now }).map(
      ({ token }) => verifyLocalFirstIdentityProof(token, audience, { now: now + 59 }).code,
    )
    assert.deepEqual(late, codes)
  })

  it('is refused with that code by a helper', async () => {
    const prove = identityProof({ audience })
    for (const { code, token } of badProofs(audience)) {
      const proof = await prove(new Request('http://localhost', { headers: { 'x-local-first-proof': token } }))
      assert.equal(proof.ok || (await proof.response.json()).code, code)
    }
  })

  it('gives the same tokens for the same time, one by one, too', () => {
    assert.deepEqual(badProofs(audience, { now }), badProofs(audience, { now }))
    for (const { code, token } of badProofs(audience, { now })) assert.equal(badProof(code, audience, { now }), token)
  })
})

describe('craftProof', () => {
  it('gives what the addon mints where nothing is changed', () => {
    assert.equal(craftProof(audience, { now }), proofFor(audience, { now }))
    const identity = identities.carol
    assert.equal(craftProof(audience, { identity, now }), proofFor(audience, { identity, now }))
  })

  it('changes, adds and leaves out', () => {
    const read = (token: string) =>
      token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    const changes = { header: { typ: undefined, x: 1 }, claims: { iss: undefined, sub: 7, y: null } }
    const [header, { jazz_pub_key: _, ...claims }] = read(craftProof(audience, { ...changes, now }))
    assert.deepEqual(header, { alg: 'EdDSA', x: 1 })
    assert.deepEqual(claims, { sub: 7, aud: normalizeAudience(audience), iat: now, exp: now + 60, y: null })
  })

  it('is signed by its own identity, or by who is named', () => {
    const { alice, mallory } = identities
    assert.equal(verified(craftProof(audience, { identity: mallory })).id, mallory.userId)
    const forged = craftProof(audience, { identity: alice, signer: mallory })
    assert.equal(verifyLocalFirstIdentityProof(forged, audience).code, 'invalid-signature')
    assert.equal(verified(craftProof(audience, { header: { x: 1 }, signer: alice })).id, alice.userId)
  })
})

describe('createClock', () => {
  it('stands still until it is moved, and decides what has expired', () => {
    const clock = createClock(now)
    const token = proofFor(audience, { now: clock.now() })
    const verdict = () => verifyLocalFirstIdentityProof(token, audience, { now: clock.now() }).code ?? 'ok'
    clock.advance(59)
    assert.deepEqual([clock.now(), verdict()], [now + 59, 'ok'])
    clock.advance(1)
    assert.deepEqual([clock.now(), verdict()], [now + 60, 'expired'])
    clock.advance(-121)
    assert.deepEqual([clock.now(), verdict()], [now - 61, 'issued-in-future'])
    clock.advance(0)
    assert.equal(clock.now(), now - 61)
  })

  it('starts now, and knows nothing of others', () => {
    const before = Math.floor(Date.now() / 1000)
    const [one, other] = [createClock(), createClock()]
    assert.ok(one.now() >= before && one.now() <= Date.now() / 1000)
    one.advance(DAY)
    assert.ok(other.now() < one.now())
  })

  it('shows whole seconds from 1970 to 9999, and stays where it is when it is moved elsewhere', () => {
    for (const at of [-1, 1.5, Number.NaN, Date.now(), '7']) {
      assert.throws(() => createClock(at as number), { name: 'RangeError', message: /^createClock: `at` / })
    }
    const clock = createClock(1)
    for (const seconds of [-2, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_799, '1', undefined]) {
      const advance = clock.advance as Clock['advance']
      assert.throws(() => advance(seconds as number), { name: 'RangeError', message: /^advance: `seconds` / })
    }
    assert.equal(clock.now(), 1)
  })
})

it('what is not as described is named', () => {
  assert.throws(
    // @ts-expect-error: a misspelt option.
    () => proofFor(audience, { ttl: 5 }),
    /^TypeError: proofFor: there is no option `ttl`; did you mean `ttlSeconds`\?$/,
  )
  // @ts-expect-error: an issuer that there is not.
  assert.throws(() => proofFor(audience, { issuer: 'nobody' }), /^TypeError.*: options\.issuer must be /)
  assert.throws(() => proofFor(audience, { identity: { secret: 'x', userId: 'x' } }), /^TypeError.*: secret must be /)
  assert.throws(() => proofFor(audience, { ttlSeconds: 0 }), /^RangeError.*: ttlSeconds must be /)
  assert.throws(() => proofFor(''), /^TypeError.*: audience must not be empty$/)
  // @ts-expect-error: a code that there is not.
  assert.throws(() => badProof('already-used', audience), /^TypeError: badProof: there is no code `already-used`$/)
  assert.throws(() => badProof('missing', ''), /^TypeError.*: audience must not be empty$/)
  // @ts-expect-error: an option that there is not.
  assert.throws(() => badProofs(audience, { ttlSeconds: 5 }), /^TypeError: badProof: there is no option `ttlSeconds`$/)
  assert.throws(() => badProofs(audience, { now: 3_599 }), /^RangeError: badProof: `now` must be a whole second/)
  assert.throws(() => craftProof(''), /^TypeError.*: audience must not be empty$/)
  assert.throws(
    () => craftProof(audience, { now: Date.now() }),
    /^RangeError: craftProof: `now` must give a whole second/,
  )
  assert.throws(
    // @ts-expect-error: a misspelt option.
    () => craftProof(audience, { claim: {} }),
    /^TypeError: craftProof: there is no option `claim`; did you mean `claims`\?$/,
  )
  assert.throws(() => {
    // @ts-expect-error: all tests share it.
    identities.alice.userId = 'x'
  }, TypeError)
})
