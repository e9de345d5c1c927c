// Runs the recorded scenarios of vectors/jazz.json against a registry, over HTTP.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'

import { mintLocalFirstToken } from 'local-first-identity'

import { createProvider } from './bearers.mts'
import { type Identity, type Op, type Registry, type RegistryOptions, startRegistry } from './registry.mts'

interface Step {
  as?: string
  op?: string
  path?: string
  body?: { identity?: string | Identity; nonce?: string }
  status?: number
  code?: string
  text?: string
  account?: string
  returns?: string[]
  nonce?: string
  wait?: string
  note?: string
}
interface Scenario {
  name: string
  steps: (Step | string)[]
}
interface Facts {
  secrets: { name: string; v1: string; userId: string }[]
  accountIds: { appId: string; appUuid: string; sub: string; accountId: string }[]
  principalRefused: Identity[]
  registryScenarios: { list: Scenario[]; answers: { op: Op; status: number; body: string; means: string }[] }
}
export const facts: Facts = JSON.parse(readFileSync(new URL('../../vectors/jazz.json', import.meta.url), 'utf8'))
export const { list, answers } = facts.registryScenarios

export const start = 1_795_305_565
export const adminSecret = 'admin-secret'
const guest = facts.secrets.find(({ name }) => name === 'sevens') ?? assert.fail()
export const founded =
  facts.accountIds.find(({ appId, sub }) => appId === 'my-app' && sub === guest.userId) ?? assert.fail()
export const { appUuid } = founded
const provider = await createProvider('https://app.example', 'my-jazz-app')
export const stranger = await createProvider('https://app.example', 'my-jazz-app')

export const L: Identity = { issuer: 'urn:jazz:local-first', subject: guest.userId }
export const [E, F, M] = ['e', 'f', 'm'].map((subject) => ({ issuer: provider.issuer, subject })) as [
  Identity,
  Identity,
  Identity,
]
const identities: Record<string, Identity> = { L, E, F, M }

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
export const mint = (options: Parameters<typeof mintLocalFirstToken>[3] = {}, audience = appUuid, ttl = 3600) =>
  bearer(mintLocalFirstToken(guest.v1, audience, ttl, { now: start, ...options }))
export const jwt = async (subject: string, claims?: Record<string, unknown>) =>
  bearer(await provider.token(subject, start, claims))

/** The headers of everyone that the scenarios name. */
export const actors: Record<string, Record<string, string>> = {
  L: mint(),
  E: await jwt('e'),
  F: await jwt('f'),
  M: await jwt('m'),
  'anonymous token': mint({ issuer: 'anonymous' }),
  'cookie only': { cookie: `token=${await provider.token('e', start)}` },
  'E with X-Jazz-Session': { ...(await jwt('e')), 'x-jazz-session': '{}' },
  'a bad token': bearer('bad'),
  'X-Jazz-Admin-Secret': { 'x-jazz-admin-secret': adminSecret },
  'E bearer only': await jwt('e'),
}

export async function open(t: TestContext, options: Partial<RegistryOptions> = {}): Promise<Registry> {
  const registry = await startRegistry({ ...provider, appId: 'my-app', adminSecret, now: start, ...options })
  t.after(() => registry.close())
  return registry
}

export const post = (url: string, headers: Record<string, string>, body?: string | object) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

/** One request, as its status and its text. */
export async function ask(
  { registry }: Registry,
  as: string | Record<string, string>,
  op: string,
  body?: string | object,
) {
  const headers = typeof as === 'string' ? (actors[as] ?? assert.fail(`no actor ${as}`)) : as
  const response = await post(`${registry}/${op}`, headers, body)
  return [response.status, await response.text()] as const
}

/** One request that must succeed. */
export async function get(registry: Registry, as: string, op: string, body?: object) {
  const [status, text] = await ask(registry, as, op, body)
  assert.equal(status, 200, text)
  return JSON.parse(text)
}

const v4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Runs one scenario against one registry, and remembers what its steps name. */
class Player {
  readonly #registry: Registry
  readonly #nonces = new Map<string, string>()
  readonly #accounts = new Map([['A', founded.accountId]])

  constructor(registry: Registry) {
    this.#registry = registry
  }

