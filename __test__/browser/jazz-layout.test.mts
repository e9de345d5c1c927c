// A secret beside Jazz from 2.0.0-alpha.54 on: its keys, its spelling, and the guests of an older Jazz.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { authSecretStorageKey, formatAuthSecret, generateAuthSecret } from 'local-first-identity/client'

import { inEachBrowser } from './in-each-browser.mts'
import { atOnce, call, value } from './store-pages.mts'
import type { Tab } from './test-browser.mts'

const NAME = 'BrowserAuthSecretStore'
const scope = { appId: 'my-app', layout: 'jazz-54' }
const key = authSecretStorageKey({ appId: 'my-app', layout: 'jazz-54' })
const formerKey = authSecretStorageKey({ appId: 'my-app' })

inEachBrowser('layout: jazz-54', ({ newProfile, serve }) => {
  const newTab = serve()
  const use = (tab: Tab, method: string, args: unknown[] = []) => value(call(tab, NAME, method, args, scope))
  const stored = (tab: Tab, name: string) => tab.evaluate((name) => localStorage.getItem(name), name)
  const keep = (tab: Tab, name: string, text: string) =>
    tab.evaluate(({ name, text }) => localStorage.setItem(name, text), { name, text })

  it('keeps a secret under the key and in the spelling of Jazz, and gives it bare', async () => {
    const tab = await newTab()
    const secret = await use(tab, 'getOrCreateSecret')
    assert.equal(await stored(tab, key), formatAuthSecret(secret ?? ''))
    assert.equal(await use(tab, 'loadSecret'), secret)
    const other = generateAuthSecret()
    await use(tab, 'saveSecret', [other])
    await tab.reload()
    assert.equal(await stored(tab, key), formatAuthSecret(other))
    assert.equal(await use(tab, 'getOrCreateSecret'), other)
    await tab.profile.close()
  })

  it('takes a secret that Jazz has made', async () => {
    const tab = await newTab()
    const secret = generateAuthSecret()
    await keep(tab, key, formatAuthSecret(secret))
    assert.equal(await use(tab, 'loadSecret'), secret)
    assert.equal(await use(tab, 'getOrCreateSecret'), secret)
    await tab.profile.close()
  })

  it('adopts a guest of an older Jazz, whose key stays, and no more after signing out', async () => {
    const tab = await newTab()
    const secret = generateAuthSecret()
    await keep(tab, formerKey, secret)
    assert.equal(await use(tab, 'loadSecret'), secret)
    assert.equal(await stored(tab, key), null)
    assert.equal(await use(tab, 'getOrCreateSecret'), secret)
    assert.deepEqual([await stored(tab, key), await stored(tab, formerKey)], [formatAuthSecret(secret), secret])
    await use(tab, 'clearSecret')
    await tab.reload()
    assert.equal(await use(tab, 'loadSecret'), null)
    const next = await use(tab, 'getOrCreateSecret')
    assert.notEqual(next, secret)
    assert.equal(await stored(tab, formerKey), secret)
    await tab.profile.close()
  })

  it('does not adopt a guest over a secret that was saved', async () => {
    const tab = await newTab()
    const [former, saved] = [generateAuthSecret(), generateAuthSecret()]
    await keep(tab, formerKey, former)
    await use(tab, 'saveSecret', [saved])
    assert.equal(await use(tab, 'getOrCreateSecret'), saved)
    await use(tab, 'clearSecret')
    assert.equal(await use(tab, 'loadSecret'), null)
    await tab.profile.close()
  })

  it('has adopted a guest, although the page crashed before it noted so', async () => {
    const tab = await newTab()
    const secret = generateAuthSecret()
    await keep(tab, key, formatAuthSecret(secret))
    await keep(tab, formerKey, secret)
    assert.equal(await use(tab, 'getOrCreateSecret'), secret)
    await use(tab, 'clearSecret')
    assert.equal(await use(tab, 'loadSecret'), null)
    await tab.profile.close()
  })

  it('adopts one guest in many tabs at once', async () => {
    const profile = await newProfile()
    const first = await newTab(profile)
    const secret = generateAuthSecret()
    await keep(first, formerKey, secret)
    const tabs = [first, ...(await Promise.all(Array.from({ length: 3 }, () => newTab(profile))))]
    const secrets = await atOnce(
      NAME,
      scope,
      tabs.map((tab) => [tab, 'getOrCreateSecret']),
    )
    assert.deepEqual([...new Set(secrets)], [secret])
    await profile.close()
  })

  it('replaces nothing that it cannot read', async () => {
    const tab = await newTab()
    for (const name of [formerKey, key]) {
      await tab.evaluate(() => localStorage.clear())
      await keep(tab, name, 'no secret')
      for (const method of ['loadSecret', 'getOrCreateSecret']) {
        const called = await call(tab, NAME, method, [], scope)
        assert.equal('code' in called && called.code, 'damaged', method)
      }
      assert.equal(await stored(tab, name), 'no secret')
      const secret = generateAuthSecret()
      await use(tab, 'saveSecret', [secret])
      assert.equal(await use(tab, 'loadSecret'), secret)
    }
    await tab.profile.close()
  })

  it('adopts no one into a profile', async () => {
    const tab = await newTab()
    await keep(tab, formerKey, generateAuthSecret())
    const inProfile = { ...scope, profile: 'alice' }
    assert.equal(await value(call(tab, NAME, 'loadSecret', [], inProfile)), null)
    await tab.profile.close()
  })
})
