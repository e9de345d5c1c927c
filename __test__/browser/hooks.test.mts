// The hooks, in browsers: the same component and the same tests in each framework. On a server: ../client/hooks.test.mts.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { deriveUserId, generateAuthSecret, RecoveryPhrase } from 'local-first-identity/client'

import { until } from '../until.mts'
import { type HooksApp, hooksApps } from './hooks-apps.mts'
import { inEachBrowser } from './in-each-browser.mts'
import type { Tab } from './test-browser.mts'

/** What a page can do, whichever framework it has: mount a component by its ID, and call what that one handed out. */
const page = `
  import { BrowserAuthSecretStore, BrowserPasskeyBackup, createLocalFirstAuth, MemoryAuthSecretStore } from 'local-first-identity/client'

  const passkeys = new BrowserPasskeyBackup({ appName: 'An app' })

  /** Its subscriptions are counted, and it fails while it is locked. */
  export const store = new (class extends MemoryAuthSecretStore {
    isLocked = false
    subscribed = 0
    getOrCreateSecret() {
      return this.isLocked ? Promise.reject(Object.assign(new Error('locked'), { code: 'locked' })) : super.getOrCreateSecret()
    }
    subscribe(listener) {
      const end = super.subscribe(listener)
      this.subscribed++
      return () => {
        end()
        this.subscribed--
      }
    }
  })()
  export const auths = {
    another: createLocalFirstAuth(new BrowserAuthSecretStore({ appId: 'another' })),
    counted: createLocalFirstAuth(store),
  }

  /** All that was shown, in order. */
  export const shown = {}
  /** What there is to call. */
  export const actions = {}
  const mounted = {}

  function showIn(into, id, auth, markup) {
    const target = document.body.appendChild(document.createElement('main'))
    target.innerHTML = markup
    rendered = target.querySelector('p')
    shown[id] = []
    new MutationObserver(() => {
      const { textContent } = target
      if (textContent !== '' && textContent !== shown[id].at(-1)) shown[id].push(textContent)
    }).observe(target, { childList: true, characterData: true, subtree: true })
    const handOut = (id, given) => (actions[id] = given)
    mounted[id] = into(target, { id, auth: auths[auth], passkeys, handOut })
  }
  export const show = (id, auth) => showIn(mountInto, id, auth, '')
  export const takeOver = (id, markup) => showIn(hydrateInto, id, undefined, markup)
  /** What a server rendered. */
  export let rendered
  export const remove = (id) => void mounted[id]()
  export const saveElsewhere = (secret) => BrowserAuthSecretStore.saveSecret(secret)

  /** Calls what a component handed out, and gives what came of it. */
  export async function call(id, action, ...args) {
    try {
      return { value: (await actions[id][action](...args)) ?? null }
    } catch ({ name, code = null }) {
      return { name, code }
    }
  }
`

/** What a server makes of the component. */
function renderOnServer({ server }: HooksApp, id: string): string {
  const program = `${server}
    const passkeys = { backup() {}, restore() {} }
    console.log(await renderToText({ id: '${id}', auth: undefined, passkeys, handOut() {} }))`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd, encoding: 'utf8' }).trim()
}

/** What came of a call that gives nothing. */
const DONE = { value: null }
const loading = { secret: null, isLoading: true, error: null, recoveryPhrase: null, backupsAreLoading: [true, true] }
const ready = (secret: string) => ({
  secret,
  isLoading: false,
  error: null,
  recoveryPhrase: RecoveryPhrase.fromSecret(secret),
  backupsAreLoading: [false, false],
})
const failed = (error: string) => ({
  secret: null,
  isLoading: false,
  error,
  recoveryPhrase: null,
  backupsAreLoading: [false, false],
})

