// Journeys that begin in an app's cookies and end in those of the system's browser.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { decodeJwt } from 'jose'
import { type App, type AppOptions, anonymousWith, device, newForm, newPerson, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { backFrom, idp, visitor } from './code-provider.mts'

import { identityOf, Phone, withExpo } from './phone.mts'

describe('a provider, with Expo', () => {
  for (const [name, wanted] of [
    ['as it is', {}],
    ['`required: true`', { plugin: { required: true } }],
    ['the state in a cookie', { options: { account: { storeStateStrategy: 'cookie' } } }],
    ['cached sessions', { options: { session: { cookieCache: { enabled: true } } } }],
  ] as [string, AppOptions][]) {
    it(`keeps the identity: ${name}`, () =>
      withExpo(async (app) => {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        // The browser alone gives nothing: its cookies may be those of someone who was sent there.
        assert.equal(await identityOf(app, person.email), null)
        const user = await phone.user()
        assert.deepEqual([user?.email, user?.jazzId], [person.email, own.identity])
        assert.equal(await identityOf(app, person.email), own.identity)
        assert.deepEqual(
          Object.keys(phone.cookies()).filter((cookie) => cookie.includes('local_first')),
          [],
        )
        assert.equal((await phone.user())?.jazzId, own.identity)
      }, wanted))
  }

  it('keeps it when the app asks for its session twice at once', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      await Promise.all([phone.user(), phone.user(), phone.user()])
      assert.equal((await phone.user())?.jazzId, own.identity)
    }))

  it('takes it over from the anonymous user whom the app had signed in', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      await anonymousWith(app, own)
      phone.proof = own.proof()
      await phone.signIn(person.email)
      assert.equal((await phone.user())?.jazzId, own.identity)
    }))

  it('leaves an account that exists as it is', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      await phone.signIn(person.email)
      phone.proof = own.proof()
      await phone.signIn(person.email)
      assert.deepEqual([(await phone.user())?.email, (await phone.user())?.jazzId], [person.email, null])
      assert.equal((await app.users()).length, 1)
    }))

  it('does not give an identity that someone has meanwhile', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      const other = app.browser()
      other.proof = own.proof()
      assert.equal((await other.send('/sign-in/anonymous', {})).status, 200)
      assert.deepEqual([(await phone.user())?.email, (await phone.user())?.jazzId], [person.email, null])
      assert.equal(app.logs.filter((line) => line.includes('came back to the app')).length, 1)
    }))

  it('gives nothing to another user by what was used', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      const copy = phone.cookies()
      const user = await phone.user()
      assert.equal(user?.jazzId, own.identity)
      await app.context.internalAdapter.deleteUser(user?.id ?? '')
      phone.proof = undefined
      await phone.signIn(person.email)
      phone.stored.set('better-auth_cookie', JSON.stringify({ ...copy, ...phone.cookies() }))
      assert.deepEqual([(await phone.user())?.email, (await phone.user())?.jazzId], [person.email, null])
    }))

  it('gives it at the next request after a fault', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      const { updateMany } = app.context.adapter
      app.context.adapter.updateMany = () => Promise.reject(new Error('a fault'))
      await phone.client.getSession()
      app.context.adapter.updateMany = updateMany
      // Better Auth’s client tries again by itself.
      serverErrors.splice(0)
      assert.equal((await phone.user())?.jazzId, own.identity)
    }))

  const asksForSession = createAuthMiddleware(async (ctx) => {
    await getSessionFromCtx(ctx)
  })
  for (const [name, hooks] of [
    ['as it is', {}],
    ['after a hook of the app that asks for the session', { before: asksForSession }],
  ] as const) {
    for (const path of ['/get-session', '/token', '/local-first-identity/link'] as const) {
      it(`gives nothing to a session that was revoked, though it is cached: ${path}, ${name}`, () =>
        withExpo(
          async (app) => {
            const [phone, own, person] = [new Phone(app), device(), newPerson()]
            phone.proof = own.proof()
            await phone.signIn(person.email)
            const user = (await app.users()).find(({ email }) => email === person.email)
            await app.context.internalAdapter.deleteUserSessions(user?.id ?? assert.fail())
            const fetchIt = phone.client.$fetch as (path: string, options: object) => Promise<unknown>
            await fetchIt(path, path.endsWith('link') ? { method: 'POST', body: {} } : { method: 'GET' })
            assert.equal(await identityOf(app, person.email), null)
          },
          { options: { session: { cookieCache: { enabled: true } }, hooks } },
        ))
    }
  }

  for (const [name, wanted] of [
    ['as it is', {}],
    ['cached sessions', { options: { session: { cookieCache: { enabled: true } } } }],
  ] as [string, AppOptions][]) {
    it(`a person who signs in to an account may link it, at once and later: ${name}`, () =>
      withExpo(async (app) => {
        for (const isFirst of [true, false]) {
          const [web, phone, own, person] = [app.browser(), new Phone(app), device(), newPerson()]
          // The account is there, without an identity.
          visitor.email = person.email
          await web.open(
            backFrom((await web.send('/sign-in/social', { provider: 'idp', callbackURL: '/done' })).body.url),
          )
          phone.proof = own.proof()
          await phone.signIn(person.email)
          if (!isFirst) assert.equal((await phone.user())?.email, person.email)
          phone.proof = own.proof(61)
          const { data, error } = await phone.client.localFirstIdentity.link()
          assert.equal(error, null)
          assert.deepEqual(data, { status: true, jazzId: own.identity })
          assert.equal((await phone.user())?.jazzId, own.identity)
        }
      }, wanted))
  }

  it("a session of an app is its own, with assign: 'user-id', too", () =>
    withExpo(
      async (app) => {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        const { data } = await phone.client.getSession()
        assert.equal(data?.user.email, person.email)
        assert.equal((data?.session as { beganByForeignLink?: boolean } | undefined)?.beganByForeignLink, false)
      },
      { plugin: { assign: 'user-id' } },
    ))

  /** What the app is told who asks with the cookies of a phone, in its own way. */
  async function userBy(app: App, phone: Phone, separator: string, headers: Record<string, string> = {}) {
    const cookie = Object.entries(phone.cookies()).map(([name, { value }]) => `${name}=${value}`)
    // The cached session first, as some clients send them.
    const sorted = cookie.toSorted((one, other) => Number(other.includes('data=')) - Number(one.includes('data=')))
    const response = await fetch(`${app.origin}/api/auth/get-session`, {
      headers: { cookie: sorted.join(separator), ...headers },
    })
    assert.equal(response.status, 200)
    return (await response.json())?.user
  }

  for (const separator of ['; ', ';'])
    it(`reads cookies that are separated by ${JSON.stringify(separator)}`, () =>
      withExpo(async (app) => {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        assert.equal((await userBy(app, phone, separator))?.jazzId, own.identity)
      }))

  it('answers a bearer token for its own session, though the cookies have a note', () =>
    withExpo(async (app) => {
      const [phone, own, person, other, form] = [new Phone(app), device(), newPerson(), app.browser(), newForm()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      await other.send('/sign-up/email', form)
      const [, token = ''] = other.cookie('session_token') ?? []
      const bearer = { authorization: `Bearer ${decodeURIComponent(token)}` }
      assert.equal((await userBy(app, phone, '; ', bearer))?.email, form.email)
      assert.equal(await identityOf(app, person.email), null)
    }))

  it('keeps the identity where the app has given the cookies names of its own', () =>
    withExpo(
      async (app) => {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        assert.ok(phone.cookies().note)
        assert.equal((await phone.user())?.jazzId, own.identity)
      },
      {
        options: {
          advanced: {
            cookies: { local_first_identity_app: { name: 'note' }, local_first_identity_redirect: { name: 'ticket' } },
          },
        },
      },
    ))

  it('has the identity in the first JWT, whichever endpoint the app asks first', () =>
    withExpo(async (app) => {
      for (const path of ['/token', '/get-session'] as const) {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        let jwt = ''
        const onSuccess = ({ response }: { response: Response }) => {
          jwt = response.headers.get('set-auth-jwt') ?? ''
        }
        const { data } = await phone.client.$fetch<{ token?: string }>(path, { method: 'GET', onSuccess })
        assert.equal(decodeJwt(data?.token ?? jwt).sub, own.identity, path)
      }
    }))
})

