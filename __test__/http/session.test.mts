// What `session` and the guards do beside refusing: whose request it is, which keys count, and what is remembered.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'

import type { Session } from 'local-first-identity/express'
import { requireAccount, requireAuthMode, session } from 'local-first-identity/fetch'

import { type App, appId, frameworks, withApp } from './apps.mts'
import { device } from './device.mts'
import { apiAudience, issuer, newKey, now, type Provider, signJwt, startProvider } from './provider.mts'

const get = async ({ origin }: App, path: string, token: string) => {
  const response = await fetch(origin + path, { headers: { authorization: `Bearer ${token}` } })
  return [response.status, (await response.json()) as Session & { code?: string; error?: string }] as const
}

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.stop())

for (const framework of frameworks) {
  describe(`session, ${framework}`, () => {
    it('tells a guest from an account, and gives the claims', () =>
      withApp(framework, { session: { appId, allowAnonymous: true, ...provider.options } }, async (app) => {
        const own = device()
        const [status, guest] = await get(app, '/me', own.token())
        const { iss, sub, exp, ...rest } = guest.claims
        assert.deepEqual([status, guest.userId, guest.authMode], [200, own.identity, 'local-first'])
        assert.deepEqual(
          [iss, sub, Object.keys(rest)],
          ['urn:jazz:local-first', own.identity, ['aud', 'jazz_pub_key', 'iat']],
        )
        const [, anonymous] = await get(app, '/me', own.token('anonymous'))
        assert.deepEqual([anonymous.userId, anonymous.authMode], [own.identity, 'anonymous'])
        const claims = { sub: ' Verbatim ÄÖ|1 ', role: 'editor', user_id: 'other', list: [1, { a: 2 }] }
        const [, account] = await get(app, '/me', await provider.sign(claims))
        assert.deepEqual([account.userId, account.authMode], [claims.sub, 'external'])
        assert.deepEqual({ ...account.claims, ...claims, iss: issuer, aud: apiAudience }, account.claims)
      }))

    it('guards what an account may do', () =>
      withApp(framework, { session: { appId, allowAnonymous: true, ...provider.options } }, async (app) => {
        const own = device()
        const tokens = [own.token(), own.token('anonymous'), await provider.sign({ sub: own.identity })]
        const statuses = async (path: string) =>
          Promise.all(tokens.map(async (token) => (await get(app, path, token))[0]))
        assert.deepEqual(await statuses('/me'), [200, 200, 200])
        assert.deepEqual(await statuses('/account'), [403, 403, 200])
        assert.deepEqual(await statuses('/guest'), [200, 403, 403])
        assert.equal(app.seen.length, 5)
      }))

    it('asks at each request whether a guest has an account by now', async () => {
      const own = device()
      let upgraded = false
      const asked: string[] = []
      const isUpgraded = (userId: string) => {
        asked.push(userId)
        return upgraded
      }
      await withApp(framework, { session: { appId, ...provider.options, isUpgraded } }, async (app) => {
        const token = own.token()
        assert.equal((await get(app, '/me', token))[0], 200)
        upgraded = true
        const [status, { code }] = await get(app, '/me', token)
        assert.deepEqual([status, code], [401, 'sign-in-required'])
        assert.equal((await get(app, '/me', await provider.sign({ sub: own.identity })))[0], 200)
        assert.deepEqual(asked, [own.identity, own.identity])
      })
    })

    it('a hook that fails, or gives no boolean, is a fault of the server', async () => {
      const fault = new Error('the database is down')
      for (const [isUpgraded, expected] of [
        [() => Promise.reject(fault), /^Error: the database is down$/],
        [() => undefined as never, /^TypeError: (session|requireAccount): `isUpgraded` must give a boolean$/],
        [() => ({ id: 1 }) as never, /^TypeError: (session|requireAccount): `isUpgraded` must give a boolean$/],
      ] as const) {
        for (const [path, settings] of [
          ['/me', { session: { appId, isUpgraded } }],
          ['/account', { session: { appId }, account: { isUpgraded } }],
        ] as const) {
          await withApp(framework, settings, async (app) => {
            assert.deepEqual(await get(app, path, device().token()), [500, { error: 'fault' }])
            assert.match(String(app.faults[0]), expected)
            assert.deepEqual(app.seen, [])
          })
        }
      }
    })

    it('a provider whose keys cannot be had is a fault of the server, until they can', () =>
      withApp(framework, { session: { appId, ...provider.options } }, async (app) => {
        provider.state.status = 503
        const token = await provider.sign()
        assert.deepEqual(await get(app, '/me', token), [500, { error: 'fault' }])
        assert.deepEqual(app.seen, [])
        assert.equal((await get(app, '/me', device().token()))[0], 200)
        provider.state.status = 200
        assert.equal((await get(app, '/me', token))[0], 200)
      }))
  })
}

