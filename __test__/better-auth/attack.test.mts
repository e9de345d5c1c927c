// What attackers with fresh eyes found.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'

import { type App, anonymousWith, device, newForm, newPerson, startApp, withApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { databases } from './databases.mts'
import { routes } from './sign-up.mts'

const route = (name: string) => routes.find((one) => one.name === name) ?? assert.fail(name)
const owners = async (app: App, identity: string) =>
  (await app.users()).filter(({ jazzId }) => jazzId === identity).map(({ email }) => email)

async function linkOf(app: App, browser: Browser, email: string, proof?: string, name?: string): Promise<string> {
  browser.proof = proof
  const body = { email, callbackURL: '/done', errorCallbackURL: '/failed', ...(name && { name }) }
  assert.equal((await browser.send('/sign-in/magic-link', body)).status, 200)
  browser.proof = undefined
  return app.mailbox.take(email)
}

describe('a secret that is listed twice', () => {
  const [old, next] = [
    'an old secret of this test alone, of 32 letters',
    'a new secret of this test alone, of 32 letters',
  ]
  for (const options of [
    { secret: old, secrets: [{ version: 1, value: old }] },
    {
      secret: old,
      secrets: [
        { version: 2, value: next },
        { version: 1, value: old },
      ],
    },
    {
      secrets: [
        { version: 2, value: old },
        { version: 1, value: old },
      ],
    },
  ]) {
    it(`does not refuse every proof: ${options.secrets.length} of versions${'secret' in options ? ', and by itself' : ''}`, () =>
      withApp({ options }, async (app) => {
        const browser = app.browser()
        browser.proof = device().proof()
        assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      }))
  }
})

for (const database of databases) {
  describe(`a ticket, on ${database.name}`, { skip: database.skip }, () => {
    it('that was used does not pass again when an anonymous user has the identity once more', () =>
      withApp({ database, keepAnonymous: true }, async (app) => {
        const own = device()
        const [browser, person] = [await anonymousWith(app, own), newPerson()]
        const anonymous = (await browser.user())?.id ?? assert.fail()
        const url = await linkOf(app, browser, person.email, own.proof())
        const copy = browser.cookie('local_first_identity_mail') ?? assert.fail()
        await browser.open(url)
        const user = await browser.user()
        assert.equal(user?.jazzId, own.identity)
        await app.context.internalAdapter.deleteUser(user.id)
        await app.context.internalAdapter.updateUser(anonymous, { jazzId: own.identity })
        const thief = app.browser()
        const next = await linkOf(app, app.browser(), person.email)
        thief.setCookie(...copy)
        const arrived = await thief.open(next)
        assert.equal(arrived.searchParams.get('error'), 'PROOF_ALREADY_USED')
        const [owner] = (await app.users()).filter(({ jazzId }) => jazzId === own.identity)
        assert.equal(owner?.id, anonymous)
      }))

    it('of an anonymous user, returns at once: no account is made without the identity', () =>
      withApp({ database, plugin: { required: true }, keepAnonymous: true }, async (app) => {
        const own = device()
        await anonymousWith(app, own)
        const journeys = await Promise.all(
          Array.from({ length: 8 }, async () => {
            const [browser, { email }] = [app.browser(), newPerson()]
            return { browser, url: await linkOf(app, browser, email, own.proof()) }
          }),
        )
        await Promise.all(journeys.map(({ browser, url }) => browser.open(url)))
        const made = (await app.users()).filter(({ isAnonymous }) => !isAnonymous)
        assert.deepEqual(
          made.map(({ jazzId }) => jazzId),
          [own.identity],
        )
      }))

    // With Redis the hold of the identity ends by the clock of Redis.
    if (database.name.includes('Redis')) return
    it('is not spent by a stranger’s link that fails in the server', (t) => {
      const stranger = newPerson()
      const before = async ({ email }: { email: string }) => {
        if (email === stranger.email) throw new Error('a fault of the server')
      }
      const options = { databaseHooks: { user: { create: { before } } } }
      return withApp({ database, options }, async (app) => {
        const [browser, own, { email }] = [app.browser(), device(), newPerson()]
        const url = await linkOf(app, browser, email, own.proof())
        await browser.open(await linkOf(app, app.browser(), stranger.email))
        assert.equal(serverErrors.splice(0).length, 1)
        // A fault holds the identity for ten seconds.
        t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 11_000 })
        const arrived = await browser.open(url)
        t.mock.timers.reset()
        assert.equal(arrived.searchParams.get('error'), null)
        assert.equal((await browser.user())?.jazzId, own.identity)
      })
    })
  })
}

