// The client's mint against the addon's: two implementations, the same bytes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'
import * as addon from 'local-first-identity'
import { deriveUserId, generateAuthSecret, getLocalFirstIdentityProof } from 'local-first-identity/client'

import { normalizeAudience } from '../../common/audience.mts'
import { secret, vectors } from '../support.mts'

const LAST_SECOND = 253_402_300_799

describe('the recorded facts', () => {
  it('secrets derive their user IDs', () => {
    for (const fact of vectors.identities) assert.equal(deriveUserId(fact.secret), fact.userId)
  })

  it('audiences normalise', () => {
    for (const fact of vectors.audiences) assert.equal(normalizeAudience(fact.audience), fact.aud)
  })

  it('minting gives the same bytes', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    for (const { secret, audience, ttlSeconds, issuedAt, token } of vectors.tokens) {
      t.mock.timers.setTime(issuedAt * 1000 + 999)
      assert.equal(getLocalFirstIdentityProof({ secret, audience, ttlSeconds }), token)
    }
  })
})

describe('for any input', () => {
  const secrets = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'))
  const hex = fc.uuid().map((uuid) => uuid.replaceAll('-', ''))
  const audiences = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
    fc.uuid(),
    fc.uuid().map((uuid) => uuid.toUpperCase()),
    hex,
    hex.map((uuid) => `{${uuid}}`),
    fc.uuid().map((uuid) => `{${uuid}}`),
    fc.uuid().map((uuid) => `urn:uuid:${uuid}`),
    fc.uuid().map((uuid) => `URN:UUID:${uuid}`),
    hex.map((uuid) => `urn:uuid:${uuid}`),
    fc.uuid().map((uuid) => ` ${uuid}`),
    fc.uuid().map((uuid) => uuid.replace(/^./, 'g')),
    fc.uuid().map((uuid) => `${uuid}\n`),
  )

  it('the two mints give the same bytes, and the addon takes them', { timeout: 600_000 }, (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    let compared = 0
    const times = fc.oneof(fc.nat(2 ** 31), fc.integer({ min: 0, max: LAST_SECOND - 3600 }))
    const ttls = fc.integer({ min: 1, max: 3600 })
    fc.assert(
      fc.property(secrets, audiences, ttls, times, (secret, audience, ttlSeconds, now) => {
        t.mock.timers.setTime(now * 1000)
        const token = getLocalFirstIdentityProof({ secret, audience, ttlSeconds })
        assert.equal(token, addon.mintLocalFirstToken(secret, audience, ttlSeconds, { now }))
        const { id } = addon.verifyLocalFirstIdentityProof(token, audience, { now })
        assert.equal(id, deriveUserId(secret))
        compared++
      }),
      { numRuns: 10_000 },
    )
    assert.equal(compared, 10_000)
    t.diagnostic(`${compared.toLocaleString('en')} random inputs: the client and the addon minted the same bytes`)
  })

  it('they refuse the same arguments with the same words', () => {
    const values = fc.oneof(
      fc.anything(),
      secrets,
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 43, maxLength: 43 }),
      fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a') }),
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, -1, 1.5, LAST_SECOND, LAST_SECOND + 1, ''),
    )
    const outcome = (mint: () => string) => {
      try {
        return mint()
      } catch (error) {
        assert.ok(error instanceof Error)
        return `${error.constructor.name}: ${error.message}`
      }
    }
    const good = [secret, 'an audience', 60] as const
    fc.assert(
      fc.property(fc.nat(2), values, (index, value) => {
        // An absent lifetime is the default here, and an error there. Of numbers, the addon takes more.
        if (index === 2 && (value === undefined || typeof value === 'number')) return
        const args = good.with(index, value as never) as [string, string, number]
        const [secret, audience, ttlSeconds] = args
        const ours = outcome(() => getLocalFirstIdentityProof({ secret, audience, ttlSeconds }))
        const theirs = outcome(() => addon.mintLocalFirstToken(...args))
        if (ours.length < 200 && theirs.length < 200) assert.equal(ours, theirs)
        else assert.equal(ours.split('.')[0], theirs.split('.')[0])
      }),
      { numRuns: 5000 },
    )
  })
})

