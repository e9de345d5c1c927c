import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, mock } from 'node:test'
import { fileURLToPath } from 'node:url'

import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import { APP_ID, SIGN_UP_AUDIENCE } from '../examples/express/audiences.mts'
import { createDevice } from '../examples/express/device.mts'
import { folder, forge, newEmail, password, post, refusal, signUp, start } from './express-example.mts'
import { noShell, runCommands } from './shell.mts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the Express example', () => {
  let example: Awaited<ReturnType<typeof start>>
  let origin: string
  // Looks on: every answer of the app is judged at the end.
  const asked = mock.method(globalThis, 'fetch')
  before(async () => {
    example = await start({ TMPDIR: folder, TEMP: folder, TMP: folder })
    origin = example.origin
  })
  after(() => example?.stop())

  it("gives a new account a JWT, checked against the JWKS, with the device's identity as its sub", async () => {
    const device = createDevice(origin)
    const token = await signUp(device)
    const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', origin))
    const { payload } = await jwtVerify(token, jwks, { issuer: origin, audience: origin, algorithms: ['EdDSA'] })
    const { iat = 0, exp = 0, ...rest } = payload
    assert.deepEqual([rest, exp - iat], [{ iss: origin, aud: origin, sub: device.identity }, 900])
  })

  it('publishes no secret part of its key', async () => {
    const response = await fetch(`${origin}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { keys: object[] }
    assert.deepEqual(keys.map(Object.keys), [['kty', 'crv', 'x', 'kid', 'alg', 'use']])
  })

  it('lets a guest read before sign-up, and write by the account alone after it', async () => {
    const device = createDevice(origin)
    assert.equal((await device.readNotes(device.guestToken())).status, 200)
    assert.equal(refusal(await device.writeNote(device.guestToken(), 'guest')), '403 account-required')
    const token = await signUp(device)
    const note = { author: device.identity, text: 'account' }
    assert.deepEqual(await device.writeNote(token, 'account'), { status: 200, body: note })
    assert.equal(refusal(await device.writeNote(device.guestToken(), 'thief')), '401 sign-in-required')
    for (const anybody of [token, device.guestToken(), createDevice(origin).guestToken()]) {
      const { status, body } = await device.readNotes(anybody)
      assert.deepEqual([status, body.notes?.filter(({ author }) => author === device.identity)], [200, [note]])
    }
  })

  it('takes a proof once', async () => {
    const device = createDevice(origin)
    const proof = device.proof()
    const email = newEmail()
    assert.equal((await device.signUp(email, password, proof)).status, 201)
    assert.equal(refusal(await device.signUp(newEmail(), password, proof)), '401 already-used')
  })

  it('has one account an identity, and one an address in whatever letters', async () => {
    const device = createDevice(origin)
    const email = newEmail()
    await signUp(device, email)
    assert.equal(refusal(await device.signUp(newEmail(), password, device.proof(59))), '409 identity-taken')
    const other = createDevice(origin)
    assert.equal(refusal(await other.signUp(email.toUpperCase(), password)), '409 email-taken')
    assert.equal((await other.signUp(newEmail(), password, other.proof(59))).status, 201)
  })

  it('tells no one who its users are without a proof', async () => {
    const email = newEmail()
    await signUp(createDevice(origin), email)
    const stranger = createDevice(origin)
    assert.equal(refusal(await stranger.signUp(email, password, forge(stranger.proof()))), '401 invalid-signature')
  })

  it('refuses proofs that are none', async () => {
    const secret = generateAuthSecret()
    const mint = (audience: string, now?: number) => mintLocalFirstToken(secret, audience, 60, { now })
    const aMinuteAgo = Math.floor(Date.now() / 1000) - 60
    const cases: [string, unknown, string][] = [
      ['null', null, '401 missing'],
      ['empty', '', '401 missing'],
      ['a number', 42, '400 malformed'],
      ['an array', [mint(SIGN_UP_AUDIENCE)], '400 malformed'],
      ['junk', 'a.b.c', '400 malformed'],
      ['too long', 'x'.repeat(2_049), '400 too-long'],
      ['expired', mint(SIGN_UP_AUDIENCE, aMinuteAgo), '401 expired'],
      ['for another audience', mint('another-app-signup'), '401 audience-mismatch'],
      ["the device's token for data", mint(APP_ID), '401 audience-mismatch'],
      ['forged', forge(mint(SIGN_UP_AUDIENCE)), '401 invalid-signature'],
      ['for too long', mintLocalFirstToken(secret, SIGN_UP_AUDIENCE, 301), '401 ttl-too-long'],
    ]
    const device = createDevice(origin)
    for (const [what, proof, expected] of cases) {
      assert.equal(refusal(await device.signUp(newEmail(), password, proof)), expected, what)
    }
    const absent = await post(`${origin}/signup`, JSON.stringify({ email: newEmail(), password }))
    assert.deepEqual([refusal(absent), absent.headers.get('www-authenticate')], ['401 missing', 'Bearer'])
  })

  it('refuses session tokens that are none', async () => {
    const device = createDevice(origin)
    const jwt = await signUp(device)
    const cases: [string, string, string][] = [
      ['none', '', '401 missing'],
      ['junk', 'junk', '400 malformed'],
      ['a sign-up proof', device.proof(59), '401 audience-mismatch'],
      ['a forged token of a device', forge(device.guestToken()), '401 invalid-signature'],
      ['a forged JWT', forge(jwt), '401 invalid-signature'],
    ]
    for (const [what, token, expected] of cases) {
      assert.equal(refusal(await device.readNotes(token)), expected, what)
      assert.equal(refusal(await device.writeNote(token, what)), expected, what)
    }
  })

  it('does not use up a proof for a form that is mistyped', async () => {
    const device = createDevice(origin)
    const [proof, email] = [device.proof(), newEmail()]
    for (const mistyped of ['', 'ada', 'ada@', 'a b@example.com', 'ada@example.com@', 'é@example.com']) {
      assert.equal(refusal(await device.signUp(mistyped, password, proof)), '400 invalid-email', mistyped)
    }
    assert.equal(refusal(await device.signUp(email, '14 characters.', proof)), '400 invalid-password')
    assert.equal((await device.signUp(email, '15 characters..', proof)).status, 201)
  })

  it('refuses bodies that it cannot read, with a sentence', async () => {
    const token = await signUp(createDevice(origin))
    const noJson = { 'content-type': 'text/plain' }
    for (const [path, unusable] of [
      ['/signup', 'invalid-email'],
      ['/signin', 'invalid-credentials'],
    ]) {
      const url = `${origin}${path}`
      assert.equal(refusal(await post(url, '{ "email": ')), '400 invalid-json')
      assert.equal(refusal(await post(url, '42')), '400 invalid-json')
      assert.equal(refusal(await post(url, `"${'x'.repeat(200_000)}"`)), '413 body-too-large')
      assert.equal(refusal(await post(url, '{}', { 'content-encoding': 'x' })), '415 unsupported-encoding')
      for (const [body, headers] of [['{}'], ['[]'], ['{ "email": 1, "password": [] }'], ['text', noJson]] as const) {
        assert.equal(refusal(await post(url, body, headers)), `400 ${unusable}`)
      }
    }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const put = (body: string) => fetch(`${origin}/notes`, { method: 'PUT', headers, body })
    assert.deepEqual([(await put('{ "text": 1 }')).status, (await put('{')).status], [400, 400])
    assert.equal((await put(JSON.stringify({ text: 'x'.repeat(200_000) }))).status, 413)
  })

  it('signs in, and tells a wrong password from an unknown address by nothing', async () => {
    const device = createDevice(origin)
    const email = newEmail()
    await signUp(device, email)
    const { status, body } = await device.signIn(email, password)
    assert.equal(status, 200)
    assert.equal(decodeJwt(body.token ?? '').sub, device.identity)
    const wrong = await device.signIn(email, `${password}.`)
    const since = performance.now()
    const unknown = await device.signIn(newEmail(), password)
    // No machine hashes a password with 64 MiB in less.
    assert.ok(performance.now() - since > 10)
    assert.equal(refusal(wrong), '401 wrong-credentials')
    assert.deepEqual(unknown, wrong)
  })

  it('answers as JSON where there is nothing, and does not say what it runs on', async () => {
    const answer = await post(`${origin}/nothing`, '{}')
    assert.deepEqual([refusal(answer), answer.headers.get('x-powered-by')], ['404 not-found', null])
  })

  it('answers the commands of its README', { skip: noShell }, () => {
    const readme = readFileSync(join(root, 'examples/express/README.md'), 'utf8')
    const commands = readme.match(/^```sh\n(origin=.*?)^```$/ms)?.[1] ?? assert.fail('no commands')
    const script = commands.replace('http://localhost:3000', origin)
    const { stdout, stderr } = runCommands(script)
    assert.equal(stderr, '')
    assert.match(
      stdout,
      /"code":"account-required"\}.*"text":"an account"\}.*"text":"an account"\}.*\{"token":"[^"]+"\}\n$/s,
    )
  })

  it('had no fault in all of this, printed nothing about it, and leaves nothing behind', async () => {
    const answers = await Promise.all(asked.mock.calls.map(({ result }) => result))
    const statuses = answers.map((response) => response?.status ?? assert.fail())
    assert.ok(statuses.length > 70)
    assert.deepEqual(
      statuses.filter((status) => status >= 500),
      [],
    )
    assert.equal(example.printed(), `ready on ${origin}\n`)
    assert.equal(await example.stop(), 0)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('local-first')),
      [],
    )
    asked.mock.restore()
  })
})
