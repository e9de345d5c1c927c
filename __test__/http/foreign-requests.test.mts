// Requests and bodies as other libraries make them: mocks, adapters, multipart forms, and bodies that were read before.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'

import multipart from '@fastify/multipart'
import { getRequestListener } from '@hono/node-server'
import type { Request as ExpressRequest, RequestHandler } from 'express'
import fastify, { type FastifyRequest } from 'fastify'
import { type Context, Hono } from 'hono'
import { validator } from 'hono/validator'
import * as forExpress from 'local-first-identity/express'
import * as forFastify from 'local-first-identity/fastify'
import * as forFetch from 'local-first-identity/fetch'
import * as forHono from 'local-first-identity/hono'
import { createRequest, createResponse } from 'node-mocks-http'

import { appId, audience } from './apps.mts'
import { device } from './device.mts'

const proofs = { audience, useProof: false } as const
const guest = device()
/** One for all: nothing here uses it up. */
const proof = guest.proof()

/** What a middleware of Express handed on: an error, or nothing. */
const errorOf = (middleware: RequestHandler, request: ExpressRequest): Promise<unknown> =>
  new Promise((resolve) => void middleware(request, createResponse(), resolve))

describe('a request without `rawHeaders`', () => {
  it('has its headers read, with Express: a mock, and a plain object', async () => {
    const headers = { authorization: `Bearer ${guest.token()}`, 'x-local-first-proof': proof }
    for (const request of [createRequest({ headers }), { headers } as never as ExpressRequest]) {
      assert.equal(await errorOf(forExpress.session({ appId }), request), undefined)
      assert.equal(request.auth?.userId, guest.identity)
      assert.equal(await errorOf(forExpress.identityProof(proofs), request), undefined)
      assert.equal(request.identityProof?.id, guest.identity)
    }
  })

  it('has its headers read, with Fastify', async () => {
    const headers = { authorization: `Bearer ${guest.token()}` }
    const request = { raw: { headers }, headers } as never as FastifyRequest
    assert.equal(await forFastify.session({ appId })(request, {} as never), undefined)
    assert.equal(request.auth?.userId, guest.identity)
  })

  it('has a header that came twice as an array: no token', async () => {
    const headers = { authorization: [`Bearer ${guest.token()}`, `Bearer ${guest.token()}`] }
    const response = createResponse()
    forExpress.session({ appId })({ headers } as never, response, () => assert.fail('it passed'))
    assert.deepEqual([response.statusCode, response._getJSONData().code], [400, 'malformed'])
  })
})

/** A form of several parts, as a browser sends it with a file. */
function form(...tokens: string[]): FormData {
  const data = new FormData()
  data.set('name', 'Ada')
  for (const token of tokens) data.append('proofToken', token)
  data.set('picture', new File(['x'.repeat(1000)], 'ada.png'))
  return data
}

describe('a multipart form', () => {
  for (const [setting, attachFieldsToBody] of [
    ['fields', true],
    ['values', 'keyValues'],
  ] as const) {
    it(`is read with Fastify, whose plugin leaves its ${setting} in the body`, async () => {
      const app = fastify()
      await app.register(multipart, { attachFieldsToBody })
      app.post('/', { preHandler: forFastify.identityProof(proofs) }, async ({ identityProof }) => identityProof?.id)
      const origin = await app.listen({ port: 0, host: '127.0.0.1' })
      const post = async (body: FormData) => {
        const response = await fetch(origin, { method: 'POST', body })
        return [response.status, await response.text()]
      }
      assert.deepEqual(await post(form(proof)), [200, guest.identity])
      const [status, text = ''] = await post(form(proof, proof))
      assert.deepEqual([status, JSON.parse(String(text)).code], [400, 'malformed'])
      assert.match(String((await post(form()))[1]), /"missing"/)
      const asFile = form()
      asFile.set('proofToken', new File([proof], 'proof'))
      assert.equal((await post(asFile))[0], 400)
      await app.close()
    })
  }

  it('is no way to send an object in place of a token', async () => {
    const app = fastify()
    app.post('/', { preHandler: forFastify.identityProof(proofs) }, async () => 'passed')
    const proofToken = { type: 'field', value: proof }
    const { statusCode } = await app.inject({ method: 'POST', url: '/', payload: { proofToken } })
    assert.equal(statusCode, 400)
    await app.close()
  })

  it('is read with plain requests, and so are the fields of any other form', async () => {
    const take = forFetch.identityProof(proofs)
    const request = new Request('http://localhost/', { method: 'POST' })
    const outcome = async (body: unknown) => {
      const proof = await take(request, body)
      return proof.ok ? proof.id : (await proof.response.json()).code
    }
    assert.equal(await outcome(form(proof)), guest.identity)
    assert.equal(await outcome(new URLSearchParams({ proofToken: proof })), guest.identity)
    assert.equal(await outcome(form(proof, proof)), 'malformed')
    assert.equal(await outcome(form()), 'missing')
    assert.equal(await outcome(new URLSearchParams()), 'missing')
  })
})

