// What a store in IndexedDB does by itself.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { deriveUserId, generateAuthSecret } from 'local-first-identity/client'

import { inEachBrowser } from './in-each-browser.mts'
import { call, value } from './store-pages.mts'

inEachBrowser('IndexedDBAuthSecretStore', ({ newProfile, serve }) => {
  const newTab = serve()

  it('keeps a ciphertext, and a key that no script can take out', async () => {
    const tab = await newTab()
    const secret = (await value(call(tab, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))) ?? ''
    const found = await tab.evaluate(
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
    assert.equal(await tab.evaluate(() => localStorage.length), 0)
    await tab.profile.close()
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
    const tab = await newTab()
    const secrets = [generateAuthSecret(), generateAuthSecret()]
    const heard = await tab.evaluate(`(async ([first, second]) => {
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
    await tab.profile.close()
  })

  it('keeps a secret where there is no channel to tell others by', async () => {
    const tab = await newTab()
    await tab.evaluate(`void Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined })`)
    const secret = await value(call(tab, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))
    assert.equal(await value(call(tab, 'IndexedDBAuthSecretStore', 'loadSecret')), secret)
    await tab.profile.close()
  })

  it('works in a worker, where a proof is minted, too', async () => {
    const tab = await newTab()
    const secret = (await value(call(tab, 'IndexedDBAuthSecretStore', 'getOrCreateSecret'))) ?? ''
    const proof = await tab.evaluate(
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
    await tab.profile.close()
  })
})
