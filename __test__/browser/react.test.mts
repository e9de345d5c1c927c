// The hook, in React, in a browser.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { generateAuthSecret } from 'local-first-identity/client'
import type { Browser, Page } from 'playwright-core'

import { launchChromium, noChromium } from './chromium.mts'
import { type Site, startSite } from './site.mts'

const app = `
  import { BrowserAuthSecretStore, createLocalFirstAuth } from 'local-first-identity/client'
  import { useLocalFirstAuth } from 'local-first-identity/client/react'
  import { createElement, StrictMode } from 'react'
  import { createRoot, hydrateRoot } from 'react-dom/client'
  import { renderToString } from 'react-dom/server.browser'

  const another = createLocalFirstAuth(new BrowserAuthSecretStore({ appId: 'another' }))
  function Identity({ id, auth }) {
    const { secret, isLoading, error, login, signOut } = useLocalFirstAuth(auth)
    Object.assign(globalThis, { [id]: { login, signOut } })
    return createElement('p', { id }, JSON.stringify({ secret, isLoading, error }))
  }
  const identities = [['first'], ['second'], ['third', another]]
  const elements = identities.map(([id, auth]) => createElement(Identity, { id, auth, key: id }))
  const markup = document.createElement('div')
  markup.innerHTML = renderToString(createElement(Identity, { id: 'hydrated' }))
  globalThis.hydrate = () => hydrateRoot(document.body.appendChild(markup), createElement(Identity, { id: 'hydrated' }))
  createRoot(document.body.appendChild(document.createElement('main'))).render(createElement(StrictMode, {}, elements))
`

describe('useLocalFirstAuth', { skip: noChromium, timeout: 60_000 }, () => {
  let browser: Browser
  let site: Site
  let page: Page
  const thrown: unknown[] = []
  before(async () => {
    ;[browser, site] = await Promise.all([launchChromium(), startSite(app)])
    page = await browser.newPage()
    page.on('pageerror', (error) => thrown.push(error))
    page.on('console', (message) => thrown.push(message.text()))
    await page.goto(site.origin)
  })
  after(async () => {
    await browser?.close()
    site?.stop()
  })

  const shown = async (id: string) => JSON.parse((await page.locator(`#${id}`).textContent()) ?? '')
  /** Waits until a component shows the secret, and gives what it shows. */
  const shows = async (id: string, secret: string) => {
    await page.locator(`#${id}`).filter({ hasText: secret }).waitFor()
    return shown(id)
  }

  it('gives the browser’s secret to every component, once it is there', async () => {
    await page.locator('#first').filter({ hasText: '"isLoading":false' }).waitFor()
    const secret = await page.evaluate(() => localStorage.getItem('jazz-auth-secret'))
    const ready = { secret, isLoading: false, error: null }
    assert.deepEqual([await shown('first'), await shown('second')], [ready, ready])
    assert.notEqual((await shows('third', '"isLoading":false')).secret, secret)
  })

  it('takes over what a server has rendered, where the secret is known already', async () => {
    const { secret } = await shown('first')
    await page.evaluate('hydrate()')
    assert.equal((await shows('hydrated', secret)).secret, secret)
    assert.deepEqual(thrown, [])
  })

  it('follows a login and a sign-out, in every component of the same identity', async () => {
    const secret = generateAuthSecret()
    const third = await shown('third')
    await page.evaluate(
      (secret) => (globalThis as never as { first: { login(s: string): unknown } }).first.login(secret),
      secret,
    )
    assert.deepEqual(await shows('second', secret), { secret, isLoading: false, error: null })
    await page.evaluate(() => (globalThis as never as { second: { signOut(): unknown } }).second.signOut())
    const after = await page.evaluate(() => localStorage.getItem('jazz-auth-secret'))
    assert.notEqual(after, secret)
    assert.equal((await shows('first', after ?? '')).secret, after)
    assert.deepEqual([await shown('third'), thrown], [third, []])
  })
})
