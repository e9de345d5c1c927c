// The hooks, in a browser: the same component and the same tests in each framework. On a server: ../client/hooks.test.mts.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { deriveUserId, generateAuthSecret, RecoveryPhrase } from 'local-first-identity/client'
import type { Browser, BrowserContext, Page } from 'playwright-core'

import { Authenticator } from './authenticator.mts'
import { launchChromium, noChromium } from './chromium.mts'
import { type HooksApp, hooksApps } from './hooks-apps.mts'
import { type Site, startSite } from './site.mts'

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

for (const app of hooksApps) {
  describe(`the hooks of ${app.framework}`, { skip: noChromium, timeout: 120_000 }, () => {
    let browser: Browser
    let site: Site
    before(async () => {
      site = await startSite(`${app.browser}\n${page}`)
      browser = await launchChromium()
    })
    after(async () => {
      await browser?.close()
      site?.stop()
    })

    /** A tab whose errors and warnings are kept, of a profile of its own unless it is given one. */
    async function newTab(profile?: BrowserContext) {
      const tab = await (profile ?? (await browser.newContext())).newPage()
      const complaints: unknown[] = []
      tab.on('pageerror', (error) => complaints.push(error))
      tab.on('console', (message) => complaints.push(message.text()))
      await tab.goto(site.origin)
      return { tab, complaints }
    }
    const run = (tab: Page, expression: string) => tab.evaluate(`exported.${expression}`)
    const textOf = async (tab: Page, id: string) => JSON.parse((await tab.locator(`#${id}`).textContent()) ?? '')
    /** What a component shows, once its text has some words in it. */
    async function shows(tab: Page, id: string, words: string) {
      await tab.locator(`#${id}`).filter({ hasText: words }).waitFor()
      return textOf(tab, id)
    }
    const loaded = (tab: Page, id: string) => shows(tab, id, '"isLoading":false')
    const call = (tab: Page, id: string, action: string, ...args: string[]) =>
      run(tab, `call(${[id, action, ...args].map((text) => JSON.stringify(text))})`)
    const stored = (tab: Page) => tab.evaluate(() => localStorage.getItem('jazz-auth-secret') ?? '')

    it('are loading, then give the browser’s secret to every component', async () => {
      const { tab, complaints } = await newTab()
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
      assert.deepEqual(complaints, [])
      await tab.context().close()
    })

    it('take over what a server has rendered, where the secret is known already', async () => {
      const { tab, complaints } = await newTab()
      await run(tab, `show('known')`)
      const expected = await loaded(tab, 'known')
      await run(tab, `takeOver('hydrated', ${JSON.stringify(renderOnServer(app, 'hydrated'))})`)
      assert.deepEqual(await loaded(tab, 'hydrated'), expected)
      assert.equal(await run(tab, `rendered === document.querySelector('main:last-of-type > p')`), true)
      const secret = generateAuthSecret()
      await call(tab, 'hydrated', 'login', secret)
      assert.deepEqual(await shows(tab, 'hydrated', secret), ready(secret))
      assert.deepEqual(complaints, [])
      await tab.context().close()
    })

    it('follow a login and a sign-out, in every component of the same identity', async () => {
      const { tab, complaints } = await newTab()
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
      assert.deepEqual(complaints, [])
      await tab.context().close()
    })

    it('follow what another tab does, and another store of the same one', async () => {
      const { tab } = await newTab()
      const { tab: other } = await newTab(tab.context())
      await run(tab, `show('here')`)
      await run(other, `show('there')`)
      assert.deepEqual(await loaded(other, 'there'), await loaded(tab, 'here'))
      const [secret, another] = [generateAuthSecret(), generateAuthSecret()]
      await call(other, 'there', 'login', secret)
      assert.deepEqual(await shows(tab, 'here', secret), ready(secret))
      await run(tab, `saveElsewhere('${another}')`)
      assert.deepEqual(await shows(tab, 'here', another), ready(another))
      assert.deepEqual(await shows(other, 'there', another), ready(another))
      await tab.context().close()
    })

    it('give the error that there is in place of a secret, and the secret after another try', async () => {
      const { tab, complaints } = await newTab()
      await run(tab, 'store.isLocked = true')
      await run(tab, `show('locked', 'counted')`)
      assert.deepEqual(await shows(tab, 'locked', '"isLoading":false'), failed('locked'))
      assert.deepEqual(await call(tab, 'locked', 'backupWithPasskey', 'Ada'), { name: 'Error', code: 'locked' })
      await run(tab, 'store.isLocked = false')
      assert.deepEqual(await call(tab, 'locked', 'retry'), DONE)
      const secret = (await run(tab, 'store.loadSecret()')) as string
      assert.deepEqual(await shows(tab, 'locked', secret), ready(secret))
      assert.deepEqual(complaints, [])
      await tab.context().close()
    })

    it('follow nothing any more once the last component is gone, and begin anew with the next', async () => {
      const { tab, complaints } = await newTab()
      assert.equal(await run(tab, 'store.subscribed'), 0)
      for (const id of ['one', 'two']) {
        await run(tab, `show('${id}', 'counted')`)
        await loaded(tab, id)
      }
      await run(tab, `remove('one')`)
      assert.equal(await tab.locator('#one').count(), 0)
      const secret = generateAuthSecret()
      await run(tab, `store.saveSecret('${secret}')`)
      assert.deepEqual(await shows(tab, 'two', secret), ready(secret))
      assert.equal(await run(tab, 'store.subscribed'), 1)
      await run(tab, `remove('two')`)
      await tab.waitForFunction('exported.store.subscribed === 0')
      assert.deepEqual(await run(tab, 'auths.counted.getState()'), { secret: null, isLoading: true, error: null })
      await run(tab, `show('three', 'counted')`)
      assert.deepEqual(await loaded(tab, 'three'), ready(secret))
      assert.equal(await run(tab, 'store.subscribed'), 1)
      assert.deepEqual(complaints, [])
      await tab.context().close()
    })

    it('restore from a phrase that was typed, and only from one', async () => {
      const { tab } = await newTab()
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
      await tab.context().close()
    })

    it('back up to a passkey and restore from it, and say what is wrong with one', async () => {
      const { tab } = await newTab()
      const authenticator = await Authenticator.plugIn(tab, { hasPrf: true, hasLargeBlob: true })
      await run(tab, `show('first')`)
      const { secret } = await loaded(tab, 'first')
      assert.deepEqual(await call(tab, 'first', 'backupWithPasskey', ''), { name: 'TypeError', code: null })
      assert.deepEqual(await call(tab, 'first', 'backupWithPasskey', 'Ada'), { value: 'prf' })
      const [credential, ...others] = await authenticator.credentials()
      const owner = deriveUserId(secret).replaceAll('-', '')
      assert.deepEqual(
        [others, credential?.userDisplayName, credential?.userHandle.toString('hex', 4, 20)],
        [[], 'Ada', owner],
      )
      await call(tab, 'first', 'signOut')
      const next = await stored(tab)
      assert.equal((await shows(tab, 'first', next)).secret, next)
      assert.deepEqual(await call(tab, 'first', 'restorePasskey'), DONE)
      assert.deepEqual(await shows(tab, 'first', secret), ready(secret))
      await tab.context().close()

      const { tab: stranger } = await newTab()
      await (await Authenticator.plugIn(stranger)).add(Buffer.from('of another app'))
      await run(stranger, `show('first')`)
      const own = await loaded(stranger, 'first')
      const wrong = { name: 'PasskeyBackupError', code: 'invalid-credential' }
      assert.deepEqual(await call(stranger, 'first', 'restorePasskey'), wrong)
      assert.deepEqual(await textOf(stranger, 'first'), own)
      await stranger.context().close()
    })
  })
}
