// What benches/http.mts compares: each framework's routes behind each kind of middleware, and without.

import assert from 'node:assert/strict'

import type { Request } from 'autocannon'
import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import { apps, type Framework, NOBODY } from './apps.mts'
import { type Child, startServer } from './child.mts'
import { type Load, measure, type Sample } from './measure.mts'
import type { Guard, Usage } from './server.mts'
import { APP_ID, AUDIENCE, EMAIL, forged, freshToken, signUpBody } from './tokens.mts'

/** More than any of the servers verifies in a second. */
export const FRESH_PER_SECOND = 20_000

interface Route {
  method: 'GET' | 'POST'
  path: string
  audience: string
  request(token: string): { headers: Record<string, string>; body?: string }
  answer(id: string): object
}

const signUp: Route = {
  method: 'POST',
  path: '/signup',
  audience: AUDIENCE,
  request: (token) => ({ headers: { 'content-type': 'application/json' }, body: signUpBody(token) }),
  answer: (id) => ({ id, email: EMAIL }),
}
const me: Route = {
  method: 'GET',
  path: '/me',
  audience: APP_ID,
  request: (token) => ({ headers: { authorization: `Bearer ${token}` } }),
  answer: (id) => ({ id }),
}

/** In the order of a round: what is subtracted stands right before that which it is subtracted from. */
const kinds: { name: string; route: Route; guard: Guard; fresh: boolean }[] = [
  { name: 'sign-up', route: signUp, guard: 'none', fresh: false },
  { name: 'sign-up, each proof once', route: signUp, guard: 'one-time', fresh: true },
  { name: 'sign-up, `useProof: false`', route: signUp, guard: 'reusable', fresh: false },
  { name: 'session', route: me, guard: 'none', fresh: false },
  { name: 'session, a token seen before', route: me, guard: 'session', fresh: false },
  { name: 'session, a new token each time', route: me, guard: 'session', fresh: true },
]

export interface Contender {
  framework: Framework
  name: string
  /** The same route without middleware; `undefined` for that itself. */
  without: Contender | undefined
  samples: Sample[]
  run(seconds: number): Promise<Sample>
}

/** A good token must give its identity, and a forged one nothing, unless no one looks at it. */
async function check(origin: string, { method, path, audience, request, answer }: Route, guard: Guard): Promise<void> {
  const isOpen = guard === 'none'
  const secret = generateAuthSecret()
  const token = mintLocalFirstToken(secret, audience, 60)
  const ask = (token: string) => fetch(origin + path, { method, ...request(token) })
  assert.equal((await ask(forged(token))).status, isOpen ? 200 : 401)
  const good = await ask(token)
  assert.equal(good.status, 200)
  assert.deepEqual(await good.json(), answer(isOpen ? NOBODY : deriveUserId(secret)))
}

function loadOf({ path, method, audience, request }: Route, fresh: boolean, seconds: number): Load {
  const length = fresh ? Math.ceil(FRESH_PER_SECOND * seconds) : 1
  const requests: Request[] = Array.from({ length }, () => request(freshToken(audience)))
  return { path, method, requests, seconds }
}

export interface Contenders {
  contenders: Contender[]
  stop(): Promise<unknown>
}

async function startFramework(framework: Framework, maxEntries: number): Promise<Contenders> {
  const servers = new Map<Guard, Child<Usage>>()
  const contenders: Contender[] = []
  let without: Contender | undefined
  for (const { name, route, guard, fresh } of kinds) {
    const args = [framework, guard, String(maxEntries)]
    const server = servers.get(guard) ?? (await startServer<Usage>(new URL('server.mts', import.meta.url), args))
    servers.set(guard, server)
    await check(server.origin, route, guard)
    if (guard === 'none') without = undefined
    const run = (seconds: number) => measure(server, loadOf(route, fresh, seconds))
    const contender: Contender = { framework, name, without, samples: [], run }
    without ??= contender
    contenders.push(contender)
  }
  return { contenders, stop: () => Promise.all([...servers.values()].map((server) => server.stop())) }
}

/** @param maxEntries - How many proofs the store of a server has to hold. */
export async function startContenders(maxEntries: number): Promise<Contenders> {
  const started: Contenders[] = []
  for (const framework of Object.keys(apps) as Framework[]) started.push(await startFramework(framework, maxEntries))
  return {
    contenders: started.flatMap(({ contenders }) => contenders),
    stop: () => Promise.all(started.map(({ stop }) => stop())),
  }
}
