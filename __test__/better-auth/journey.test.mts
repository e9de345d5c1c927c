// From the proof to the user, by way of a provider or a mailbox. The ticket in the browser is good for one return, in that
// browser, for the journey that it was made for.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { type App, device, newPerson, withApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { databases } from './databases.mts'
import { routes } from './sign-up.mts'

const route = (name: string) => routes.find((one) => one.name === name) ?? assert.fail(name)
const COOKIES = ['local_first_identity_mail', 'local_first_identity_redirect', 'oauth_state', '.state']

/** The ticket that a journey has left in this browser. */
function ticketOf(browser: Browser, way: string) {
  const name = way === 'magic link' ? 'local_first_identity_mail' : 'local_first_identity_redirect'
  const [, value] = browser.cookie(name) ?? assert.fail('no ticket')
  return JSON.parse(Buffer.from(decodeURIComponent(value).split('.')[0] ?? '', 'base64url').toString())
}

/** Asks the provider's page, or a link, for an address. */
async function setOut(app: App, way: string, browser: Browser, email: string, proof?: string): Promise<string> {
  browser.proof = proof
  const pages = { callbackURL: `${app.origin}/done`, errorCallbackURL: `${app.origin}/failed` }
  const [path, body] =
    way === 'magic link'
      ? ['/sign-in/magic-link', { email }]
      : ['/sign-in/social', { provider: 'local', loginHint: email }]
  const { body: answer, status } = await browser.send(path as string, { ...(body as object), ...pages })
  assert.equal(status, 200)
  browser.proof = undefined
  return way === 'magic link' ? app.mailbox.take(email) : answer.url
}

const cookiesOf = (browser: Browser) =>
  COOKIES.flatMap((end) => [browser.cookie(end)].filter((found) => found !== undefined))

for (const way of ['magic link', 'OAuth redirect']) {
  describe(way, () => {
    for (const storeStateStrategy of ['database', 'cookie'] as const) {
      it(`a copy of what waited is good for nothing once an account was made: ${storeStateStrategy}`, () =>
        withApp({ provider: true, options: { account: { storeStateStrategy } } }, async (app) => {
          const [browser, own, { email }] = [app.browser(), device(), newPerson()]
          const url = await setOut(app, way, browser, email, own.proof())
          const copies = cookiesOf(browser)
          assert.ok(copies.length > 0)
          await browser.open(url)
          const user = await browser.user()
          assert.equal(user?.jazzId, own.identity)
          await app.context.internalAdapter.deleteUser(user.id)
          const again = app.browser()
          const next = way === 'magic link' ? await setOut(app, way, again, email) : url
          for (const [name, value] of copies) again.setCookie(name, value)
          await again.open(next)
          assert.deepEqual(
            (await app.users()).filter(({ jazzId }) => jazzId === own.identity),
            [],
          )
        }))
    }

    it('a used proof does not set out, even if the identity has an owner by then', () =>
      withApp({ provider: true }, async (app) => {
        const [browser, thief, own] = [app.browser(), app.browser(), device()]
        const proof = own.proof()
        browser.proof = proof
        await route('e-mail').signUp(app, browser, newPerson())
        thief.proof = proof
        assert.equal((await route(way).signUp(app, thief, newPerson())).code, 'PROOF_ALREADY_USED')
      }))

    it('a return that fails does not cost the identity', () =>
      withApp({ provider: true }, async (app) => {
        const [browser, own, { email }] = [app.browser(), device(), newPerson()]
        const url = await setOut(app, way, browser, email, own.proof())
        await browser.open(`${app.origin}/api/auth/magic-link/verify?token=wrong&callbackURL=/done`)
        await browser.open(`${app.origin}/api/auth/callback/local?state=wrong&code=wrong`)
        await browser.open(url)
        assert.equal((await browser.user())?.jazzId, own.identity)
      }))

    for (const database of databases) {
      it(`many returns at once with one identity make one user: ${database.name}`, { skip: database.skip }, () =>
        withApp({ database, provider: true }, async (app) => {
          const own = device()
          const journeys = await Promise.all(
            Array.from({ length: 10 }, async () => {
              const browser = app.browser()
              return { browser, url: await setOut(app, way, browser, newPerson().email, own.proof()) }
            }),
          )
          await Promise.all(journeys.map(({ browser, url }) => browser.open(url)))
          const users = await app.users()
          assert.deepEqual(
            users.map(({ jazzId }) => jazzId),
            [own.identity],
          )
        }),
      )
    }

    it('without a proof the ticket has no identity, though an anonymous user is signed in', () =>
      withApp({ provider: true }, async (app) => {
        const [browser, own, { email }] = [app.browser(), device(), newPerson()]
        browser.proof = own.proof()
        await route('anonymous').signUp(app, browser, newPerson())
        await setOut(app, way, browser, email)
        const ticket = ticketOf(browser, way)
        assert.deepEqual([ticket.identity, ticket.anonymousUserId], [null, null])
      }))

    it('with a proof the ticket names the anonymous user who has the identity, and the address', () =>
      withApp({ provider: true }, async (app) => {
        const [browser, own, { email }] = [app.browser(), device(), newPerson()]
        browser.proof = own.proof()
        await route('anonymous').signUp(app, browser, newPerson())
        const former = (await browser.user())?.id
        await setOut(app, way, browser, email, own.proof())
        const ticket = ticketOf(browser, way)
        assert.deepEqual(
          [ticket.identity, ticket.anonymousUserId, ticket.email],
          [own.identity, former, way === 'magic link' ? email : null],
        )
      }))

    it('an identity that another anonymous user has by the return does not move', () =>
      withApp({ provider: true }, async (app) => {
        const [browser, other, own, { email }] = [app.browser(), app.browser(), device(), newPerson()]
        const url = await setOut(app, way, browser, email, own.proof())
        other.proof = own.proof()
        await route('anonymous').signUp(app, other, newPerson())
        const arrived = await browser.open(url)
        assert.equal(arrived.searchParams.get('error'), 'IDENTITY_ALREADY_LINKED')
        assert.equal((await other.user())?.jazzId, own.identity)
      }))

    it('a journey that was abandoned does not cost the next one its identity', () =>
      withApp({ provider: true, options: { account: { skipStateCookieCheck: true } } }, async (app) => {
        const [browser, own, person] = [app.browser(), device(), newPerson()]
        browser.proof = own.proof()
        await route('anonymous').signUp(app, browser, newPerson())
        await setOut(app, way, browser, newPerson().email, own.proof())
        await browser.open(await setOut(app, way, browser, person.email, own.proof()))
        assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [person.email, own.identity])
      }))

    it('a journey that was abandoned gives nothing to the next one, which has no proof', () =>
      withApp({ provider: true, options: { account: { skipStateCookieCheck: true } } }, async (app) => {
        const [browser, own, person] = [app.browser(), device(), newPerson()]
        await setOut(app, way, browser, person.email, own.proof())
        await browser.open(await setOut(app, way, browser, person.email))
        assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [person.email, null])
        assert.equal((await browser.client.localFirstIdentity.link({ proofToken: own.proof() })).error, null)
      }))

    it('another person’s link does not cost the ticket', () =>
      withApp({ provider: true, options: { account: { skipStateCookieCheck: true } } }, async (app) => {
        const [browser, stranger, own, person] = [app.browser(), app.browser(), device(), newPerson()]
        const url = await setOut(app, way, browser, person.email, own.proof())
        const evil = newPerson().email
        await browser.open(await setOut(app, way, stranger, evil))
        assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [evil, null])
        assert.equal(ticketOf(browser, way).identity, own.identity)
        // The provider of this test goes on with the stranger, whom it has signed in.
        if (way === 'OAuth redirect') return
        await browser.open(url)
        assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [person.email, own.identity])
      }))
  })
}

