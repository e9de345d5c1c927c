// What both of a browser's stores do.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { formatAuthSecret, generateAuthSecret } from 'local-first-identity/client'

import { until } from '../until.mts'
import { inEachBrowser } from './in-each-browser.mts'
import { atOnce, call, value } from './store-pages.mts'
import type { Tab } from './test-browser.mts'

for (const name of ['BrowserAuthSecretStore', 'IndexedDBAuthSecretStore'] as const) {
  inEachBrowser(name, ({ newProfile, serve }) => {
    const newTab = serve()
    it('has nothing at first, keeps what is saved over a reload, and forgets what is cleared', async () => {
      const tab = await newTab()
      const secret = generateAuthSecret()
      assert.equal(await value(call(tab, name, 'loadSecret')), null)
      await value(call(tab, name, 'saveSecret', [secret]))
      await tab.reload()
      assert.equal(await value(call(tab, name, 'loadSecret')), secret)
      assert.equal(await value(call(tab, name, 'getOrCreateSecret')), secret)
      await value(call(tab, name, 'clearSecret'))
      await tab.reload()
      assert.equal(await value(call(tab, name, 'loadSecret')), null)
      assert.notEqual(await value(call(tab, name, 'getOrCreateSecret')), secret)
      await tab.profile.close()
    })

    it('keeps one identity of a secret in the spelling of Jazz 2.0.0-alpha.54', async () => {
      const tab = await newTab()
      const secret = generateAuthSecret()
      await value(call(tab, name, 'saveSecret', [formatAuthSecret(secret)]))
      assert.equal(await value(call(tab, name, 'loadSecret')), secret)
      assert.equal(await value(call(tab, name, 'getOrCreateSecret')), secret)
      assert.equal(await value(call(tab, name, 'compareAndClear', [formatAuthSecret(secret)])), true)
      assert.equal(await value(call(tab, name, 'loadSecret')), null)
      await tab.profile.close()
    })

    it('makes one secret, however many tabs create at once', async () => {
      const profile = await newProfile()
      const tabs = await Promise.all(Array.from({ length: 4 }, () => newTab(profile)))
      for (let round = 0; round < 20; round++) {
        const scope = { appId: `round ${round}` }
        const secrets = new Set(
          await atOnce(
            name,
            scope,
            tabs.map((tab) => [tab, 'getOrCreateSecret']),
          ),
        )
        assert.deepEqual([...secrets], [await value(call(tabs[0] as Tab, name, 'loadSecret', [], scope))], `${round}`)
      }
      await profile.close()
    })

    it('keeps a secret that is saved while another tab creates one', async () => {
      const profile = await newProfile()
      const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
      for (let round = 0; round < 20; round++) {
        const [scope, secret] = [{ appId: `round ${round}` }, generateAuthSecret()]
        await atOnce(name, scope, [
          [here, 'getOrCreateSecret'],
          [there, 'saveSecret', secret],
        ])
        for (const tab of [here, there]) {
          assert.equal(await value(call(tab, name, 'getOrCreateSecret', [], scope)), secret, `${round}`)
        }
      }
      await profile.close()
    })

    it('keeps the secrets of apps and of their users apart', async () => {
      const tab = await newTab()
      const scopes = [
        {},
        { appId: 'a' },
        { appId: 'b' },
        { appId: 'a', userId: 'u' },
        { appId: 'a', userId: 'v' },
        { appId: 'a:u' },
        { appId: 'a', userId: 'u:v' },
      ]
      const made = []
      for (const scope of scopes) made.push(await value(call(tab, name, 'getOrCreateSecret', [], scope)))
      assert.equal(new Set(made).size, scopes.length)
      for (const [index, scope] of scopes.entries()) {
        assert.equal(await value(call(tab, name, 'loadSecret', [], scope)), made[index])
      }
      await tab.profile.close()
    })

    it('tells of changes in this tab and in others, until that is ended', async () => {
      const profile = await newProfile()
      const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
      for (const tab of [here, there]) {
        await tab.evaluate((name) => {
          const heard: (string | null)[] = []
          const end = new exported[name]().subscribe((secret) => heard.push(secret))
          Object.assign(globalThis, { heard, end })
        }, name)
      }
      const heardBy = async (tab: Tab, count: number) => {
        await until(
          `${count} changes are heard of`,
          async () => (await tab.evaluate<unknown[]>('heard')).length >= count,
        )
        return tab.evaluate('heard')
      }
      const created = await value(call(here, name, 'getOrCreateSecret'))
      for (const tab of [here, there]) assert.deepEqual(await heardBy(tab, 1), [created])
      await value(call(there, name, 'clearSecret'))
      for (const tab of [here, there]) assert.deepEqual(await heardBy(tab, 2), [created, null])
      await there.evaluate('end()')
      const secret = generateAuthSecret()
      await value(call(here, name, 'saveSecret', [secret]))
      assert.deepEqual(await heardBy(here, 3), [created, null, secret])
      await value(call(there, name, 'getOrCreateSecret'))
      assert.deepEqual(await heardBy(there, 2), [created, null])
      await profile.close()
    })

    it('refuses what is no secret, and keeps what it has', async () => {
      const tab = await newTab()
      const secret = await value(call(tab, name, 'getOrCreateSecret'))
      assert.deepEqual(await call(tab, name, 'saveSecret', ['x']), {
        error: 'TypeError: secret must be 32 bytes as 43 characters of base64url without padding',
        code: 'ERR_INVALID_ARG_VALUE',
      })
      assert.equal(await value(call(tab, name, 'loadSecret')), secret)
      await tab.profile.close()
    })

    const damage = {
      BrowserAuthSecretStore: () => localStorage.setItem('jazz-auth-secret', 'no secret'),
      IndexedDBAuthSecretStore: () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('local-first-identity')
          request.onerror = reject
          request.onsuccess = () => {
            const transaction = request.result.transaction('secrets', 'readwrite')
            const secrets = transaction.objectStore('secrets')
            const found = secrets.get('jazz-auth-secret')
            found.onsuccess = () => {
              new Uint8Array(found.result.ciphertext).fill(7, 0, 1)
              secrets.put(found.result, 'jazz-auth-secret')
            }
            transaction.oncomplete = () => resolve()
          }
        }),
    }

    it('does not put a new secret over what it cannot read, until told so', async () => {
      const tab = await newTab()
      await value(call(tab, name, 'getOrCreateSecret'))
      await tab.evaluate(damage[name])
      const error = 'AuthSecretStoreError: What is stored is no secret. Save one, or clear it.'
      for (const method of ['loadSecret', 'getOrCreateSecret']) {
        assert.deepEqual(await call(tab, name, method), { error, code: 'damaged' })
      }
      const secret = generateAuthSecret()
      await value(call(tab, name, 'saveSecret', [secret]))
      assert.equal(await value(call(tab, name, 'loadSecret')), secret)
      await tab.profile.close()
    })

    it('says so where the site may keep nothing', async () => {
      const tab = await newTab()
      // A frame without an origin of its own has no storage, as a browser has none that blocks a site's data.
      const called = await tab.evaluate(async (name) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-scripts')
        const code = await (await fetch('/client.js')).text()
        const program = `new exported.${name}().getOrCreateSecret().catch(({ name, code }) => parent.postMessage(name + ' ' + code, '*'))`
        frame.srcdoc = `<script>${code.replaceAll('</', '<\\/')};${program}</script>`
        document.body.append(frame)
        return new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
      }, name)
      assert.equal(called, 'AuthSecretStoreError unavailable')
      await tab.profile.close()
    })
  })
}