describe('a used proof', () => {
  for (const assign of ['field', 'user-id'] as const) {
    it(`does not pass again when its account goes in the middle of the request: ${assign}`, () =>
      withApp({ plugin: { assign } }, async (app) => {
        const [browser, thief, own] = [app.browser(), app.browser(), device()]
        browser.proof = own.proof()
        assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
        const id = (await browser.user())?.id ?? assert.fail()
        // The plugin's hook is the first; what it has looked at before is gone when it looks again.
        const { adapter } = app.context
        const find = adapter.findOne.bind(adapter)
        let looks = 0
        adapter.findOne = (async (query: Parameters<typeof find>[0]) => {
          const isOwner = query.model === 'user' && query.where.some(({ value }) => value === own.identity)
          const found = await find(query)
          if (isOwner && found && ++looks === 1) {
            adapter.findOne = find
            await app.context.internalAdapter.deleteUser(id)
          }
          return found
        }) as typeof adapter.findOne
        thief.proof = browser.proof
        const { code } = await route('phone').signUp(app, thief, newPerson())
        adapter.findOne = find
        assert.equal(code, 'IDENTITY_ALREADY_LINKED')
        assert.deepEqual(await owners(app, own.identity), [])
      }))
  }
})

for (const database of databases) {
  describe(`an app that refuses a user, on ${database.name}`, { skip: database.skip }, () => {
    const copies = createAuthMiddleware(async (ctx) => ({ context: { ...ctx } }))
    for (const [what, refuse] of [
      ['by `false`', () => false as const],
      [
        'by an error',
        () => {
          throw new APIError('FORBIDDEN', { code: 'NOT_TODAY', message: 'Not today.' })
        },
      ],
    ] as const) {
      for (const copied of [false, true]) {
        it(`${what}${copied ? ', behind a hook that copies its context' : ''}: an anonymous user keeps the identity`, async () => {
          let refusing = false
          const options = {
            databaseHooks: { user: { create: { before: async () => (refusing ? refuse() : undefined) } } },
            ...(copied && { hooks: { before: copies } }),
          }
          await withApp({ database, provider: true, options }, async (app) => {
            for (const { name, signUp } of routes.filter((one) => one.name !== 'anonymous')) {
              refusing = false
              const own = device()
              const browser = await anonymousWith(app, own)
              const former = await browser.user()
              refusing = true
              browser.proof = own.proof()
              await signUp(app, browser, newPerson())
              assert.deepEqual(await owners(app, own.identity), [former?.email], name)
              assert.equal((await browser.user())?.jazzId, own.identity, name)
            }
          })
          serverErrors.length = 0
        })
      }
    }
  })
}

describe('a fault after the identity was given', () => {
  it('does not give the proof of a link back', () =>
    withApp({}, async (app) => {
      const [browser, own, form] = [app.browser(), device(), newForm()]
      await browser.send('/sign-up/email', form)
      const { adapter } = app.context
      const update = adapter.updateMany.bind(adapter)
      // It was written, and the answer was lost.
      adapter.updateMany = (async (query: Parameters<typeof update>[0]) => {
        await update(query)
        throw new Error('a fault of the database')
      }) as typeof update
      const proofToken = own.proof()
      const failed = await browser.send('/local-first-identity/link', { proofToken })
      adapter.updateMany = update
      serverErrors.length = 0
      assert.deepEqual(await owners(app, own.identity), [form.email])
      await app.context.internalAdapter.deleteUser((await browser.user())?.id ?? assert.fail())
      const again = app.browser()
      await again.send('/sign-up/email', newForm())
      const { error } = await again.client.localFirstIdentity.link({ proofToken })
      assert.deepEqual([failed.status, error?.code], [500, 'PROOF_ALREADY_USED'])
    }))

  it('by another plugin’s hook does not give the proof back', async () => {
    const other = {
      id: 'other',
      init: () => ({
        options: {
          databaseHooks: {
            user: {
              create: {
                after: async () => {
                  throw new APIError('FORBIDDEN', { code: 'NOT_TODAY', message: 'Not today.' })
                },
              },
            },
          },
        },
      }),
    }
    await withApp({ first: [other as never] }, async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      const { code } = await route('phone').signUp(app, browser, newPerson())
      assert.equal(code, 'NOT_TODAY')
      const [email, ...more] = await owners(app, own.identity)
      assert.ok(email)
      assert.deepEqual(more, [])
      const user = (await app.users()).find((one) => one.email === email)
      await app.context.internalAdapter.deleteUser(user?.id ?? assert.fail())
      assert.equal((await route('phone').signUp(app, browser, newPerson())).code, 'PROOF_ALREADY_USED')
    })
  })
})

it('the owner of an account proves the identity with a used proof, and keeps it', () =>
  withApp({}, async (app) => {
    const [browser, own, form] = [app.browser(), device(), newForm()]
    browser.proof = own.proof()
    assert.equal((await browser.send('/sign-up/email', form)).status, 200)
    const again = app.browser()
    again.proof = browser.proof
    assert.equal((await route('e-mail OTP').signUp(app, again, { ...newPerson(), email: form.email })).status, 200)
    assert.equal((await again.user())?.jazzId, own.identity)
  }))

