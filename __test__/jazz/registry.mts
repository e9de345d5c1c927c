// A stand-in for Jazz's account registry on a port of this machine, by the recorded facts of JAZZ.md §4.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { normalizeAudience } from 'local-first-identity'

import { bearerVerifier, claimsOf, type Provider } from './bearers.mts'
import { type Body, bodyOf, identityIn, nonceIn, none, textOf } from './bodies.mts'
import { type Clock, type Identity, Refused, RegistryState } from './registry-state.mts'

export type { Account, Assignment, Clock, Identity } from './registry-state.mts'

const resolveOp = 'admin/accounts/resolve'

type Operation = (state: RegistryState, caller: Identity, body: Body) => unknown

const operations = {
  'found-local-first': (state, caller, body) => state.foundLocalFirst(caller, ...none(body)),
  register: (state, caller, body) => state.register(caller, ...none(body)),
  login: (state, caller, body) => state.login(caller, ...none(body)),
  'login-or-register': (state, caller, body) => state.loginOrRegister(caller, ...none(body)),
  'links/request': (state, caller, body) => state.requestLink(caller, identityIn(body)),
  'links/accept': (state, caller, body) => state.acceptLink(caller, nonceIn(body)),
  revoke: (state, caller, body) => state.revoke(caller, identityIn(body)),
} satisfies Record<string, Operation>

export type Op = keyof typeof operations | typeof resolveOp

export interface Answer {
  status: number
  /** A string is sent as text, anything else as JSON. Without it the body is empty. */
  body?: unknown
  headers?: Record<string, string>
}

/** An answer that a test gives in place of the registry's. */
export interface OddAnswer extends Answer {
  /** The answer waits for this. */
  delayUntil?: Promise<unknown>
}

/** A request that arrived. */
export interface Call {
  /** The operation; the path where there is no such operation. */
  op: string
  /** As the bearer says, verified or not. */
  issuer: string | undefined
  subject: string | undefined
  /** What the registry decided, sent or lost; `undefined` until then. */
  status: number | undefined
}

export interface RegistryOptions extends Provider {
  /** The app's ID in Jazz, or its UUID. */
  appId: string
  adminSecret?: string
  /** When the clock starts, in Unix seconds. By default now. */
  now?: number
  /** An edge server has codes of its own for a missing bearer and an unknown operation. */
  edge?: boolean
}

export interface Registry {
  server: string
  registry: string
  clock: Clock
  calls: Call[]
  state(): ReturnType<RegistryState['snapshot']>
  /** Gives the next such request this answer and performs nothing. Resolves when the request arrives. */
  answerNext(op: Op, answer: OddAnswer): Promise<void>
  /** Performs the next such request and closes the connection without an answer. Resolves when the request arrives. */
  loseAnswer(op: Op): Promise<void>
  close(): Promise<void>
}

function bearerOf({ headers }: IncomingMessage, edge: boolean): string {
  if (edge && headers.authorization === undefined) throw new Refused(401, 'account_bearer_required')
  const [, token] = /^Bearer(?: +(.*))?$/i.exec(headers.authorization ?? '') ?? [undefined, null]
  if (token === null || headers['x-jazz-session'] !== undefined)
    throw new Refused(401, 'account operation requires bearer authentication')
  if (!token) throw new Refused(401, 'missing account credential')
  return token
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  response.writeHead(status, { ...(text && { 'content-type': type }), ...headers }).end(text)
}

/** What a test has planned for the coming requests, first come, first served. */
class Plans {
  readonly #plans: { op: string; odd: OddAnswer | 'lose'; arrived: () => void }[] = []

  add(op: Op, odd: OddAnswer | 'lose'): Promise<void> {
    return new Promise((arrived) => void this.#plans.push({ op, odd, arrived }))
  }

  take(op: string): OddAnswer | 'lose' | undefined {
    const index = this.#plans.findIndex((plan) => plan.op === op)
    const [plan] = index < 0 ? [] : this.#plans.splice(index, 1)
    plan?.arrived()
    return plan?.odd
  }
}

/** Decides a request to a path that exists. */
function createAuthority(appUuid: string, clock: Clock, options: RegistryOptions) {
  const state = new RegistryState(appUuid, clock)
  const verify = bearerVerifier(appUuid, options)

  function resolve(request: IncomingMessage, text: string): unknown {
    const given = request.headers['x-jazz-admin-secret']
    if (given === undefined || given !== options.adminSecret) throw new Refused(401, '')
    return state.login(identityIn(bodyOf(request, text)))
  }

  async function perform(op: Op, request: IncomingMessage, text: string): Promise<unknown> {
    if (!(Number.isSafeInteger(clock.now) && clock.now >= 0)) throw new Refused(503, 'invalid_clock')
    if (op === resolveOp) return resolve(request, text)
    const caller = await verify(bearerOf(request, options.edge === true), clock.now)
    return operations[op](state, caller, bodyOf(request, text))
  }

  return { state, perform }
}

/** The operation at a path, or what the app gate answers where there is none. */
function route(path: string, method: string, appUuid: string, edge: boolean): { op: Op } | Answer {
  const [, app, rest = ''] = /^\/apps\/([^/]+)\/(.+)$/.exec(path) ?? []
  const op = rest.replace(/^accounts\//, '')
  const exists = rest === resolveOp || (op !== rest && Object.hasOwn(operations, op))
  if (app === appUuid && exists)
    return method === 'POST' ? { op: op as Op } : { status: 405, headers: { allow: 'POST' } }
  return app === appUuid && op !== rest && edge ? { status: 404, body: 'unknown_account_operation' } : { status: 404 }
}

async function answerOf(result: Promise<unknown>): Promise<Answer> {
  try {
    const body = await result
    return body === undefined ? { status: 204 } : { status: 200, body }
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, body: error.message }
    throw error
  }
}

export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const appUuid = normalizeAudience(options.appId)
  const clock: Clock = {
    now: options.now ?? Math.floor(Date.now() / 1000),
    advance(seconds) {
      clock.now += seconds
    },
  }
  const { state, perform } = createAuthority(appUuid, clock, options)
  const plans = new Plans()
  const calls: Call[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://registry')
    const routed = route(pathname, request.method ?? '', appUuid, options.edge === true)
    const { iss: issuer, sub: subject } = claimsOf(request.headers.authorization?.replace(/^Bearer +/i, '') ?? '')
    const call: Call = { op: 'op' in routed ? routed.op : pathname, issuer, subject, status: undefined }
    calls.push(call)
    const text = textOf(request)
    await text.catch(() => {})
    const plan = 'op' in routed ? plans.take(routed.op) : undefined
    if (typeof plan === 'object') await plan.delayUntil
    const decide = async (op: Op) => perform(op, request, await text)
    const answer = typeof plan === 'object' ? plan : 'op' in routed ? await answerOf(decide(routed.op)) : routed
    call.status = answer.status
    if (plan === 'lose') request.socket.destroy()
    else send(response, answer)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((fault) => {
      // A fault of this stand-in must not look like an answer of Jazz.
      console.error(fault)
      request.socket.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    server: base,
    registry: `${base}/apps/${appUuid}/accounts`,
    clock,
    calls,
    state: () => state.snapshot(),
    answerNext: (op, answer) => plans.add(op, answer),
    loseAnswer: (op) => plans.add(op, 'lose'),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
