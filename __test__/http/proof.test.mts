// What `identityProof` does beside refusing: where it finds a proof, how often it takes it, and what it does about faults.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'

import { getRequestListener } from '@hono/node-server'

import { Hono } from 'hono'
import type { VerifiedProof } from 'local-first-identity'
import { identityProof } from 'local-first-identity/fetch'
import * as forHono from 'local-first-identity/hono'
import { memoryStore, oneTimeProof, StoreError } from 'local-first-identity/stores'

import { type App, appId, audience, frameworks, listen, withApp } from './apps.mts'
import { device } from './device.mts'

const useProof = false

const post = async ({ origin }: App, body?: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${origin}/proof`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) })
  return [response.status, await response.json()] as const
}
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const header = (token: string) => ({ 'x-local-first-proof': token })
const refused = (status: number, code: string) => (answer: readonly [number, { code?: string }]) =>
  assert.deepEqual([answer[0], answer[1].code], [status, code])

for (const framework of frameworks) {
  describe(`identityProof, ${framework}`, () => {
    it('finds the proof wherever it may be, and leaves the body to the handler', () =>
      withApp(framework, { proof: { useProof } }, async (app) => {
        const { identity, proof } = device()
        const sent = JSON.stringify({ name: 'Ada', proofToken: proof() })
        for (const [body, headers] of [
          [sent, json],
          [sent, { 'content-type': 'Application/JSON; charset=utf-8' }],
          [`name=Ada&proofToken=${proof()}`, form],
          ['{"name":"Ada"}', { ...json, ...header(proof()) }],
          ['{"name":"Ada","proofToken":null}', { ...json, ...bearer(proof()) }],
          ['name=Ada', { ...form, authorization: `bearer   ${proof()}` }],
        ] as const) {
          assert.deepEqual(await post(app, body, headers), [200, { id: identity }])
        }
        assert.deepEqual(app.seen, Array(6).fill({ id: identity, name: 'Ada' }))
      }))

    it('takes the header first, then the body, then the bearer token', () =>
      withApp(framework, { proof: { useProof } }, async (app) => {
        const [first, second, third] = [device(), device(), device()]
        const body = JSON.stringify({ name: 'x', proofToken: second.proof() })
        const other = bearer(third.proof())
        assert.deepEqual(await post(app, body, { ...json, ...header(first.proof()), ...other }), [
          200,
          { id: first.identity },
        ])
        assert.deepEqual(await post(app, body, { ...json, ...header(''), ...other }), [200, { id: second.identity }])
        // What is there is not passed over for what might hold.
        refused(400, 'malformed')(await post(app, body, { ...json, ...header('x'), ...other }))
        refused(400, 'malformed')(await post(app, '{"proofToken":0}', { ...json, ...other }))
        refused(
          401,
          'audience-mismatch',
        )(await post(app, body, { ...json, ...header(first.proof(60, appId)), ...other }))
      }))

    it('a duplicate token in a form is malformed', () =>
      withApp(framework, { proof: { useProof } }, async (app) => {
        const token = device().proof()
        refused(400, 'malformed')(await post(app, `proofToken=${token}&proofToken=${token}`, form))
      }))

    it('does not take what a body inherits', () =>
      withApp(framework, { proof: { useProof } }, async (app) => {
        const token = JSON.stringify(device().proof())
        // Fastify refuses such a body itself.
        const expected = framework === 'Fastify' ? [500, undefined] : [401, 'missing']
        const [status, { code }] = await post(app, `{"__proto__":{"proofToken":${token}}}`, json)
        assert.deepEqual([status, code], expected)
      }))

    it('takes each proof once by default, however it comes, and on whatever route', () =>
      withApp(framework, {}, (app) =>
        withApp(framework, {}, async (other) => {
          const { identity, proof } = device()
          const token = proof()
          const body = JSON.stringify({ name: 'x', proofToken: token })
          assert.deepEqual(await post(app, body, json), [200, { id: identity }])
          refused(401, 'already-used')(await post(app, body, json))
          refused(401, 'already-used')(await post(app, '{}', { ...json, ...header(token) }))
          refused(401, 'already-used')(await post(other, '{}', { ...json, ...bearer(token) }))
          assert.deepEqual(await post(app, '{}', { ...json, ...header(proof()) }), [200, { id: identity }])
        }),
      ))

    it('of 50 requests at once with one proof, one passes', () =>
      withApp(framework, { proof: { useProof: oneTimeProof() } }, async (app) => {
        const headers = { ...json, ...header(device().proof()) }
        const answers = await Promise.all(Array.from({ length: 50 }, () => post(app, '{}', headers)))
        const passed = answers.filter(([status]) => status === 200)
        assert.equal(passed.length, 1)
        for (const answer of answers) if (answer[0] !== 200) refused(401, 'already-used')(answer)
        assert.equal(app.seen.length, 1)
      }))

    it('does not use a proof up that does not hold', () => {
      let asked = 0
      const useProof = async () => {
        asked++
        return true
      }
      return withApp(framework, { proof: { useProof } }, async (app) => {
        refused(401, 'audience-mismatch')(await post(app, '{}', { ...json, ...header(device().proof(60, appId)) }))
        assert.equal(asked, 0)
        assert.equal((await post(app, '{}', { ...json, ...header(device().proof()) }))[0], 200)
        assert.equal(asked, 1)
      })
    })

    it('a store that fails is a fault of the server: no handler runs, and nothing is accepted', async () => {
      const full = oneTimeProof(memoryStore({ maxEntries: 1 }))
      await withApp(framework, { proof: { useProof: full } }, async (app) => {
        assert.equal((await post(app, '{}', { ...json, ...header(device().proof()) }))[0], 200)
        assert.deepEqual(await post(app, '{}', { ...json, ...header(device().proof()) }), [500, { error: 'fault' }])
        assert.equal(app.seen.length, 1)
        assert.ok(app.faults[0] instanceof StoreError)
      })
    })

    it('a `useProof` that gives no boolean is a fault of the server', async () => {
      for (const given of [undefined, 1, 'yes', {}]) {
        await withApp(framework, { proof: { useProof: (async () => given) as never } }, async (app) => {
          assert.deepEqual(await post(app, '{}', { ...json, ...header(device().proof()) }), [500, { error: 'fault' }])
          assert.deepEqual(app.seen, [])
          assert.match(String(app.faults[0]), /^TypeError: identityProof: `useProof` must give a boolean$/)
        })
      }
    })

    it('takes longer lifetimes and throw-away identities where it is told to', () =>
      withApp(framework, { proof: { useProof, maxTtlSeconds: 3600, issuers: ['anonymous'] } }, async (app) => {
        const { identity, proof } = device()
        const token = proof(3600, audience, 'anonymous')
        assert.deepEqual(await post(app, '{}', { ...json, ...header(token) }), [200, { id: identity }])
        refused(401, 'unknown-issuer')(await post(app, '{}', { ...json, ...header(proof()) }))
      }))
  })
}

describe('identityProof, options', () => {
  for (const [options, name, message] of [
    [undefined, 'TypeError', 'identityProof: `options` must be a plain object'],
    [{}, 'TypeError', 'identityProof: `audience` must be a string of at least one character'],
    [{ audience: '' }, 'TypeError', 'identityProof: `audience` must be a string of at least one character'],
    [
      { audience, maxTTLSeconds: 1 },
      'TypeError',
      'identityProof: there is no option `maxTTLSeconds`; did you mean `maxTtlSeconds`?',
    ],
    [{ audience, maxTtlSeconds: 0 }, 'RangeError', 'identityProof: `maxTtlSeconds` must be from 1 to 3,600'],
    [{ audience, maxTtlSeconds: 3_601 }, 'RangeError', 'identityProof: `maxTtlSeconds` must be from 1 to 3,600'],
    [{ audience, issuers: [] }, 'TypeError', /^options\.issuers must/],
    [{ audience, useProof: true }, 'TypeError', 'identityProof: `useProof` must be a function'],
    [
      { audience, useProof: memoryStore() },
      'TypeError',
      'identityProof: `useProof` must be a function: give `oneTimeProof(store)` for a store',
    ],
    [
      { audience, useProof: oneTimeProof },
      'TypeError',
      'identityProof: `useProof` must be `oneTimeProof(store)`, not the function itself',
    ],
  ] as const) {
    it(`${JSON.stringify(options)}: ${message}`, () => {
      assert.throws(() => identityProof(options as never), { name, message })
    })
  }
})

describe('identityProof, Hono’s body', () => {
  const { identity, proof } = device()
  const app = new Hono().post('/:before/:after', async (c, next) => {
    const read = {
      json: () => c.req.json(),
      form: () => c.req.parseBody(),
      text: () => c.req.text(),
      nothing: async () => undefined,
    }
    const { before, after } = c.req.param() as Record<string, keyof typeof read>
    await read[before as keyof typeof read]()
    const refused = await forHono.identityProof({ audience, useProof })(c as never, next)
    if (refused instanceof Response) return refused
    const { id } = c.get('identityProof' as never) as VerifiedProof
    return c.json({ id, body: await read[after as keyof typeof read]() })
  })
  const ask = async (path: string, body: BodyInit, headers: Record<string, string>) => {
    const response = await app.request(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
    return [response.status, await response.json()]
  }
  const chunked = (text: string) => new Blob([text]).stream()
  const length = (text: string) => ({ 'content-length': String(Buffer.byteLength(text)) })

  it('is there for the handler, even if other code has read it before', async () => {
    const proofToken = proof()
    const text = JSON.stringify({ proofToken, name: 'Ada' })
    for (const before of ['nothing', 'json', 'text']) {
      assert.deepEqual(await ask(`/${before}/json`, text, { ...json, ...length(text) }), [
        200,
        { id: identity, body: { proofToken, name: 'Ada' } },
      ])
      assert.deepEqual(await ask(`/${before}/json`, chunked(text), json), [
        200,
        { id: identity, body: { proofToken, name: 'Ada' } },
      ])
    }
    const urlencoded = `proofToken=${proofToken}&name=Ada`
    for (const before of ['nothing', 'form', 'text']) {
      assert.deepEqual(await ask(`/${before}/form`, urlencoded, { ...form, ...length(urlencoded) }), [
        200,
        { id: identity, body: { proofToken, name: 'Ada' } },
      ])
    }
  })

  it('is there for the handler, in however many pieces a stranger has sent it', async () => {
    const text = JSON.stringify({ proofToken: proof() }).padEnd(20_000)
    const pieces = text.split('').values()
    const stream = new ReadableStream({
      pull(controller) {
        const { value, done } = pieces.next()
        if (done) controller.close()
        else controller.enqueue(new TextEncoder().encode(value))
      },
    })
    assert.deepEqual(await ask('/nothing/text', stream, json), [200, { id: identity, body: text }])
  })

  it('is not read where the proof is in the header', async () => {
    const [status, { body }] = await ask('/nothing/text', chunked('x'.repeat(2_000_000)), {
      ...json,
      ...header(proof()),
    })
    assert.deepEqual([status, body.length], [200, 2_000_000])
  })

  it('is no fault of the server’s where its sender goes away in the middle of it', async () => {
    for (const sent of ['content-length: 100\r\n\r\n{"a', 'transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n']) {
      const events = new EventEmitter()
      const app = new Hono()
        .use(async (c, next) => {
          events.emit('began')
          await next()
          events.emit('ended', c.res.status)
        })
        .post('/', forHono.identityProof({ audience, useProof }), (c) => c.text('never'))
      const { origin, stop } = await listen(getRequestListener(app.fetch))
      const socket = connect(Number(new URL(origin).port), '127.0.0.1')
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${sent}`)
      await once(events, 'began')
      const ended = once(events, 'ended')
      socket.destroy()
      assert.deepEqual(await ended, [401])
      await stop()
    }
  })

  it('is refused over 1 MiB, whether it says so or not', async () => {
    const large = 'x'.repeat(1_048_577)
    refused(413, 'body-too-large')((await ask('/nothing/text', large, { ...json, ...length(large) })) as never)
    refused(413, 'body-too-large')((await ask('/nothing/text', chunked(large), json)) as never)
    const most = ' '.repeat(1_048_576)
    refused(401, 'missing')((await ask('/nothing/text', most, { ...json, ...length(most) })) as never)
    refused(401, 'missing')((await ask('/nothing/text', chunked(most), json)) as never)
  })
})

describe('identityProof, a plain request', () => {
  const prove = identityProof({ audience, useProof })
  const { identity, proof } = device()
  const request = (headers: Record<string, string> = {}) =>
    new Request('http://localhost', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: `{"proofToken":"${proof()}"}`,
    })
  const codeOf = async (result: Awaited<ReturnType<typeof prove>>) =>
    result.ok ? result.id : (await result.response.json()).code

  it('looks for the proof in headers, and in the body that it is given', async () => {
    assert.equal(await codeOf(await prove(request())), 'missing')
    assert.equal(await codeOf(await prove(request(header(proof())))), identity)
    assert.equal(await codeOf(await prove(request(), { proofToken: proof() })), identity)
    for (const body of [null, undefined, 'x', 7, [], {}])
      assert.equal(await codeOf(await prove(request(), body)), 'missing')
  })

  it('leaves the request’s own body alone', async () => {
    const own = request()
    await prove(own)
    assert.equal(own.bodyUsed, false)
  })
})