it('a user that the app makes along the way does not get the identity of the person who signs up', async () => {
  let app: App | undefined
  const second = newPerson().email
  const before = async ({ email }: { email: string }) => {
    const { internalAdapter } = app?.context ?? assert.fail()
    if (email !== second) await internalAdapter.createUser({ email: second, name: 'x' }, { method: 'admin' })
  }
  await withApp({ options: { databaseHooks: { user: { create: { before } } } } }, async (started) => {
    app = started
    const [browser, own, person] = [app.browser(), device(), newPerson()]
    browser.proof = own.proof()
    assert.equal((await route('e-mail OTP').signUp(app, browser, person)).status, 200)
    assert.deepEqual(await owners(app, own.identity), [person.email])
  })
})

describe('the reset of a password', () => {
  for (const [what, fail] of [
    ['refuses', () => new APIError('FORBIDDEN', { code: 'NOT_TODAY', message: 'Not today.' })],
    ['fails', () => new Error('a fault of the app')],
  ] as const) {
    it(`takes a stranger’s identity and sessions away, though a hook of the app ${what} afterwards`, async () => {
      serverErrors.length = 0
      const hook = createAuthMiddleware(async (ctx) => {
        if (ctx.path === '/reset-password') throw fail()
      })
      await withApp({ options: { hooks: { after: hook } } }, async (app) => {
        const [stranger, form] = [app.browser(), newForm()]
        stranger.proof = device().proof()
        await stranger.send('/sign-up/email', form)
        const owner = app.browser()
        await owner.send('/request-password-reset', { email: form.email, redirectTo: '/' })
        await owner.send('/reset-password', { token: app.mailbox.take(form.email), newPassword: 'another one' })
        assert.equal((await app.users()).find(({ email }) => email === form.email)?.jazzId, null)
        assert.equal(await stranger.user(), null)
      })
      serverErrors.length = 0
    })
  }

  for (const database of databases) {
    it(`with U+0000 is answered as without the plugin: ${database.name}`, { skip: database.skip }, () =>
      withApp({ database }, async (app) => {
        for (const [path, body] of [
          ['/email-otp/reset-password', { email: 'a\u0000@example.com', password: 'another one' }],
          ['/email-otp/reset-password', { email: 'a\u0000@example.com', otp: '1', password: 'another one' }],
          ['/email-otp/reset-password', { email: 'a@example.com', token: '\u0000', password: 'another one' }],
          ['/reset-password', { email: 'a\u0000@example.com', newPassword: 'another one' }],
          ['/reset-password', { token: '\u0000', newPassword: 7 }],
        ] as const) {
          const { status } = await app.browser().post(path, body)
          assert.ok(status >= 400 && status < 500, `${path} ${JSON.stringify(body)}: ${status}`)
        }
      }),
    )
  }
})

describe('the mark of a session that a foreign link began', () => {
  let app: App
  before(async () => {
    app = await startApp()
  })
  after(() => app.stop())

  it('does not stay when its owner signs in again, though a hook of the app has looked at the session', async () => {
    const looks = createAuthMiddleware(async (ctx) => void (await getSessionFromCtx(ctx)))
    await withApp({ options: { hooks: { before: looks } } }, async (app) => {
      const [browser, form, own] = [app.browser(), newForm(), device()]
      await app.browser().send('/sign-up/email', form)
      const user = (await app.users()).find(({ email }) => email === form.email) ?? assert.fail()
      await app.context.internalAdapter.updateUser(user.id, { emailVerified: true })
      await browser.open(await linkOf(app, app.browser(), form.email))
      assert.equal((await browser.send('/sign-in/email', form)).status, 200)
      assert.equal((await browser.client.localFirstIdentity.link({ proofToken: own.proof() })).error, null)
    })
  })

  it('stays when the session is replaced, as after a change of the password', async () => {
    const [browser, form, own] = [app.browser(), newForm(), device()]
    await app.browser().send('/sign-up/email', form)
    await app.context.internalAdapter.updateUser(
      (await app.users()).find(({ email }) => email === form.email)?.id ?? assert.fail(),
      { emailVerified: true },
    )
    await browser.open(await linkOf(app, app.browser(), form.email))
    const change = { currentPassword: form.password, newPassword: 'another password', revokeOtherSessions: true }
    assert.equal((await browser.send('/change-password', change)).status, 200)
    const { error } = await browser.client.localFirstIdentity.link({ proofToken: own.proof() })
    assert.equal(error?.code, 'SESSION_FROM_FOREIGN_LINK')
  })
})

after(() => assert.deepEqual(serverErrors, []))
