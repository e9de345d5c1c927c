// The hooks on a server, and what they give to call. In a browser: ../browser/hooks.test.mts.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import {
  type AuthSecretStore,
  createLocalFirstAuth,
  generateAuthSecret,
  MemoryAuthSecretStore,
  RecoveryPhrase,
} from 'local-first-identity/client'
import type * as react from 'local-first-identity/client/react'
import * as solid from 'local-first-identity/client/solid'
import * as svelte from 'local-first-identity/client/svelte'
import * as vue from 'local-first-identity/client/vue'
import type { Accessor } from 'solid-js'
import { type ComputedRef, effectScope } from 'vue'

import { hooksApps } from '../browser/hooks-apps.mts'
import { type Equal, holds } from '../holds.mts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Renders a component with the origin's identity, one that no one has followed, and one that is known already. */
const onServer = (server: string) => `${server}
import { createLocalFirstAuth, generateAuthSecret, MemoryAuthSecretStore } from 'local-first-identity/client'

const touched = []
for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'BroadcastChannel'])
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) })
function watched() {
  const store = new MemoryAuthSecretStore()
  return new Proxy(store, {
    get: (_, name) => typeof store[name] !== 'function' ? store[name] : (...args) => {
      touched.push(name)
      return store[name](...args)
    },
  })
}
const known = createLocalFirstAuth(watched())
await known.login(generateAuthSecret())
const passkeys = { backup: () => touched.push('backup'), restore: () => touched.push('restore') }
const shown = []
for (const auth of [undefined, createLocalFirstAuth(watched()), known]) {
  const markup = await renderToText({ id: 'rendered', auth, passkeys, handOut() {} })
  shown.push(JSON.parse(/\\{.*\\}/s.exec(markup)[0].replaceAll('&quot;', '"')))
}
await new Promise(setImmediate)
console.log(JSON.stringify({ shown, touched }))`

describe('the hooks on a server', () => {
  const loading = {
    secret: null,
    isLoading: true,
    error: null,
    recoveryPhrase: null,
    backupsAreLoading: [true, true],
  }
  for (const { framework, server } of hooksApps) {
    it(`of ${framework} are loading, whatever is known, and touch no storage`, () => {
      const program = ['--input-type=module', '--eval', onServer(server)]
      const printed = JSON.parse(execFileSync(process.execPath, program, { cwd: root, encoding: 'utf8' }))
      // The one call is that of the login before.
      assert.deepEqual(printed, { shown: [loading, loading, loading], touched: ['saveSecret'] })
    })
  }
})

/** A store that gives its secret when it is told to. */
function slowStore() {
  let answer: (given: string | Promise<never>) => void = () => assert.fail('nobody asked')
  const store: AuthSecretStore = Object.assign(new MemoryAuthSecretStore(), {
    getOrCreateSecret: () => new Promise<string>((resolve) => (answer = resolve)),
  })
  return { store, answer: (given: string | Promise<never>) => answer(given) }
}

const noted = () => {
  const calls: string[][] = []
  const backup = async (...args: string[]) => {
    calls.push(args)
    return 'prf' as const
  }
  return { calls, passkeys: { backup } }
}

