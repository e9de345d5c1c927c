import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { mintLocalFirstToken } from 'local-first-identity'

import { audience, secret, userId } from './support.mts'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (command: string, args: string[], cwd: string) => execFileSync(command, args, { cwd, encoding: 'utf8' })
const node = (code: string, cwd: string, type = 'module') =>
  run(process.execPath, [`--input-type=${type}`, '--eval', code], cwd)

describe('the package', () => {
  const names = [
    'deriveUserId',
    'generateAuthSecret',
    'mintLocalFirstToken',
    'normalizeAudience',
    'verifyLocalFirstIdentityProof',
  ]
  const print = `console.log(JSON.stringify([${names}].map((value) => value.name)))`

  it('gives its names to import', () => {
    const printed = node(`import { ${names} } from 'local-first-identity'; ${print}`, root)
    assert.deepEqual(JSON.parse(printed), names)
  })

  it('gives its names to require', () => {
    const printed = node(`const { ${names} } = require('local-first-identity'); ${print}`, root, 'commonjs')
    assert.deepEqual(JSON.parse(printed), names)
  })

  it('exports nothing else', () => {
    const printed = node(`console.log(JSON.stringify(Object.keys(require('local-first-identity'))))`, root, 'commonjs')
    assert.deepEqual(JSON.parse(printed), names)
  })
})

describe('the loader, where no binary loads', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    copyFileSync(`${root}index.js`, join(folder, 'index.js'))
  })

  after(() => rmSync(folder, { recursive: true }))

  const failure = () =>
    JSON.parse(
      node(
        `try { require('./index.js') } catch (error) {
          console.log(JSON.stringify({ message: error.message, causes: error.errors.map(({ cause }) => cause.code) }))
        }`,
        folder,
        'commonjs',
      ),
    )

  it('says what it tried and what to do', () => {
    const { message, causes } = failure()
    assert.match(message, new RegExp(`^local-first-identity has no binary that loads on ${process.platform} `))
    assert.match(message, /: Cannot find module '\.\/local-first-identity\./)
    assert.match(message, /Build it on this machine/)
    assert.ok(causes.every((code: string) => code === 'MODULE_NOT_FOUND'))
  })

  it('keeps the system’s own words about a binary that does not load', () => {
    const binary = readdirSync(root).find((name) => name.endsWith('.node')) ?? assert.fail('npm run build first')
    writeFileSync(join(folder, binary), 'not a binary')
    const { message, causes } = failure()
    assert.ok(message.includes(binary))
    assert.ok(causes.includes('ERR_DLOPEN_FAILED'))
  })
})

describe('the packed package, installed as jazz-napi', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
    run('npm', ['install', '--offline', '--no-audit', '--no-fund', `jazz-napi@file:${packed.filename}`], folder)
  })

  after(() => rmSync(folder, { recursive: true }))

  it('runs the documented Better Auth hook unchanged', () => {
    // What the hook does with the proof, as the Jazz documents have it; `ctx` and `APIError` stand in for Better Auth's.
    const hook = `
      class APIError extends Error {
        constructor(status, { message }) { super(status + ': ' + message) }
      }
      const before = async (ctx) => {
        if (ctx.path !== "/sign-up/email") return;
        const { verifyLocalFirstIdentityProof } = await import("jazz-napi");
        const {
          ok,
          error,
          id: provedUserId,
        } = verifyLocalFirstIdentityProof(ctx.body?.proofToken, "${audience}");
        if (!ok) {
          throw new APIError("BAD_REQUEST", { message: error });
        }
        return { context: { ...ctx, body: { ...ctx.body, provedUserId } } };
      };
      const body = (proofToken) => before({ path: '/sign-up/email', body: { proofToken } })
      console.log((await body('${mintLocalFirstToken(secret, audience, 60)}')).context.body.provedUserId)
      for (const wrong of [undefined, 42, 'nonsense']) await body(wrong).catch(({ message }) => console.log(message))
    `
    assert.deepEqual(node(hook, folder).trim().split('\n'), [
      userId,
      'BAD_REQUEST: No identity proof was sent.',
      'BAD_REQUEST: The identity proof is not a well-formed token.',
      'BAD_REQUEST: The identity proof is not a well-formed token.',
    ])
  })
})
