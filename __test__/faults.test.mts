// A panic inside the core: what JavaScript gets, what is printed, and that the process goes on. The addon is built as
// it ships, with the feature `fault-injection`: certain texts panic with a message that quotes them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { deriveUserId, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'

import { commonFaults } from '../scripts/shipped.mjs'
import { absence } from './services.mts'
import { audience, goodToken, now, secret, userId } from './support.mts'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (command: string, args: string[]) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'pipe'] })

const skip = await absence('cargo', 'https://rustup.rs', async () => {
  const { error } = run('cargo', ['--version'])
  if (error) throw error
})

const asking = 'fault-injection:PROOFOFNOTHING'
const printed =
  /^local-first-identity panicked at crates[\\/]identity[\\/]src[\\/](?:proof[\\/]verify|identity)\.rs:\d+:\d+$/
const message = 'a fault of local-first-identity: please report it, with the line on the standard error'

/** Builds the addon that panics for the asking, in a folder of its own. */
function build(): string {
  const args = ['build', '--release', '--locked', '--package', 'local-first-identity-node']
  const { status, stderr } = run('cargo', [...args, '--features', 'fault-injection', '--target-dir', 'target/faults'])
  assert.equal(status, 0, stderr)
  const folder = join(root, 'target', 'faults', 'release')
  const name = readdirSync(folder).find((name) => /^(lib)?local_first_identity_node\.(so|dylib|dll)$/.test(name))
  return join(folder, name ?? assert.fail('cargo made no library'))
}

// Runs in the process, and in a worker of it.
const given = { token: goodToken, audience, now, secret, asking }
const start = (addon: string) => `
  const loaded = { exports: {} }
  process.dlopen(loaded, ${JSON.stringify(addon)})
  const { verifyLocalFirstIdentityProof: verify, mintLocalFirstToken: mint, deriveUserId } = loaded.exports
  const { token, audience, now, secret, asking } = ${JSON.stringify(given)}
  const thrown = (call) => {
    try { return { verdict: call() } } catch (error) {
      return { own: error.constructor === Error, name: error.name, message: error.message, stack: error.stack }
    }
  }
  const good = () => verify(token, audience, { now }).id
`

describe('a panic inside the core', { skip }, () => {
  let addon: string
  before(() => {
    addon = build()
  })

  /** What a program printed until its end, and the places of the panics in its standard error. */
  function told(program: string, flags: string[] = []): { result: unknown; panics: string[] } {
    const { status, signal, stdout, stderr } = run(process.execPath, [...flags, '--eval', start(addon) + program])
    assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr.slice(-2000))
    assert.doesNotMatch(stdout + stderr, /PROOFOFNOTHING/)
    const panics = stderr.split('\n').slice(0, -1)
    for (const line of panics) assert.match(line, printed)
    return { result: JSON.parse(stdout), panics }
  }

  const calls = ['verify(asking, audience)', 'mint(asking, audience, 60)', 'deriveUserId(asking)']
  const each = `[${calls.map((call) => `thrown(() => ${call}), good()`)}].flat()`

  /** An error for each of the calls, and a good verdict after it. */
  function assertThrown(results: unknown): void {
    assert.ok(Array.isArray(results))
    assert.equal(results.length, 2 * calls.length)
    for (const [index, result] of results.entries()) {
      if (index % 2 === 1) assert.equal(result, userId)
      else assert.deepEqual({ ...result, stack: '' }, { own: true, name: 'Error', message, stack: '' })
    }
  }

  it('is an Error with nothing of the text, and the next good proof verifies', () => {
    const { result, panics } = told(`console.log(JSON.stringify(${each}))`)
    assertThrown(result)
    assert.equal(panics.length, calls.length)
  })

  it('is the same in a worker thread, which lives on as its process does', () => {
    const worker = (addon: string) => `${start(addon)}
      require('node:worker_threads').parentPort.postMessage(${each})`
    const { result, panics } = told(`
      const { Worker } = require('node:worker_threads')
      new Worker(${JSON.stringify(worker(addon))}, { eval: true })
        .once('message', (ofWorker) => {
          console.log(JSON.stringify({ ofWorker, ofMain: ${each} }))
        })`)
    const { ofWorker, ofMain } = result as Record<string, unknown>
    assertThrown(ofWorker)
    assertThrown(ofMain)
    assert.equal(panics.length, 2 * calls.length)
  })

  const noFull = process.platform !== 'linux' && 'only Linux has /dev/full'
  it('is the same where the standard error takes nothing', { skip: noFull }, () => {
    const full = openSync('/dev/full', 'w')
    try {
      const program = `${start(addon)} console.log(JSON.stringify(${each}))`
      const stdio: ['ignore', 'pipe', number] = ['ignore', 'pipe', full]
      const { status, signal, stdout } = spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8', stdio })
      assert.deepEqual({ status, signal }, { status: 0, signal: null })
      assertThrown(JSON.parse(stdout))
    } finally {
      closeSync(full)
    }
  })

  it('may come thousands of times, and keeps no memory', (t) => {
    const long = `asking.padEnd(2048, 'x')`
    const { result, panics } = told(
      `const { rss } = process.memoryUsage
       const panic = (times) => {
         let errors = 0
         for (let i = 0; i < times; i++) if (thrown(() => verify(${long}, audience)).own) errors++
         gc()
         return errors
       }
       const errors = panic(1000)
       const before = rss()
       console.log(JSON.stringify({ errors: errors + panic(10_000), grown: rss() - before, id: good() }))`,
      ['--expose-gc'],
    )
    const { grown, ...rest } = result as { grown: number }
    t.diagnostic(`10,000 panics after the first 1,000: ${(grown / 1e6).toFixed(1)} MB more`)
    assert.deepEqual(rest, { errors: 11_000, id: userId })
    assert.equal(panics.length, 11_000)
    // The message of a panic that was kept each time would be 20 MB.
    assert.ok(grown < 10e6, `${grown} bytes more`)
  })

  it('is nothing that can be asked of the addon that ships', () => {
    assert.equal(verifyLocalFirstIdentityProof(asking, audience).code, 'malformed')
    const refused = { name: 'TypeError', message: /^secret must be 32 bytes as 43 characters / }
    assert.throws(() => mintLocalFirstToken(asking, audience, 60), refused)
    assert.throws(() => deriveUserId(asking), refused)
  })

  it('keeps a binary that can be asked for it from shipping', () => {
    const fault = 'it panics for the asking: it was built with the feature fault-injection'
    const ours = readdirSync(join(root, 'addon')).filter((name) => name.endsWith('.node'))
    assert.ok(ours.length > 0)
    assert.ok([...commonFaults(addon)].includes(fault))
    for (const name of ours) assert.ok(![...commonFaults(join(root, 'addon', name))].includes(fault), name)
  })
})