inEachBrowser('the hooks', ({ engine, serve }) => {
  for (const app of hooksApps) {
    describe(`of ${app.framework}`, () => {
      const newTab = serve(`${app.browser}\n${page}`)

      const run = (tab: Tab, expression: string) => tab.evaluate(`exported.${expression}`)
      const textOf = async (tab: Tab, id: string) =>
        JSON.parse(await tab.evaluate((id) => document.getElementById(id)?.textContent ?? 'null', id))
      /** What a component shows, once its text has some words in it. */
      async function shows(tab: Tab, id: string, words: string) {
        const hasWords = (asked: { id: string; words: string }) =>
          document.getElementById(asked.id)?.textContent.includes(asked.words) ?? false
        await until(`${id} shows ${words}`, () => tab.evaluate(hasWords, { id, words }))
        return textOf(tab, id)
      }
      const loaded = (tab: Tab, id: string) => shows(tab, id, '"isLoading":false')
      const call = (tab: Tab, id: string, action: string, ...args: string[]) =>
        run(tab, `call(${[id, action, ...args].map((text) => JSON.stringify(text))})`)
      const stored = (tab: Tab) => tab.evaluate(() => localStorage.getItem('jazz-auth-secret') ?? '')

      it('are loading, then give the browser’s secret to every component', async () => {
        const tab = await newTab()
        await run(tab, `show('first')`)
        await run(tab, `show('second')`)
        await run(tab, `show('third', 'another')`)
        const expected = await loaded(tab, 'first')
        assert.deepEqual(expected, ready(await stored(tab)))
        assert.deepEqual(await loaded(tab, 'second'), expected)
        assert.notEqual((await loaded(tab, 'third')).secret, expected.secret)
        const first = (await run(tab, 'shown.first')) as string[]
        assert.deepEqual(
          first.map((text) => JSON.parse(text)),
          [loading, expected],
        )
        assert.deepEqual(await tab.evaluate('complaints'), [])
        await tab.profile.close()
      })

      it('take over what a server has rendered, where the secret is known already', async () => {
        const tab = await newTab()
        await run(tab, `show('known')`)
        const expected = await loaded(tab, 'known')
        await run(tab, `takeOver('hydrated', ${JSON.stringify(renderOnServer(app, 'hydrated'))})`)
        assert.deepEqual(await loaded(tab, 'hydrated'), expected)
        assert.equal(await run(tab, `rendered === document.querySelector('main:last-of-type > p')`), true)
        const secret = generateAuthSecret()
        await call(tab, 'hydrated', 'login', secret)
        assert.deepEqual(await shows(tab, 'hydrated', secret), ready(secret))
        assert.deepEqual(await tab.evaluate('complaints'), [])
        await tab.profile.close()
      })

      it('follow a login and a sign-out, in every component of the same identity', async () => {
        const tab = await newTab()
        for (const args of [`'first'`, `'second'`, `'third', 'another'`]) await run(tab, `show(${args})`)
        const [third] = await Promise.all(['third', 'first', 'second'].map((id) => loaded(tab, id)))
        const secret = generateAuthSecret()
        assert.deepEqual(await call(tab, 'first', 'login', secret), DONE)
        assert.deepEqual(await shows(tab, 'second', secret), ready(secret))
        assert.deepEqual(await shows(tab, 'first', secret), ready(secret))
        assert.deepEqual(await call(tab, 'second', 'signOut'), DONE)
        const next = await stored(tab)
        assert.notEqual(next, secret)
        assert.deepEqual(await shows(tab, 'first', next), ready(next))
        assert.deepEqual(await textOf(tab, 'third'), third)
        assert.deepEqual(await tab.evaluate('complaints'), [])
        await tab.profile.close()
      })

      it('follow what another tab does, and another store of the same one', async () => {
        const tab = await newTab()
        const other = await newTab(tab.profile)
        await run(tab, `show('here')`)
        await run(other, `show('there')`)
        assert.deepEqual(await loaded(other, 'there'), await loaded(tab, 'here'))
        const [secret, another] = [generateAuthSecret(), generateAuthSecret()]
        await call(other, 'there', 'login', secret)
        assert.deepEqual(await shows(tab, 'here', secret), ready(secret))
        await run(tab, `saveElsewhere('${another}')`)
        assert.deepEqual(await shows(tab, 'here', another), ready(another))
        assert.deepEqual(await shows(other, 'there', another), ready(another))
        await tab.profile.close()
      })

      it('give the error that there is in place of a secret, and the secret after another try', async () => {
        const tab = await newTab()
        await run(tab, 'store.isLocked = true')
        await run(tab, `show('locked', 'counted')`)
        assert.deepEqual(await shows(tab, 'locked', '"isLoading":false'), failed('locked'))
        assert.deepEqual(await call(tab, 'locked', 'backupWithPasskey', 'Ada'), { name: 'Error', code: 'locked' })
        await run(tab, 'store.isLocked = false')
        assert.deepEqual(await call(tab, 'locked', 'retry'), DONE)
        const secret = (await run(tab, 'store.loadSecret()')) as string
        assert.deepEqual(await shows(tab, 'locked', secret), ready(secret))
        assert.deepEqual(await tab.evaluate('complaints'), [])
        await tab.profile.close()
      })

      it('follow nothing any more once the last component is gone, and begin anew with the next', async () => {
        const tab = await newTab()
        assert.equal(await run(tab, 'store.subscribed'), 0)
        for (const id of ['one', 'two']) {
          await run(tab, `show('${id}', 'counted')`)
          await loaded(tab, id)
        }
        await run(tab, `remove('one')`)
        assert.equal(await tab.evaluate(`document.getElementById('one')`), null)
        const secret = generateAuthSecret()
        await run(tab, `store.saveSecret('${secret}')`)
        assert.deepEqual(await shows(tab, 'two', secret), ready(secret))
        assert.equal(await run(tab, 'store.subscribed'), 1)
        await run(tab, `remove('two')`)
        await until('nothing is subscribed', () => tab.evaluate('exported.store.subscribed === 0'))
        assert.deepEqual(await run(tab, 'auths.counted.getState()'), { secret: null, isLoading: true, error: null })
        await run(tab, `show('three', 'counted')`)
        assert.deepEqual(await loaded(tab, 'three'), ready(secret))
        assert.equal(await run(tab, 'store.subscribed'), 1)
        assert.deepEqual(await tab.evaluate('complaints'), [])
        await tab.profile.close()
      })

      it('restore from a phrase that was typed, and only from one', async () => {
        const tab = await newTab()
        await run(tab, `show('first')`)
        const { recoveryPhrase, secret } = await loaded(tab, 'first')
        await call(tab, 'first', 'signOut')
        const next = await stored(tab)
        assert.equal((await shows(tab, 'first', next)).secret, next)
        const typed = recoveryPhrase.toUpperCase().replaceAll(' ', '\n ')
        const wrong = { name: 'RecoveryPhraseError', code: 'invalid-length' }
        assert.deepEqual(await call(tab, 'first', 'restorePhrase', `${typed} abandon`), wrong)
        assert.equal(await stored(tab), next)
        assert.deepEqual(await call(tab, 'first', 'restorePhrase', typed), DONE)
        assert.deepEqual(await shows(tab, 'first', secret), ready(secret))
        assert.equal(await stored(tab), secret)
        await tab.profile.close()
      })

      if (!engine.hasPasskeys) {
        it('say that there are no passkeys', async () => {
          const tab = await newTab()
          await run(tab, `show('first')`)
          const own = await loaded(tab, 'first')
          const unsupported = { name: 'PasskeyBackupError', code: 'not-supported' }
          assert.deepEqual(await call(tab, 'first', 'backupWithPasskey', 'Ada'), unsupported)
          assert.deepEqual(await call(tab, 'first', 'restorePasskey'), unsupported)
          assert.deepEqual(await textOf(tab, 'first'), own)
          assert.deepEqual(await tab.evaluate('complaints'), [])
          await tab.profile.close()
        })
        return
      }

      it('back up to a passkey and restore from it', async () => {
        const tab = await newTab()
        const authenticator = await tab.plugIn({ hasPrf: true, hasLargeBlob: true })
        await run(tab, `show('first')`)
        const { secret } = await loaded(tab, 'first')
        assert.deepEqual(await call(tab, 'first', 'backupWithPasskey', ''), {
          name: 'TypeError',
          code: 'ERR_INVALID_ARG_TYPE',
        })
        const form = engine.noLargeBlob ? 'user-handle' : 'prf'
        assert.deepEqual(await call(tab, 'first', 'backupWithPasskey', 'Ada'), { value: form })
        const [credential, ...others] = await authenticator.credentials()
        assert.deepEqual(others, [])
        const handle = credential?.userHandle ?? assert.fail()
        const owner = Buffer.from(deriveUserId(secret).replaceAll('-', ''), 'hex')
        if (form === 'prf') assert.deepEqual(handle.subarray(4, 20), owner)
        else assert.equal(handle.toString('base64url'), secret)
        if (engine.name === 'Chromium') assert.equal(credential?.userDisplayName, 'Ada')
        await call(tab, 'first', 'signOut')
        const next = await stored(tab)
        assert.equal((await shows(tab, 'first', next)).secret, next)
        assert.deepEqual(await call(tab, 'first', 'restorePasskey'), DONE)
        assert.deepEqual(await shows(tab, 'first', secret), ready(secret))
        await tab.profile.close()
      })

      it('say what is wrong with a passkey', async () => {
        const tab = await newTab()
        await (await tab.plugIn()).add(Buffer.from('of another app'))
        await run(tab, `show('first')`)
        const own = await loaded(tab, 'first')
        const wrong = { name: 'PasskeyBackupError', code: 'invalid-credential' }
        assert.deepEqual(await call(tab, 'first', 'restorePasskey'), wrong)
        assert.deepEqual(await textOf(tab, 'first'), own)
        await tab.profile.close()
      })
    })
  }
})