describe('a journey that another person began', () => {
  for (const account of [{}, { skipStateCookieCheck: true }]) {
    for (const [anonymous, began] of [
      [true, false],
      [false, false],
      [false, true],
    ]) {
      const who = `${anonymous ? 'an anonymous user with an identity' : 'a person with a proof'}${began ? ', twice' : ''}`
      it(`by ${who} gives the victim nothing: ${JSON.stringify(account)}`, () =>
        withApp({ provider: true, options: { account } }, async (app) => {
          const [attacker, victim, own, person] = [app.browser(), app.browser(), device(), newPerson()]
          attacker.proof = own.proof()
          if (anonymous) await route('anonymous').signUp(app, attacker, newPerson())
          const proof = anonymous ? undefined : attacker.proof
          const url = await setOut(app, 'OAuth redirect', attacker, person.email, proof)
          // The victim has begun a journey of their own, too, and not ended it.
          if (began) await setOut(app, 'OAuth redirect', victim, person.email, device().proof())
          await victim.open(url)
          const user = await victim.user()
          assert.equal(user?.email, 'skipStateCookieCheck' in account ? person.email : undefined)
          assert.equal((await app.users()).find(({ email }) => email === person.email)?.jazzId ?? null, null)
        }))
    }
  }
})

describe('the identity that waits for a magic link', () => {
  it('is for the address in any case of letters', () =>
    withApp({}, async (app) => {
      const [browser, own, { email }] = [app.browser(), device(), newPerson()]
      const written = email.toUpperCase()
      browser.proof = own.proof()
      await browser.send('/sign-in/magic-link', { email: written, callbackURL: '/done' })
      await browser.open(app.mailbox.take(written))
      assert.equal((await browser.user())?.jazzId, own.identity)
    }))

  for (const database of databases) {
    it(`is not lost when the link is opened six times at once: ${database.name}`, { skip: database.skip }, () =>
      withApp({ database }, async (app) => {
        for (let round = 1; round <= 5; round++) {
          const [browser, own, { email }] = [app.browser(), device(), newPerson()]
          const url = await setOut(app, 'magic link', browser, email, own.proof())
          await Promise.all(Array.from({ length: 6 }, () => browser.open(url)))
          assert.equal((await app.users()).find((user) => user.email === email)?.jazzId, own.identity)
          assert.equal((await app.users()).length, round)
        }
      }),
    )
  }

  it('is good for one account that no one had proven', () =>
    withApp({}, async (app) => {
      const [own, person] = [device(), newPerson()]
      const takeOver = async (proof?: string, cookie?: [string, string]) => {
        const browser = app.browser()
        await route('e-mail').signUp(app, app.browser(), person)
        const url = await setOut(app, 'magic link', browser, person.email, proof)
        if (cookie) browser.setCookie(...cookie)
        const copy = browser.cookie('local_first_identity_mail')
        await browser.open(url)
        return { user: await browser.user(), copy }
      }
      const { user, copy } = await takeOver(own.proof())
      assert.equal(user?.jazzId, own.identity)
      await app.context.internalAdapter.deleteUser(user.id)
      const again = await takeOver(undefined, copy)
      assert.deepEqual([again.user?.email, again.user?.jazzId], [person.email, null])
    }))

  it('is gone when another link is asked for without a proof', () =>
    withApp({}, async (app) => {
      const [browser, own, { email }] = [app.browser(), device(), newPerson()]
      await setOut(app, 'magic link', browser, email, own.proof())
      await browser.open(await setOut(app, 'magic link', browser, email))
      assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [email, null])
    }))
})

after(() => assert.deepEqual(serverErrors, []))
