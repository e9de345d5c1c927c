// What `session` and the guards take.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { requireAccount, requireAuthMode, session } from 'local-first-identity/fetch'

import { appId } from './apps.mts'
import { device } from './device.mts'
import { apiAudience, issuer, startProvider } from './provider.mts'
import { bearer, outcome } from './requests.mts'

describe('session, options', () => {
  const provided = { issuer, audience: apiAudience, jwks: 'https://auth.example.com/jwks.json' }
  for (const [options, message] of [
    [undefined, 'session: `options` must be a plain object'],
    [new Request('http://localhost'), 'session: `options` must be a plain object'],
    [[], 'session: `options` must be a plain object'],
    [{}, 'session: give an `appId`, or the `issuer`, `jwks` and `audience` of a provider'],
    [{ appId: '' }, 'session: `appId` must be a string of at least one character'],
    [{ appId: '\ud800' }, 'session: `appId` must not have lone surrogates'],
    [{ appId, apId: 1 }, 'session: there is no option `apId`; did you mean `appId`?'],
    [{ appId, allowLocalFirst: 'yes' }, 'session: `allowLocalFirst` must be a boolean'],
    [{ ...provided, allowLocalFirst: true }, 'session: `appId` must be a string of at least one character'],
    [{ ...provided, allowAnonymous: true }, 'session: `allowAnonymous` needs `allowLocalFirst`'],
    [
      { appId, allowLocalFirst: false },
      'session: give an `appId`, or the `issuer`, `jwks` and `audience` of a provider',
    ],
    [{ appId, isUpgraded: true }, 'session: `isUpgraded` must be a function'],
    [{ ...provided, issuer: undefined }, 'session: `issuer` must be a string of at least one character'],
    [{ ...provided, issuer: 'urn:jazz:local-first' }, "session: `issuer` must not begin with 'urn:jazz:'"],
    [{ ...provided, audience: '' }, 'session: `audience` must be a string of at least one character'],
    [{ ...provided, audienceClaim: '' }, 'session: `audienceClaim` must be a string of at least one character'],
    [{ ...provided, audienceClaim: 'a"b' }, 'session: `audienceClaim` must be of printable ASCII without `"` and `\\`'],
    [{ audienceClaim: 'azp' }, 'session: `issuer` must be a string of at least one character'],
    [{ ...provided, jwks: undefined }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [{ ...provided, jwks: '/jwks.json' }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [
      { ...provided, jwks: 'file:///jwks.json' },
      'session: `jwks` must be the http(s) address of a key set, or a key set',
    ],
    [{ ...provided, jwks: { keys: [] } }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [{ ...provided, jwks: { keys: ['x'] } }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [
      { ...provided, jwks: { keys: [{ kty: 'oct', k: 'x' }] } },
      'session: `jwks` must be the http(s) address of a key set, or a key set',
    ],
    [
      { ...provided, algorithms: [['RS256']] },
      'session: `algorithms` must be an array of asymmetric algorithms, at least one',
    ],
    [{ ...provided, algorithms: [] }, 'session: `algorithms` must be an array of asymmetric algorithms, at least one'],
    [
      { ...provided, algorithms: ['HS256'] },
      'session: `algorithms` must be an array of asymmetric algorithms, at least one',
    ],
    [
      { ...provided, algorithms: ['none'] },
      'session: `algorithms` must be an array of asymmetric algorithms, at least one',
    ],
    [
      { ...provided, algorithms: ['ES265'] },
      'session: `algorithms` must be an array of asymmetric algorithms, at least one',
    ],
  ] as const) {
    it(`${JSON.stringify(options)}: ${message}`, () => {
      assert.throws(() => session(options as never), { name: 'TypeError', message })
    })
  }

  it('an option is not left unread, wherever an object has it', () => {
    const message = 'session: `options` must be a plain object'
    class Holder {
      appId = appId
    }
    const bare = Object.assign(Object.create(null), { appId })
    for (const options of [new Holder(), new Proxy(new Holder(), {}), Object.create({ appId }), Object.create(bare)]) {
      assert.throws(() => session(options as never), { name: 'TypeError', message })
    }
    const hidden = (name: string, value: unknown) => Object.defineProperty({ appId }, name, { value })
    for (const [options, what] of [
      [hidden('allowAnonymous', 'yes'), '`allowAnonymous` must be a boolean'],
      [hidden('allowAnonymus', true), 'there is no option `allowAnonymus`; did you mean `allowAnonymous`?'],
    ] as const) {
      assert.throws(() => session(options), { name: 'TypeError', message: `session: ${what}` })
    }
    for (const options of [bare, new Proxy(bare, {}), new Proxy({ appId }, {})]) session(options)
  })

  it('an algorithm is one that JWTs are signed with by a private key', () => {
    for (const algorithm of 'EdDSA Ed25519 ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512'.split(' ')) {
      session({ ...provided, algorithms: [algorithm] })
    }
    for (const wrong of ['EdFoo', 'RSA256', 'PS1', 'ES256K ', 'xRS256', 'rs256', 'Ed448']) {
      assert.throws(() => session({ ...provided, algorithms: [wrong] }), { name: 'TypeError', message: /`algorithms`/ })
    }
  })

  it('the guards name what they were given', () => {
    const whose = session({ appId })
    const modes = "requireAuthMode: name one or more of 'local-first', 'external' and 'anonymous'"
    assert.throws(() => requireAuthMode(whose), { name: 'TypeError', message: modes })
    assert.throws(() => requireAuthMode(whose, 'guest' as never), { name: 'TypeError', message: modes })
    const first = { name: 'TypeError', message: 'requireAccount: `authenticate` must be a function' }
    assert.throws(() => requireAccount({ isUpgraded: () => true } as never), first)
    const hook = { name: 'TypeError', message: 'requireAccount: `isUpgraded` must be a function' }
    assert.throws(() => requireAccount(whose, { isUpgraded: 1 as never }), hook)
    const option = {
      name: 'TypeError',
      message: 'requireAccount: there is no option `upgraded`; did you mean `isUpgraded`?',
    }
    assert.throws(() => requireAccount(whose, { upgraded: true } as never), option)
  })

  it('count only where they are given, on a polluted prototype, too', async () => {
    const polluted = Object.prototype as Record<string, unknown>
    Object.assign(polluted, { allowAnonymous: true, isUpgraded: () => true })
    try {
      const whose = session({ appId })
      assert.equal(await outcome(await whose(bearer(device().token('anonymous')))), 'unknown-issuer')
      assert.equal((await whose(bearer(device().token()))).ok, true)
    } finally {
      delete polluted.allowAnonymous
      delete polluted.isUpgraded
    }
  })

  it('a provider alone takes no tokens of devices, and devices alone no JWTs', async () => {
    const provider = await startProvider()
    assert.equal(await outcome(await session(provider.options)(bearer(device().token()))), 'unknown-issuer')
    assert.equal(await outcome(await session({ appId })(bearer(await provider.sign()))), 'unknown-issuer')
    const off = session({ appId, allowLocalFirst: false, ...provider.options })
    assert.equal(await outcome(await off(bearer(device().token()))), 'unknown-issuer')
    await provider.stop()
  })
})