for (const [framework, hooks] of Object.entries({ vue, svelte, solid })) {
  describe(`the backup hooks of ${framework}, without a component`, () => {
    it('back up the secret once it is there, though nothing else asked for it', async () => {
      const { store, answer } = slowStore()
      const { calls, passkeys } = noted()
      const done = hooks.usePasskeyBackup(passkeys, createLocalFirstAuth(store)).backupWithPasskey('Ada')
      const secret = generateAuthSecret()
      assert.deepEqual(calls, [])
      answer(secret)
      assert.equal(await done, 'prf')
      assert.deepEqual(calls, [[secret, 'Ada']])
    })

    it('reject with the error that there is in place of a secret', async () => {
      const { store, answer } = slowStore()
      const { calls, passkeys } = noted()
      const done = hooks.usePasskeyBackup(passkeys, createLocalFirstAuth(store)).backupWithPasskey('Ada')
      const error = new Error('the storage is locked')
      answer(Promise.reject(error))
      await assert.rejects(done, error)
      assert.deepEqual(calls, [])
    })

    it('follow the identity no longer than they wait for it', async () => {
      let subscribed = 0
      const store: AuthSecretStore = Object.assign(new MemoryAuthSecretStore(), {
        subscribe() {
          subscribed++
          return () => void subscribed--
        },
      })
      const auth = createLocalFirstAuth(store)
      const done = hooks.usePasskeyBackup(noted().passkeys, auth).backupWithPasskey('Ada')
      assert.equal(subscribed, 1)
      await done
      assert.equal(subscribed, 0)
    })

    it('restore from a phrase, or reject and leave the secret as it was', async () => {
      const store = new MemoryAuthSecretStore()
      const before = await store.getOrCreateSecret()
      const restore = hooks.useRecoveryPhraseRestore(createLocalFirstAuth(store))
      const secret = generateAuthSecret()
      const words = RecoveryPhrase.fromSecret(secret)
      const wrong = { name: 'RecoveryPhraseError', code: 'invalid-word', position: 3 }
      await assert.rejects(restore(words.split(' ').with(2, 'xx').join(' ')), wrong)
      assert.equal(await store.loadSecret(), before)
      assert.equal(await restore(` ${words.toUpperCase()}\n`), undefined)
      assert.equal(await store.loadSecret(), secret)
    })

    it('restore from a passkey, or reject and leave the secret as it was', async () => {
      const store = new MemoryAuthSecretStore()
      const auth = createLocalFirstAuth(store)
      const before = await store.getOrCreateSecret()
      const cancelled = new Error('cancelled')
      await assert.rejects(hooks.usePasskeyRestore({ restore: () => Promise.reject(cancelled) }, auth)(), cancelled)
      assert.equal(await store.loadSecret(), before)
      const secret = generateAuthSecret()
      assert.equal(await hooks.usePasskeyRestore({ restore: async () => secret }, auth)(), undefined)
      assert.equal(await store.loadSecret(), secret)
    })

    it('need passkeys, and say so before anybody clicks', () => {
      for (const wrong of [undefined, null, {}] as never[]) {
        const message = (hook: string, method: string) => ({
          name: 'TypeError',
          message: `${hook}: \`passkeys.${method}\` must be a function`,
        })
        assert.throws(() => hooks.usePasskeyBackup(wrong), message('usePasskeyBackup', 'backup'))
        assert.throws(() => hooks.usePasskeyRestore(wrong), message('usePasskeyRestore', 'restore'))
      }
    })

    it('name `auth` if it is options, as Jazz’s own hook takes them, or a store', () => {
      const passkeys = { backup: async () => 'handle', restore: async () => generateAuthSecret() } as never
      const wrongType = {
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: '`auth` must be made by `createLocalFirstAuth(store)`',
      }
      for (const wrong of [null, {}, { appId: 'my-app' }, new MemoryAuthSecretStore()] as never[]) {
        assert.throws(() => hooks.usePasskeyBackup(passkeys, wrong), wrongType)
        assert.throws(() => hooks.usePasskeyRestore(passkeys, wrong), wrongType)
        assert.throws(() => hooks.useRecoveryPhraseRestore(wrong), wrongType)
        assert.throws(() => hooks.useRecoveryPhraseBackup(wrong), wrongType)
        assert.throws(() => hooks.useLocalFirstAuth(wrong), wrongType)
      }
    })
  })
}

describe('useLocalFirstAuth of vue, outside of a component', () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('makes nothing on a server', async () => {
    const store = new MemoryAuthSecretStore()
    const scope = effectScope()
    const shown = scope.run(() => vue.useLocalFirstAuth(createLocalFirstAuth(store)))
    await settled()
    assert.deepEqual([shown?.isLoading.value, await store.loadSecret()], [true, null])
    scope.stop()
  })

  it('follows the identity in a browser until its scope ends', async (t) => {
    Object.assign(globalThis, { window: globalThis })
    t.after(() => Reflect.deleteProperty(globalThis, 'window'))
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    const scope = effectScope()
    const shown = scope.run(() => vue.useLocalFirstAuth(auth)) ?? assert.fail()
    await settled()
    assert.deepEqual([shown.isLoading.value, shown.secret.value], [false, await store.loadSecret()])
    scope.stop()
    assert.equal(auth.getState().isLoading, true)
    const unscoped = vue.useLocalFirstAuth(auth)
    await settled()
    assert.equal(unscoped.secret.value, await store.loadSecret())
  })
})

it('the hooks give the values of React and Svelte, the refs of Vue and the accessors of Solid', () => {
  type Text = string | null
  type React = ReturnType<typeof react.useLocalFirstAuth>
  // What React gives is one of the three states.
  holds<Equal<Extract<React, { isLoading: false; error: null }>['secret'], string>>()
  holds<Equal<ReturnType<typeof react.useRecoveryPhraseBackup>, { isLoading: boolean; recoveryPhrase: Text }>>()
  holds<Equal<ReturnType<typeof svelte.useLocalFirstAuth>['secret'], Text>>()
  holds<Equal<ReturnType<typeof vue.useLocalFirstAuth>['secret'], ComputedRef<Text>>>()
  holds<Equal<ReturnType<typeof vue.useRecoveryPhraseBackup>['recoveryPhrase'], ComputedRef<Text>>>()
  holds<Equal<ReturnType<typeof solid.useLocalFirstAuth>['secret'], Accessor<Text>>>()
  holds<Equal<ReturnType<typeof solid.usePasskeyBackup>['isLoading'], Accessor<boolean>>>()
  // @ts-expect-error: without passkeys there is nothing to back up to.
  assert.throws(() => vue.usePasskeyBackup(), TypeError)
})
