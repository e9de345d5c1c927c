import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { transformSync } from 'esbuild'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from 'local-first-identity/better-auth'
import { createIdentity, identities, proofFor } from 'local-first-identity/testing'

import { documentedCodes, errorsDocument } from '../scripts/error-codes.mts'
import { device, startApp } from './better-auth/app.mts'
import { startProvider } from './http/provider.mts'
import { freePort } from './port.mts'
import { noRedis, REDIS_URL } from './services.mts'

const { userId } = identities.alice
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(root + path, 'utf8')
const readme = read('README.md')

/** The blocks of code of one language in a document; those in TypeScript without their types. */
const codeIn = (text: string, language: 'js' | 'ts'): string[] =>
  Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')), ([, code = '']) =>
    language === 'ts' ? transformSync(code, { loader: 'ts' }).code : code,
  )
/** The codes of a union of texts in a source file. */
const codesOf = (path: string, type: string): string[] =>
  Array.from(
    (read(path).match(new RegExp(`${type} =(.*?)\\n\\n`, 's'))?.[1] ?? '').matchAll(/'([A-Za-z_-]+)'/g),
    ([, code]) => code ?? '',
  )

const blocks = codeIn(readme, 'ts')
const proofErrorCodes = codesOf('src/types.d.ts', 'ProofErrorCode')

const runBlock = (code: string, env: Record<string, string> = {}) =>
  spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** What a program prints first; fails if it ends before that. */
async function firstWords(child: ReturnType<typeof runBlock>): Promise<string> {
  const ended = once(child, 'close').then(([code]) => assert.fail(`it printed nothing, and ended with ${code}`))
  const [printed] = await Promise.race([once(child.stdout, 'data'), ended])
  return String(printed).trim()
}

