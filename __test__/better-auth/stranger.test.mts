// Attacks without a proof on an anonymous user who has an identity. A stranger sends them a link, or acts as them.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { type App, anonymousWith, device, newForm, newPerson, password, withApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { databases } from './databases.mts'
import { routes } from './sign-up.mts'

const route = (name: string) => routes.find((one) => one.name === name) ?? assert.fail(name)

const owners = async (app: App, identity: string) =>
  (await app.users()).filter(({ jazzId }) => jazzId === identity).map(({ email }) => email)

/** The victim's proof is good for an account of their own, in a browser that knows nothing. */
async function assertOwnerGetsIt(app: App, own: ReturnType<typeof device>): Promise<void> {
  const [browser, form] = [app.browser(), newForm()]
  browser.proof = own.proof()
  assert.equal((await browser.send('/sign-up/email', form)).status, 200)
  assert.deepEqual(await owners(app, own.identity), [form.email])
}

/** Asks for a magic link, or begins an OAuth journey, for an address of the asker's own. */
async function linkOf(app: App, way: 'magic link' | 'OAuth redirect', asker: Browser, email: string): Promise<string> {
  const pages = { callbackURL: `${app.origin}/done`, errorCallbackURL: `${app.origin}/failed` }
  if (way === 'magic link') {
    assert.equal((await asker.send('/sign-in/magic-link', { email, ...pages })).status, 200)
    return app.mailbox.take(email)
  }
  const answer = await asker.send('/sign-in/social', { provider: 'local', loginHint: email, ...pages })
  return answer.body.url
}

const skipStateCookieCheck = { account: { skipStateCookieCheck: true } }

for (const database of databases) {
  describe(`a stranger’s link, opened by an anonymous user: ${database.name}`, { skip: database.skip }, () => {
    for (const keepAnonymous of [false, true]) {
      for (const way of ['magic link', 'OAuth redirect'] as const) {
        const who = keepAnonymous ? 'who is kept' : 'who is deleted'
        it(`${way}, ${who}: the identity goes to no one, and its owner gets it by a proof`, () =>
          withApp({ database, keepAnonymous, provider: true, options: skipStateCookieCheck }, async (app) => {
            const [own, stranger, email] = [device(), app.browser(), newPerson().email]
            const victim = await anonymousWith(app, own)
            await victim.open(await linkOf(app, way, stranger, email))
            assert.equal((await victim.user())?.email, email)
            assert.ok(!(await owners(app, own.identity)).includes(email))
            await assertOwnerGetsIt(app, own)
          }))
      }

      it(`to an unverified account of the stranger’s, ${keepAnonymous ? 'kept' : 'deleted'}`, () =>
        withApp({ database, keepAnonymous, options: withUuids(database.name) }, async (app) => {
          const [own, stranger, form] = [device(), app.browser(), newForm()]
          await app.browser().send('/sign-up/email', form)
          const victim = await anonymousWith(app, own)
          await victim.open(await linkOf(app, 'magic link', stranger, form.email))
          assert.equal((await victim.user())?.email, form.email)
          assert.ok(!(await owners(app, own.identity)).includes(form.email))
          await assertOwnerGetsIt(app, own)
        }))
    }
  })
}

/** On MariaDB with default IDs, Better Auth itself answers 500 when the owner of a mailbox takes an account over. */
const withUuids = (name: string) =>
  name === 'MariaDB' ? { advanced: { database: { generateId: 'uuid' as const } } } : {}

describe('an admin who acts as an anonymous user', () => {
  async function impersonating(app: App, victim: Browser): Promise<Browser> {
    const [admin, form] = [app.browser(), newForm()]
    await admin.send('/sign-up/email', form)
    await app.context.internalAdapter.updateUser((await admin.user())?.id ?? assert.fail(), { role: 'admin' })
    await admin.client.signIn.email({ email: form.email, password })
    const userId = (await victim.user())?.id
    assert.equal((await admin.send('/admin/impersonate-user', { userId })).status, 200)
    return admin
  }

  for (const { name, signUp } of routes.filter((one) => one.name !== 'anonymous')) {
    for (const keepAnonymous of [false, true]) {
      it(`gets nothing by signing up: ${name}, ${keepAnonymous ? 'kept' : 'deleted'}`, () =>
        withApp({ keepAnonymous, provider: true }, async (app) => {
          const [own, others] = [device(), device()]
          const admin = await impersonating(app, await anonymousWith(app, own))
          admin.proof = others.proof()
          assert.equal((await signUp(app, admin, newPerson())).code, 'IDENTITY_READ_ONLY')
          admin.proof = undefined
          assert.equal((await signUp(app, admin, newPerson())).code, undefined)
          assert.equal((await admin.user())?.jazzId, null)
          await assertOwnerGetsIt(app, own)
        }))
    }
  }

  for (const way of ['magic link', 'OAuth redirect'] as const) {
    it(`ends a journey that the admin began before: ${way}`, () =>
      withApp({ provider: true, options: skipStateCookieCheck }, async (app) => {
        const [own, others, { email }] = [device(), device(), newPerson()]
        const admin = app.browser()
        admin.proof = others.proof()
        const url = await linkOf(app, way, admin, email)
        const before = admin.cookie(way === 'magic link' ? '_mail' : '_redirect') ?? assert.fail()
        const acting = await impersonating(app, await anonymousWith(app, own))
        acting.setCookie(...before)
        await acting.open(url)
        assert.deepEqual([(await acting.user())?.email, (await acting.user())?.jazzId], [email, null])
      }))
  }

  it('is told so with a bearer token, too', () =>
    withApp({}, async (app) => {
      const admin = await impersonating(app, await anonymousWith(app, device()))
      const session = (await admin.client.getSession()).data?.session ?? assert.fail()
      const headers = { authorization: `Bearer ${session.token}`, 'x-local-first-proof': device().proof() }
      assert.equal((await app.browser().post('/sign-up/email', newForm(), headers)).code, 'IDENTITY_READ_ONLY')
    }))
})

