// What there is without HTTP: one verification, and one session resolved, in microseconds of processor time.

import assert from 'node:assert/strict'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { sessionResolver } from '../../server/session-resolver.mts'
import { median } from './statistics.mts'
import { APP_ID, AUDIENCE, freshToken } from './tokens.mts'

const TURNS = 21

async function microseconds(repetitions: number, run: (i: number) => unknown): Promise<number> {
  const turns: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const start = process.cpuUsage()
    for (let i = 0; i < repetitions; i++) await run(turn * repetitions + i)
    const { user, system } = process.cpuUsage(start)
    turns.push((user + system) / repetitions)
  }
  return median(turns)
}

const many = (count: number, audience: string) => Array.from({ length: count }, () => freshToken(audience))

export interface Bare {
  verification: number
  newSession: number
  knownSession: number
}

export async function measureBare(): Promise<Bare> {
  const proofs = many(500, AUDIENCE)
  // As many as fill the cache, so that a known session is looked for among others.
  const headers = many(TURNS * 500, APP_ID).map((token) => `Bearer ${token}`)
  const resolve = sessionResolver({ appId: APP_ID })
  const known = `Bearer ${freshToken(APP_ID)}`
  assert.ok(proofs.every((proof) => verifyLocalFirstIdentityProof(proof, AUDIENCE).ok))
  assert.ok('userId' in (await resolve(known)))
  return {
    verification: await microseconds(200, (i) => verifyLocalFirstIdentityProof(proofs[i % proofs.length], AUDIENCE)),
    newSession: await microseconds(500, (i) => resolve(headers[i])),
    knownSession: await microseconds(2_000, () => resolve(known)),
  }
}
