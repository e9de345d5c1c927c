import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { audience, goodToken, now, secret, userId } from './support.mts'

const worker = `
  const { parentPort, workerData: { token, audience, now } } = require('node:worker_threads')
  const { verifyLocalFirstIdentityProof } = require('local-first-identity')
  const verdicts = { good: 0, bad: 0, thrown: 0 }
  for (let i = 0; i < 500; i++) {
    if (verifyLocalFirstIdentityProof(token, audience, { now }).id) verdicts.good++
    if (verifyLocalFirstIdentityProof(token + '.', audience, { now }).code === 'malformed') verdicts.bad++
    try { verifyLocalFirstIdentityProof(token, 7) } catch (error) { if (error instanceof TypeError) verdicts.thrown++ }
  }
  parentPort.postMessage(verdicts)
`
const verifiesHere = () => assert.equal(verifyLocalFirstIdentityProof(goodToken, audience, { now }).id, userId)

it('verifies in 16 worker threads while the main thread does', async () => {
  let ended = 0
  const verdicts = Array.from({ length: 16 }, () => {
    const thread = new Worker(worker, { eval: true, workerData: { token: goodToken, audience, now } })
    thread.once('exit', () => ended++)
    return new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  })
  const counts = Promise.all(verdicts)
  // Beside the first thread and the last, however long they take to start.
  for (let i = 0; i < 500 || ended < 16; i++) {
    verifiesHere()
    if (i % 50 === 0) await new Promise(setImmediate)
  }
  assert.deepEqual(await counts, Array(16).fill({ good: 500, bad: 500, thrown: 500 }))
})

it('is loaded again in a worker after one that had it ended', async () => {
  for (let round = 0; round < 5; round++) {
    const thread = new Worker(worker, { eval: true, workerData: { token: goodToken, audience, now } })
    const counted = await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
    assert.deepEqual(counted, { good: 500, bad: 500, thrown: 500 })
    await thread.terminate()
  }
})

// Where a worker is when it ends: probably in the core, or certainly in a function that the addon calls.
const places = [
  `for (let i = 0; ; i++) {
    if (i === 2) parentPort.postMessage('looping')
    inside(() => verify(token, audience, { now }))
    inside(() => mint(secret, audience, 60, { now }))
  }`,
  'inside(() => verify(token, audience, { get now() { return stay() } }))',
  'inside(() => mint(secret, audience, 60, { get issuer() { return stay() } }))',
  'inside(() => verify(token, audience, new Proxy({}, { ownKeys: stay })))',
  `const issuers = Object.defineProperty(['local-first'], 0, { get: stay })
  inside(() => verify(token, audience, { now, issuers }))`,
]
const endless = (place: string) => `
  const { parentPort, workerData: { token, audience, now, secret, state } } = require('node:worker_threads')
  const { verifyLocalFirstIdentityProof: verify, mintLocalFirstToken: mint } = require('local-first-identity')
  function inside(call) {
    Atomics.store(state, 0, 1)
    call()
    Atomics.store(state, 0, 0)
  }
  function stay() {
    parentPort.postMessage('staying')
    Atomics.wait(state, 1, 0)
  }
  ${place}`

/** Ends a worker once it says that it works. Returns whether it was inside a call. */
async function endInside(place: string): Promise<boolean> {
  const state = new Int32Array(new SharedArrayBuffer(8))
  const workerData = { token: goodToken, audience, now, secret, state }
  const thread = new Worker(endless(place), { eval: true, workerData })
  await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  verifiesHere()
  assert.equal(await thread.terminate(), 1)
  verifiesHere()
  return Atomics.load(state, 0) === 1
}

/** Ends this many workers during a call, eight at a time. Returns how many there were, and the memory at the end. */
async function endInsideEach(rounds: number): Promise<{ started: number; bytes: number }> {
  let [round, started] = [0, 0]
  const lane = async () => {
    while (round++ < rounds) {
      for (const place of places) {
        // One that was between two calls does not count.
        do started++
        while (!(await endInside(place)))
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  return { started, bytes: process.memoryUsage.rss() }
}

it('lives on, in no more memory, when 1,000 workers are ended in mid-call', async (t) => {
  const first = await endInsideEach(20)
  const others = await endInsideEach(180)
  const grown = others.bytes - first.bytes
  t.diagnostic(
    `${first.started + others.started} workers ended, 1,000 of them in mid-call: ${(first.bytes / 1e6).toFixed(1)} MB ` +
      `after the first 100, ${(others.bytes / 1e6).toFixed(1)} MB after the last`,
  )
  assert.equal((20 + 180) * places.length, 1000)
  // A worker holds some megabytes. Between two workers, the process has ten or twenty to spare.
  assert.ok(grown < 60e6, `${grown} bytes more`)
})