// A plain request has no two headers of one name, and no guard without a session.
for (const framework of frameworks.filter((name) => name !== 'fetch')) {
  describe(`session, ${framework}, misused`, () => {
    it('takes two `Authorization` headers for none that is well-formed', () =>
      withApp(framework, {}, async (app) => {
        const { request } = await import('node:http')
        const [first, second] = [device().token(), device().token()].map((token) => `Bearer ${token}`)
        const status = await new Promise((resolve) => {
          const sent = request(`${app.origin}/me`, (response) => resolve(response.resume().statusCode))
          sent.setHeader('authorization', [first, second] as string[])
          sent.end()
        })
        assert.deepEqual([status, app.seen], [400, []])
      }))

    it('a guard without `session` before it is a fault of the server', () =>
      withApp(framework, {}, async (app) => {
        assert.deepEqual(await get(app, '/unguarded', device().token()), [500, { error: 'fault' }])
        assert.match(String(app.faults[0]), /need `session` to run before them$/)
      }))
  })
}

const bearer = (token: string) => new Request('http://localhost', { headers: { authorization: `Bearer ${token}` } })
const outcome = async (result: Awaited<ReturnType<ReturnType<typeof session>>>) =>
  result.ok ? result.userId : (await result.response.json()).code

describe('session, keys', () => {
  afterEach(() => mock.timers.reset())

  it('fetches the keys once, and again for a new key, at most every 30 seconds', async () => {
    const whose = session(provider.options)
    const { state, sign } = provider
    assert.equal(state.fetched, 0)
    for (let i = 0; i < 5; i++)
      assert.equal(await outcome(await whose(bearer(await sign({ jti: String(i) })))), 'user-1')
    assert.equal(state.fetched, 1)
    // Strangers who name keys that are not there cannot make the server ask the provider each time.
    for (let i = 0; i < 5; i++) {
      assert.equal(await outcome(await whose(bearer(await signJwt(await newKey())))), 'unknown-key')
    }
    assert.equal(state.fetched, 1)
    const rotated = await newKey()
    state.keys = [rotated]
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 31_000 })
    assert.equal(await outcome(await whose(bearer(await signJwt(rotated)))), 'user-1')
    assert.equal(state.fetched, 2)
  })

  it('takes a key set itself', async () => {
    const { kid, alg, jwk } = provider.state.keys[0] ?? assert.fail()
    const whose = session({ issuer, audience: apiAudience, jwks: { keys: [{ ...jwk, kid, alg }] } })
    assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'user-1')
    assert.equal(provider.state.fetched, 0)
  })

  it('takes the algorithms it is told to, and no other', async () => {
    const [eddsa, rs256] = [await newKey('EdDSA'), await newKey('RS256')]
    provider.state.keys.push(eddsa, rs256)
    const all = session(provider.options)
    const pinned = session({ ...provider.options, algorithms: ['EdDSA'] })
    for (const [key, codes] of [
      [eddsa, ['user-1', 'user-1']],
      [rs256, ['user-1', 'unsupported-algorithm']],
    ] as const) {
      const token = await signJwt(key)
      assert.deepEqual([await outcome(await all(bearer(token))), await outcome(await pinned(bearer(token)))], codes)
    }
  })

  it('a public key is no secret to sign with', async () => {
    const { SignJWT } = await import('jose')
    const { jwk } = provider.state.keys[0] ?? assert.fail()
    const secret = new TextEncoder().encode(JSON.stringify(jwk))
    const token = await new SignJWT({ sub: 'admin', exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: jwk.kid ?? '' })
      .setIssuer(issuer)
      .setAudience(apiAudience)
      .sign(secret)
    assert.equal(await outcome(await session(provider.options)(bearer(token))), 'unsupported-algorithm')
  })
})

