// The state is as new as the store: when an action has ended, and when a page comes back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  type AuthSecretStore,
  createLocalFirstAuth,
  generateAuthSecret,
  MemoryAuthSecretStore,
} from 'local-first-identity/client'

const ready = (secret: string | null) => ({ secret, isLoading: false, error: null })
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('createLocalFirstAuth', () => {
  it('has the new state once signing out, logging in or trying again has ended, however late the store tells of changes', async () => {
    const memory = new MemoryAuthSecretStore()
    const listeners = new Set<() => void>()
    let isBroken = false
    const tell = () => setImmediate(() => listeners.forEach((listener) => void listener()))
    const store: AuthSecretStore = {
      loadSecret: () => memory.loadSecret(),
      async saveSecret(secret) {
        await memory.saveSecret(secret)
        tell()
      },
      async clearSecret() {
        await memory.clearSecret()
        tell()
      },
      async getOrCreateSecret() {
        await settled()
        await settled()
        if (isBroken) throw new Error('broken')
        return memory.getOrCreateSecret()
      },
      subscribe(listener) {
        const own = () => listener(null)
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    }
    const auth = createLocalFirstAuth(store)
    auth.subscribe(() => {})
    await auth.retry()
    for (let round = 0; round < 5; round++) {
      const before = auth.getState().secret
      await auth.signOut()
      const after = auth.getState()
      assert.notEqual(after.secret, before)
      assert.deepEqual(after, ready(await memory.loadSecret()))
      const secret = generateAuthSecret()
      await auth.login(secret)
      assert.deepEqual(auth.getState(), ready(secret))
    }
    isBroken = true
    tell()
    await auth.retry()
    assert.equal(auth.getState().error?.message, 'broken')
    isBroken = false
    tell()
    await auth.retry()
    assert.deepEqual(auth.getState(), ready(await memory.loadSecret()))
  })

  it('looks again when its page comes back from the back/forward cache, until no one is subscribed', async (t) => {
    const target = new EventTarget()
    const names = ['addEventListener', 'removeEventListener'] as const
    for (const name of names) Object.assign(globalThis, { [name]: target[name].bind(target) })
    t.after(() => names.forEach((name) => void delete (globalThis as Record<string, unknown>)[name]))
    let asked = 0
    class CountingStore extends MemoryAuthSecretStore {
      override getOrCreateSecret() {
        asked++
        return super.getOrCreateSecret()
      }
    }
    const auth = createLocalFirstAuth(new CountingStore())
    const end = auth.subscribe(() => {})
    const show = (persisted: boolean) => target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
    show(false)
    assert.equal(asked, 1)
    show(true)
    assert.equal(asked, 2)
    end()
    show(true)
    assert.equal(asked, 2)
  })
})