describe('a magic link, with Expo', () => {
  it('keeps the identity when the app itself verifies it', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      const { error } = await phone.client.$fetch('/sign-in/magic-link', {
        method: 'POST',
        body: { email: person.email },
      })
      assert.equal(error, null)
      const token = new URL(app.mailbox.take(person.email)).searchParams.get('token')
      await phone.client.$fetch(`/magic-link/verify?token=${token}`)
      assert.deepEqual([(await phone.user())?.email, (await phone.user())?.jazzId], [person.email, own.identity])
    }))
})

describe('an app without Expo’s plugin, which hands no note on', () => {
  const withScheme = (required: boolean, run: (app: App) => Promise<void>) =>
    withApp({ first: [idp()], options: { trustedOrigins: ['myapp://'] }, plugin: { required } }, run)

  /** Sets out in one browser, and comes back to another, which has the state's cookie alone. */
  async function comeBackElsewhere(app: App) {
    const [here, there, person] = [app.browser(), app.browser(), newPerson()]
    here.proof = device().proof()
    visitor.email = person.email
    const answer = await here.send('/sign-in/social', { provider: 'idp', callbackURL: 'myapp:///' })
    const [name, value] = here.cookie('.state') ?? assert.fail('no state')
    there.setCookie(name, value)
    await there.open(backFrom(answer.body.url), 'myapp:')
    return { there, person }
  }

  it('makes no user where an identity is required, whatever address the journey ends at', () =>
    withScheme(true, async (app) => {
      await comeBackElsewhere(app)
      assert.deepEqual(await app.users(), [])
    }))

  it('makes a user without an identity elsewhere, and the log says so', () =>
    withScheme(false, async (app) => {
      const { there, person } = await comeBackElsewhere(app)
      assert.equal(await identityOf(app, person.email), null)
      assert.equal(there.cookie('local_first_identity_app'), undefined)
      assert.equal(app.logs.filter((line) => line.includes('another browser')).length, 1)
    }))
})

describe('a provider, in a browser', () => {
  it('leaves no note where the journey ends in a page, though its cookie is lost', () =>
    withExpo(
      async (app) => {
        const [here, there, own, person] = [app.browser(), app.browser(), device(), newPerson()]
        here.proof = own.proof()
        const answer = await here.send('/sign-in/social', { provider: 'idp', callbackURL: '/done' })
        visitor.email = person.email
        await there.open(backFrom(answer.body.url))
        assert.equal((await there.user())?.jazzId, null)
        assert.equal(there.cookie('local_first_identity_app'), undefined)
        assert.equal(app.logs.filter((line) => line.includes('another browser')).length, 1)
      },
      { options: { account: { skipStateCookieCheck: true } } },
    ))
})

after(() => assert.deepEqual(serverErrors, []))
