// Where something else fails: an app's hook, or the server. No identity is lost, none is given away, and no proof comes back
// that has made a user.

import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'

import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint, createAuthMiddleware } from 'better-auth/api'

import { type App, device, newForm, newPerson, withApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { databases } from './databases.mts'
import { routes } from './sign-up.mts'

const failures = {
  'a refusal': () => new APIError('FORBIDDEN', { code: 'NOT_TODAY', message: 'Not today.' }),
  'a fault': () => new Error('a fault of the app'),
}

/** An app whose hook fails while this is set. */
let failing = false
beforeEach(() => {
  failing = false
})

const hooks = (model: 'user' | 'session' | 'account', error: () => Error): BetterAuthOptions['databaseHooks'] => ({
  [model]: {
    create: {
      async before() {
        if (failing) throw error()
      },
    },
  },
})

const owners = async (app: App, identity: string) =>
  (await app.users()).filter(({ jazzId }) => jazzId === identity).map(({ id }) => id)

describe('an anonymous user whose upgrade fails keeps the identity', () => {
  const upgrades = routes.filter(({ name }) =>
    ['e-mail', 'e-mail OTP', 'phone', 'magic link', 'OAuth redirect'].includes(name),
  )

  for (const database of databases) {
    for (const model of ['user', 'account', 'session'] as const) {
      for (const [what, error] of Object.entries(failures)) {
        it(`${database.name}, by ${what} before the ${model} is there`, { skip: database.skip }, () =>
          withApp({ database, provider: true, options: { databaseHooks: hooks(model, error) } }, async (app) => {
            for (const { name, signUp } of upgrades) {
              const [browser, own]: [Browser, ReturnType<typeof device>] = [app.browser(), device()]
              browser.proof = own.proof()
              failing = false
              await browser.send('/sign-in/anonymous', {})
              const former = (await browser.user())?.id ?? assert.fail()
              failing = true
              browser.proof = own.proof()
              const person = newPerson()
              await signUp(app, browser, person)
              const made = (await app.users()).find(
                ({ email, phoneNumber }) => email === person.email || phoneNumber === person.phoneNumber,
              )
              assert.deepEqual(await owners(app, own.identity), [made?.id ?? former], name)
            }
          }),
        )
      }
    }
  }
})

describe('a proof', () => {
  const refusal = { databaseHooks: hooks('session', failures['a refusal']) }

  it('that has made a user is used, though the request failed', () =>
    withApp({ options: refusal }, async (app) => {
      const [browser, own, otp] = [app.browser(), device(), routes.find(({ name }) => name === 'e-mail OTP')]
      browser.proof = own.proof()
      failing = true
      assert.equal((await otp?.signUp(app, browser, newPerson()))?.code, 'NOT_TODAY')
      failing = false
      const [id, ...more] = await owners(app, own.identity)
      assert.deepEqual(more, [])
      await app.context.internalAdapter.deleteUser(id ?? assert.fail())
      assert.equal((await browser.send('/sign-up/email', newForm())).code, 'PROOF_ALREADY_USED')
    }))

  it('comes back where the user went with the rest of the transaction', () =>
    withApp({ options: refusal }, async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      failing = true
      assert.equal((await browser.send('/sign-up/email', newForm())).code, 'NOT_TODAY')
      failing = false
      assert.deepEqual(await owners(app, own.identity), [])
      assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
    }))

  it('is used up by a fault of the server, and a new one is not', async () => {
    serverErrors.length = 0
    await withApp({ options: { databaseHooks: hooks('user', failures['a fault']) } }, async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      failing = true
      assert.equal((await browser.send('/sign-in/anonymous', {})).status, 500)
      failing = false
      assert.equal((await browser.send('/sign-in/anonymous', {})).code, 'PROOF_ALREADY_USED')
    })
  })
})

describe('an app’s own hooks', () => {
  it('may return a copy of their context, as the recipe does', () =>
    withApp(
      {
        options: {
          hooks: { before: createAuthMiddleware(async (ctx) => ({ context: { ...ctx, body: { ...ctx.body } } })) },
        },
      },
      async (app) => {
        const [browser, own] = [app.browser(), device()]
        browser.proof = own.proof()
        assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
        assert.equal((await browser.user())?.jazzId, own.identity)
      },
    ))

  it('may create a user by another endpoint before the one who signs up, who has the identity', async () => {
    let app: App | undefined
    const second = newForm()
    const before = async ({ email }: { email: string }) => {
      const api = app?.auth.api as unknown as { createUser(call: { body: object }): Promise<unknown> }
      if (email !== second.email) await api.createUser({ body: second })
    }
    await withApp({ options: { databaseHooks: { user: { create: { before } } } } }, async (started) => {
      app = started
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      assert.equal((await browser.user())?.jazzId, own.identity)
      assert.equal((await app.users()).find(({ email }) => email === second.email)?.jazzId, null)
    })
  })
})

describe('endpoints that are called from another one', () => {
  type Call = { body: object }
  type Api = { signUpEmail(call: Call): Promise<{ user: { jazzId: string | null } }> }

  /** An endpoint of the app that signs several people up at once, or one after another. */
  const together = (api: () => Api): BetterAuthPlugin => ({
    id: 'together',
    endpoints: {
      signUpAll: createAuthEndpoint('/sign-up-all', { method: 'POST' }, async ({ body }) => {
        const { people, atOnce } = body as { people: object[]; atOnce: boolean }
        const one = (person: object) =>
          api()
            .signUpEmail({ body: person })
            .then(({ user }) => user.jazzId)
            .catch(({ body: { code } }: { body: { code: string } }) => code)
        if (atOnce) return Promise.all(people.map(one))
        const answers: (string | null)[] = []
        for (const person of people) answers.push(await one(person))
        return answers
      }),
    },
  })

  for (const atOnce of [true, false]) {
    it(`each have their own identity, ${atOnce ? 'at once' : 'one after another'}`, async () => {
      let app: App | undefined
      await withApp({ more: [together(() => app?.auth.api as unknown as Api)] }, async (started) => {
        app = started
        const devices = [device(), device(), device()]
        const people = devices.map(({ proof }) => ({ ...newForm(), proofToken: proof() }))
        const failed = { ...newForm(), password: 'short', proofToken: device().proof() }
        const { body } = await app.browser().post('/sign-up-all', { people: [...people, failed, newForm()], atOnce })
        assert.deepEqual(body, [...devices.map(({ identity }) => identity), 'PASSWORD_TOO_SHORT', null])
      })
    })
  }
})
