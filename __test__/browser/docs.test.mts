// The code of docs/client.md, run where its readers run it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { transform, transformSync } from 'esbuild'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { deriveUserId, generateAuthSecret, RecoveryPhrase } from 'local-first-identity/client'
import type { Browser, Page } from 'playwright-core'
import { compile } from 'svelte/compiler'
import { compileScript, parse } from 'vue/compiler-sfc'

import { bundleClient } from '../../benches/bundle-client.mts'
import { Authenticator } from './authenticator.mts'
import { launchChromium, noChromium } from './chromium.mts'

const text = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8')
const blocksIn = (language: string): string[] =>
  Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')), ([, code]) => code ?? '')
const withoutTypes = (code: string): string => transformSync(code, { loader: 'ts' }).code
const [
  signUp = '',
  betterAuth = '',
  asGuest = '',
  file = '',
  persistence = '',
  own = '',
  auth = '',
  guest = '',
  phrase = '',
  passkey = '',
] = blocksIn('ts').map(withoutTypes)
const [react = '', solid = '', backups = ''] = blocksIn('tsx')
const [vue = ''] = blocksIn('vue')
const [svelte = ''] = blocksIn('svelte')

/** Makes JavaScript of TSX. Solid's own compiler is a plugin of Babel; the page's JSX means the same without it. */
const fromJsx = async (code: string, jsxImportSource: string): Promise<string> =>
  (await transform(code, { loader: 'tsx', jsx: 'automatic', jsxImportSource })).code
const fromVue = (code: string): string => {
  const { descriptor } = parse(code)
  return compileScript(descriptor, { id: 'identity', inlineTemplate: true, genDefaultAs: 'Identity' }).content
}
const fromSvelte = (code: string): string => compile(code, { filename: 'Identity.svelte' }).js.code

/** The pages with hooks, as JavaScript that shows their component. */
const shown: Record<string, string> = {
  React: `${await fromJsx(react, 'react')}
    import { createElement } from 'react'
    import { createRoot } from 'react-dom/client'
    createRoot(document.querySelector('main')).render(createElement(Identity))`,
  Vue: `${fromVue(vue)}
    import { createApp } from 'vue'
    createApp(Identity).mount('main')`,
  Svelte: `${fromSvelte(svelte)}
    import { mount } from 'svelte'
    mount(Identity, { target: document.querySelector('main') })`,
  // Its compiler makes a function of each expression.
  Solid: `${await fromJsx(solid.replace('{text()}', '{text}'), 'solid-js/h')}
    import { createComponent, render } from 'solid-js/web'
    render(() => createComponent(Identity, {}), document.querySelector('main'))`,
}

/** Puts the module of `auth` in place of its import. */
const withAuth = (program: string): string => {
  const ownImport = /import \{[^}]*\} from ["']\.\/auth\.js["'];?/
  assert.match(program, ownImport)
  return program.replace(ownImport, auth.replace('my-app.example', 'localhost'))
}

