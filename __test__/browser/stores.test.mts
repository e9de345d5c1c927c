// What both of a browser's stores do.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { generateAuthSecret } from 'local-first-identity/client'
import type { Page } from 'playwright-core'

import { noChromium } from './chromium.mts'
import { atOnce, call, newProfile, newTab, value } from './store-pages.mts'

for (const name of ['BrowserAuthSecretStore', 'IndexedDBAuthSecretStore'] as const) {
  describe(name, { skip: noChromium, timeout: 120_000 }, () => {
    it('has nothing at first, keeps what is saved over a reload, and forgets what is cleared', async () => {
      const page = await newTab(await newProfile())
      const secret = generateAuthSecret()
      assert.equal(await value(call(page, name, 'loadSecret')), null)
      await value(call(page, name, 'saveSecret', [secret]))
      await page.reload()
      assert.equal(await value(call(page, name, 'loadSecret')), secret)
      assert.equal(await value(call(page, name, 'getOrCreateSecret')), secret)
      await value(call(page, name, 'clearSecret'))
      await page.reload()
      assert.equal(await value(call(page, name, 'loadSecret')), null)
      assert.notEqual(await value(call(page, name, 'getOrCreateSecret')), secret)
      await page.context().close()
    })

    it('makes one secret, however many tabs create at once', async () => {
      const profile = await newProfile()
      const pages = await Promise.all(Array.from({ length: 4 }, () => newTab(profile)))
      for (let round = 0; round < 40; round++) {
        const scope = { appId: `round ${round}` }
        const secrets = new Set(await Promise.all(pages.map((page) => atOnce(page, name, 'getOrCreateSecret', scope))))
        assert.deepEqual([...secrets], [await value(call(pages[0] as Page, name, 'loadSecret', [], scope))], `${round}`)
      }
      await profile.close()
    })

    it('keeps a secret that is saved while another tab creates one', async () => {
      const profile = await newProfile()
      const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
      for (let round = 0; round < 20; round++) {
        const [scope, secret] = [{ appId: `round ${round}` }, generateAuthSecret()]
        await Promise.all([
          atOnce(here, name, 'getOrCreateSecret', scope),
          atOnce(there, name, 'saveSecret', scope, secret),
        ])
        for (const page of [here, there]) {
          assert.equal(await value(call(page, name, 'getOrCreateSecret', [], scope)), secret, `${round}`)
        }
      }
      await profile.close()
    })

    it('keeps the secrets of apps and of their users apart', async () => {
      const page = await newTab(await newProfile())
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
      for (const scope of scopes) made.push(await value(call(page, name, 'getOrCreateSecret', [], scope)))
      assert.equal(new Set(made).size, scopes.length)
      for (const [index, scope] of scopes.entries()) {
        assert.equal(await value(call(page, name, 'loadSecret', [], scope)), made[index])
      }
      await page.context().close()
    })

    it('tells of changes in this tab and in others, until that is ended', async () => {
      const profile = await newProfile()
      const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
      for (const page of [here, there]) {
        await page.evaluate((name) => {
          const heard: (string | null)[] = []
          const end = new exported[name]().subscribe((secret) => heard.push(secret))
          Object.assign(globalThis, { heard, end })
        }, name)
      }
      const heardBy = async (page: Page, count: number) => {
        await page.waitForFunction(
          (count) => (globalThis as unknown as { heard: unknown[] }).heard.length >= count,
          count,
        )
        return page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard)
      }
      const created = await value(call(here, name, 'getOrCreateSecret'))
      for (const page of [here, there]) assert.deepEqual(await heardBy(page, 1), [created])
      await value(call(there, name, 'clearSecret'))
      for (const page of [here, there]) assert.deepEqual(await heardBy(page, 2), [created, null])
      await there.evaluate(() => (globalThis as unknown as { end(): void }).end())
      const secret = generateAuthSecret()
      await value(call(here, name, 'saveSecret', [secret]))
      assert.deepEqual(await heardBy(here, 3), [created, null, secret])
      await value(call(there, name, 'getOrCreateSecret'))
      assert.deepEqual(await heardBy(there, 2), [created, null])
      await profile.close()
    })

    it('refuses what is no secret, and keeps what it has', async () => {
      const page = await newTab(await newProfile())
      const secret = await value(call(page, name, 'getOrCreateSecret'))
      assert.deepEqual(await call(page, name, 'saveSecret', ['x']), {
        error: 'TypeError: secret must be 32 bytes as 43 characters of base64url without padding',
        code: undefined,
      })
      assert.equal(await value(call(page, name, 'loadSecret')), secret)
      await page.context().close()
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
      const page = await newTab(await newProfile())
      await value(call(page, name, 'getOrCreateSecret'))
      await page.evaluate(damage[name])
      const error = 'AuthSecretStoreError: What is stored is no secret. Save one, or clear it.'
      for (const method of ['loadSecret', 'getOrCreateSecret']) {
        assert.deepEqual(await call(page, name, method), { error, code: 'damaged' })
      }
      const secret = generateAuthSecret()
      await value(call(page, name, 'saveSecret', [secret]))
      assert.equal(await value(call(page, name, 'loadSecret')), secret)
      await page.context().close()
    })

    it('says so where the site may keep nothing', async () => {
      const page = await newTab(await newProfile())
      // A frame without an origin of its own has no storage, as a browser has none that blocks a site's data.
      const called = await page.evaluate(async (name) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-scripts')
        const code = await (await fetch('/client.js')).text()
        const program = `new exported.${name}().getOrCreateSecret().catch(({ name, code }) => parent.postMessage(name + ' ' + code, '*'))`
        frame.srcdoc = `<script>${code.replaceAll('</', '<\\/')};${program}</script>`
        document.body.append(frame)
        return new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
      }, name)
      assert.equal(called, 'AuthSecretStoreError unavailable')
      await page.context().close()
    })
  })
}