describe('`link()` in a session that another person’s link began', () => {
  const refused = async (browser: Browser, own: ReturnType<typeof device>) => {
    const { error } = await browser.client.localFirstIdentity.link({ proofToken: own.proof() })
    return [error?.status, error?.code]
  }
  const FOREIGN = [403, 'SESSION_FROM_FOREIGN_LINK']

  for (const database of databases) {
    it(`is refused: magic link, ${database.name}`, { skip: database.skip }, () =>
      withApp({ database }, async (app) => {
        const [browser, own, email] = [app.browser(), device(), newPerson().email]
        await browser.open(await linkOf(app, 'magic link', app.browser(), email))
        assert.equal((await browser.user())?.email, email)
        assert.deepEqual(await refused(browser, own), FOREIGN)
        assert.deepEqual(await owners(app, own.identity), [])
        // The owner of the account signs in where the identity is.
        await browser.open(await linkOf(app, 'magic link', browser, email))
        assert.deepEqual(await refused(browser, own), [undefined, undefined])
        assert.deepEqual(await owners(app, own.identity), [email])
      }),
    )
  }

  it('is refused: a link to the stranger’s address, while a link of the browser’s own is on its way', () =>
    withApp({}, async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      await linkOf(app, 'magic link', browser, newPerson().email)
      browser.proof = undefined
      await browser.open(await linkOf(app, 'magic link', app.browser(), newPerson().email))
      assert.deepEqual(await refused(browser, own), FOREIGN)
    }))

  it('is refused: OAuth without the check of the state cookie', () =>
    withApp({ provider: true, options: skipStateCookieCheck }, async (app) => {
      const [browser, own, email] = [app.browser(), device(), newPerson().email]
      await browser.open(await linkOf(app, 'OAuth redirect', app.browser(), email))
      assert.equal((await browser.user())?.email, email)
      assert.deepEqual(await refused(browser, own), FOREIGN)
      await browser.open(await linkOf(app, 'OAuth redirect', browser, email))
      assert.deepEqual(await refused(browser, own), [undefined, undefined])
    }))

  it('is refused: the verification link of an account that signs its owner in', () =>
    withApp({ options: { emailVerification: { autoSignInAfterVerification: true } } }, async (app) => {
      const [browser, own, form] = [app.browser(), device(), newForm()]
      const stranger = app.browser()
      await stranger.send('/sign-up/email', form)
      await stranger.send('/send-verification-email', { email: form.email })
      await browser.open(app.mailbox.take(form.email))
      assert.equal((await browser.user())?.email, form.email)
      assert.deepEqual(await refused(browser, own), FOREIGN)
    }))

  it('is not refused for OAuth with the check, nor for a session of the app’s own', () =>
    withApp({ provider: true }, async (app) => {
      for (const name of ['OAuth redirect', 'e-mail', 'e-mail OTP', 'phone', 'magic link']) {
        const [browser, own] = [app.browser(), device()]
        await route(name).signUp(app, browser, newPerson())
        assert.deepEqual([name, ...(await refused(browser, own))], [name, undefined, undefined])
      }
    }))

  it('is still refused when the session was refreshed, and the page can know before', () =>
    withApp({ options: { session: { updateAge: 0 } } }, async (app) => {
      const [browser, own] = [app.browser(), device()]
      await browser.open(await linkOf(app, 'magic link', app.browser(), newPerson().email))
      const { data } = await browser.client.getSession()
      const session: object = data?.session ?? assert.fail()
      assert.ok('beganByForeignLink' in session && session.beganByForeignLink === true)
      assert.deepEqual(await refused(browser, own), FOREIGN)
    }))
})

after(() => assert.deepEqual(serverErrors, []))
