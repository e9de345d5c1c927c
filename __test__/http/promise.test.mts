// An app may replace the platform's `Promise`, as zone.js does. A verdict must be the same with either.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'

globalThis.Promise = class Another<T> extends Promise<T> {}

const { default: express } = await import('express')
const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
const { requireAccount, session } = await import('local-first-identity/express')

describe('express, with another global Promise', () => {
  const issuer = 'https://provider.example'
  const server = createServer()
  let sign: (key?: CryptoKey) => Promise<string>

  before(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    sign = (key = privateKey) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256' })
        .setSubject('anna')
        .setIssuer(issuer)
        .setAudience('app')
        .setExpirationTime('1h')
        .sign(key)
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }
    const app = express()
    app.use(session({ appId: 'my-app', issuer, audience: 'app', jwks, isUpgraded: async () => false }))
    app.get('/me', requireAccount({ isUpgraded: async () => false }), (req, res) => void res.json(req.auth?.userId))
    server.on('request', app).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  async function me(token: string): Promise<[number, unknown]> {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/me`, { headers: { authorization: `Bearer ${token}` } })
    const body = await response.json()
    return [response.status, response.ok ? body : body.code]
  }

  it('lets an account in', async () => {
    assert.deepEqual(await me(await sign()), [200, 'anna'])
  })

  it('lets no one in by a forged token', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    assert.deepEqual(await me(await sign(privateKey)), [401, 'invalid-signature'])
  })

  it('lets no one in by what is no token', async () => {
    assert.deepEqual(await me('nonsense'), [400, 'malformed'])
  })
})

describe('express, without a router that catches', () => {
  it('gives a fault to the next handler', () => {
    const told: unknown[] = []
    const guard = requireAccount()
    guard({ headers: {} } as never, {} as never, (error?: unknown) => void told.push(error))
    assert.equal(told.length, 1)
    assert.match(String(told[0]), /^Error: this request has no session: `session` must run before$/)
  })
})
