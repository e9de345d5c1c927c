// What a store in `localStorage` does by itself.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { generateAuthSecret } from 'local-first-identity/client'

import { until } from '../until.mts'
import { inEachBrowser } from './in-each-browser.mts'
import { call, value } from './store-pages.mts'

inEachBrowser('BrowserAuthSecretStore', ({ newProfile, serve }) => {
  const newTab = serve()

  it('has the key of Jazz’s own client, and takes what that has kept', async () => {
    const tab = await newTab()
    const secret = generateAuthSecret()
    await tab.evaluate((secret) => localStorage.setItem('jazz-auth-secret:my%20app:a%2Fb', secret), secret)
    const scope = { appId: ' my app ', userId: 'a/b' }
    assert.equal(await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], scope)), secret)
    const made = await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], { appId: 'another' }))
    assert.equal(await tab.evaluate(() => localStorage.getItem('jazz-auth-secret:another')), made)
    await tab.profile.close()
  })

  it('has static methods for a scope', async () => {
    const tab = await newTab()
    const secret = generateAuthSecret()
    const answers = await tab.evaluate(async (secret) => {
      const { BrowserAuthSecretStore: Store } = exported
      const scope = { appId: 'x' }
      const first = [await Store.loadSecret(scope), await Store.getOrCreateSecret()]
      await Store.saveSecret(secret, scope)
      const second = [await Store.getOrCreateSecret(scope), await Store.loadSecret(), await Store.clearSecret(scope)]
      return [...first, ...second, await Store.loadSecret(scope), await new Store().loadSecret()]
    }, secret)
    const [, own] = answers
    assert.deepEqual(answers, [null, own, secret, own, null, null, own])
    await tab.profile.close()
  })

  it('hears that all data was cleared in another tab', async () => {
    const profile = await newProfile()
    const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
    await value(call(here, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    const heard = here.evaluate(
      () => new Promise((resolve) => new exported.BrowserAuthSecretStore().subscribe((secret) => resolve(secret))),
    )
    await here.evaluate(() => 'the listener is there')
    await there.evaluate(() => localStorage.clear())
    assert.equal(await heard, null)
    await profile.close()
  })

  for (const [method, ...args] of [
    ['getOrCreateSecret'],
    ['saveSecret', generateAuthSecret()],
    ['clearSecret'],
  ] as const) {
    it(`waits for the tab that is changing it (${method})`, async () => {
      const profile = await newProfile()
      const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
      // As the store does it: look, find nothing, then write.
      await there.evaluate(
        () =>
          new Promise<void>((locked) => {
            const release = new Promise((resolve) => Object.assign(globalThis, { release: resolve }))
            navigator.locks.request('jazz-auth-secret', () => {
              locked()
              return release
            })
          }),
      )
      const asked = call(here, 'BrowserAuthSecretStore', method, [...args])
      await until('the other tab waits', () =>
        there.evaluate(async () => (await navigator.locks.query()).pending?.length === 1),
      )
      const secret = generateAuthSecret()
      await there.evaluate((secret) => {
        localStorage.setItem('jazz-auth-secret', secret)
        ;(globalThis as unknown as { release(): void }).release()
      }, secret)
      assert.equal(await value(asked), method === 'getOrCreateSecret' ? secret : null)
      const after = await value(call(here, 'BrowserAuthSecretStore', 'loadSecret'))
      assert.equal(after, { getOrCreateSecret: secret, saveSecret: args[0], clearSecret: null }[method])
      await profile.close()
    })
  }

  it('hears of its own secret alone', async () => {
    const profile = await newProfile()
    const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
    await here.evaluate(() => {
      const heard: unknown[] = []
      new exported.BrowserAuthSecretStore({ appId: 'x' }).subscribe((secret) => heard.push(secret))
      Object.assign(globalThis, { heard })
    })
    const heard = async (count: number) => {
      await until(
        `${count} changes are heard of`,
        async () => (await here.evaluate<unknown[]>('heard')).length >= count,
      )
      return here.evaluate('heard')
    }
    await value(call(there, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    await there.evaluate(() => sessionStorage.setItem('jazz-auth-secret:x', 'another storage'))
    const made = await value(call(there, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], { appId: 'x' }))
    // What it hears of is what it finds by then.
    assert.deepEqual(await heard(1), [made])
    await there.evaluate(() => localStorage.setItem('jazz-auth-secret:x', 'no secret'))
    assert.deepEqual(await heard(2), [made, null])
    await profile.close()
  })

  it('takes what other code did to the storage for what it is, five seconds after its own last change', async () => {
    const tab = await newTab()
    const later = () =>
      tab.evaluate(() =>
        Object.assign(Date, {
          now: (
            (now) => () =>
              now() + 5001
          )(Date.now),
        }),
      )
    const decided = () =>
      tab.evaluate(
        () =>
          new Promise<{ secret: string } | null>((resolve) => {
            const request = indexedDB.open('local-first-identity')
            request.onsuccess = () => {
              const found = request.result.transaction('secrets').objectStore('secrets').get('decided:jazz-auth-secret')
              found.onsuccess = () => resolve(found.result ?? null)
            }
          }),
      )
    const first = await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal((await decided())?.secret, first)
    await tab.evaluate(() => localStorage.clear())
    assert.equal(await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret')), first)
    await tab.evaluate(() => localStorage.clear())
    await later()
    const second = await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.notEqual(second, first)
    await later()
    assert.equal(await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret')), second)
    assert.equal(await decided(), null)
    await tab.profile.close()
  })

  it('makes and forgets a secret where there is no IndexedDB', async () => {
    const tab = await newTab()
    await tab.evaluate(`void Object.defineProperty(globalThis, 'indexedDB', { value: undefined })`)
    const secret = await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret')), secret)
    await value(call(tab, 'BrowserAuthSecretStore', 'clearSecret'))
    assert.notEqual(await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret')), secret)
    await tab.profile.close()
  })

  it('makes a secret on a page without locks, too', async () => {
    const tab = await newTab()
    await tab.evaluate(`void Object.defineProperty(navigator, 'locks', { value: undefined })`)
    const secret = await value(call(tab, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(tab, 'BrowserAuthSecretStore', 'loadSecret')), secret)
    await tab.profile.close()
  })
})
