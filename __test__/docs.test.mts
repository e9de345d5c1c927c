import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { mintLocalFirstToken } from 'local-first-identity'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from 'local-first-identity/better-auth'

import { device, startApp } from './better-auth/app.mts'
import { freePort } from './port.mts'
import { secret, userId } from './support.mts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(root + path, 'utf8')
const readme = read('README.md')

const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code ?? '')

const runBlock = (code: string, env: Record<string, string> = {}) =>
  spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

describe('the README', () => {
  it('has at most 200 lines', () => {
    assert.ok(readme.split('\n').length <= 201)
  })

  it('has three blocks of code, all of which run here', () => {
    assert.equal(blocks.length, 3)
  })

  it('its sign-up accepts a proof once per identity and answers strangers with 400', async () => {
    const port = await freePort()
    const server = runBlock(blocks[0] ?? '', { PORT: String(port) })
    try {
      await once(server.stdout, 'data')
      const post = async (body: unknown) => {
        const response = await fetch(`http://127.0.0.1:${port}/signup`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
        return [response.status, await response.json()]
      }
      const email = 'a@example.com'
      const proofToken = mintLocalFirstToken(secret, 'my-app-signup', 60)
      assert.deepEqual(await post({ email, proofToken }), [201, { jazzId: userId }])
      assert.deepEqual(await post({ email, proofToken }), [409, { error: 'This identity has an account already.' }])
      for (const [proofToken, code] of [
        [undefined, 'missing'],
        [42, 'malformed'],
        [{ $ne: null }, 'malformed'],
        [mintLocalFirstToken(secret, 'another-app', 60), 'audience-mismatch'],
      ]) {
        const [status, answer] = await post({ email, proofToken })
        assert.deepEqual([status, Object.keys(answer), answer.code], [400, ['error', 'code'], code])
      }
    } finally {
      server.kill()
    }
  })

  it('its other block prints what it says', async () => {
    const code = blocks[1] ?? ''
    const child = runBlock(code)
    const [printed] = await once(child.stdout, 'data')
    assert.equal(String(printed).trim(), code.match(/\/\/ (true .*)$/m)?.[1])
  })
})

describe('the Better Auth configuration', () => {
  const [server = '', client = ''] = Array.from(
    read('docs/better-auth.md').matchAll(/^```ts\n(.*?)^```$/gms),
    ([, code]) => code ?? '',
  )

  it('is the same in the README and its own document', () => {
    const lines = (code: string) => code.replaceAll(/\s/g, '').replaceAll(',]', ']')
    assert.equal(lines(server), lines(blocks[2] ?? ''))
  })

  it('keeps the identity of a sign-up', async () => {
    const proofToken = mintLocalFirstToken(secret, 'my-app-signup', 60)
    const body = { name: 'x', email: 'a@example.com', password: 'correct horse battery', proofToken }
    const child = runBlock(
      `${blocks[2]}
      const { user } = await auth.api.signUpEmail({ body: ${JSON.stringify(body)} })
      console.log(user.jazzId)`,
      { BETTER_AUTH_SECRET: 'of this test alone, of 32 letters and more', BETTER_AUTH_URL: 'http://localhost:1' },
    )
    const [printed] = await once(child.stdout, 'data')
    assert.equal(String(printed).trim(), userId)
  })

  it('works with the client’s half', async () => {
    const app = await startApp({ plugin: { audience: 'my-app-signup' } })
    try {
      const own = device()
      const child = runBlock(
        `// As a browser does: it says which page asks.
        const plain = fetch
        globalThis.fetch = (url, init) => {
          init.headers.set('origin', '${app.origin}')
          return plain(url, init)
        }
        const db = { getLocalFirstIdentityProof: async () => '${own.proof(60, 'my-app-signup')}' }
        const [email, name, password] = ['a@example.com', 'x', 'correct horse battery']
        ${client}`,
        { BETTER_AUTH_URL: app.origin },
      )
      assert.deepEqual(await once(child, 'exit'), [0, null])
      assert.deepEqual(
        (await app.users()).map(({ jazzId }) => jazzId),
        [own.identity],
      )
    } finally {
      await app.stop()
    }
  })

  it('has every code of the plugin, in a table, and no other', () => {
    const codes = [...read('docs/better-auth.md').matchAll(/^\| `([A-Z_]+)` \| \d+ \|/gm)].map(([, code]) => code)
    assert.deepEqual(codes.toSorted(), Object.keys(LOCAL_FIRST_IDENTITY_ERROR_CODES).toSorted())
  })
})

describe('the documents', () => {
  const types = read('src/types.d.ts')
  const declared = [...(types.match(/ProofErrorCode =(.*?)\n\n/s)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(
    ([, c]) => c,
  )

  for (const path of ['README.md', 'docs/protocol.md']) {
    it(`${path} has every code of the type, in a table, and no other`, () => {
      const codes = [...read(path).matchAll(/^\|.*\| `([a-z-]+)` \|$/gm)].map(([, code]) => code)
      assert.deepEqual(codes.toSorted(), declared.toSorted())
    })
  }

  const documents = readdirSync(`${root}docs`).map((name) => `docs/${name}`)

  it('links lead to files that are there', () => {
    for (const path of ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...documents]) {
      const folder = new URL(path, new URL('..', import.meta.url))
      const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '')
      for (const link of links) assert.doesNotThrow(() => readFileSync(new URL(link, folder)), `${path}: ${link}`)
    }
  })
})
