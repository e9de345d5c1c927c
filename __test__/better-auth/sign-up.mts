// Every way of signing up, as a person's browser goes it.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

import { CLIENT } from '../../examples/better-auth/provider.mts'
import { type App, type Person, password } from './app.mts'
import type { Answer, Browser, Extra } from './browser.mts'

/** What an attacker adds to the request that brings the identity, and to the one that creates the user. */
export interface Attack extends Extra {
  body?: object | undefined
}

export interface Route {
  name: string
  /** Signs up; the answer is that of the request that failed, or of the last one. */
  signUp(app: App, browser: Browser, person: Person, attack?: Attack): Promise<Answer>
  /** Tries to, and fails for another reason than the proof. */
  fail(app: App, browser: Browser, person: Person): Promise<Answer>
}

const failed = ({ status }: Answer) => status >= 400
/** Where the browser arrived, with the error that the page is told of. */
const arrival = (url: URL): Answer => ({
  status: 200,
  code: url.searchParams.get('error') ?? undefined,
  body: url.href,
})

const email: Route = {
  name: 'e-mail',
  signUp: (_app, browser, { email, name }, { body, ...extra } = {}) =>
    browser.send('/sign-up/email', { email, name, password, ...body }, extra),
  fail: (_app, browser, { email, name }) => browser.send('/sign-up/email', { email, name, password: 'short' }),
}

const username: Route = {
  name: 'username',
  signUp: (_app, browser, { email, name, username }, { body, ...extra } = {}) =>
    browser.send('/sign-up/email', { email, name, password, username, ...body }, extra),
  // Refused by that plugin's own hook, which runs before the endpoint does.
  fail: (_app, browser, { email, name }) => browser.send('/sign-up/email', { email, name, password, username: '?' }),
}

const anonymous: Route = {
  name: 'anonymous',
  signUp: (_app, browser, _person, { body, ...extra } = {}) => browser.send('/sign-in/anonymous', { ...body }, extra),
  async fail(app, { proof }) {
    const other = app.browser()
    assert.equal((await other.send('/sign-in/anonymous', {})).status, 200)
    other.proof = proof
    return other.send('/sign-in/anonymous', {})
  },
}

const emailOtp: Route = {
  name: 'e-mail OTP',
  async signUp(app, browser, { email, name }, { body, ...extra } = {}) {
    await browser.send('/email-otp/send-verification-otp', { email, type: 'sign-in' })
    return browser.send('/sign-in/email-otp', { email, name, otp: app.mailbox.take(email), ...body }, extra)
  },
  async fail(_app, browser, { email }) {
    await browser.send('/email-otp/send-verification-otp', { email, type: 'sign-in' })
    return browser.send('/sign-in/email-otp', { email, otp: 'wrong' })
  },
}

const phone: Route = {
  name: 'phone',
  async signUp(app, browser, { phoneNumber }, { body, ...extra } = {}) {
    await browser.send('/phone-number/send-otp', { phoneNumber })
    return browser.send('/phone-number/verify', { phoneNumber, code: app.mailbox.take(phoneNumber), ...body }, extra)
  },
  async fail(_app, browser, { phoneNumber }) {
    await browser.send('/phone-number/send-otp', { phoneNumber })
    return browser.send('/phone-number/verify', { phoneNumber, code: 'wrong' })
  },
}

/** An ID token that the provider gave to a page of the app, with its nonce (OpenID Connect Core 1.0 §2). */
async function idTokenOf(app: App, browser: Browser, { email }: Person) {
  const [nonce, callback] = [randomUUID(), `${app.origin}/api/auth/callback/local`]
  const query = { client_id: CLIENT.id, response_type: 'code', redirect_uri: callback, nonce, login_hint: email }
  const params = new URLSearchParams({ ...query, scope: 'openid profile email' })
  const url = await browser.open(`${app.providerOrigin}/auth?${params}`, callback)
  const code = url.searchParams.get('code') ?? assert.fail(url.href)
  const response = await fetch(`${app.providerOrigin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa([CLIENT.id, CLIENT.secret].map(encodeURIComponent).join(':'))}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback }),
  })
  const { id_token: token } = (await response.json()) as { id_token: string }
  return { token, nonce }
}

const idToken: Route = {
  name: 'ID token',
  async signUp(app, browser, person, { body, ...extra } = {}) {
    const idToken = await idTokenOf(app, browser, person)
    return browser.send('/sign-in/social', { provider: 'local', idToken, ...body }, extra)
  },
  fail: (_app, browser) => browser.send('/sign-in/social', { provider: 'local', idToken: { token: 'a.b.c' } }),
}

const redirect: Route = {
  name: 'OAuth redirect',
  async signUp(app, browser, { email }, { body, ...extra } = {}) {
    const pages = { callbackURL: `${app.origin}/done`, errorCallbackURL: `${app.origin}/failed` }
    const started = { provider: 'local', loginHint: email, ...pages, ...body }
    const answer = await browser.send('/sign-in/social', started, extra)
    if (failed(answer)) return answer
    return arrival(await browser.open(answer.body.url))
  },
  fail: (_app, browser) => browser.send('/sign-in/social', { provider: 'nobody' }),
}

const magicLink: Route = {
  name: 'magic link',
  async signUp(app, browser, { email, name }, { body, ...extra } = {}) {
    const pages = { callbackURL: `${app.origin}/done`, errorCallbackURL: `${app.origin}/failed` }
    const answer = await browser.send('/sign-in/magic-link', { email, name, ...pages, ...body }, extra)
    if (failed(answer)) return answer
    const link = new URL(app.mailbox.take(email))
    for (const [name, value] of Object.entries(extra.query ?? {})) link.searchParams.set(name, value)
    return arrival(await browser.open(link.href))
  },
  fail: (_app, browser) => browser.send('/sign-in/magic-link', { email: 'no address' }),
}

const siwe: Route = {
  name: 'Ethereum',
  async signUp(app, browser, { wallet }, { body, ...extra } = {}) {
    const { body: nonce } = await browser.send('/siwe/nonce', {})
    const text = [`localhost wants you to sign in with your Ethereum account:`, wallet, '', `URI: ${app.origin}`]
    const message = [
      ...text,
      'Version: 1',
      'Chain ID: 1',
      `Nonce: ${nonce.nonce}`,
      `Issued At: ${new Date().toISOString()}`,
    ]
    return browser.send('/siwe/verify', { message: message.join('\n'), signature: '0x', ...body }, extra)
  },
  fail: (_app, browser) => browser.send('/siwe/verify', { message: 'no message', signature: '0x' }),
}

export const routes: Route[] = [email, username, idToken, anonymous, emailOtp, phone, redirect, magicLink, siwe]