describe('docs/client.md, in Node', () => {
  it('keeps a secret in a file', () => {
    const home = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    try {
      const printed = [1, 2].map(() =>
        execFileSync(process.execPath, ['--input-type=module', '--eval', file], {
          env: { ...process.env, HOME: home, USERPROFILE: home },
          encoding: 'utf8',
        }).trim(),
      )
      const [first, second] = printed.map((proof) => verifyLocalFirstIdentityProof(proof, 'my-app-signup'))
      assert.equal(first?.ok, true)
      assert.equal(second?.id, first?.id)
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})

describe('docs/client.md', { skip: noChromium, timeout: 60_000 }, () => {
  let browser: Browser
  let page: Page
  let origin: string
  /** What the last request brought to the server. */
  let sent: { path: string; proofToken: unknown }
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const proofToken = request.headers['x-local-first-proof'] ?? (body && JSON.parse(body).proofToken)
    if (request.method === 'POST') sent = { path: request.url ?? '', proofToken }
    const proof = verifyLocalFirstIdentityProof(proofToken, 'my-app-signup')
    response.setHeader('content-type', request.method === 'POST' ? 'application/json' : 'text/html')
    response.end(request.method === 'POST' ? JSON.stringify({ jazzId: proof.id, error: proof.error }) : '<main></main>')
  })
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `http://localhost:${(server.address() as AddressInfo).port}`
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    server.close()
    server.closeAllConnections()
  })

  /** Opens a page that has what a program exports, and gives what the expression makes of it. */
  async function run(program: string, expression: string): Promise<unknown> {
    page = await browser.newPage()
    await page.goto(origin)
    await page.addScriptTag({ content: (await bundleClient(program, { format: 'iife' })).code })
    return page.evaluate(expression)
  }

  it('signs up', async () => {
    assert.equal(await run(signUp, `exported.signUp('ada@example.com')`), true)
    assert.equal(sent.path, '/signup')
    const secret = await page.evaluate(() => localStorage.getItem('jazz-auth-secret:my-app'))
    const { id } = verifyLocalFirstIdentityProof(sent.proofToken, 'my-app-signup')
    assert.equal(id, deriveUserId(secret ?? ''))
  })

  it('signs up with Better Auth’s client', async () => {
    const form = `{ name: 'A', email: 'ada@example.com', password: 'correct horse battery' }`
    await run(betterAuth, `exported.authClient.signUp.email(${form})`)
    assert.equal(sent.path, '/api/auth/sign-up/email')
    assert.equal(verifyLocalFirstIdentityProof(sent.proofToken, 'my-app-signup').ok, true)
  })

  it('calls an API as a guest, and then with the JWT of the account', async () => {
    const program = `${asGuest}
      export { BrowserAuthSecretStore, deriveUserId } from 'local-first-identity/client'`
    const asked: (string | undefined)[] = []
    await run(program, '1')
    await page.route('**/notes', async (route) => {
      asked.push((await route.request().allHeaders()).authorization)
      await route.fulfill({ json: [] })
    })
    await page.evaluate(`(async () => {
      await exported.loadNotes()
      exported.setJwt('a.b.c')
      await exported.loadNotes()
    })()`)
    const secret = await page.evaluate(() => localStorage.getItem('jazz-auth-secret:my-app'))
    const { id } = verifyLocalFirstIdentityProof(asked[0]?.replace('Bearer ', ''), 'my-app')
    assert.deepEqual([id, asked[1]], [deriveUserId(secret ?? ''), 'Bearer a.b.c'])
  })

  it('has a guest choose what becomes of their data', async () => {
    const program = `${guest}
      import { BrowserAuthSecretStore } from 'local-first-identity/client'
      export const store = new BrowserAuthSecretStore()`
    const given = await run(
      program,
      `(async () => {
        const { afterSignIn, store } = exported
        const secret = await store.getOrCreateSecret()
        const copied = []
        const user = { jazzId: '27daef2c-56b2-5344-901d-160fc2f2ec81' }
        const choice = await afterSignIn(store, user, () => 'copy', async (...args) => void copied.push(args))
        return [choice, copied, [[secret, user.jazzId]], await store.loadSecret()]
      })()`,
    )
    const [choice, copied, expected, left] = given as unknown[]
    assert.deepEqual([choice, copied, left], ['copy', expected, null])
  })

  it('asks for persistent storage, and shows the answer', async () => {
    for (const [permissions, answer] of [
      [[], 'This browser may delete your data: make a backup.'],
      [['durableStorage' as const], 'This browser keeps your data.'],
    ] as const) {
      await run('', '1')
      const cdp = await page.context().newCDPSession(page)
      const { browserContextId } = (await cdp.send('Target.getTargetInfo')).targetInfo
      const allowed = { origin, permissions: [...permissions], ...(browserContextId && { browserContextId }) }
      await cdp.send('Browser.grantPermissions', allowed)
      await page.setContent('<button>Keep</button><output></output>')
      await page.addScriptTag({ content: (await bundleClient(persistence, { format: 'iife' })).code })
      await page.getByRole('button').click()
      await page.locator('output', { hasText: answer }).waitFor()
      assert.equal(await page.evaluate(() => navigator.storage.persisted()), permissions.length > 0)
    }
  })

  for (const [framework, program] of Object.entries(shown)) {
    it(`shows the identity with ${framework}`, async () => {
      await run(withAuth(program), '1')
      const shown = page.locator('p', { hasText: /^[\da-f-]{36}$/ })
      const text = await shown.textContent()
      const secret = await page.evaluate(() => localStorage.getItem('jazz-auth-secret:my-app'))
      assert.equal(text, deriveUserId(secret ?? ''))
    })
  }

  it('backs up and restores with React', async () => {
    const program = `${await fromJsx(backups, 'react')}
      import { createElement } from 'react'
      import { createRoot } from 'react-dom/client'
      createRoot(document.querySelector('main')).render(createElement(Backups))`
    await run(withAuth(program), '1')
    await Authenticator.plugIn(page, { hasPrf: true, hasLargeBlob: true })
    const questions: string[] = []
    page.on('dialog', (dialog) => {
      questions.push(dialog.message())
      return dialog.accept()
    })
    const stored = () => page.evaluate(() => localStorage.getItem('jazz-auth-secret:my-app'))
    const click = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const says = (words: string) => page.locator('output', { hasText: words }).waitFor()
    await click('Back up')
    await says('Done.')
    const secret = (await stored()) ?? ''
    const words = (await page.locator('details').textContent())?.replace('Show the phrase', '')
    assert.equal(words, RecoveryPhrase.fromSecret(secret))
    await page.getByLabel('Phrase').fill('abandon')
    await click('Restore from the phrase')
    await says('A recovery phrase has 24 words, and this has 1.')
    for (const restore of ['Restore from the passkey', 'Restore from the phrase']) {
      await page.evaluate('exported.auth.signOut()')
      assert.notEqual(await stored(), secret)
      await page.locator('details', { hasNotText: words ?? '' }).waitFor()
      await page.getByLabel('Phrase').fill(words ?? '')
      await click(restore)
      await page.locator('details', { hasText: words ?? '' }).waitFor()
      assert.equal(await stored(), secret)
    }
    const question = `Become ${deriveUserId(secret)}? This device forgets who it is now.`
    assert.deepEqual(questions, [question, question])
  })

  it('keeps a secret in a store of one’s own', async () => {
    const program = `${own}
      export { createLocalFirstAuth } from 'local-first-identity/client'`
    const answers = await run(
      program,
      `(async () => {
        let kept = null
        const keychain = { get: async () => kept, set: async (text) => { kept = text }, delete: async () => { kept = null } }
        const store = exported.keychainStore(keychain)
        const auth = exported.createLocalFirstAuth(store)
        await new Promise((resolve) => auth.subscribe(resolve))
        const first = [auth.getState().secret === kept, await store.getOrCreateSecret() === kept]
        await auth.signOut()
        await store.clearSecret()
        const both = await Promise.all([store.getOrCreateSecret(), store.getOrCreateSecret()])
        first.push(both[0] === both[1])
        keychain.get = async () => { throw new Error('locked') }
        await auth.retry()
        return [...first, auth.getState().error.code]
      })()`,
    )
    assert.deepEqual(answers, [true, true, true, 'unavailable'])
  })

  it('writes a phrase and reads it', async () => {
    const secret = generateAuthSecret()
    const words = RecoveryPhrase.fromSecret(secret)
    const wrong = words.split(' ').with(4, 'xx').join(' ')
    const answers = await run(
      phrase,
      `[exported.write('${secret}'), exported.read('${words}'), exported.read('${wrong}')]`,
    )
    assert.deepEqual(answers, [words, { secret }, { code: 'invalid-word', position: 5 }])
  })

  it('backs up to a passkey and restores from it', async () => {
    const secret = generateAuthSecret()
    await run(passkey, '1')
    await Authenticator.plugIn(page, { hasPrf: true, hasLargeBlob: true })
    const answers = await page.evaluate(
      `(async () => [await exported.backUp('${secret}'), await exported.restore()])()`,
    )
    assert.deepEqual(answers, ['prf', secret])
  })
})
