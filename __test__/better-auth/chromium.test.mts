// What a page of another site can do in the browser of an anonymous user who has an identity: in a real browser, with the
// cookies as Better Auth sets them by default.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'

import type { Browser, Page } from 'playwright-core'

import { launchChromium, noChromium } from '../browser/chromium.mts'
import { type App, device, newPerson, password, startApp } from './app.mts'

interface Victim {
  page: Page
  own: ReturnType<typeof device>
  email: string
  /** Who is signed in there; `null` if no one is. */
  user(): Promise<{ email: string; jazzId: string | null; isAnonymous: boolean } | null>
}

/** Where the browser arrives: a page that there is. */
const ARRIVAL = '/api/auth/ok'

/** The routes that create a user in one request, and what a stranger would have the victim send. */
const forms = (stranger: string): Record<string, Record<string, string>> => ({
  '/sign-up/email': { email: stranger, name: 'x', password },
  '/sign-in/anonymous': {},
  '/sign-in/email-otp': { email: stranger, otp: '123456' },
  '/phone-number/verify': { phoneNumber: '+4915100000009', code: '123456' },
  '/one-tap/callback': { idToken: 'a.b.c' },
  '/siwe/verify': { message: 'x', signature: '0x' },
  '/sign-in/social': { provider: 'local', callbackURL: ARRIVAL },
  '/sign-in/magic-link': { email: stranger },
})

describe('an anonymous user in Chromium', { skip: noChromium, timeout: 120_000 }, () => {
  let app: App
  let browser: Browser
  let evil: Server
  before(async () => {
    const options = { account: { skipStateCookieCheck: true } }
    ;[app, browser] = await Promise.all([startApp({ provider: true, options }), launchChromium()])
    evil = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'))
    await once(evil.listen(0, '127.0.0.1'), 'listening')
  })
  after(async () => {
    await browser?.close()
    await app?.stop()
    evil?.close()
    evil?.closeAllConnections()
  })

  /** Another site: the app's own is `localhost`. */
  const evilOrigin = () => `http://127.0.0.1:${(evil.address() as AddressInfo).port}`

  async function anonymousVictim(): Promise<Victim> {
    const [page, own] = [await (await browser.newContext()).newPage(), device()]
    await page.goto(`${app.origin}/api/auth/ok`)
    const status = await page.evaluate(async (proof) => {
      const headers = { 'content-type': 'application/json', 'x-local-first-proof': proof }
      return (await fetch('/api/auth/sign-in/anonymous', { method: 'POST', headers, body: '{}' })).status
    }, own.proof())
    assert.equal(status, 200)
    const user: Victim['user'] = async () => {
      await page.goto(`${app.origin}/api/auth/ok`)
      return page.evaluate(async () => (await (await fetch('/api/auth/get-session')).json())?.user ?? null)
    }
    const { email, jazzId } = (await user()) ?? assert.fail()
    assert.equal(jazzId, own.identity)
    return { page, own, email, user }
  }

  const owners = async (identity: string) =>
    (await app.users()).filter(({ jazzId }) => jazzId === identity).map(({ email }) => email)

  /** Has a page of the other site send the browser there, as a person's click or its script would. */
  async function lure({ page }: Victim, url: string): Promise<void> {
    await page.goto(evilOrigin())
    await Promise.all([
      page.waitForURL((now) => now.pathname === ARRIVAL),
      page.evaluate((to) => {
        location.href = to
      }, url),
    ])
  }

  async function assertOwnerGetsIt({ own }: Victim): Promise<void> {
    const fresh = app.browser()
    fresh.proof = own.proof()
    const { email } = newPerson()
    assert.equal((await fresh.send('/sign-up/email', { email, name: 'x', password })).status, 200)
    assert.deepEqual(await owners(own.identity), [email])
  }

  it('opens a stranger’s magic link: the stranger’s account does not get the identity', async () => {
    const [victim, { email }] = [await anonymousVictim(), newPerson()]
    await app.browser().send('/sign-in/magic-link', { email, callbackURL: ARRIVAL })
    await lure(victim, app.mailbox.take(email))
    // The cookies came along: the browser is signed in to the stranger's account now.
    assert.deepEqual([(await victim.user())?.email, (await victim.user())?.jazzId], [email, null])
    await assertOwnerGetsIt(victim)
  })

  it('opens the callback of a stranger’s OAuth journey: the same', async () => {
    const [victim, stranger, { email }] = [await anonymousVictim(), app.browser(), newPerson()]
    const pages = { callbackURL: ARRIVAL, errorCallbackURL: ARRIVAL }
    const { body } = await stranger.send('/sign-in/social', { provider: 'local', loginHint: email, ...pages })
    await lure(victim, (await stranger.open(body.url, `${app.origin}/api/auth/callback/`)).href)
    assert.deepEqual([(await victim.user())?.email, (await victim.user())?.jazzId], [email, null])
    await assertOwnerGetsIt(victim)
  })

  for (const [path, form] of Object.entries(forms('stranger@example.com'))) {
    it(`is made to post to ${path}: no one else gets the identity`, async () => {
      const victim = await anonymousVictim()
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        await victim.page.goto(evilOrigin())
        // A form of another page, sent by its script: what a stranger can do without the person's help.
        const url = `${app.origin}/api/auth${path}`
        await Promise.all([victim.page.waitForURL(url), victim.page.evaluate(post, { url, type, form })])
        const user = await victim.user()
        // Without cookies, which a post from another site does not bring, Better Auth starts a new anonymous session.
        const expected = path === '/sign-in/anonymous' && user?.jazzId === null ? null : victim.own.identity
        assert.deepEqual([user?.jazzId, user?.isAnonymous], [expected, true], type)
        assert.deepEqual(await owners(victim.own.identity), [victim.email])
      }
      await assertOwnerGetsIt(victim)
    })
  }
})

/** Runs in the page. */
function post({ url, type, form }: { url: string; type: string; form: Record<string, string> }): void {
  const element = document.createElement('form')
  element.action = url
  element.method = 'post'
  element.enctype = type
  // As plain text, JSON is written into the name and the value of one field.
  const json = JSON.stringify({ ...form, padding: '=' })
  const [name = '', value = ''] = json.split('=')
  const fields = type === 'text/plain' ? { [name]: value } : form
  for (const [key, text] of Object.entries(fields)) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'hidden', name: key, value: text })
    element.append(input)
  }
  document.body.append(element)
  element.submit()
}
