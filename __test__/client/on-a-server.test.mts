// What a module of an app does where a server renders its pages: nothing is known of a person there.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  BrowserAuthSecretStore,
  BrowserPasskeyBackup,
  createLocalFirstAuth,
  generateAuthSecret,
  IndexedDBAuthSecretStore,
} from 'local-first-identity/client'

describe('a module that a server renders', () => {
  it('makes its stores, its identity and its passkeys, as in a browser', async () => {
    for (const store of [new BrowserAuthSecretStore({ appId: 'my-app' }), new IndexedDBAuthSecretStore()]) {
      const auth = createLocalFirstAuth(store)
      assert.deepEqual(auth.getState(), { secret: null, isLoading: true, error: null })
      await assert.rejects(store.getOrCreateSecret(), { name: 'AuthSecretStoreError', code: 'unavailable' })
    }
    const passkeys = new BrowserPasskeyBackup({ appName: 'My app' })
    await assert.rejects(passkeys.restore(), { name: 'PasskeyBackupError', code: 'not-supported' })
    await assert.rejects(passkeys.backup(generateAuthSecret(), 'Ada'), { code: 'not-supported' })
  })
})

/** What Deno has, and Node from 25 on. */
class Storage {
  readonly #items = new Map<string, string>()
  getItem = (key: string) => this.#items.get(key) ?? null
  setItem = (key: string, value: string) => void this.#items.set(key, value)
  removeItem = (key: string) => void this.#items.delete(key)
  get length() {
    return this.#items.size
  }
}

describe('the localStorage of a server', () => {
  const define = (globals: Record<string, unknown>) => {
    const before = Object.fromEntries(
      Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
    )
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    }
    return () => {
      for (const [name, descriptor] of Object.entries(before)) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor)
        else delete (globalThis as Record<string, unknown>)[name]
      }
    }
  }

  it('keeps no secret: all of its users would have one', async () => {
    const localStorage = new Storage()
    const restore = define({ Storage, localStorage })
    try {
      const store = new BrowserAuthSecretStore()
      const cause = /localStorage is a server’s/
      for (const attempt of [
        store.loadSecret(),
        store.getOrCreateSecret(),
        store.saveSecret(generateAuthSecret()),
        store.clearSecret(),
      ]) {
        await assert.rejects(attempt, (error: Error & { code: string }) => {
          assert.equal(error.code, 'unavailable')
          assert.match(String(error.cause), cause)
          return true
        })
      }
      assert.equal(localStorage.length, 0)
    } finally {
      restore()
    }
  })

  it('is a page’s where there is a document, as in jsdom', async () => {
    const restore = define({ Storage, localStorage: new Storage(), document: {} })
    try {
      const store = new BrowserAuthSecretStore()
      const secret = await store.getOrCreateSecret()
      assert.equal(await store.loadSecret(), secret)
    } finally {
      restore()
    }
  })
})
