// The addon in more than one place at once: values of other realms, the same file loaded many times, copies of it, and
// threads that come and go.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'

import { mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { proofFor } from 'local-first-identity/testing'

import { audience, goodToken, now, secret, userId } from './support.mts'

const root = fileURLToPath(new URL('..', import.meta.url))
const anonymous = proofFor(audience, { issuer: 'anonymous', now })

describe('values of another realm', () => {
  const given = { verify: verifyLocalFirstIdentityProof, mint: mintLocalFirstToken }
  const realm = createContext({ ...given, goodToken, anonymous, audience, secret, now })
  const there = (code: string) => runInContext(code, realm)
  const ok = { ok: true, id: userId, issuedAt: now, expiresAt: now + 60 }

  it('are options, lists and texts as ours are', () => {
    const { proofId, ...rest } = there('verify(String(goodToken), audience.slice(0), Object.assign({}, { now }))')
    assert.deepEqual(rest, { ...ok, issuer: 'local-first' })
    assert.equal(proofId, verifyLocalFirstIdentityProof(goodToken, audience, { now }).proofId)

    const lists = ["['anonymous']", "Array.of('local-first', 'anonymous')", "new (class extends Array {})('anonymous')"]
    for (const list of lists) {
      const { proofId: _, ...rest } = there(`verify(anonymous, audience, { now, issuers: ${list} })`)
      assert.deepEqual(rest, { ...ok, issuer: 'anonymous' }, list)
    }
    assert.equal(there('verify(anonymous, audience, { now, issuers: ["local-first"] }).code'), 'unknown-issuer')
    assert.equal(there('verify(goodToken, audience, Object.create(null, { now: { value: now } })).ok'), true)
    assert.equal(there('mint(secret, audience, 60, { now })'), goodToken)
  })

  it('are refused as ours are, with the verdict for a token and an error for an argument', () => {
    const tokens = ['{}', '[goodToken]', 'new String(goodToken)', 'new Error(goodToken)', '() => goodToken', 'Symbol()']
    for (const token of [...tokens, 'new Proxy({}, {})', 'globalThis']) {
      assert.equal(there(`verify(${token}, audience, { now }).code`), 'malformed', token)
    }
    const wrong: [string, string, RegExp][] = [
      ['new String(audience), { now }', 'ERR_INVALID_ARG_TYPE', /^audience must be a string$/],
      ['audience, []', 'ERR_INVALID_ARG_TYPE', /^options must be a plain object$/],
      ['audience, () => {}', 'ERR_INVALID_ARG_TYPE', /^options must be a plain object$/],
      [
        'audience, { now, issuers: { 0: "anonymous", length: 1 } }',
        'ERR_INVALID_ARG_TYPE',
        /^options.issuers must be an/,
      ],
      ['audience, { now, issuers: [] }', 'ERR_INVALID_ARG_VALUE', /^options.issuers must not be empty$/],
      ['audience, { now: new Number(now) }', 'ERR_INVALID_ARG_TYPE', /^options.now must be a number$/],
    ]
    for (const [args, code, message] of wrong) {
      assert.throws(() => there(`verify(goodToken, ${args})`), { name: 'TypeError', code, message }, args)
    }
  })

  it('see errors and verdicts of the realm that loaded the addon, as of any function that is handed over', () => {
    const caught = there('try { verify(goodToken, 7) } catch (error) { error }')
    assert.ok(caught instanceof TypeError)
    assert.equal(there('try { verify(goodToken, 7) } catch (error) { error instanceof TypeError }'), false)
    assert.equal(Object.getPrototypeOf(there('verify(goodToken, audience, { now })')), Object.prototype)
  })

  it('may throw errors of their own, which come through as they are', () => {
    const options = '{ get now() { throw thrown } }'
    assert.equal(
      there(
        `var thrown = new RangeError('theirs'); try { verify(goodToken, audience, ${options}) } catch (error) { error === thrown }`,
      ),
      true,
    )
    assert.ok(there('thrown') instanceof there('RangeError'))
  })
})

describe('the same binary, loaded more than once', () => {
  const binary =
    readdirSync(join(root, 'addon')).find((name) => name.endsWith('.node')) ?? assert.fail('npm run build first')
  const path = join(root, 'addon', binary)
  let folder: string
  let copies: string[]

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    copies = ['one.node', 'another.node'].map((name) => join(folder, name))
    for (const copy of copies) copyFileSync(path, copy)
  })

  after(() => rmSync(folder, { recursive: true }))

  const start = () => `
    const { Worker } = require('node:worker_threads')
    const { once } = require('node:events')
    const [path, copies] = ${JSON.stringify([path, copies])}
    function load(path, loaded = { exports: {} }) {
      process.dlopen(loaded, path)
      return loaded.exports
    }
    function judge({ verifyLocalFirstIdentityProof: verify, mintLocalFirstToken: mint, deriveUserId }) {
      const { token, anonymous, audience, secret, now } = ${JSON.stringify({ token: goodToken, anonymous, audience, secret, now })}
      const codes = [token, anonymous, token + '.', ''].map((token) => verify(token, audience, { now }).code ?? 'ok')
      try { verify(token, 7) } catch (error) { codes.push(error.constructor.name) }
      return [...codes, mint(secret, audience, 60, { now }) === token, deriveUserId(secret)].join()
    }`

  /** What a program printed, in a process of its own that came to its end: a crash has no verdict. */
  function told(program: string): unknown {
    const code = `${start()}\n(async () => { ${program} })()`
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--eval', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' })
    return JSON.parse(stdout)
  }

  const judged = `ok,unknown-issuer,malformed,missing,TypeError,true,${userId}`

  it('by one thread, twenty times', () => {
    const program = `
      const all = Array.from({ length: 20 }, () => load(path))
      console.log(JSON.stringify([new Set(all).size, ...all.map(judge), ...all.map(judge)]))`
    assert.deepEqual(told(program), [20, ...Array(40).fill(judged)])
  })

  it('from three paths, one of them twice', () => {
    const program = `
      const all = [path, ...copies, copies[0]].map((path) => load(path))
      console.log(JSON.stringify([...all.map(judge), ...all.reverse().map(judge)]))`
    assert.deepEqual(told(program), Array(8).fill(judged))
  })

  it('by another realm', () => {
    const program = `
      const realm = require('node:vm').createContext({ process, path })
      const load = 'const loaded = { exports: {} }; process.dlopen(loaded, path); loaded.exports'
      console.log(JSON.stringify([judge(require('node:vm').runInContext(load, realm)), judge(require(path))]))`
    assert.deepEqual(told(program), [judged, judged])
  })

  // How a worker ends, once it has judged: of itself, in its own hand, or in another's.
  const ends = ['', 'process.exit(0)', 'setInterval(() => {}, 1e6)']
  const work = `
    const code = (path, end) =>
      'const path = ' + JSON.stringify(path) + '; ' + load + judge +
      '; require("node:worker_threads").parentPort.postMessage(judge(load(path))); ' + end
    async function work(path, end) {
      const worker = new Worker(code(path, end), { eval: true })
      const gone = once(worker, 'exit')
      const [said] = await once(worker, 'message')
      if (end.startsWith('setInterval')) worker.terminate()
      await gone
      return said
    }
    const ends = ${JSON.stringify(ends)}`

  it('by a worker that has gone before any other thread has it', () => {
    const program = `${work}
      const said = []
      for (let round = 0; round < 10; round++) {
        for (const end of ends) said.push(await work(path, end))
      }
      said.push(judge(load(path)))
      for (const end of ends) said.push(await work(path, end))
      console.log(JSON.stringify([...said, judge(load(path))]))`
    assert.deepEqual(told(program), Array(35).fill(judged))
  })

  it('by the main thread and by workers at once, from three paths', () => {
    const program = `${work}
      const paths = [path, ...copies]
      const ours = paths.map((path) => load(path))
      const workers = paths.flatMap((path) => ends.map((end) => work(path, end)))
      const here = ours.map(judge)
      const said = await Promise.all(workers)
      console.log(JSON.stringify([...here, ...said, ...ours.map(judge)]))`
    assert.deepEqual(told(program), Array(15).fill(judged))
  })
})
