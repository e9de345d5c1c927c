// The stand-in for Jazz's account registry gives every recorded answer of vectors/jazz.json, and what JAZZ.md §4 adds.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Registry } from './registry.mts'
import {
  actors,
  adminSecret,
  alterations,
  answers,
  appUuid,
  ask,
  bearer,
  before,
  E,
  F,
  facts,
  founded,
  get,
  jwt,
  L,
  list,
  mint,
  open,
  play,
  post,
  scenario,
  start,
  stranger,
} from './registry-scenarios.mts'

describe('the registry answers as recorded', () => {
  for (const one of list) it(one.name, (t) => play(t, one))

  it('and has no step that is left unread', () => {
    const known = 'as op path body status code text account returns nonce wait note'.split(' ')
    const steps = list.flatMap(({ steps }) => steps.filter((step) => typeof step !== 'string'))
    for (const step of steps)
      assert.deepEqual(
        Object.keys(step).filter((name) => !known.includes(name)),
        [],
      )
    for (const name of Object.keys(before)) scenario(name)
  })
})

describe('an altered scenario fails', () => {
  for (const one of list) {
    it(one.name, async (t) => {
      for (const altered of alterations(one)) {
        await assert.rejects(play(t, altered), { name: 'AssertionError' }, JSON.stringify(altered))
      }
    })
  }
})

/** L has founded its account, and approves E. */
async function approved(registry: Registry): Promise<{ nonce: string }> {
  await get(registry, 'L', 'found-local-first')
  const { nonce } = await get(registry, 'L', 'links/request', { identity: E })
  return { nonce }
}

describe('the registry', () => {
  it('makes one account of 16 requests at once', async (t) => {
    const registry = await open(t)
    const all = await Promise.all(Array.from({ length: 16 }, () => get(registry, 'E', 'login-or-register')))
    assert.equal(new Set(all.map(({ account }) => account)).size, 1)
    assert.equal(registry.state().accounts.length, 1)
    assert.equal(registry.calls.length, 16)
  })

  it('changes nothing when a founding or an acceptance is repeated, after the intent has expired too', async (t) => {
    const registry = await open(t)
    const link = await approved(registry)
    const first = await get(registry, 'E', 'links/accept', link)
    const state = registry.state()
    registry.clock.advance(301)
    assert.deepEqual(await get(registry, 'E', 'links/accept', link), first)
    assert.equal((await get(registry, 'L', 'found-local-first')).account, founded.accountId)
    assert.deepEqual(registry.state(), state)
    assert.deepEqual(
      state.assignments.map(({ identity, account, active }) => ({ identity, account, active })),
      [L, E].map((identity) => ({ identity, account: founded.accountId, active: true })),
    )
  })

  it('takes an approval until its last second', async (t) => {
    const registry = await open(t)
    const link = await approved(registry)
    registry.clock.advance(299)
    await get(registry, 'E', 'links/accept', link)
  })

  it('takes no approval of an identity that was revoked since', async (t) => {
    const registry = await open(t)
    await get(registry, 'E', 'links/accept', await approved(registry))
    const { nonce } = await get(registry, 'L', 'links/request', { identity: F })
    assert.deepEqual(await ask(registry, 'E', 'revoke', { identity: L }), [204, ''])
    for (const [as, op, body] of [
      ['F', 'links/accept', { nonce }],
      ['L', 'found-local-first', undefined],
      ['L', 'links/request', { identity: F }],
      ['L', 'revoke', { identity: E }],
    ] as const)
      assert.deepEqual(await ask(registry, as, op, body), [403, 'identity_not_authorized'])
    assert.deepEqual(
      registry.state().assignments.map(({ active }) => active),
      [false, true],
    )
  })

  it('lets only an active manager of the same account approve and revoke', async (t) => {
    const registry = await open(t)
    assert.deepEqual(await ask(registry, 'L', 'links/request', { identity: E }), [404, 'identity_not_assigned'])
    assert.deepEqual(await ask(registry, 'L', 'revoke', { identity: E }), [404, 'identity_not_assigned'])
    await get(registry, 'L', 'found-local-first')
    assert.deepEqual(await ask(registry, 'L', 'revoke', { identity: E }), [404, 'identity_not_assigned'])
    await get(registry, 'E', 'register')
    assert.deepEqual(await ask(registry, 'L', 'revoke', { identity: E }), [403, 'identity_not_authorized'])
  })

  it('links no identity with a blank part or a reserved issuer', async (t) => {
    const registry = await open(t)
    await get(registry, 'L', 'found-local-first')
    const reserved = ['system', 'local-first', 'static-bearer', 'anonymous'].map((name) => `urn:jazz:${name}`)
    for (const identity of [...facts.principalRefused, ...reserved.map((issuer) => ({ issuer, subject: 'x' }))]) {
      const { issuer, subject } = identity
      const answer = await ask(registry, 'L', 'links/request', { identity: { issuer, subject } })
      assert.deepEqual(answer, [400, 'invalid_external_identity'])
    }
  })
})

