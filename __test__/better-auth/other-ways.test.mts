// Ways of signing up that other packages and plugins bring: SSO, the OAuth proxy, the popup, and a passkey first.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, describe, it } from 'node:test'

import type { GenericEndpointContext } from '@better-auth/core'
import { type BetterAuthPlugin, betterAuth } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { getMigrations } from 'better-auth/db/migration'
import { oAuthProxy, oauthPopup } from 'better-auth/plugins'
import { localFirstIdentity } from 'local-first-identity/better-auth'
import type { Page } from 'playwright-core'

import { Authenticator } from '../browser/authenticator.mts'
import { launchChromium, noChromium } from '../browser/chromium.mts'
import { absence } from '../services.mts'
import { type App, audience, device, newPerson, withApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { backFrom, idp, providerConfig, visitor } from './code-provider.mts'
import { sqlite } from './databases.mts'

/** A configured Better Auth. */
type Instance = { handler(request: Request): Promise<Response> }
type Users = (model: string) => Promise<Record<string, unknown>[]>

const requireDriver = createRequire(new URL('../drivers/', import.meta.url))
const load = async (name: string) => import(requireDriver.resolve(name))
const noPackages = await absence('@better-auth/sso and /passkey', 'npm ci --prefix __test__/drivers', () =>
  load('@better-auth/sso'),
)

const lost = (app: App) => app.logs.filter((line) => line.includes('carries no proof'))
const userWith = async (app: App, email: string) => (await app.users()).find((user) => user.email === email)

describe('SSO, by OpenID Connect', { skip: noPackages }, () => {
  async function withSso(run: (app: App) => Promise<void>, required = false, more: object = {}, account: object = {}) {
    const { sso } = await load('@better-auth/sso')
    const oidcConfig = {
      issuer: 'https://idp.example',
      discoveryEndpoint: 'https://idp.example/.well-known/openid-configuration',
      jwksEndpoint: 'https://idp.example/jwks',
      pkce: true,
      ...providerConfig(),
    }
    const trusted = new URL(oidcConfig.tokenEndpoint).origin
    const plugin: BetterAuthPlugin = sso({
      defaultSSO: [{ domain: 'example.com', providerId: 'corp', oidcConfig }],
      trustEmailVerified: true,
      ...more,
    })
    const options = { trustedOrigins: [trusted, 'https://idp.example'], account }
    await withApp({ more: [plugin], options, plugin: { required } }, run)
  }
  const setOut = async (browser: Browser, email: string): Promise<string> => {
    visitor.email = email
    const pages = { callbackURL: '/done', errorCallbackURL: '/failed' }
    const answer = await browser.send('/sign-in/sso', { providerId: 'corp', ...pages })
    assert.deepEqual([answer.status, answer.code], [200, undefined])
    return backFrom(answer.body.url)
  }

  for (const required of [false, true]) {
    it(`keeps the identity: required ${required}`, () =>
      withSso(async (app) => {
        const [browser, own, { email }] = [app.browser(), device(), newPerson()]
        browser.proof = own.proof()
        await browser.open(await setOut(browser, email))
        assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [email, own.identity])
      }, required))
  }

  it('takes a proof once, and an identity that is free', () =>
    withSso(async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      await browser.open(await setOut(browser, newPerson().email))
      const again = app.browser()
      again.proof = browser.proof
      assert.equal((await again.send('/sign-in/sso', { providerId: 'corp' })).code, 'PROOF_ALREADY_USED')
      again.proof = own.proof()
      const arrived = await again.open(await setOut(again, newPerson().email))
      assert.equal(arrived.searchParams.get('error'), 'IDENTITY_ALREADY_LINKED')
      assert.equal(await again.user(), null)
    }))

  it('gives nothing to the browser of another person', () =>
    withSso(async (app) => {
      const [attacker, victim, theirs, { email }] = [app.browser(), app.browser(), device(), newPerson()]
      attacker.proof = theirs.proof()
      const url = await setOut(attacker, email)
      await victim.open(url)
      assert.equal((await userWith(app, email))?.jazzId ?? null, null)
    }))

  for (const redirectURI of [undefined, '/sso/callback']) {
    it(`refuses \`link()\` behind a link of another person's: redirectURI ${redirectURI}`, () =>
      withSso(
        async (app) => {
          const [attacker, victim, own, { email }] = [app.browser(), app.browser(), device(), newPerson()]
          await attacker.open(await setOut(attacker, email))
          await victim.open(await setOut(attacker, email))
          assert.equal((await victim.user())?.email, email)
          victim.proof = own.proof()
          const { status, code } = await victim.send('/local-first-identity/link', {})
          assert.deepEqual([status, code], [403, 'SESSION_FROM_FOREIGN_LINK'])
        },
        false,
        redirectURI ? { redirectURI } : {},
        { skipStateCookieCheck: true },
      ))
  }

  it('says in the log that a person came back to another browser', () =>
    withSso(async (app) => {
      const [here, there, { email }] = [app.browser(), app.browser(), newPerson()]
      here.proof = device().proof()
      const url = await setOut(here, email)
      const [name, value] = here.cookie('.state') ?? assert.fail('no state')
      there.setCookie(name, value)
      await there.open(url)
      assert.deepEqual([(await there.user())?.email, (await there.user())?.jazzId ?? null], [email, null])
      assert.equal(app.logs.filter((line) => line.includes('another browser')).length, 1)
    }))
})

