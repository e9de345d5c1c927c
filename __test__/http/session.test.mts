// What `session` and the guards do beside refusing: whose request it is, which keys count, and what is remembered.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'

import express, { type ErrorRequestHandler } from 'express'
import { requireAccount, type Session } from 'local-first-identity/express'

import { type App, appId, frameworks, listen, withApp } from './apps.mts'
import { device } from './device.mts'
import { apiAudience, issuer, type Provider, startProvider } from './provider.mts'

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
        const start = Date.now()
        mock.timers.enable({ apis: ['Date'], now: start })
        try {
          provider.state.status = 503
          const token = await provider.sign()
          assert.deepEqual(await get(app, '/me', token), [500, { error: 'fault' }])
          assert.deepEqual(app.seen, [])
          assert.equal((await get(app, '/me', device().token()))[0], 200)
          provider.state.status = 200
          mock.timers.setTime(start + 5_000)
          assert.equal((await get(app, '/me', token))[0], 200)
        } finally {
          mock.timers.reset()
        }
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
        assert.match(String(app.faults[0]), /this request has no session: `session` must run before$/)
      }))
  })
}

it('a guard takes no session that another middleware has made up', async () => {
  const app = express()
  const faults: unknown[] = []
  app.get(
    '/',
    (req, _res, next) => {
      req.auth = { userId: 'admin', authMode: 'external', claims: {} }
      next()
    },
    requireAccount(),
    (_req, res) => {
      res.json('let in')
    },
  )
  app.use(((error, _req, res, _next) => {
    faults.push(error)
    res.status(500).json('fault')
  }) as ErrorRequestHandler)
  const { origin, stop } = await listen(app)
  assert.equal(await (await fetch(origin)).json(), 'fault')
  assert.match(String(faults[0]), /this request has no session: `session` must run before$/)
  await stop()
})
