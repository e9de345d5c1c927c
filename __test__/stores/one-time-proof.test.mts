// A proof is good for one use, on every engine.

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it, mock } from 'node:test'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { memoryStore, oneTimeProof, type Store } from 'local-first-identity/stores'
import { createIdentity, proofFor } from 'local-first-identity/testing'

import { engines, type Opened } from './engines.mts'

const audience = 'test-app-signup'
const verify = (token: string, now?: number) => {
  const proof = verifyLocalFirstIdentityProof(token, audience, { now })
  return proof.ok ? proof : assert.fail(proof.error)
}
// Of someone new: the stores outlive this process.
const newProof = () => verify(proofFor(audience, { identity: createIdentity() }))

for (const engine of engines) {
  describe(`oneTimeProof, ${engine.name}`, { skip: engine.skip }, () => {
    let opened: Opened
    before(async () => {
      opened = await engine.open()
    })
    after(() => opened.close())

    it('takes a proof once, whichever connection asks', async () => {
      const [one, other] = [oneTimeProof(await opened.connect()), oneTimeProof(await opened.connect())]
      const proof = newProof()
      assert.equal(await one(proof), true)
      assert.equal(await one(proof), false)
      assert.equal(await other(proof), false)
      assert.equal(await other(newProof()), true)
    })

    const { burst = 200 } = engine

    it(`of ${burst} uses of one proof at once, one counts`, async () => {
      const uses = await Promise.all([1, 2, 3, 4].map(async () => oneTimeProof(await opened.connect())))
      const proof = newProof()
      const used = await Promise.all(Array.from({ length: burst }, (_, i) => uses[i % 4]?.(proof)))
      assert.equal(used.filter((one) => one === true).length, 1)
      assert.equal(used.filter((one) => one === false).length, burst - 1)
    })
  })
}

describe('oneTimeProof, how long a proof is remembered', () => {
  afterEach(() => mock.timers.reset())

  const remembered = async (issuedAt: number, ttl: number, now: number) => {
    const seconds: number[] = []
    const store = {
      create: async (_key: string, _value: string, ttlSeconds: number) => seconds.push(ttlSeconds) > 0,
    } as unknown as Store
    mock.timers.enable({ apis: ['Date'], now: now * 1000 })
    await oneTimeProof(store)(verify(proofFor(audience, { ttlSeconds: ttl, now: issuedAt }), now))
    return seconds
  }
  const start = 1_800_000_000

  it('of an app’s own store: gives nothing but a boolean', async () => {
    for (const answer of [undefined, null, 'OK', 1, [], { rowCount: 0 }]) {
      const store = { create: async () => answer } as unknown as Store
      await assert.rejects(oneTimeProof(store)(newProof()), {
        name: 'TypeError',
        message: "oneTimeProof: the store's `create` must give a boolean",
      })
    }
  })

  it('in the memory of one thread: until it has expired, and no longer', async () => {
    const store = memoryStore({ maxEntries: 1 })
    const token = proofFor(audience, { now: start })
    const useProof = oneTimeProof(store)
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    assert.equal(await useProof(verify(token, start)), true)
    mock.timers.setTime((start + 60) * 1000 - 1)
    assert.equal(await useProof(verify(token, start)), false)
    mock.timers.setTime((start + 61) * 1000)
    assert.equal(await store.create('its-room', '', 1), true)
  })

  for (const [what, issuedAt, now, seconds] of [
    ['used at once', start, start, 360],
    ['used in its last second', start, start + 59, 360],
    ['of a clock that is ahead by a minute', start, start - 60, 420],
  ] as const) {
    it(`${what}: until it has expired by every clock`, async () => {
      assert.deepEqual(await remembered(issuedAt, 60, now), [seconds])
    })
  }
})
