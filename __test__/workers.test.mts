import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { audience, goodToken, now, userId } from './support.mts'

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

it('verifies in worker threads while the main thread does', async () => {
  const verdicts = Array.from({ length: 8 }, () => {
    const thread = new Worker(worker, { eval: true, workerData: { token: goodToken, audience, now } })
    return new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  })
  for (let i = 0; i < 500; i++) assert.equal(verifyLocalFirstIdentityProof(goodToken, audience, { now }).id, userId)
  for (const counted of await Promise.all(verdicts)) assert.deepEqual(counted, { good: 500, bad: 500, thrown: 500 })
})

it('is loaded again in a worker after one that had it ended', async () => {
  for (let round = 0; round < 5; round++) {
    const thread = new Worker(worker, { eval: true, workerData: { token: goodToken, audience, now } })
    const counted = await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
    assert.deepEqual(counted, { good: 500, bad: 500, thrown: 500 })
    await thread.terminate()
  }
})
