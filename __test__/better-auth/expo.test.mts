// Journeys that begin in an app's cookies and end in those of the system's browser, with Better Auth's own plugins for Expo.
// Of React Native, only what the plugins ask of it stands here.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { expo } from '@better-auth/expo'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthClient } from 'better-auth/client'
import { decodeJwt } from 'jose'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

import { standIn } from '../stand-ins.mts'
import { type App, type AppOptions, anonymousWith, device, newPerson, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { backFrom, idp, visitor } from './code-provider.mts'

standIn({
  'react-native': `export const Platform = { OS: 'ios' }; export const AppState = { addEventListener: () => ({ remove() {} }) }`,
  'expo-constants': 'export default { expoConfig: { scheme: "myapp" } }',
  'expo-linking': 'export const createURL = (path) => "myapp://" + path',
  'expo-network': 'export const addNetworkStateListener = () => ({ remove() {} })',
  'expo-web-browser': 'export const openAuthSessionAsync = (...args) => globalThis.openSystemBrowser(...args)',
})
const { expoClient } = await import('@better-auth/expo/client')

/** The system's browser: it has cookies of its own, and goes where a server sends it, until that opens an app. */
class SystemBrowser {
  readonly #cookies = new Map<string, string>()

  async #get(url: string): Promise<string> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    if (response.status >= 500) serverErrors.push(`GET ${url}: ${response.status}`)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    return response.headers.get('location') ?? assert.fail(`${url} answered ${response.status}`)
  }

  async open(url: string): Promise<string> {
    const to = new URL(await this.#get(url))
    if (to.protocol === 'myapp:') return to.href
    if (to.hostname !== 'idp.example') return this.open(to.href)
    return this.open(backFrom(to.href))
  }
}

/** Somebody's phone: an app with a secure store, and the system's browser. */
class Phone {
  readonly stored = new Map<string, string>()
  readonly browser = new SystemBrowser()
  readonly app: App
  proof: string | undefined
  /** What the app's browser does in place of what a person would have it do. */
  onOpen = (url: string): Promise<string> => this.browser.open(url)
  readonly client

  constructor(app: App) {
    this.app = app
    const storage = {
      getItem: (key: string) => this.stored.get(key) ?? null,
      setItem: (key: string, value: string) => void this.stored.set(key, value),
      getItemAsync: async (key: string) => this.stored.get(key) ?? null,
      setItemAsync: async (key: string, value: string) => void this.stored.set(key, value),
    }
    this.client = createAuthClient({
      baseURL: app.origin,
      plugins: [expoClient({ scheme: 'myapp', storage }), localFirstIdentityClient({ getProof: () => this.proof })],
    })
  }

  cookies = (): Record<string, { value: string }> => JSON.parse(this.stored.get('better-auth_cookie') ?? '{}')

  /** Signs in with the provider, as the person with this address, and gives what the app's browser came back with. */
  async signIn(address: string): Promise<string> {
    visitor.email = address
    let back = ''
    const openSystemBrowser = async (url: string) => {
      back = await this.onOpen(url)
      return { type: 'success', url: back }
    }
    Object.assign(globalThis, { openSystemBrowser })
    const { error } = await this.client.signIn.social({ provider: 'idp', callbackURL: '/' } as never)
    assert.equal(error, null)
    return back
  }

  /** Who is signed in, as the app is told. */
  async user(): Promise<{ id: string; email: string; jazzId: string | null } | null> {
    const { data } = await this.client.getSession()
    return (data?.user ?? null) as never
  }
}

const withExpo = (run: (app: App) => Promise<void>, wanted: AppOptions = {}) =>
  withApp(
    {
      ...wanted,
      options: { trustedOrigins: ['myapp://'], ...wanted.options },
      first: [expo() as unknown as BetterAuthPlugin, idp()],
    },
    run,
  )

const identityOf = async (app: App, address: string) =>
  (await app.users()).find((user) => user.email === address)?.jazzId ?? null

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
        // The browser alone gives nothing: its cookies may be those of somebody who was sent there.
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

  it('does not give an identity that somebody has meanwhile', () =>
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

  it('gives nothing to a session that was revoked, though it is cached', () =>
    withExpo(
      async (app) => {
        const [phone, own, person] = [new Phone(app), device(), newPerson()]
        phone.proof = own.proof()
        await phone.signIn(person.email)
        const user = (await app.users()).find(({ email }) => email === person.email)
        await app.context.internalAdapter.deleteUserSessions(user?.id ?? assert.fail())
        await phone.user()
        assert.equal(await identityOf(app, person.email), null)
      },
      { options: { session: { cookieCache: { enabled: true } } } },
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

describe('an attacker, with Expo', () => {
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
