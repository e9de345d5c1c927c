// What the plugin is told, and what it says about the rest of the configuration.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { createAuthMiddleware } from 'better-auth/api'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import { decodeJwt } from 'jose'
import { type LocalFirstIdentityOptions, localFirstIdentity, localFirstSubject } from 'local-first-identity/better-auth'

import { type App, audience, device, newForm, newPerson, startApp, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { databases, sqlite } from './databases.mts'
import { routes } from './sign-up.mts'

describe('the options', () => {
  const wrong: [string, unknown][] = [
    ['`options` must be a plain object', undefined],
    ['`options` must be a plain object', null],
    ['`audience` must be a string of at least one character', {}],
    ['`audience` must be a string of at least one character', { audience: '' }],
    ['`audience` must be a string of at least one character', { audience: 7 }],
    ['audience must not contain lone surrogates', { audience: '\ud800' }],
    ['`assign` must be', { audience, assign: 'id' }],
    ['`required` must be', { audience, required: 'yes' }],
    ['`replayProtection` must be', { audience, replayProtection: 1 }],
    ['`maxTtlSeconds` must be from 1 to 3,600', { audience, maxTtlSeconds: 0 }],
    ['`maxTtlSeconds` must be a whole number', { audience, maxTtlSeconds: 1.5 }],
    ['`maxTtlSeconds` must be from 1 to 3,600', { audience, maxTtlSeconds: 3_601 }],
    ['`maxTtlSeconds` must be a whole number', { audience, maxTtlSeconds: '60' }],
    ['there is no option `maxTTLSeconds`; did you mean `maxTtlSeconds`?', { audience, maxTTLSeconds: 60 }],
  ]
  for (const [message, options] of wrong) {
    it(`${JSON.stringify(options)}: ${message}`, () => {
      assert.throws(
        () => localFirstIdentity(options as LocalFirstIdentityOptions),
        (error: Error) => {
          assert.equal(error.name, message.includes('from 1 to') ? 'RangeError' : 'TypeError')
          return error.message.replace('localFirstIdentity: ', '').startsWith(message)
        },
      )
    })
  }

  it('maxTtlSeconds is 300 unless it is told', async () => {
    for (const [maxTtlSeconds, ttl, status] of [
      [undefined, 300, 200],
      [undefined, 301, 400],
      [600, 600, 200],
      [60, 61, 400],
    ] as const) {
      await withApp({ plugin: { maxTtlSeconds } }, async (app) => {
        const answer = await app.browser().post('/sign-up/email', { ...newForm(), proofToken: device().proof(ttl) })
        assert.equal(answer.status, status)
        if (status === 400) assert.deepEqual([answer.code, answer.reason], ['INVALID_PROOF', 'ttl-too-long'])
      })
    }
  })
})

describe('required', () => {
  const code = 'PROOF_REQUIRED'

  for (const mode of ['field', 'user-id'] as const) {
    it(`no route creates a user without a proof: ${mode}`, () =>
      withApp({ plugin: { required: true, assign: mode }, provider: true }, async (app) => {
        for (const route of routes) {
          const browser = app.browser()
          const answer = await route.signUp(app, browser, newPerson())
          assert.deepEqual([route.name, answer.code, await browser.user()], [route.name, code, null])
        }
        assert.deepEqual(await app.users(), [])
        for (const route of routes) {
          const browser = app.browser()
          browser.proof = device().proof()
          const answer = await route.signUp(app, browser, newPerson())
          assert.deepEqual([route.name, answer.code], [route.name, undefined])
        }
      }))
  }

  it('does not keep out who has an account', () =>
    withApp({ plugin: { required: true }, provider: true }, async (app) => {
      const person = newPerson()
      for (const name of ['OAuth redirect', 'ID token', 'magic link', 'e-mail OTP']) {
        const browser = app.browser()
        browser.proof = (await app.users()).length === 0 ? device().proof() : undefined
        const route = routes.find((one) => one.name === name) ?? assert.fail()
        assert.deepEqual([name, (await route.signUp(app, browser, person)).code], [name, undefined])
        assert.equal((await browser.user())?.email, person.email)
      }
    }))

  it('may be a function of the endpoint', async () => {
    const asked: (string | undefined)[] = []
    const required: LocalFirstIdentityOptions['required'] = async (ctx) => {
      asked.push(ctx?.path)
      return ctx?.path === '/sign-up/email'
    }
    await withApp({ plugin: { required } }, async (app) => {
      assert.equal((await app.browser().send('/sign-up/email', newForm())).code, code)
      assert.equal((await app.browser().send('/sign-in/anonymous', {})).status, 200)
      const user = await app.context.internalAdapter.createUser(
        { email: newPerson().email, name: 'x' },
        { method: 'admin' },
      )
      assert.ok(user.id)
      assert.deepEqual(asked, ['/sign-up/email', '/sign-in/anonymous', '/sign-in/anonymous', undefined])
    })
  })

  it('is answered before the address is looked up', () =>
    withApp({ plugin: { required: true } }, async (app) => {
      const [browser, form] = [app.browser(), newForm()]
      browser.proof = device().proof()
      await browser.send('/sign-up/email', form)
      assert.equal((await app.browser().send('/sign-up/email', form)).code, code)
    }))
})

describe('the server’s own code', () => {
  it('may create users with an ID and an identity, and update them, outside of a request', () =>
    withApp({}, async (app) => {
      const { identity } = device()
      const { internalAdapter } = app.context
      const user = await internalAdapter.createUser(
        { id: 'imported', email: newPerson().email, name: 'x', jazzId: identity },
        { method: 'admin' },
      )
      assert.deepEqual([user.id, (await app.users())[0]?.jazzId], ['imported', identity])
      await internalAdapter.updateUser('imported', { jazzId: null })
      assert.equal((await app.users())[0]?.jazzId, null)
    }))

  it('may call the endpoints, with headers and without', () =>
    withApp({}, async (app) => {
      const own = device()
      const api = app.auth.api as unknown as {
        signUpEmail(call: { body: object; headers?: Headers }): Promise<{ user: { jazzId: string | null } }>
      }
      const byBody = await api.signUpEmail({ body: { ...newForm(), proofToken: own.proof() } })
      assert.equal(byBody.user.jazzId, own.identity)
      const other = device()
      const headers = new Headers({ 'x-local-first-proof': other.proof() })
      assert.equal((await api.signUpEmail({ body: newForm(), headers })).user.jazzId, other.identity)
      await assert.rejects(api.signUpEmail({ body: { ...newForm(), proofToken: 7 } }), { status: 'BAD_REQUEST' })
    }))

  it('may call them with a body that is frozen', () =>
    withApp({}, async (app) => {
      const own = device()
      const api = app.auth.api as unknown as {
        signUpEmail(call: { body: object }): Promise<{ user: { jazzId: string | null } }>
      }
      const body = Object.freeze({ ...newForm(), proofToken: own.proof() })
      assert.equal((await api.signUpEmail({ body })).user.jazzId, own.identity)
    }))

  it('sees `proofToken` in `hooks.before`, and the endpoint does not', async () => {
    const seen: boolean[] = []
    const before = createAuthMiddleware(async (ctx) => {
      if (ctx.path === '/sign-up/email') seen.push('proofToken' in ctx.body)
    })
    const create = {
      async before(_user: unknown, ctx: { body?: object } | null) {
        seen.push('proofToken' in (ctx?.body ?? assert.fail()))
      },
    }
    await withApp({ options: { hooks: { before }, databaseHooks: { user: { create } } } }, async (app) => {
      const own = device()
      const { body } = await app.browser().post('/sign-up/email', { ...newForm(), proofToken: own.proof() })
      assert.equal(body.user.jazzId, own.identity)
    })
    assert.deepEqual(seen, [true, false])
  })

  it('that creates a second user along the way gives that one nothing', async () => {
    const own = device()
    const second = newPerson().email
    const app: App = await startApp({
      options: {
        databaseHooks: {
          user: {
            create: {
              async after(user) {
                if (user.email === second) return
                await app.context.internalAdapter.createUser({ email: second, name: 'x' }, { method: 'admin' })
              },
            },
          },
        },
      },
    })
    try {
      const browser = app.browser()
      browser.proof = own.proof()
      assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      const users = await app.users()
      assert.deepEqual(
        users.map(({ jazzId }) => jazzId),
        [own.identity, null],
      )
    } finally {
      await app.stop()
    }
  })
})

describe('at start', () => {
  const start = async (options: Partial<BetterAuthOptions>, plugin: Partial<LocalFirstIdentityOptions> = {}) => {
    const logs: string[] = []
    const storage = await sqlite.open()
    try {
      const auth = betterAuth({
        baseURL: 'http://localhost:1',
        secret: 'a secret of this test alone, of 32 letters and more',
        logger: { log: (level, text) => void logs.push(`${level}: ${text}`) },
        ...storage.options,
        ...options,
        plugins: [localFirstIdentity({ audience, ...plugin }), ...(options.plugins ?? [])],
      })
      await auth.$context
      return logs.filter((line) => line.includes('local-first-identity'))
    } finally {
      await storage.close()
    }
  }
  const secondaryStorage = { get: () => null, set: () => {}, delete: () => {}, getAndDelete: () => null } as never

  it('nothing is said about a configuration that is right', async () => {
    assert.deepEqual(await start({ plugins: [jwt({ jwt: { getSubject: localFirstSubject } })] }), [])
    assert.deepEqual(await start({ plugins: [jwt()] }, { assign: 'user-id' }), [])
  })

  for (const [what, options, pattern] of [
    ['JWTs without the identity', { plugins: [jwt()] }, /^error: .*getSubject: localFirstSubject/],
    ['JWTs with claims alone', { plugins: [jwt({ jwt: { definePayload: () => ({ sub: 'x' }) } })] }, /^error: .*`sub`/],
    [
      'accounts that are shared',
      { account: { accountLinking: { requireLocalEmailVerified: false } } },
      /^error: .*address/,
    ],
    ['the memory adapter', { database: memoryAdapter({}) }, /^error: .*memory adapter/],
  ] as const) {
    it(`${what}: it is said as an error`, async () => {
      const [line, ...more] = await start(options as Partial<BetterAuthOptions>)
      assert.match(line ?? '', pattern)
      assert.deepEqual(more, [])
    })
  }

  it('numbers as user IDs are refused where those should be identities', async () => {
    const options = { advanced: { database: { generateId: 'serial' as const } } }
    await assert.rejects(start(options, { assign: 'user-id' }), /assign: 'field'/)
    assert.deepEqual(await start(options), [])
  })

  it('a secondary storage that cannot count is refused', async () => {
    await assert.rejects(start({ secondaryStorage }), /secondaryStorage\.increment/)
    assert.deepEqual(await start({ secondaryStorage, verification: { storeInDatabase: true } }), [])
  })
})

describe('Better Auth’s own migrations', () => {
  for (const database of databases) {
    it(`make the column unique: ${database.name}`, { skip: database.skip }, async () => {
      const storage = await database.open()
      try {
        const options: BetterAuthOptions = { ...storage.options, plugins: [localFirstIdentity({ audience })] }
        const { compileMigrations, runMigrations } = await getMigrations(options)
        assert.match(await compileMigrations(), /["`]jazzId["`] (text|varchar\(255\)) unique|unique[^;]*jazzId/i)
        await runMigrations()
        const { toBeAdded, toBeCreated } = await getMigrations(options)
        assert.deepEqual([toBeAdded, toBeCreated], [[], []])
      } finally {
        await storage.close()
      }
    })

    it(`add it to users who are there: ${database.name}`, { skip: database.skip }, async () => {
      const storage = await database.open()
      try {
        await (await getMigrations(storage.options)).runMigrations()
        const { adapter } = await betterAuth({
          ...storage.options,
          secret: 'of this test alone, of 32 letters and more',
          baseURL: 'http://localhost:1',
        }).$context
        for (const email of ['a@example.com', 'b@example.com']) {
          const now = new Date()
          await adapter.create({
            model: 'user',
            data: { email, name: 'x', emailVerified: false, createdAt: now, updatedAt: now },
          })
        }
        const { runMigrations } = await getMigrations({
          ...storage.options,
          plugins: [localFirstIdentity({ audience })],
        })
        await runMigrations()
        assert.equal((await adapter.findMany({ model: 'user' })).length, 2)
      } finally {
        await storage.close()
      }
    })
  }
})

describe('the JWT', () => {
  it('has the identity as its sub, or the user ID where there is none', () =>
    withApp({}, async (app) => {
      const subject = async (proof?: string) => {
        const browser = app.browser()
        browser.proof = proof
        await browser.send('/sign-up/email', newForm())
        const { sub } = decodeJwt((await browser.client.token()).data?.token ?? '')
        return [sub, (await browser.user())?.id]
      }
      const own = device()
      assert.equal((await subject(own.proof()))[0], own.identity)
      const [sub, id] = await subject()
      assert.equal(sub, id)
    }))

  it('is given outside of a request, too', async () => {
    assert.equal(await localFirstSubject({ user: { id: 'an ID', jazzId: 'an identity' } }), 'an identity')
    assert.equal(await localFirstSubject({ user: { id: 'an ID', jazzId: null } }), 'an ID')
  })
})

describe('an app that comes from the recipe', () => {
  for (const assign of ['field', 'user-id'] as const) {
    it(`keeps its users: their IDs are their identities, with assign: '${assign}'`, () =>
      withApp({ plugin: { assign } }, async (app) => {
        const [own, form, browser] = [device(), newForm(), app.browser()]
        const { internalAdapter, password: passwords } = app.context
        const user = { id: own.identity, email: form.email, name: 'x' }
        await internalAdapter.createUser(user, { method: 'admin' })
        const password = await passwords.hash(form.password)
        await internalAdapter.linkAccount({
          ...{ userId: user.id, accountId: user.id },
          providerId: 'credential',
          password,
        })
        assert.equal((await browser.send('/sign-in/email', form)).status, 200)
        const subject = async () => decodeJwt((await browser.client.token()).data?.token ?? '').sub
        const link = async (proofToken: string) =>
          (await browser.client.localFirstIdentity.link({ proofToken })).error?.code

        assert.equal(await subject(), own.identity)
        const answer = await app.browser().post('/sign-up/email', { ...newForm(), proofToken: own.proof() })
        assert.deepEqual([answer.status, answer.code], [409, 'IDENTITY_ALREADY_LINKED'])
        assert.equal(await link(device().proof()), 'USER_HAS_ANOTHER_IDENTITY')
        assert.equal((await browser.user())?.jazzId, null)
        assert.equal(await link(own.proof()), undefined)
        assert.equal((await browser.user())?.jazzId, own.identity)
        assert.equal(await subject(), own.identity)
      }))
  }
})

after(() => assert.deepEqual(serverErrors, []))
