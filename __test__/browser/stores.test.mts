// The stores of a browser, in one.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { deriveUserId, generateAuthSecret } from 'local-first-identity/client'
import type { Browser, BrowserContext, Page } from 'playwright-core'

import { launchChromium, noChromium } from './chromium.mts'
import { type Site, startSite } from './site.mts'

type StoreName = 'BrowserAuthSecretStore' | 'IndexedDBAuthSecretStore'
type Called = { value: string | null } | { error: string; code: string | undefined }

let browser: Browser
let site: Site
before(async () => {
  if (noChromium) return
  ;[browser, site] = await Promise.all([launchChromium(), startSite()])
})
after(async () => {
  await browser?.close()
  site?.stop()
})

const newProfile = (): Promise<BrowserContext> => browser.newContext()
async function newTab(profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  await page.goto(site.origin)
  return page
}

/** Calls one method of a store in a page. */
const call = (page: Page, name: StoreName, method: string, args: unknown[] = [], scope = {}): Promise<Called> =>
  page.evaluate(
    async ({ name, method, args, scope }) => {
      const store = new exported[name](scope) as unknown as Record<
        string,
        (...args: unknown[]) => Promise<string | null>
      >
      try {
        return { value: (await store[method]?.(...args)) ?? null }
      } catch (error) {
        const { name, message, code } = error as Error & { code?: string }
        return { error: `${name}: ${message}`, code }
      }
    },
    { name, method, args, scope },
  )
/** Calls one method of a store in a page as soon as the other pages do: at the same time by the clock. */
const atOnce = (
  page: Page,
  name: StoreName,
  method: string,
  scope: object,
  ...args: string[]
): Promise<string | null> =>
  page.evaluate(
    async ({ name, method, scope, args, at }) => {
      const store = new exported[name](scope) as unknown as Record<
        string,
        (...args: string[]) => Promise<string | null>
      >
      while (Date.now() < at);
      return (await store[method]?.(...args)) ?? null
    },
    { name, method, scope, args, at: Date.now() + 60 },
  )
const value = async (called: Promise<Called>): Promise<string | null> => {
  const answer = await called
  assert.ok('value' in answer, JSON.stringify(answer))
  return answer.value
}

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

