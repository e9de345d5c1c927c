import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as addon from 'local-first-identity'

import { audience, goodToken, now, secret } from './support.mts'

// The types forbid what these tests pass.
const { verifyLocalFirstIdentityProof, mintLocalFirstToken, deriveUserId, normalizeAudience } =
  addon as unknown as Record<string, (...args: unknown[]) => { code?: string }>

const throwing = new Proxy(() => {}, {
  get: fail,
  has: fail,
  ownKeys: fail,
  apply: fail,
  getPrototypeOf: fail,
  getOwnPropertyDescriptor: fail,
})

function fail(): never {
  throw new Error('a trap was sprung')
}

class Holder {
  now = 0
}

const toStringThrows = { toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail, toJSON: fail }

describe('any JavaScript value as the token', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const values: [string, unknown, string][] = [
    ['undefined', undefined, 'missing'],
    ['null', null, 'missing'],
    ['an empty string', '', 'missing'],
    ['a number', 7, 'malformed'],
    ['NaN', Number.NaN, 'malformed'],
    ['a boolean', true, 'malformed'],
    ['a bigint', 7n, 'malformed'],
    ['a symbol', Symbol('x'), 'malformed'],
    ['an object', {}, 'malformed'],
    ['an object without a prototype', Object.create(null), 'malformed'],
    ['an array of the token', [goodToken], 'malformed'],
    ['a function', () => goodToken, 'malformed'],
    ['a class', class {}, 'malformed'],
    ['a String object', new String(goodToken), 'malformed'],
    ['a date', new Date(0), 'malformed'],
    ['a regular expression', /x/, 'malformed'],
    ['an error', new Error('x'), 'malformed'],
    ['a promise', Promise.resolve(goodToken), 'malformed'],
    ['a promise that rejects', rejecting(), 'malformed'],
    ['bytes', Buffer.from(goodToken), 'malformed'],
    ['a map', new Map(), 'malformed'],
    ['a weak reference', new WeakRef({}), 'malformed'],
    ['what throws when made a string', toStringThrows, 'malformed'],
    ['a proxy whose traps throw', throwing, 'malformed'],
    ['a revoked proxy', revoked.proxy, 'malformed'],
    ['a lone surrogate', '\ud800', 'malformed'],
    ['the token and a lone surrogate', `${goodToken}\udfff`, 'malformed'],
    ['the token and a NUL', `${goodToken}\0`, 'malformed'],
    ['a string of 2,048 bytes', 'x'.repeat(2048), 'malformed'],
    ['a string of 2,049 bytes', 'x'.repeat(2049), 'too-long'],
    ['a string of 1,025 characters and 2,050 bytes', 'é'.repeat(1025), 'too-long'],
    ['a string of 2,048 characters and 8,192 bytes', '😀'.repeat(1024), 'too-long'],
    ['a string of 20 million characters', 'x'.repeat(20_000_000), 'too-long'],
    [
      'a rope of 4 million characters',
      Array(1000)
        .fill('x'.repeat(4000))
        .reduce((a, b) => a + b),
      'too-long',
    ],
  ]

  for (const [what, token, code] of values) {
    it(`${what} is ${code}`, () => {
      assert.equal(verifyLocalFirstIdentityProof?.(token, audience, { now }).code, code)
    })
  }

  it('no argument at all is the caller’s mistake, not the token’s', () => {
    assert.throws(() => verifyLocalFirstIdentityProof?.(), { name: 'TypeError', message: /^audience / })
  })
})

