// The identity of a page, on each store: what has ended is seen at once, and the browser is asked to keep it.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { inEachBrowser } from './in-each-browser.mts'

inEachBrowser('createLocalFirstAuth', ({ newProfile, serve }) => {
  const newTab = serve()

  for (const store of ['BrowserAuthSecretStore', 'IndexedDBAuthSecretStore', 'MemoryAuthSecretStore'] as const) {
    it(`has the new state once signing out, logging in or trying again has ended: ${store}`, async () => {
      const tab = await newTab(await newProfile())
      const rounds = await tab.evaluate(async (store) => {
        const auth = exported.createLocalFirstAuth(new exported[store]())
        auth.subscribe(() => {})
        await auth.retry()
        const seen: (string | null | boolean)[][] = []
        for (let round = 0; round < 5; round++) {
          const before = auth.getState().secret
          await auth.signOut()
          const after = auth.getState().secret
          const secret = exported.generateAuthSecret()
          await auth.login(secret)
          const own = auth.getState().secret
          await auth.retry()
          seen.push([after !== null, after !== before, own === secret, auth.getState().secret === secret])
        }
        return seen
      }, store)
      assert.deepEqual(rounds, Array(5).fill([true, true, true, true]))
      await tab.profile.close()
    })
  }
})

inEachBrowser('persistent storage', ({ engine, newProfile, serve }) => {
  const newTab = serve()

  for (const store of ['BrowserAuthSecretStore', 'IndexedDBAuthSecretStore'] as const) {
    it(`is asked for when a secret is made or saved, if no dialog appears: ${store}`, async () => {
      const tab = await newTab(await newProfile())
      const asked = await tab.evaluate(async (name) => {
        let count = 0
        // The browser's own answer may wait for a person.
        Object.defineProperty(navigator, 'storage', { value: { persist: async () => ++count > 0 } })
        const settled = () => new Promise((resolve) => setTimeout(resolve, 200))
        const store = new exported[name]()
        await store.loadSecret()
        await settled()
        const counts = [count]
        const secret = await store.getOrCreateSecret()
        await settled()
        counts.push(count)
        await store.getOrCreateSecret()
        await settled()
        counts.push(count)
        await store.saveSecret(secret)
        await settled()
        counts.push(count)
        return counts
      }, store)
      assert.deepEqual(asked, engine.name === 'Firefox' ? [0, 0, 0, 0] : [0, 1, 1, 2])
      await tab.profile.close()
    })
  }

  it('is told of', async () => {
    const tab = await newTab(await newProfile())
    const answers = await tab.evaluate(async () => {
      const answers: string[] = []
      for (const persist of [async () => true, async () => false, () => Promise.reject(new Error('x')), undefined]) {
        Object.defineProperty(navigator, 'storage', { value: { persist }, configurable: true })
        answers.push(await exported.requestPersistentStorage())
      }
      return answers
    })
    assert.deepEqual(answers, ['persistent', 'best-effort', 'unsupported', 'unsupported'])
    await tab.profile.close()
  })
})

inEachBrowser('a page', ({ newProfile, serve }) => {
  const newTab = serve(`
    export * from 'local-first-identity/client'
    export { useLocalFirstAuth } from 'local-first-identity/client/vue'
    export * as vue from 'vue'`)

  it('may call the composable of Vue within a hook of the component', async () => {
    const tab = await newTab(await newProfile())
    const ready = await tab.evaluate(`new Promise((resolve) => {
      const { createApp, h, onMounted, watchEffect } = exported.vue
      const target = document.body.appendChild(document.createElement('div'))
      createApp({
        setup() {
          onMounted(() => {
            const { secret } = exported.useLocalFirstAuth()
            watchEffect(() => secret.value && resolve(secret.value === localStorage.getItem('jazz-auth-secret')))
          })
          return () => h('p')
        },
      }).mount(target)
    })`)
    assert.equal(ready, true)
    await tab.profile.close()
  })

  it('may have two copies of the client: each hears of what the other has changed', async () => {
    const tab = await newTab(await newProfile())
    const heard = await tab.evaluate(`(async () => {
      const first = exported
      const text = await (await fetch('/client.js')).text()
      const second = new Function(text + '; return exported')()
      const secret = first.generateAuthSecret()
      const heard = new Promise((resolve) => new second.BrowserAuthSecretStore().subscribe(resolve))
      await new first.BrowserAuthSecretStore().saveSecret(secret)
      return first !== second && (await heard) === secret
    })()`)
    assert.equal(heard, true)
    await tab.profile.close()
  })
})