describe('getLocalFirstIdentityProof', () => {
  it('mints for an hour at most: no verifier would take a longer lifetime', () => {
    const mint = (ttlSeconds: number) => getLocalFirstIdentityProof({ secret, audience: 'x', ttlSeconds })
    assert.equal(addon.verifyLocalFirstIdentityProof(mint(3600), 'x').ok, true)
    for (const wrong of [0, -1, 3601, 60_000, LAST_SECOND, LAST_SECOND + 1, 1.5, Number.NaN]) {
      const message = 'ttlSeconds must be an integer from 1 to 3600, in seconds'
      assert.throws(() => mint(wrong), { name: 'RangeError', message })
    }
  })

  it('mints for 60 seconds, from now, unless told otherwise', () => {
    const before = Math.floor(Date.now() / 1000)
    const proof = addon.verifyLocalFirstIdentityProof(getLocalFirstIdentityProof({ secret, audience: 'x' }), 'x')
    assert.ok(proof.ok)
    assert.equal(proof.expiresAt - proof.issuedAt, 60)
    assert.ok(proof.issuedAt >= before && proof.issuedAt <= Date.now() / 1000)
  })

  it('refuses options that there are not, and reads none that are inherited', () => {
    const mint = getLocalFirstIdentityProof as (options: unknown) => string
    assert.throws(() => mint({ secret, audience: 'x', ttl: 5 }), {
      name: 'TypeError',
      message: 'getLocalFirstIdentityProof: there is no option `ttl`; did you mean `ttlSeconds`?',
    })
    for (const wrong of [undefined, null, 'x', [], 7]) assert.throws(() => mint(wrong), TypeError)
    assert.throws(() => mint(Object.create({ secret, audience: 'x' })), TypeError)
  })

  it('mints nothing by a clock that is set to before 1970', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    t.mock.timers.setTime(0)
    const mint = () => getLocalFirstIdentityProof({ secret, audience: 'x' })
    assert.equal(mint(), addon.mintLocalFirstToken(secret, 'x', 60, { now: 0 }))
    t.mock.method(Date, 'now', () => -1)
    const message = 'the clock of this device is set to before 1970 or beyond the year 9999'
    assert.throws(mint, { name: 'Error', message })
    t.mock.method(Date, 'now', () => Number.NaN)
    assert.throws(mint, { name: 'Error', message })
  })

  it('blames no lifetime for a clock that is set to beyond the year 9999', (t) => {
    const last = 253_402_300_799
    const mint = () => getLocalFirstIdentityProof({ secret, audience: 'x', ttlSeconds: 1 })
    t.mock.method(Date, 'now', () => (last - 1) * 1000)
    assert.equal(mint(), addon.mintLocalFirstToken(secret, 'x', 1, { now: last - 1 }))
    t.mock.method(Date, 'now', () => last * 1000 + 999)
    assert.throws(mint, { name: 'RangeError', message: 'ttlSeconds must not reach beyond the year 9999' })
    t.mock.method(Date, 'now', () => (last + 1) * 1000)
    const message = 'the clock of this device is set to before 1970 or beyond the year 9999'
    assert.throws(mint, { name: 'Error', message })
  })

  it('says nothing of a secret that is nearly one', () => {
    const nearly = `${secret.slice(0, -1)}!`
    assert.throws(
      () => getLocalFirstIdentityProof({ secret: nearly, audience: 'x' }),
      ({ message, stack }: Error) => !message.includes(nearly.slice(0, 8)) && !stack?.includes(nearly.slice(0, 8)),
    )
  })
})

describe('generateAuthSecret', () => {
  it('gives secrets that the addon takes, never twice the same', () => {
    const secrets = Array.from({ length: 1000 }, () => generateAuthSecret())
    assert.equal(new Set(secrets).size, 1000)
    for (const secret of secrets) assert.equal(addon.deriveUserId(secret), deriveUserId(secret))
  })
})