describe('a body that was read before, with Hono', () => {
  const readers: [
    name: string,
    read: (c: Context) => Promise<unknown>,
    bodies: ('json' | 'urlencoded' | 'multipart')[],
  ][] = [
    ['json()', (c) => c.req.json(), ['json']],
    ['text()', (c) => c.req.text(), ['json', 'urlencoded']],
    ['arrayBuffer()', (c) => c.req.arrayBuffer(), ['json', 'urlencoded']],
    ['blob()', (c) => c.req.blob(), ['json', 'urlencoded']],
    ['formData()', (c) => c.req.formData(), ['urlencoded', 'multipart']],
    ['parseBody()', (c) => c.req.parseBody(), ['urlencoded', 'multipart']],
  ]
  const bodies = {
    json: () => ({
      body: JSON.stringify({ proofToken: proof }),
      headers: { 'content-type': 'application/json' },
    }),
    urlencoded: () => ({ body: new URLSearchParams({ proofToken: proof }) }),
    multipart: () => ({ body: form(proof) }),
  } as const

  const ask = async (app: Hono, kind: keyof typeof bodies) => {
    const response = await app.request('/', { method: 'POST', ...bodies[kind]() })
    return [response.status, await response.text()]
  }

  for (const [name, read, kinds] of readers) {
    it(`by ${name}: ${kinds.join(', ')}`, async () => {
      const app = new Hono()
      app.use(async (c, next) => {
        await read(c)
        await next()
      })
      app.post('/', forHono.identityProof(proofs), (c) => c.text(c.get('identityProof').id))
      for (const kind of kinds) assert.deepEqual(await ask(app, kind), [200, guest.identity], kind)
    })
  }

  it('by validators', async () => {
    for (const [target, kind] of [
      ['json', 'json'],
      ['form', 'urlencoded'],
      ['form', 'multipart'],
    ] as const) {
      const app = new Hono()
      const validate = validator(target, (value) => value)
      app.post('/', validate, forHono.identityProof(proofs), (c) => c.text(c.get('identityProof').id))
      assert.deepEqual(await ask(app, kind), [200, guest.identity], kind)
    }
  })

  it('has no proof where a form that cannot be parsed was read before', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.parseBody().catch(() => {})
      await next()
    })
    app.post('/', forHono.identityProof(proofs), (c) => c.text('passed'))
    for (const type of ['multipart/form-data; boundary=q', 'multipart/form-data']) {
      const response = await app.request('/', { method: 'POST', headers: { 'content-type': type }, body: '--q\r\nx' })
      assert.deepEqual([response.status, (await response.json()).code], [401, 'missing'])
    }
  })

  it('by the raw request: a fault that says so, and no one passes', async () => {
    const faults: string[] = []
    const app = new Hono()
    app.onError((error, c) => {
      faults.push(error.message)
      return c.text('fault', 500)
    })
    app.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    app.post('/', forHono.identityProof(proofs), (c) => c.text('passed'))
    const message = 'identityProof: the body was read by `c.req.raw` before: read it by `c.req`, which keeps it'
    for (const kind of ['json', 'urlencoded'] as const) assert.deepEqual(await ask(app, kind), [500, 'fault'])
    assert.deepEqual(faults, [message, message])
    const headers = { 'x-local-first-proof': proof }
    assert.equal((await app.request('/', { method: 'POST', body: '{}', headers })).status, 200)
  })

  it('stays for the handler to read', async () => {
    const app = new Hono()
    app.post('/', forHono.identityProof(proofs), async (c) => c.json(await c.req.json()))
    const sent = bodies.json()
    const response = await app.request('/', { method: 'POST', ...sent })
    assert.equal(await response.text(), sent.body)
  })
})

describe('a server of Hono that leaves the global classes alone', () => {
  it('has bodies of unknown length read', async () => {
    const app = new Hono()
    app.post('/', forHono.identityProof(proofs), async (c) => c.json(await c.req.json()))
    const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const text = JSON.stringify({ proofToken: proof, name: 'Ada' })
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([text]).stream(),
      duplex: 'half',
    } as RequestInit)
    assert.deepEqual([response.status, await response.text()], [200, text])
    server.close()
    server.closeAllConnections()
  })
})
