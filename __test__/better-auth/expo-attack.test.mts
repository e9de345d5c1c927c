// Attacks on journeys that an app begins and the system's browser ends.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { type App, device, newPerson } from './app.mts'
import { serverErrors } from './browser.mts'
import { backFrom, visitor } from './code-provider.mts'

import { identityOf, Phone, withExpo } from './phone.mts'

describe('an attacker, with Expo', () => {
  it('cannot have `link()` in a browser that they have sent through the proxy for states', () =>
    withExpo(async (app) => {
      const [attacker, victim, own] = [app.browser(), app.browser(), device()]
      visitor.email = newPerson().email
      const setOut = async () =>
        (await attacker.send('/sign-in/social', { provider: 'idp', callbackURL: '/done' })).body.url
      await attacker.open(backFrom(await setOut()))
      const callback = backFrom(await setOut())
      const state = new URL(callback).searchParams.get('state')
      const proxy = `${app.origin}/api/auth/expo-authorization-proxy?authorizationURL=`
      await victim.open(proxy + encodeURIComponent(`https://evil.example/?state=${state}`), 'https://evil.example')
      await victim.open(callback)
      assert.equal((await victim.user())?.email, visitor.email)
      victim.proof = own.proof()
      const { status, code } = await victim.send('/local-first-identity/link', {})
      assert.deepEqual([status, code], [403, 'SESSION_FROM_FOREIGN_LINK'])
      assert.equal(await identityOf(app, visitor.email), null)
    }))

  /** The address that opens the system's browser on the attacker's journey, whose proof is the attacker's. */
  async function lure(app: App, attacker: Phone): Promise<string> {
    let lure = ''
    attacker.onOpen = async (url) => {
      lure = url
      return 'myapp:///'
    }
    await attacker.signIn(newPerson().email)
    assert.ok(lure.startsWith(app.origin))
    return lure
  }

  for (const required of [false, true]) {
    it(`cannot put their identity on the account of a person who opens their link: required ${required}`, () =>
      withExpo(
        async (app) => {
          const [attacker, victim, theirs, person] = [new Phone(app), new Phone(app), device(), newPerson()]
          attacker.proof = theirs.proof()
          const url = await lure(app, attacker)
          visitor.email = person.email
          const back = await victim.browser.open(url)
          // The victim's app is opened by the link, and takes its cookies, as Expo's client does.
          victim.onOpen = async () => back
          await victim.signIn(person.email)
          assert.deepEqual([(await victim.user())?.email, (await victim.user())?.jazzId], [person.email, null])
          // The attacker has the ticket alone.
          assert.equal(await attacker.user(), null)
          assert.equal(await identityOf(app, person.email), null)
        },
        { plugin: { required } },
      ))
  }

  it('cannot have the identity of a person whose app takes a link of theirs', () =>
    withExpo(async (app) => {
      const [attacker, victim, own] = [new Phone(app), new Phone(app), device()]
      // The attacker's own account, by a journey of their own that has a note, too.
      attacker.proof = device().proof()
      const [url, evil] = [await lure(app, attacker), newPerson().email]
      visitor.email = evil
      const back = await attacker.browser.open(url)
      victim.proof = own.proof()
      victim.onOpen = async () => back
      await victim.signIn(newPerson().email)
      const user = await victim.user()
      assert.deepEqual([user?.email, user?.jazzId], [evil, null])
      assert.equal(await identityOf(app, evil), null)
    }))

  it('cannot use a note for another user, nor without a session', () =>
    withExpo(async (app) => {
      const [phone, own, person, other] = [new Phone(app), device(), newPerson(), new Phone(app)]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      const { cookie: _, ...rest } = { cookie: '', ...phone.cookies() }
      const session = Object.keys(rest).find((name) => name.includes('session_token')) ?? assert.fail('no session')
      await other.signIn(newPerson().email)
      // Another account's session beside ticket and note.
      const mixed = { ...rest, [session]: other.cookies()[session] }
      phone.stored.set('better-auth_cookie', JSON.stringify(mixed))
      assert.equal((await phone.user())?.jazzId, null)
      phone.stored.set('better-auth_cookie', JSON.stringify({ ...rest, [session]: undefined }))
      assert.equal(await phone.user(), null)
      assert.deepEqual(
        (await app.users()).map(({ jazzId }) => jazzId ?? null),
        [null, null],
      )
    }))

  it('cannot write a note', () =>
    withExpo(async (app) => {
      const [phone, own, person] = [new Phone(app), device(), newPerson()]
      phone.proof = own.proof()
      await phone.signIn(person.email)
      const cookies = phone.cookies()
      const note = 'better-auth.local_first_identity_app'
      const [text = '', signature] = decodeURIComponent(cookies[note]?.value ?? '').split(/\.(?=[^.]*$)/)
      const forged = Buffer.from(
        Buffer.from(text, 'base64url')
          .toString()
          .replace(/"userId":"./, '"userId":"x'),
      )
      for (const value of [`${forged.toString('base64url')}.${signature}`, text, '', 'x.y']) {
        const wrong = { ...cookies, [note]: { value: encodeURIComponent(value), expires: null } }
        phone.stored.set('better-auth_cookie', JSON.stringify(wrong))
        assert.deepEqual([(await phone.user())?.email, (await phone.user())?.jazzId], [person.email, null])
      }
      phone.stored.set('better-auth_cookie', JSON.stringify(cookies))
      assert.equal((await phone.user())?.jazzId, own.identity)
    }))
})

after(() => assert.deepEqual(serverErrors, []))
