// Two server processes that share one Redis: each proof is accepted once by the two of them.

import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import { noRedis } from '../services.mts'

const PEOPLE = 40
const TRIES = 6

describe('two processes, one Redis', { skip: noRedis }, () => {
  const children: ChildProcess[] = []
  let origins: string[]

  before(async () => {
    origins = await Promise.all(
      [0, 1].map(async () => {
        const child = fork(fileURLToPath(new URL('server.mts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
        children.push(child)
        const [{ port }] = (await once(child, 'message')) as [AddressInfo]
        return `http://127.0.0.1:${port}`
      }),
    )
  })
  after(async () => {
    for (const child of children) {
      child.disconnect()
      await once(child, 'exit')
    }
  })

  it('accept each proof once', async (t) => {
    const winners: [number, number] = [0, 0]
    for (let person = 0; person < PEOPLE; person++) {
      const secret = generateAuthSecret()
      const token = mintLocalFirstToken(secret, 'test-app-signup', 60)
      const answers = await Promise.all(
        Array.from({ length: TRIES }, async (_, i) => {
          const headers = { 'x-local-first-proof': token }
          const response = await fetch(`${origins[i % 2]}/signup`, { method: 'POST', headers })
          return [response.status, await response.json(), i % 2 === 0 ? 0 : 1] as const
        }),
      )
      const accepted = answers.filter(([status]) => status === 201)
      assert.deepEqual(
        accepted.map(([, body]) => body),
        [{ id: deriveUserId(secret) }],
      )
      winners[accepted[0]?.[2] ?? assert.fail()]++
      const refused = answers.filter(([status, body]) => status === 401 && body.code === 'already-used')
      assert.equal(refused.length, TRIES - 1)
    }
    t.diagnostic(
      `${PEOPLE} proofs, each sent ${TRIES} times at once: accepted ${winners[0]} by one, ${winners[1]} by the other`,
    )
    assert.equal(winners[0] + winners[1], PEOPLE)
  })
})