describe('the registry refuses', () => {
  for (const [why, credential] of [
    ['a local-first token for another app', () => mint({}, 'another-app')],
    ['an expired local-first token', () => mint({ now: start - 3600 })],
    ['a local-first token from more than a minute ahead', () => mint({ now: start + 61 })],
    ['a local-first token that lives too long', () => mint({}, appUuid, 3601)],
    ['an anonymous token that is not valid', () => mint({ issuer: 'anonymous', now: start - 3600 })],
    ['a JWT of another issuer', () => jwt('e', { iss: 'https://other.example' })],
    ['a JWT for another audience', () => jwt('e', { aud: 'other' })],
    ['an expired JWT', () => jwt('e', { exp: start })],
    ['a JWT without an expiry', () => jwt('e', { exp: undefined })],
    ['a JWT with a blank subject', () => jwt(' ')],
    ['a JWT with another key', async () => bearer(await stranger.token('e', start))],
  ] as const) {
    it(why, async (t) => {
      assert.deepEqual(await ask(await open(t), await credential(), 'login'), [401, 'invalid account credential'])
    })
  }

  it('a request without a credential', async (t) => {
    const registry = await open(t)
    const text = 'account operation requires bearer authentication'
    for (const headers of [{}, { authorization: 'Basic eA==' }] as Record<string, string>[])
      assert.deepEqual(await ask(registry, headers, 'login'), [401, text])
    const edge = await open(t, { edge: true })
    assert.deepEqual(await ask(registry, bearer(''), 'login'), [401, 'missing account credential'])
    assert.deepEqual(await ask(edge, {}, 'login'), [401, 'account_bearer_required'])
  })

  it('a body with another member, of another type, or that is not JSON', async (t) => {
    const registry = await open(t)
    const { nonce } = await approved(registry)
    for (const [as, op, body] of [
      ['E', 'login', { more: 1 }],
      ['E', 'login', 'null'],
      ['E', 'links/accept', { nonce, more: 1 }],
      ['E', 'links/accept', { nonce: 1 }],
      ['E', 'links/accept', {}],
      ['E', 'links/accept', '{'],
      ['L', 'links/request', { identity: { ...F, more: 1 } }],
      ['L', 'revoke', { identity: 'F' }],
    ] as const) {
      const [status, text] = await ask(registry, as, op, body)
      assert.equal(status, 400)
      assert.match(text, /^Failed to parse the request body as JSON: /)
    }
    const form = { ...actors.E, 'content-type': 'text/plain' }
    assert.equal((await ask(registry, form, 'links/accept', { nonce }))[0], 415)
  })

  it('a body of more than 64 KiB', async (t) => {
    const registry = await open(t)
    const longest = `{}${' '.repeat(64 * 1024 - 2)}`
    assert.deepEqual(await ask(registry, 'E', 'login', longest), [404, 'identity_not_assigned'])
    assert.deepEqual(await ask(registry, 'E', 'login', `${longest} `), [413, 'account_request_too_large'])
  })

  it('another app or path with a bare 404', async (t) => {
    const registry = await open(t)
    const other = registry.registry.replace(appUuid, facts.accountIds[0]?.appUuid ?? assert.fail())
    const { server } = registry
    for (const url of [
      `${other}/login`,
      `${registry.registry}/merge`,
      `${registry.registry}/toString`,
      registry.registry,
      server,
    ]) {
      const response = await post(url, actors.E ?? {})
      assert.deepEqual([response.status, await response.text()], [404, ''])
      assert.equal(response.headers.get('content-type'), null)
    }
    assert.deepEqual(await ask(await open(t, { edge: true }), 'E', 'merge'), [404, 'unknown_account_operation'])
    assert.equal((await fetch(`${registry.registry}/login`)).status, 405)
  })

  it('a service without the right admin secret', async (t) => {
    const { server } = await open(t)
    const url = `${server}/apps/${appUuid}/admin/accounts/resolve`
    assert.equal((await post(url, { 'x-jazz-admin-secret': 'wrong' }, { identity: E })).status, 401)
    const secret = { 'x-jazz-admin-secret': adminSecret }
    const response = await post(url, secret, { identity: E })
    assert.deepEqual([response.status, await response.text()], [404, 'identity_not_assigned'])
  })

  it('everything when its clock is not a time', async (t) => {
    const registry = await open(t)
    registry.clock.now = Number.NaN
    assert.deepEqual(await ask(registry, 'E', 'login'), [503, 'invalid_clock'])
  })
})