describe('a route of another plugin that creates users', () => {
  it('makes one without an identity, and the log names it', () => {
    const email = newPerson().email
    const importer = {
      id: 'importer',
      endpoints: {
        importUser: createAuthEndpoint('/import-user', { method: 'POST' }, async (ctx) => {
          const user = await ctx.context.internalAdapter.createUser({ email, name: 'x' }, { method: 'import' } as never)
          return ctx.json({ id: user.id })
        }),
      },
    } satisfies BetterAuthPlugin
    return withApp({ more: [importer] }, async (app) => {
      assert.equal((await app.browser().post('/import-user', {})).status, 200)
      assert.equal((await userWith(app, email))?.jazzId ?? null, null)
      assert.equal(lost(app).length, 1)
      assert.match(lost(app)[0] ?? '', /by \/import-user without an identity/)
    })
  })
})

describe('the OAuth proxy', () => {
  const [production, preview] = ['https://app.example', 'https://preview.example']

  /** An app in production, which the provider knows, and a preview of it with the same database. */
  async function withPreview(run: (apps: Record<'production' | 'preview', Instance>, users: Users) => Promise<void>) {
    const storage = await sqlite.open()
    const start = (baseURL: string) =>
      betterAuth({
        ...storage.options,
        baseURL,
        secret: 'a secret of this test alone, of 32 letters and more',
        telemetry: { enabled: false },
        logger: { disabled: true },
        trustedOrigins: [production, preview],
        plugins: [
          localFirstIdentity({ audience }),
          oAuthProxy({ productionURL: production, currentURL: baseURL }) as BetterAuthPlugin,
          idp(),
        ],
      })
    const apps = { production: start(production), preview: start(preview) }
    await (await getMigrations(apps.preview.options)).runMigrations()
    const { adapter } = await apps.preview.$context
    try {
      await run(apps, (model) => adapter.findMany<Record<string, unknown>>({ model }))
    } finally {
      await storage.close()
    }
  }

  /** Goes by the provider and the app in production, and gives where the preview is to finish, and the browser's cookies. */
  async function travel({ production, preview: app }: Record<'production' | 'preview', Instance>, proof: string) {
    visitor.email = newPerson().email
    const headers = { 'content-type': 'application/json', origin: preview, 'x-local-first-proof': proof }
    const body = JSON.stringify({ provider: 'idp', callbackURL: `${preview}/done` })
    const begun = await app.handler(
      new Request(`${preview}/api/auth/sign-in/social`, { method: 'POST', headers, body }),
    )
    const cookie = begun.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const back = backFrom((await begun.json()).url)
    assert.ok(back.startsWith('https://app.example/'))
    const location = (await production.handler(new Request(back))).headers.get('location') ?? ''
    assert.ok(location.startsWith(`${preview}/api/auth/callback/idp/oauth-proxy?`), location)
    return { location, cookie }
  }

  it('keeps the identity', () =>
    withPreview(async (apps, users) => {
      const own = device()
      const { location, cookie } = await travel(apps, own.proof())
      const done = await apps.preview.handler(new Request(location, { headers: { cookie } }))
      assert.equal(done.headers.get('location'), `${preview}/done`)
      const [user] = await users('user')
      assert.deepEqual([user?.email, user?.jazzId], [visitor.email, own.identity])
      const [session] = await users('session')
      assert.equal(session?.beganByForeignLink ?? false, false)
    }))

  it('gives nothing to the browser of another person, whose session may not link', () =>
    withPreview(async (apps, users) => {
      const { location } = await travel(apps, device().proof())
      await apps.preview.handler(new Request(location))
      const [user] = await users('user')
      assert.deepEqual([user?.email, user?.jazzId ?? null], [visitor.email, null])
      const [session] = await users('session')
      assert.equal(session?.beganByForeignLink, true)
    }))
})