/** A sign-up, as a program that a document has: the status and the answer to a body. */
async function withSignUp(
  program: string,
  run: (post: (body: unknown) => Promise<[number, unknown]>) => Promise<void>,
) {
  const port = await freePort()
  const server = runBlock(program, { PORT: String(port) })
  try {
    await firstWords(server)
    await run(async (body) => {
      const response = await fetch(`http://127.0.0.1:${port}/signup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return [response.status, await response.json()]
    })
  } finally {
    server.kill()
  }
}

const email = 'a@example.com'
const strange: [proofToken: unknown, code: string, statusOfHelper: number][] = [
  [undefined, 'missing', 401],
  [42, 'malformed', 400],
  [{ $ne: null }, 'malformed', 400],
  [proofFor('another-app'), 'audience-mismatch', 401],
]

describe('the README', () => {
  it('has at most 150 lines', () => {
    assert.ok(readme.split('\n').length <= 151)
  })

  it('has two programs, both of which run here', () => {
    assert.equal(blocks.length, 2)
  })

  it('its sign-up accepts a proof once, and one account for an identity', () =>
    withSignUp(blocks[0] ?? '', async (post) => {
      const proofToken = proofFor('my-app-signup')
      assert.deepEqual(await post({ email, proofToken }), [201, { jazzId: userId }])
      const [status, answer] = await post({ email, proofToken })
      assert.deepEqual([status, (answer as { code: string }).code], [401, 'already-used'])
      assert.deepEqual(await post({ email, proofToken: proofFor('my-app-signup') }), [
        409,
        { error: 'This identity already has an account.' },
      ])
      for (const [proofToken, code, expected] of strange) {
        const [status, answer] = await post({ email, proofToken })
        assert.deepEqual([status, (answer as { code: string }).code], [expected, code])
      }
    }))

  it('its other program prints what it says', async () => {
    const code = blocks[1] ?? ''
    const child = runBlock(code)
    assert.equal(await firstWords(child), readme.match(/\/\/ (true .*)$/m)?.[1])
  })
})

describe('docs/verify.md', () => {
  it('has a program that accepts one account for an identity, and answers strangers with 400', () =>
    withSignUp(codeIn(read('docs/verify.md'), 'ts')[0] ?? '', async (post) => {
      const proofToken = proofFor('my-app-signup')
      assert.deepEqual(await post({ email, proofToken }), [201, { jazzId: userId }])
      assert.deepEqual(await post({ email, proofToken }), [409, { error: 'This identity already has an account.' }])
      for (const [proofToken, code] of strange) {
        const [status, answer] = await post({ email, proofToken })
        assert.deepEqual([status, Object.keys(answer as object)], [400, ['error', 'code']])
        assert.equal((answer as { code: string }).code, code)
      }
    }))
})

describe('the verifier that is prepared', () => {
  it('verifies as its document has it', async () => {
    const [code = ''] = codeIn(read('docs/performance.md'), 'ts')
    const child = runBlock(`const proofToken = '${proofFor('my-app-signup')}'\n${code}\nconsole.log(ok, id, error)`)
    assert.equal(await firstWords(child), `true ${userId} undefined`)
  })
})

describe('the Better Auth configuration', () => {
  const [server = '', client = ''] = codeIn(read('docs/better-auth.md'), 'ts')

  it('keeps the identity of a sign-up', async () => {
    const proofToken = proofFor('my-app-signup')
    const body = { name: 'x', email: 'a@example.com', password: 'correct horse battery', proofToken }
    const child = runBlock(
      `${server}
      const { user } = await auth.api.signUpEmail({ body: ${JSON.stringify(body)} })
      console.log(user.jazzId)`,
      { BETTER_AUTH_SECRET: 'of this test alone, of 32 letters and more', BETTER_AUTH_URL: 'http://localhost:1' },
    )
    assert.equal(await firstWords(child), userId)
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
})

describe('the set-up of Next.js', () => {
  const app = (path: string) => read(`e2e/apps/next/${path}`)

  it('in docs/deployment.md is that of the app which e2e runs', () => {
    const [setting = assert.fail()] = read('docs/deployment.md').match(/^ {2}serverExternalPackages: .*$/m) ?? []
    assert.ok(app('next.config.mjs').split('\n').includes(setting), setting)
  })

  for (const [page, paths] of [
    ['better-auth', ['app/api/auth/[...all]/route.js', 'app/actions.js']],
    ['fetch', ['app/signup/route.js']],
  ] as const) {
    it(`in docs/${page}.md has the files of the app which e2e runs`, () => {
      const files = codeIn(read(`docs/${page}.md`), 'js').flatMap((code) => {
        const [, path, text] = code.match(/^\/\/ (app\/\S+)\n(.*)$/s) ?? []
        return path ? [[path, text]] : []
      })
      assert.deepEqual(
        files,
        paths.map((path) => [path, app(path)]),
      )
    })
  }
})

describe('the programs of the frameworks', () => {
  for (const page of ['express', 'fastify', 'hono', 'fetch']) {
    it(`docs/${page}.md has a whole one, which runs`, async () => {
      const [program = ''] = codeIn(read(`docs/${page}.md`), 'ts')
      const provider = await startProvider()
      const port = await freePort()
      const server = runBlock(program, { PORT: String(port), JWKS_URL: provider.options.jwks })
      try {
        await firstWords(server)
        const ask = async (method: string, path: string, headers: Record<string, string>, body?: string) => {
          const init = { method, headers, ...(body === undefined ? {} : { body }) }
          const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
          const { error: _, claims: __, ...rest } = await response.json()
          return [response.status, rest]
        }
        const json = { 'content-type': 'application/json' }
        const text = { 'content-type': 'text/plain' }
        const as = (token: string) => ({ authorization: `Bearer ${token}` })
        const guest = as(proofFor('my-app'))
        const account = as(await provider.sign({ sub: userId }))
        const proofToken = proofFor('my-app-signup')
        const form = JSON.stringify({ email: 'a@example.com', proofToken })

        // Another person, whose client sends no body.
        const identity = identities.bob
        const header = { 'x-local-first-proof': proofFor('my-app-signup', { identity }) }
        assert.deepEqual(await ask('POST', '/signup', header), [201, { jazzId: identity.userId }])

        const session = { userId, authMode: 'local-first' }
        assert.deepEqual(await ask('GET', '/notes', guest), [200, { ...session, text: null }])
        assert.deepEqual(await ask('PUT', '/notes', { ...guest, ...text }, 'x'), [403, { code: 'account-required' }])
        assert.deepEqual(await ask('POST', '/signup', json, '{}'), [401, { code: 'missing' }])
        assert.deepEqual(await ask('POST', '/signup', json, form), [201, { jazzId: userId }])
        assert.deepEqual(await ask('POST', '/signup', json, form), [401, { code: 'already-used' }])
        const again = { ...json, 'x-local-first-proof': proofFor('my-app-signup') }
        assert.deepEqual(await ask('POST', '/signup', again, '{}'), [409, {}])
        assert.deepEqual(await ask('PUT', '/notes', { ...guest, ...text }, 'x'), [401, { code: 'sign-in-required' }])
        assert.deepEqual(await ask('PUT', '/notes', { ...account, ...text }, 'kept'), [200, { text: 'kept' }])
        assert.deepEqual(await ask('GET', '/notes', guest), [200, { ...session, text: 'kept' }])
        const external = { userId, authMode: 'external', text: 'kept' }
        assert.deepEqual(await ask('GET', '/notes', account), [200, external])

        // Five sign-ups were tried. The rate limit stops the eleventh.
        const proofs = Array.from({ length: 6 }, () => ({
          'x-local-first-proof': proofFor('my-app-signup', { identity: createIdentity() }),
        }))
        const statuses: number[] = []
        for (const headers of proofs) {
          statuses.push((await fetch(`http://127.0.0.1:${port}/signup`, { method: 'POST', headers })).status)
        }
        assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429])
      } finally {
        server.kill()
        await provider.stop()
      }
    })
  }

  for (const page of ['hono', 'fetch']) {
    it(`docs/${page}.md counts the addresses of one IPv6 connection as one`, async () => {
      const line = read(`docs/${page}.md`).match(/^const networkOf = .*$/m)?.[0] ?? assert.fail()
      const keyOf = `${line}; console.log(JSON.stringify([
        '2001:db8::1', '2001:db8::ffff:1', '2001:db8:0:0:1::', '2001:db8:0:1::1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2',
      ].map((address) => networkOf(address))))`
      const child = runBlock(`import ipaddr from 'ipaddr.js'; ${keyOf}`)
      const [one, same, too, other, four, mapped, another] = JSON.parse(await firstWords(child))
      assert.deepEqual([same, too, mapped], [one, one, four])
      assert.equal(new Set([one, other, four, another]).size, 4)
    })
  }

  it('docs/stores.md: `oneTimeProof` takes a proof once', async () => {
    const [, program = ''] = codeIn(read('docs/stores.md'), 'ts')
    const proofToken = proofFor('my-app-signup')
    const child = runBlock(`${program}
      for (const token of ['${proofToken}', '${proofToken}', 42]) console.log(JSON.stringify(await identityOf(token)))`)
    const printed = (await child.stdout.toArray()).join('').trim().split('\n')
    assert.deepEqual(
      printed.map((line) => JSON.parse(line)),
      [
        { id: userId },
        { error: 'The proof was already used.' },
        { error: 'The identity proof is not a well-formed token.' },
      ],
    )
  })

  it('docs/stores.md: its Redis configuration is taken', { skip: noRedis }, async () => {
    const [program = ''] = codeIn(read('docs/stores.md'), 'ts')
    const child = runBlock(`${program}; console.log(typeof takeProof); redis.disconnect()`, { REDIS_URL })
    assert.equal((await child.stdout.toArray()).join('').trim(), 'function')
  })
})