describe('session, what is remembered', () => {
  afterEach(() => mock.timers.reset())
  const at = (seconds: number) => mock.timers.setTime(seconds * 1000)

  it('gives one frozen session for one token, and none after `exp`', async () => {
    const whose = session({ appId, ...provider.options })
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ exp: start + 100, roles: [{ name: 'editor' }] })
    const first = await whose(bearer(token))
    const again = await whose(bearer(token))
    assert.ok(first.ok && again.ok)
    assert.equal(first.claims, again.claims)
    assert.throws(() => (((first.claims.roles as { name: string }[])[0] ?? assert.fail()).name = 'admin'), TypeError)
    at(start + 99)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    at(start + 100)
    assert.equal(await outcome(await whose(bearer(token))), 'expired')
  })

  it('forgets after five minutes what was signed by a key that the provider has withdrawn', async () => {
    const whose = session(provider.options)
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ exp: start + 86_400 })
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    provider.state.keys = [await newKey()]
    at(start + 299)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    // The keys are kept for ten minutes.
    at(start + 601)
    assert.equal(await outcome(await whose(bearer(token))), 'unknown-key')
  })

  it('remembers nothing that was refused', async () => {
    const whose = session(provider.options)
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ nbf: start + 10 })
    assert.equal(await outcome(await whose(bearer(token))), 'not-yet-valid')
    at(start + 10)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
  })
})

describe('session, options', () => {
  const provided = { issuer, audience: apiAudience, jwks: 'https://auth.example.com/jwks.json' }
  for (const [options, message] of [
    [undefined, 'session: `options` must be an object'],
    [{}, 'session: give an `appId`, or the `issuer`, `jwks` and `audience` of a provider'],
    [{ appId: '' }, 'session: `appId` must be a string of at least one character'],
    [{ appId, apId: 1 }, 'session: there is no option `apId`'],
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
    [{ ...provided, jwks: undefined }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [{ ...provided, jwks: '/jwks.json' }, 'session: `jwks` must be the http(s) address of a key set, or a key set'],
    [
      { ...provided, jwks: 'file:///jwks.json' },
      'session: `jwks` must be the http(s) address of a key set, or a key set',
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
  ] as const) {
    it(`${JSON.stringify(options)}: ${message}`, () => {
      assert.throws(() => session(options as never), { name: 'TypeError', message })
    })
  }

  it('the guards name what they were given', () => {
    const whose = session({ appId })
    const modes = "requireAuthMode: name one or more of 'local-first', 'external' and 'anonymous'"
    assert.throws(() => requireAuthMode(whose), { name: 'TypeError', message: modes })
    assert.throws(() => requireAuthMode(whose, 'guest' as never), { name: 'TypeError', message: modes })
    const hook = { name: 'TypeError', message: 'requireAccount: `isUpgraded` must be a function' }
    assert.throws(() => requireAccount(whose, { isUpgraded: 1 as never }), hook)
    const option = { name: 'TypeError', message: 'requireAccount: there is no option `upgraded`' }
    assert.throws(() => requireAccount(whose, { upgraded: true } as never), option)
  })

  it('a provider alone takes no tokens of devices, and devices alone no JWTs', async () => {
    assert.equal(await outcome(await session(provider.options)(bearer(device().token()))), 'unknown-issuer')
    assert.equal(await outcome(await session({ appId })(bearer(await provider.sign()))), 'unknown-issuer')
    const off = session({ appId, allowLocalFirst: false, ...provider.options })
    assert.equal(await outcome(await off(bearer(device().token()))), 'unknown-issuer')
  })
})