describe('a test', () => {
  for (const { op, status, body, means } of answers) {
    it(`has the next answer be ${status} "${body}": ${means}`, async (t) => {
      const registry = await open(t)
      await get(registry, 'E', 'register')
      void registry.answerNext(op, { status, body })
      assert.deepEqual(await ask(registry, 'E', op), [status, body])
      assert.equal((await ask(registry, 'E', op))[0], 200)
    })
  }

  it('has odd answers in their order, each for its own operation, and with headers', async (t) => {
    const registry = await open(t)
    const location = 'http://127.0.0.1:1/'
    void registry.answerNext('register', { status: 307, headers: { location } })
    void registry.answerNext('register', { status: 200, body: { account: 1 } })
    assert.deepEqual(await ask(registry, 'E', 'login'), [404, 'identity_not_assigned'])
    const response = await post(`${registry.registry}/register`, actors.E ?? {})
    assert.deepEqual([response.status, response.headers.get('location')], [307, location])
    assert.deepEqual(await ask(registry, 'E', 'register'), [200, '{"account":1}'])
    assert.deepEqual(registry.state().assignments, [])
    assert.equal((await ask(registry, 'E', 'register'))[0], 200)
  })

  it('has an answer wait, and learns when the request arrives', async (t) => {
    const registry = await open(t)
    let release = () => {}
    const delayUntil = new Promise<void>((resolve) => {
      release = resolve
    })
    const arrived = registry.answerNext('login', { status: 503, body: 'account_registry_unavailable', delayUntil })
    const waiting = ask(registry, 'E', 'login')
    await arrived
    assert.equal((await ask(registry, 'E', 'register'))[0], 200)
    assert.deepEqual(
      registry.calls.map(({ status }) => status),
      [undefined, 200],
    )
    release()
    assert.deepEqual(await waiting, [503, 'account_registry_unavailable'])
  })

  it('loses an answer after the operation is performed', async (t) => {
    const registry = await open(t)
    const link = await approved(registry)
    void registry.loseAnswer('links/accept')
    await assert.rejects(ask(registry, 'E', 'links/accept', link), TypeError)
    assert.equal(registry.state().assignments.length, 2)
    assert.equal((await get(registry, 'E', 'links/accept', link)).account, founded.accountId)
  })

  it('reads every call, with what its bearer says', async (t) => {
    const registry = await open(t)
    await approved(registry)
    await ask(registry, 'a bad token', 'login')
    await ask(registry, 'E', 'merge')
    assert.deepEqual(registry.calls, [
      { op: 'found-local-first', ...L, status: 200 },
      { op: 'links/request', ...L, status: 200 },
      { op: 'login', issuer: undefined, subject: undefined, status: 401 },
      { op: `/apps/${appUuid}/accounts/merge`, ...E, status: 404 },
    ])
  })

  it('changes nothing in the registry by changing a snapshot', async (t) => {
    const registry = await open(t)
    await get(registry, 'E', 'register')
    const [assignment = assert.fail()] = registry.state().assignments
    assignment.active = false
    await get(registry, 'E', 'login')
  })
})