describe('a wrong argument is thrown, by name', () => {
  const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
  const value = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
  const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }
  type Thrown = typeof type

  const notStrings = [undefined, null, 7, {}, [audience], Symbol('x'), new String(audience), throwing]
  const audiences: [unknown, Thrown][] = [
    ...notStrings.map((audience): [unknown, Thrown] => [audience, type]),
    ['', value],
    ['\ud800', value],
    ['app\udc00', value],
  ]
  const secrets: [unknown, Thrown][] = [
    ...notStrings.map((secret): [unknown, Thrown] => [secret, type]),
    ['', value],
    [secret.slice(1), value],
    [`${secret}A`, value],
    [`${secret}=`, value],
    [`${secret.slice(0, 42)}9`, value],
    [`+${secret.slice(1)}`, value],
    ['é'.repeat(43), value],
  ]
  const seconds: [unknown, Thrown][] = [
    [null, type],
    ['60', type],
    [60n, type],
    [[60], type],
    [new Number(60), type],
    [Number.NaN, range],
    [Number.POSITIVE_INFINITY, range],
    [-1, range],
    [-5, range],
    [1.9, range],
    [Date.now(), range],
    [253_402_300_800, range],
    [Number.MAX_SAFE_INTEGER, range],
    [Number.MAX_VALUE, range],
  ]
  const issuers: [unknown, Thrown][] = [
    [null, type],
    ['local-first', type],
    [{ length: 1, 0: 'local-first' }, type],
    [[], value],
    [[undefined], type],
    [[7], type],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    [[,], type],
    [['Local-First'], value],
    [['local-first', 'urn:jazz:anonymous'], value],
  ]
  const options: [unknown, Thrown][] = [
    [null, type],
    [7, type],
    ['60', type],
    [true, type],
    [[], type],
    [() => {}, type],
    // What they hold would not be read, and a limit would silently be the default.
    [new Map([['now', 0]]), type],
    [Object.create({ now: 0 }), type],
    [new Holder(), type],
    [Object.create(Object.assign(Object.create(null), { now: 0 })), type],
    [Object.create(new Proxy({ now: 0 }, {})), type],
    // Of a proxy, Node-API says that it inherits from nothing.
    [new Proxy(new Holder(), {}), type],
    [new Proxy(new Proxy(new Holder(), {}), {}), type],
    [new Proxy(new Map([['now', 0]]), {}), type],
    [new Proxy(Object.create({ now: 0 }), {}), type],
    [new Proxy([], {}), type],
    [{ maxTTLSeconds: 60 }, type],
    [{ maxTTLSeconds: undefined }, type],
    [{ '': 1 }, type],
    [{ 'a\0b': 1 }, type],
    [{ 0: 1 }, type],
  ]

  function refuses(argument: string, cases: [unknown, Thrown][], call: (value: unknown) => unknown): void {
    it(`${argument}: ${cases.length} values`, () => {
      for (const [wrong, thrown] of cases) {
        const message = new RegExp(`^${argument.replaceAll(/[[\].]/g, String.raw`\$&`)}\\W`)
        assert.throws(() => call(wrong), { ...thrown, message }, `${String(argument)}`)
      }
    })
  }

  const verify = (options: unknown) => verifyLocalFirstIdentityProof?.(goodToken, audience, options)
  const mint = (options: unknown) => mintLocalFirstToken?.(secret, audience, 60, options)

  describe('verifyLocalFirstIdentityProof', () => {
    refuses('audience', audiences, (audience) => verifyLocalFirstIdentityProof?.(goodToken, audience))
    refuses('options', options, verify)
    refuses('options.maxTtlSeconds', [...seconds, [0, range]], (maxTtlSeconds) => verify({ maxTtlSeconds }))
    refuses('options.clockSkewSeconds', seconds, (clockSkewSeconds) => verify({ clockSkewSeconds }))
    refuses('options.now', seconds, (now) => verify({ now }))
    refuses('options.issuers', issuers, (issuers) => verify({ issuers }))
  })

  describe('mintLocalFirstToken', () => {
    refuses('secret', secrets, (secret) => mintLocalFirstToken?.(secret, audience, 60))
    refuses('audience', audiences, (audience) => mintLocalFirstToken?.(secret, audience, 60))
    refuses('ttlSeconds', [...seconds, [0, range], [undefined, type]], (ttl) =>
      mintLocalFirstToken?.(secret, audience, ttl),
    )
    refuses('options', options, mint)
    refuses('options.now', seconds, (now) => mint({ now }))
    refuses(
      'options.issuer',
      [
        [null, type],
        [7, type],
        ['', value],
        ['anon', value],
      ],
      (issuer) => mint({ issuer }),
    )
  })

  describe('the others', () => {
    refuses('secret', secrets, (secret) => deriveUserId?.(secret))
    refuses('audience', audiences, (audience) => normalizeAudience?.(audience))
  })

  it('ttlSeconds: a proof that would outlast the year 9999', () => {
    const now = 253_402_300_798
    assert.equal(typeof mintLocalFirstToken?.(secret, audience, 1, { now }), 'string')
    assert.throws(() => mintLocalFirstToken?.(secret, audience, 2, { now }), { ...range, message: /^ttlSeconds / })
  })

  it('whatever the token is: a mistake in the call is not hidden by a bad token', () => {
    assert.throws(() => verifyLocalFirstIdentityProof?.(undefined, 7), { ...type, message: /^audience / })
    assert.throws(() => verifyLocalFirstIdentityProof?.(undefined, audience, { now: -1 }), range)
  })

  it('what an option’s getter throws comes through as it is', () => {
    const thrown = new Error('mine')
    const options = {
      get now() {
        throw thrown
      },
    }
    assert.throws(
      () => verify(options),
      (error) => error === thrown,
    )
  })

  it('options of no prototype, or behind a proxy, are as good as a literal', () => {
    const bare = Object.assign(Object.create(null), { now: 0 })
    for (const options of [bare, new Proxy(bare, {}), new Proxy({ now: 0 }, {}), new Proxy(new Proxy(bare, {}), {})]) {
      assert.equal(verify(options)?.code, 'issued-in-future')
    }
  })

  it('what a proxy’s trap throws comes through as it is', () => {
    const thrown = new Error('mine')
    const trap = () => {
      throw thrown
    }
    for (const traps of [{ getPrototypeOf: trap }, { ownKeys: trap }, { get: trap }]) {
      assert.throws(
        () => verify(new Proxy({ now: 0 }, traps)),
        (error) => error === thrown,
      )
    }
  })

  it('the secret is not in the message', () => {
    assert.throws(
      () => deriveUserId?.(`${secret}x`),
      (error) => !String(error).includes(secret.slice(0, 8)),
    )
  })
})

function rejecting(): Promise<never> {
  const promise = Promise.reject(new Error('never awaited'))
  promise.catch(() => {})
  return promise
}