  async play(steps: Scenario['steps']): Promise<void> {
    for (const step of steps) {
      if (typeof step === 'string') await this.play(scenario(step.replaceAll('…', '')).steps)
      else if (step.wait) this.#registry.clock.advance(secondsOf(step.wait))
      else await this.#send(step)
    }
  }

  async #send(step: Step): Promise<void> {
    const { as = '', op, path, body, status } = step
    const { server, registry } = this.#registry
    const app = `${server}/apps/${appUuid}`
    const url = path?.replace('<server>/apps/<app UUID>', app).replace('…', app) ?? `${registry}/${op}`
    const response = await post(url, actors[as] ?? assert.fail(`no actor ${as}`), body && this.#bodyOf(body))
    const text = await response.text()
    assert.equal(response.status, status, text)
    if (status !== 200) this.#checkText(step, response, text)
    else if (op === 'links/request') this.#checkIntent(step, JSON.parse(text))
    else this.#checkAccount(step, JSON.parse(text))
  }

  #bodyOf({ identity, nonce }: NonNullable<Step['body']>): object {
    if (nonce) return { nonce: this.#nonces.get(nonce) ?? assert.fail(`no nonce ${nonce}`) }
    if (typeof identity === 'string')
      return { identity: identities[identity] ?? assert.fail(`no identity ${identity}`) }
    return { identity: { ...identity, subject: identity?.subject.replace('…', guest.userId) } }
  }

  /** An error is plain text; what has neither a code nor a text is empty. */
  #checkText({ code, text = code ?? '' }: Step, response: Response, actual: string): void {
    assert.equal(actual, text)
    if (text) assert.match(response.headers.get('content-type') ?? '', /^text\/plain\b/)
  }

  #checkIntent({ returns = ['nonce', 'expires_at = now + 300'], nonce = 'N' }: Step, actual: Record<string, unknown>) {
    const rules = returns.map((rule) => rule.split(' = now + '))
    assert.deepEqual(Object.keys(actual).sort(), rules.map(([name]) => name).sort())
    for (const [name = '', seconds] of rules)
      if (seconds) assert.equal(actual[name], this.#registry.clock.now + Number(seconds))
    assert.match(String(actual.nonce), v4)
    this.#nonces.set(nonce, String(actual.nonce))
  }

  #checkAccount({ as = '', account = '', body }: Step, actual: Record<string, unknown>): void {
    if (account === 'X' && !this.#accounts.has('X')) {
      assert.match(String(actual.account), v4)
      this.#accounts.set('X', String(actual.account))
    }
    const asked = typeof body?.identity === 'string' ? body.identity : as
    const { generation } = actual
    assert.deepEqual(actual, { account: this.#accounts.get(account), identity: identities[asked], generation })
    assert.ok(Number.isInteger(generation))
  }
}

export const scenario = (name: string) => list.find((one) => one.name === name) ?? assert.fail(`no scenario ${name}`)

function secondsOf(wait: string): number {
  const [, seconds] = /^(\d+) s$/.exec(wait) ?? assert.fail(`no time ${wait}`)
  return Number(seconds)
}

const founding: Step = { as: 'L', op: 'found-local-first', status: 200, account: 'A' }
/** These scenarios start in the middle. The facts leave out how they got there. */
export const before: Record<string, Scenario['steps']> = {
  'a stolen nonce': [founding],
  'an expired nonce': [founding],
  'two approvals, one winner': [founding],
  'who is it, for a service': ['…guest signs up and links…'],
}

export const play = async (t: TestContext, { name, steps }: Scenario) =>
  new Player(await open(t)).play([...(before[name] ?? []), ...steps])

/** Every copy of a scenario with one expectation changed. */
export function* alterations({ name, steps }: Scenario): Generator<Scenario> {
  for (const [index, step] of steps.entries()) {
    if (typeof step === 'string' || step.wait) continue
    const { status = 0, code, text, account, returns } = step
    const changes: Step[] = [{ status: status + 1 }]
    if (code) changes.push({ code: `${code}_` })
    if (text) changes.push({ text: `${text}.` })
    if (account) changes.push({ account: account === 'A' ? 'X' : 'A' })
    if (returns) changes.push({ returns: ['nonce', 'expires_at = now + 301'] }, { returns: ['nonce'] })
    for (const change of changes) yield { name, steps: steps.with(index, { ...step, ...change }) }
  }
}