describe('BrowserAuthSecretStore', { skip: noChromium, timeout: 60_000 }, () => {
  it('has the key of Jazz’s own client, and takes what that has kept', async () => {
    const page = await newTab(await newProfile())
    const secret = generateAuthSecret()
    await page.evaluate((secret) => localStorage.setItem('jazz-auth-secret:my%20app:a%2Fb', secret), secret)
    const scope = { appId: ' my app ', userId: 'a/b' }
    assert.equal(await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], scope)), secret)
    const made = await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], { appId: 'another' }))
    assert.equal(await page.evaluate(() => localStorage.getItem('jazz-auth-secret:another')), made)
    await page.context().close()
  })

  it('has static methods for a scope', async () => {
    const page = await newTab(await newProfile())
    const secret = generateAuthSecret()
    const answers = await page.evaluate(async (secret) => {
      const { BrowserAuthSecretStore: Store } = exported
      const scope = { appId: 'x' }
      const first = [await Store.loadSecret(scope), await Store.getOrCreateSecret()]
      await Store.saveSecret(secret, scope)
      const second = [await Store.getOrCreateSecret(scope), await Store.loadSecret(), await Store.clearSecret(scope)]
      return [...first, ...second, await Store.loadSecret(scope), await new Store().loadSecret()]
    }, secret)
    const [, own] = answers
    assert.deepEqual(answers, [null, own, secret, own, undefined, null, own])
    await page.context().close()
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
      await there.waitForFunction(async () => (await navigator.locks.query()).pending?.length === 1)
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
    const heard = here.evaluate(
      () =>
        new Promise((resolve) => {
          const heard: unknown[] = []
          new exported.BrowserAuthSecretStore({ appId: 'x' }).subscribe((secret) => {
            if (heard.push(secret) === 2) resolve(heard)
          })
        }),
    )
    await here.evaluate(() => 'the listener is there')
    await value(call(there, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    await there.evaluate(() => sessionStorage.setItem('jazz-auth-secret:x', 'another storage'))
    const made = await value(call(there, 'BrowserAuthSecretStore', 'getOrCreateSecret', [], { appId: 'x' }))
    await there.evaluate(() => localStorage.setItem('jazz-auth-secret:x', 'no secret'))
    assert.deepEqual(await heard, [made, null])
    await profile.close()
  })

  it('takes what other code did to the storage for what it is, five seconds after its own last change', async () => {
    const page = await newTab(await newProfile())
    const later = () =>
      page.evaluate(() =>
        Object.assign(Date, {
          now: (
            (now) => () =>
              now() + 5001
          )(Date.now),
        }),
      )
    const decided = () =>
      page.evaluate(
        () =>
          new Promise<{ secret: string } | undefined>((resolve) => {
            const request = indexedDB.open('local-first-identity')
            request.onsuccess = () => {
              const found = request.result.transaction('secrets').objectStore('secrets').get('decided:jazz-auth-secret')
              found.onsuccess = () => resolve(found.result)
            }
          }),
      )
    const first = await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal((await decided())?.secret, first)
    await page.evaluate(() => localStorage.clear())
    assert.equal(await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret')), first)
    await page.evaluate(() => localStorage.clear())
    await later()
    const second = await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.notEqual(second, first)
    await later()
    assert.equal(await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret')), second)
    assert.equal(await decided(), undefined)
    await page.context().close()
  })

  it('makes and forgets a secret where there is no IndexedDB', async () => {
    const page = await newTab(await newProfile())
    await page.evaluate(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }))
    const secret = await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret')), secret)
    await value(call(page, 'BrowserAuthSecretStore', 'clearSecret'))
    assert.notEqual(await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret')), secret)
    await page.context().close()
  })

  it('makes a secret on a page without locks, too', async () => {
    const page = await newTab(await newProfile())
    await page.evaluate(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
    const secret = await value(call(page, 'BrowserAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(page, 'BrowserAuthSecretStore', 'loadSecret')), secret)
    await page.context().close()
  })
})

describe('IndexedDBAuthSecretStore', { skip: noChromium, timeout: 60_000 }, () => {
  it('keeps a ciphertext, and a key that no script can take out', async () => {
    const page = await newTab(await newProfile())
    const secret = (await value(call(page, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))) ?? ''
    const found = await page.evaluate(
      () =>
        new Promise<{ names: string[]; bytes: number[]; extractable: boolean; exported: string }>((resolve) => {
          const request = indexedDB.open('local-first-identity')
          request.onsuccess = () => {
            const stored = request.result.transaction('secrets').objectStore('secrets').get('jazz-auth-secret')
            stored.onsuccess = async () => {
              const { key, iv, ciphertext } = stored.result
              const bytes = [...iv, ...new Uint8Array(ciphertext)]
              const exported = await crypto.subtle.exportKey('raw', key).then(
                () => 'exported',
                ({ name }) => name,
              )
              resolve({ names: Object.keys(stored.result).sort(), bytes, extractable: key.extractable, exported })
            }
          }
        }),
    )
    assert.deepEqual(found.names, ['ciphertext', 'iv', 'key'])
    assert.equal(found.bytes.length, 12 + 32 + 16)
    assert.deepEqual([found.extractable, found.exported], [false, 'InvalidAccessError'])
    assert.ok(!Buffer.from(found.bytes).includes(Buffer.from(secret, 'base64url')))
    assert.equal(await page.evaluate(() => localStorage.length), 0)
    await page.context().close()
  })

  it('lets its database be deleted, and starts anew', async () => {
    const profile = await newProfile()
    const [here, there] = await Promise.all([newTab(profile), newTab(profile)])
    const name = 'IndexedDBAuthSecretStore'
    const secret = await value(call(here, name, 'getOrCreateSecret'))
    const deleted = await there.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.deleteDatabase('local-first-identity')
          request.onsuccess = () => resolve('deleted')
          request.onblocked = () => resolve('blocked')
        }),
    )
    assert.equal(deleted, 'deleted')
    const made = await value(call(here, name, 'getOrCreateSecret'))
    assert.notEqual(made, secret)
    assert.equal(await value(call(there, name, 'getOrCreateSecret')), made)
    await profile.close()
  })

  it('tells the newest of several changes, however long it takes to decrypt the older', async () => {
    const page = await newTab(await newProfile())
    const secrets = [generateAuthSecret(), generateAuthSecret()]
    const heard = await page.evaluate(`(async ([first, second]) => {
      const heard = []
      const store = new exported.IndexedDBAuthSecretStore()
      const hasHeard = new Promise((resolve) => {
        store.subscribe((secret) => {
          heard.push(secret)
          if (secret === second) resolve()
        })
      })
      const decrypt = SubtleCrypto.prototype.decrypt
      let calls = 0
      let open
      const isOpen = new Promise((resolve) => { open = resolve })
      SubtleCrypto.prototype.decrypt = async function (...args) {
        const isFirst = calls++ === 0
        const opened = await decrypt.apply(this, args)
        if (isFirst) await isOpen
        return opened
      }
      await store.saveSecret(first)
      while (calls === 0) await new Promise((resolve) => setTimeout(resolve))
      await store.saveSecret(second)
      await hasHeard
      open()
      await store.loadSecret()
      return heard
    })(${JSON.stringify(secrets)})`)
    assert.deepEqual(heard, [secrets[1]])
    await page.context().close()
  })

  it('keeps a secret where there is no channel to tell others by', async () => {
    const page = await newTab(await newProfile())
    await page.evaluate(() => Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined }))
    const secret = await value(call(page, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(page, 'IndexedDBAuthSecretStore', 'loadSecret')), secret)
    await page.context().close()
  })

  it('works in a worker, where a proof is minted, too', async () => {
    const page = await newTab(await newProfile())
    const secret = (await value(call(page, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))) ?? ''
    const proof = await page.evaluate(
      () =>
        new Promise<string>((resolve, reject) => {
          const worker = new Worker('/worker.js')
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = reject
          worker.postMessage(`async () => {
            const secret = await new exported.IndexedDBAuthSecretStore().loadSecret()
            return exported.getLocalFirstIdentityProof({ secret, audience: 'my-app-signup' })
          }`)
        }),
    )
    assert.equal(verifyLocalFirstIdentityProof(proof, 'my-app-signup').id, deriveUserId(secret))
    await page.context().close()
  })
})