describe('docs/testing.md', () => {
  const text = read('docs/testing.md')
  const programs = codeIn(text, 'ts')

  it('has two programs of tests, all of which pass', async () => {
    // A process of a test runner tells its parent of its tests, in a format of their own.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    const passed = programs.map((code) => {
      const args = ['--test-reporter=tap', '--input-type=module', '--eval', code]
      const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env })
      assert.equal(status, 0, stdout)
      return Number(stdout.match(/^# pass (\d+)$/m)?.[1])
    })
    assert.deepEqual(passed, [2 + proofErrorCodes.length, 1])
  })

  it('has every code of the type, in a table, in that order', () => {
    const codes = Array.from(text.matchAll(/^\| `([a-z-]+)` \| /gm), ([, code]) => code)
    assert.deepEqual(codes, proofErrorCodes)
  })
})

describe('docs/errors.md', () => {
  it('is what `npm run docs:errors` makes of the sources', () => {
    assert.equal(read('docs/errors.md'), errorsDocument())
  })

  const CODES = [
    ['src/types.d.ts', 'ProofErrorCode'],
    ['server/refusal.mts', 'RefusalCode'],
    ['client/secrets/secret-store.mts', 'AuthSecretStoreErrorCode'],
    ['jazz/registry-error.mts', 'AccountRegistryErrorCode'],
    ['client/backup/phrase-error.mts', 'RecoveryPhraseErrorCode'],
    ['client/backup/passkey-error.mts', 'PasskeyBackupErrorCode'],
    ['stores/store.mts', 'StoreErrorCode'],
    ['common/errors.mts', 'ArgumentErrorCode'],
    ['common/errors.mts', 'FaultCode'],
  ] as const
  for (const [path, type] of CODES) {
    it(`has every code of ${type}`, () => {
      const declared = codesOf(path, type)
      assert.notEqual(declared.length, 0)
      assert.deepEqual(
        documentedCodes(path, type).map(([code]) => code),
        declared,
      )
    })
  }

  it('has every code of the plugin', () => {
    const codes = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| \d+ \|/gm)].map(([, code]) => code)
    assert.deepEqual(codes, Object.keys(LOCAL_FIRST_IDENTITY_ERROR_CODES))
  })
})

describe('the documents', () => {
  it('docs/protocol.md has every code of the type, in a table, and no other', () => {
    const codes = [...read('docs/protocol.md').matchAll(/^\|.*\| `([a-z-]+)` \|$/gm)].map(([, code]) => code)
    assert.deepEqual(codes.toSorted(), proofErrorCodes.toSorted())
  })

  const documents = readdirSync(`${root}docs`).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))

  it('links lead to files that are there', () => {
    for (const path of ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'examples/web/README.md', ...documents]) {
      const folder = new URL(path, new URL('..', import.meta.url))
      const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '')
      for (const link of links) assert.doesNotThrow(() => readFileSync(new URL(link, folder)), `${path}: ${link}`)
    }
  })
})
