import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { createRemoteJWKSet, decodeJwt, jwtVerify, UnsecuredJWT } from 'jose'

import { createDevice, type Device } from '../examples/better-auth/device.mts'
import { startExample } from '../examples/start-example.mts'
import { noShell, runCommands } from './shell.mts'

const root = fileURLToPath(new URL('..', import.meta.url))
const password = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-test-'))
const temporaryFolder = { TMPDIR: folder, TEMP: folder, TMP: folder }
after(() => rmSync(folder, { recursive: true }))

let people = 0
async function signUp(device: Device): Promise<string> {
  const email = `person${++people}@example.com`
  const { error } = await device.client.signUp.email({ name: 'A', email, password })
  assert.equal(error, null)
  return email
}
const jwtOf = async ({ client }: Device) => (await client.token()).data?.token ?? assert.fail('no JWT')

describe('the example', () => {
  let example: Awaited<ReturnType<typeof startExample>>
  let origin: string
  before(async () => {
    example = await startExample(temporaryFolder)
    origin = example.origin
  })
  after(() => example?.stop())

  it('starts with no one signed in', async () => {
    const response = await fetch(origin)
    assert.deepEqual([response.status, await response.json()], [200, { user: null }])
  })

  it("keeps the identity at sign-up, in the session and as the JWT's sub", async () => {
    const device = createDevice(origin)
    await signUp(device)
    assert.equal((await device.client.getSession()).data?.user.jazzId, device.identity)
    const jwks = createRemoteJWKSet(new URL('/api/auth/jwks', origin))
    const { payload } = await jwtVerify(await jwtOf(device), jwks, { issuer: origin, audience: origin })
    assert.equal(payload.sub, device.identity)
  })

  it('lets an account read what its device wrote before, and the device what the account writes', async () => {
    const device = createDevice(origin)
    const before = { status: 200, userId: device.identity, text: 'before' }
    assert.deepEqual(await device.notes(device.syncToken(), 'before'), before)
    await signUp(device)
    const jwt = await jwtOf(device)
    assert.deepEqual(await device.notes(jwt), before)
    await device.notes(jwt, 'after')
    assert.deepEqual(await device.notes(device.syncToken()), { ...before, text: 'after' })
  })

  it('keeps the identity through the social provider, and shows who is signed in', async () => {
    const device = createDevice(origin)
    const loginHint = 'social@example.com'
    const { data } = await device.client.signIn.social({ provider: 'local', loginHint, callbackURL: '/' })
    const { response } = await device.open(data?.url ?? '')
    const user = JSON.parse((await response?.text()) ?? '').user
    assert.deepEqual([user.email, user.jazzId], [loginHint, device.identity])
    assert.equal(decodeJwt(await jwtOf(device)).sub, device.identity)
  })

  it('does not let a device write over what it has not read', async () => {
    const device = createDevice(origin)
    const put = (text: string, tag: string) =>
      fetch(`${origin}/notes`, {
        method: 'PUT',
        body: text,
        headers: { authorization: `Bearer ${device.syncToken()}`, 'if-match': tag },
      })
    const read = await fetch(`${origin}/notes`, { headers: { authorization: `Bearer ${device.syncToken()}` } })
    const tag = read.headers.get('etag') ?? ''
    const statuses = (await Promise.all(['a', 'b'].map((text) => put(text, tag)))).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 412])
    const { code } = (await (await put('c', tag)).json()) as { code: string }
    assert.equal(code, 'CHANGED')
    assert.match((await device.notes(device.syncToken())).text ?? '', /^[ab]$/)
  })

  it('gives a new person no notes', async () => {
    const device = createDevice(origin)
    assert.deepEqual(await device.notes(device.syncToken()), { status: 200, userId: device.identity, text: null })
  })

  const ask = async (authorization?: string) => {
    const response = await fetch(`${origin}/notes`, authorization ? { headers: { authorization } } : {})
    const { code } = (await response.json()) as { code: string }
    return [response.status, code, response.headers.get('www-authenticate')]
  }

  it('asks for a token where there is none (RFC 6750 §3)', async () => {
    assert.deepEqual(await ask(), [401, 'TOKEN_REQUIRED', 'Bearer realm=""'])
    assert.deepEqual(await ask('Basic eDp5'), [400, 'INVALID_REQUEST', 'Bearer error="invalid_request"'])
  })

  it('refuses tokens that do not hold (RFC 6750 §3.1)', async () => {
    const device = createDevice(origin)
    await signUp(device)
    const jwt = await jwtOf(device)
    const change = (token: string) => `${token.slice(0, -20)}${token.at(-20) === 'A' ? 'B' : 'A'}${token.slice(-19)}`
    const unsigned = new UnsecuredJWT({ sub: device.identity }).setIssuer(origin).setAudience(origin)
    const wrong = {
      junk: 'junk',
      'three parts of junk': 'a.b.c',
      'a sign-up proof': device.proof(),
      'a sync token with one byte changed': change(device.syncToken()),
      'a JWT with one byte changed': change(jwt),
      'a JWT without a signature': unsigned.setExpirationTime('1h').encode(),
    }
    for (const [what, token] of Object.entries(wrong)) {
      const answer = await ask(`Bearer ${token}`)
      assert.deepEqual(answer, [401, 'INVALID_TOKEN', 'Bearer error="invalid_token"'], what)
    }
  })

  it('refuses a sync token as a sign-up proof', async () => {
    const device = createDevice(origin)
    const response = await device.fetch(`${origin}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-local-first-proof': device.syncToken() },
      body: JSON.stringify({ name: 'A', email: 'sync@example.com', password }),
    })
    const { code, reason } = (await response.json()) as Record<string, string>
    assert.deepEqual([response.status, code, reason], [400, 'INVALID_PROOF', 'audience-mismatch'])
  })

  it('refuses notes that are too long', async () => {
    const device = createDevice(origin)
    const { status } = await device.notes(device.syncToken(), 'x'.repeat(65_537))
    assert.equal(status, 413)
  })

  it('answers the commands of its README', { skip: noShell }, () => {
    const readme = readFileSync(join(root, 'examples/better-auth/README.md'), 'utf8')
    const commands = readme.match(/^```sh\n(origin=.*?)^```$/ms)?.[1] ?? assert.fail('no commands')
    const script = commands.replace('http://localhost:3000', origin).replaceAll('cookies.txt', join(folder, 'cookies'))
    const { stdout, stderr } = runCommands(script)
    assert.equal(stderr, '')
    assert.match(stdout, /"text":"written without an account"\}$/)
  })

  it('ends without an error, and leaves nothing behind', async () => {
    assert.equal(await example.stop(), 0)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('local-first')),
      [],
    )
  })
})

describe("the example's settings", () => {
  it('keep the database, its accounts and its notes for the next start', async () => {
    const env = { DATABASE_FILE: join(folder, 'kept.db'), BETTER_AUTH_SECRET: 'a secret of this test, of 32 letters' }
    const first = await startExample(env)
    const device = createDevice(first.origin)
    await device.notes(device.syncToken(), 'kept')
    const email = await signUp(device).finally(first.stop)
    const second = await startExample(env)
    const elsewhere = createDevice(second.origin)
    try {
      await elsewhere.client.signIn.email({ email, password })
      const notes = await elsewhere.notes(await jwtOf(elsewhere))
      assert.deepEqual(notes, { status: 200, userId: device.identity, text: 'kept' })
    } finally {
      await second.stop()
    }
  })

  it('are refused with a sentence where they cannot be', async () => {
    for (const [env, sentence] of [
      [{ PORT: 'abc' }, 'PORT must be a port from 1 to 65535.\n'],
      [{ DATABASE_FILE: join(folder, 'no-secret.db') }, /so set BETTER_AUTH_SECRET, too/],
    ] as const) {
      await assert.rejects(startExample(env), ({ message }) => {
        assert.match(message, typeof sentence === 'string' ? new RegExp(sentence) : sentence)
        assert.doesNotMatch(message, /^ {4}at /m)
        return true
      })
    }
  })

  it('say so where a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    try {
      await assert.rejects(startExample({ PORT: String(port) }), /The example does not start: listen EADDRINUSE/)
    } finally {
      other.close()
    }
  })
})