describe('the popup', () => {
  const openPopup = async (app: App, browser: Browser) => {
    visitor.email = newPerson().email
    const query = new URLSearchParams({ provider: 'idp', popupOrigin: app.origin, callbackURL: `${app.origin}/done` })
    // The provider's page is not opened: its address is where the browser stops.
    const page = await browser.open(`${app.origin}/api/auth/oauth-popup/start?${query}`, 'https://idp.example')
    return browser.open(backFrom(page.href))
  }

  it('makes a user without an identity, and the log says so', () =>
    withApp({ first: [idp()], more: [oauthPopup() as BetterAuthPlugin] }, async (app) => {
      const browser = app.browser()
      browser.proof = device().proof()
      await openPopup(app, browser)
      assert.deepEqual([(await userWith(app, visitor.email))?.jazzId ?? null, lost(app).length], [null, 1])
      const { error } = await browser.client.localFirstIdentity.link()
      assert.deepEqual([error, (await browser.user())?.jazzId !== null], [null, true])
    }))

  it('makes no user where an identity is required', () =>
    withApp({ first: [idp()], more: [oauthPopup() as BetterAuthPlugin], plugin: { required: true } }, async (app) => {
      await openPopup(app, app.browser())
      assert.deepEqual(await app.users(), [])
    }))
})

describe('a passkey first', { skip: noPackages || noChromium }, () => {
  /** An app in which a passkey makes an account, and a page of it. */
  async function withPasskeys(run: (app: App, page: Page, email: string) => Promise<void>, required = false) {
    const { passkey } = await load('@better-auth/passkey')
    const { email } = newPerson()
    const plugin: BetterAuthPlugin = passkey({
      registration: {
        requireSession: false,
        resolveUser: async () => ({ id: 'not yet', name: email }),
        async afterVerification({ ctx }: { ctx: GenericEndpointContext }) {
          const user = await ctx.context.internalAdapter.createUser({ email, name: 'P' }, {
            method: 'passkey',
          } as never)
          return { userId: user.id }
        },
      },
    })
    const chromium = await launchChromium()
    try {
      await withApp({ more: [plugin], plugin: { required } }, async (app) => {
        const page = await chromium.newPage()
        await page.goto(`${app.origin}/api/auth/ok`)
        await Authenticator.plugIn(page)
        await run(app, page, email)
      })
    } finally {
      await chromium.close()
    }
  }

  /** Makes a passkey, as Better Auth's client does, and gives the status of the answer. */
  const register = (page: Page, proof: string | undefined) =>
    page.evaluate(async (proof) => {
      const options = await (await fetch('/api/auth/passkey/generate-register-options')).json()
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
      const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
      const headers = { 'content-type': 'application/json', ...(proof && { 'x-local-first-proof': proof }) }
      const body = JSON.stringify({ response: made.toJSON() })
      return (await fetch('/api/auth/passkey/verify-registration', { method: 'POST', headers, body })).status
    }, proof)

  for (const required of [false, true]) {
    it(`keeps the identity, where verifying the registration creates the user: required ${required}`, () =>
      withPasskeys(async (app, page, email) => {
        const own = device()
        assert.equal(await register(page, own.proof()), 200)
        assert.equal((await userWith(app, email))?.jazzId, own.identity)
      }, required))
  }

  it('makes no user without a proof where one is required', () =>
    withPasskeys(async (app, page) => {
      assert.notEqual(await register(page, undefined), 200)
      assert.deepEqual(await app.users(), [])
    }, true))
})

after(() => assert.deepEqual(serverErrors, []))
