// What the client of the account registry makes of answers, good and bad, from a server that answers what a test tells it to.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'

import { deriveUserId, jazzAccountId, mintLocalFirstToken } from 'local-first-identity'
import { createAccountRegistry } from 'local-first-identity/jazz'

interface Vectors {
  registries: { serverUrl: string; appId: string; registry: string }[]
  principalRefused: { issuer: string; subject: string }[]
  registryScenarios: { answers: { op: string; status: number; body: string; means: string }[] }
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('../../vectors/jazz.json', import.meta.url), 'utf8'))

const SECRET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const APP = 'my-app'
const LOCAL = { issuer: 'urn:jazz:local-first', subject: deriveUserId(SECRET) }
const PROVIDER = { issuer: 'https://issuer.example', subject: 'user-1' }
const ACCOUNT = jazzAccountId(APP, LOCAL.subject)
const NONCE = '0b9d4a4e-43c8-4a3a-9f0e-0d2b8f1f6c11'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: object): string => `${part({ alg: 'ES256' })}.${part(claims)}.c2ln`
const PROVIDER_TOKEN = jwt({ iss: PROVIDER.issuer, sub: PROVIDER.subject })
const DEVICE_TOKEN = mintLocalFirstToken(SECRET, APP, 3600)
const assignment = (identity: object, account: string = ACCOUNT): string =>
  JSON.stringify({ account, identity, generation: 1 })

let answer: (request: IncomingMessage, response: ServerResponse) => void
let seen: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[]
let serverUrl: string

const says =
  (status: number, body: string): typeof answer =>
  (_, response) =>
    response.writeHead(status).end(body)

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  seen.push({ method: request.method, url: request.url, headers: request.headers, body })
  answer(request, response)
})

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  seen = []
})
after(() => server.close().closeAllConnections())

const registry = (timeout?: number) =>
  createAccountRegistry({ serverUrl, appId: APP, ...(timeout === undefined ? {} : { timeout }) })
const failure = (code: string, status?: number) => ({ name: 'AccountRegistryError', code, status })

describe('the client of the account registry', () => {
  for (const { serverUrl: url, appId, registry: expected } of vectors.registries) {
    it(`finds the registry of ${appId} at ${url}`, async () => {
      const urls: unknown[] = []
      const send: typeof fetch = async (input) => {
        urls.push(input)
        return new Response(assignment(PROVIDER))
      }
      await createAccountRegistry({ serverUrl: url, appId, fetch: send }).login(PROVIDER_TOKEN)
      assert.deepEqual(urls, [`${expected}/login`])
    })
  }

  it('posts JSON with the token, and no cookie', async () => {
    answer = says(200, assignment(LOCAL))
    assert.deepEqual(await registry().foundLocalFirst(DEVICE_TOKEN), {
      account: ACCOUNT,
      identity: LOCAL,
      generation: 1,
    })
    const [{ method, url, headers, body } = assert.fail()] = seen
    assert.deepEqual([method, body, headers.cookie], ['POST', '', undefined])
    assert.match(url ?? '', /^\/apps\/4af0209b-7fe4-57ba-b068-3b47d0855d11\/accounts\/found-local-first$/)
    assert.deepEqual([headers.authorization, headers['content-type']], [`Bearer ${DEVICE_TOKEN}`, 'application/json'])
  })

  it('sends the identity to link, and reads the nonce with its end', async () => {
    answer = says(200, JSON.stringify({ nonce: NONCE, expires_at: 1_795_305_865 }))
    const intent = await registry().requestLink(DEVICE_TOKEN, PROVIDER)
    assert.deepEqual(intent, { nonce: NONCE, expiresAt: 1_795_305_865 })
    assert.equal(seen[0]?.body, JSON.stringify({ identity: PROVIDER }))
  })

  it('resolves with the admin secret, and no bearer', async () => {
    answer = says(200, assignment(PROVIDER))
    assert.equal((await registry().resolve(PROVIDER, 'admin')).account, ACCOUNT)
    const [{ url, headers } = assert.fail()] = seen
    assert.match(url ?? '', /\/apps\/4af0209b-7fe4-57ba-b068-3b47d0855d11\/admin\/accounts\/resolve$/)
    assert.deepEqual([headers['x-jazz-admin-secret'], headers.authorization], ['admin', undefined])
  })
})

describe('an answer that is not a success', () => {
  const CODES: Readonly<Record<string, string>> = {
    'not assigned': 'identity_not_assigned',
    'wrong path or app: a fault, not an answer': 'account_request_failed',
    'a fault': 'account_request_failed',
    'a fault, later again': 'account_registry_unavailable',
    'the credential is refused': 'invalid_account_credential',
  }
  for (const { status, body, means } of vectors.registryScenarios.answers) {
    it(`of ${status} with \`${body}\` means: ${means}`, async () => {
      answer = says(status, body)
      await assert.rejects(registry().login(PROVIDER_TOKEN), failure(CODES[means] ?? assert.fail(means), status))
    })
  }

  const OWN_STATUS = {
    use_local_first_founding: 400,
    local_first_proof_required: 400,
    invalid_external_identity: 400,
    invalid_link_intent: 400,
    identity_not_authorized: 403,
    identity_not_assigned: 404,
    identity_already_assigned: 409,
  }
  for (const [code, own] of Object.entries(OWN_STATUS)) {
    it(`has the code ${code} only with status ${own}`, async () => {
      for (const status of [400, 403, 404, 409, 418, 500]) {
        answer = says(status, code)
        const expected = status === own ? code : 'account_request_failed'
        await assert.rejects(registry().login(PROVIDER_TOKEN), failure(expected, status))
      }
    })
  }

  for (const body of ['constructor', '__proto__', 'toString', ' identity_not_assigned', 'identity_not_assigned\n']) {
    it(`is no code if it is \`${JSON.stringify(body)}\``, async () => {
      answer = says(404, body)
      await assert.rejects(registry().login(PROVIDER_TOKEN), failure('account_request_failed', 404))
    })
  }

  it('is not followed if it is a redirect', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      answer = (request, response) =>
        request.url?.endsWith('/login')
          ? response.writeHead(status, { location: `${serverUrl}/elsewhere` }).end()
          : response.end(assignment(PROVIDER))
      seen = []
      await assert.rejects(registry().login(PROVIDER_TOKEN), failure('account_request_failed', status))
      assert.equal(seen.length, 1)
    }
  })
})

describe('a registry that lies', () => {
  const WRONG = {
    'no JSON': 'account',
    'no object': '"account"',
    null: 'null',
    'nothing at all': '',
    'no account': JSON.stringify({ identity: PROVIDER, generation: 1 }),
    'an account in upper case': assignment(PROVIDER, ACCOUNT.toUpperCase()),
    'the nil UUID': assignment(PROVIDER, '00000000-0000-0000-0000-000000000000'),
    'no identity': JSON.stringify({ account: ACCOUNT, generation: 1 }),
    'another subject': assignment({ ...PROVIDER, subject: 'user-2' }),
    'another issuer': assignment({ ...PROVIDER, issuer: 'https://issuer.example/' }),
    'a subject that is a number': assignment({ ...PROVIDER, subject: 1 }),
    'no generation': JSON.stringify({ account: ACCOUNT, identity: PROVIDER }),
    'a negative generation': JSON.stringify({ account: ACCOUNT, identity: PROVIDER, generation: -1 }),
    'more than 64 KiB': `${assignment(PROVIDER)}${' '.repeat(65_536)}`,
  }
  for (const [what, body] of Object.entries(WRONG)) {
    it(`with ${what} is not believed`, async () => {
      answer = says(200, body)
      await assert.rejects(registry().login(PROVIDER_TOKEN), failure('invalid_account_response', 200))
    })
  }

  it('about the account of a device is not believed', async () => {
    answer = says(200, assignment(LOCAL, '11111111-1111-4111-8111-111111111111'))
    await assert.rejects(registry().foundLocalFirst(DEVICE_TOKEN), failure('founding_account_mismatch', 200))
  })

  it('is believed about the account that a device logs in to, which may have joined another', async () => {
    answer = says(200, assignment(LOCAL, '11111111-1111-4111-8111-111111111111'))
    assert.equal((await registry().login(DEVICE_TOKEN)).account, '11111111-1111-4111-8111-111111111111')
  })

  it('about a nonce is not believed', async () => {
    for (const body of [{}, { nonce: 'x', expires_at: 1 }, { nonce: NONCE }, { nonce: NONCE, expires_at: 'later' }]) {
      answer = says(200, JSON.stringify(body))
      await assert.rejects(registry().requestLink(DEVICE_TOKEN, PROVIDER), failure('invalid_account_response', 200))
    }
  })

  it('with a success of another status is not believed', async () => {
    answer = says(201, assignment(PROVIDER))
    await assert.rejects(registry().login(PROVIDER_TOKEN), failure('account_request_failed', 201))
  })
})

describe('a registry that does not answer', () => {
  it('at all: in time, an error, and the connection is closed', async () => {
    const closed = new Promise<boolean>((resolve) => {
      answer = (_, response) => response.once('close', () => resolve(response.writableFinished))
    })
    await assert.rejects(registry(50).login(PROVIDER_TOKEN), failure('account_request_timeout'))
    assert.equal(await closed, false)
  })

  it('to the end: in time, an error', async () => {
    answer = (_, response) => response.writeHead(200).write('{')
    await assert.rejects(registry(50).login(PROVIDER_TOKEN), failure('account_request_timeout'))
  })

  it('through a `fetch` that heeds no signal: in time, an error', async () => {
    const deaf = createAccountRegistry({ serverUrl, appId: APP, timeout: 50, fetch: () => new Promise(() => {}) })
    await assert.rejects(deaf.login(PROVIDER_TOKEN), failure('account_request_timeout'))
  })

  it('because the connection breaks: unavailable, with the cause', async () => {
    answer = (_, response) => response.destroy()
    await assert.rejects(registry().login(PROVIDER_TOKEN), (error: Error) => {
      assert.deepEqual(
        { ...error, cause: (error.cause as Error).name },
        { ...failure('account_registry_unavailable'), cause: 'TypeError' },
      )
      return true
    })
  })
})

describe('a wrong argument', () => {
  it('of the client is named', () => {
    const wrong = (options: object, message: RegExp) =>
      assert.throws(() => createAccountRegistry({ serverUrl, appId: APP, ...options }), { message })
    wrong({ serverUrl: '' }, /^createAccountRegistry: `serverUrl` must be a string of at least one character$/)
    for (const url of [
      'core.example',
      'ftp://a',
      'https://u@a',
      'https://:p@a',
      'https://a/?q',
      'https://a/#',
      'https://a/?',
    ])
      wrong(
        { serverUrl: url },
        /^createAccountRegistry: `serverUrl` must be an http\(s\) or ws\(s\) URL without user info/,
      )
    wrong({ appId: '' }, /`appId` must be a string of at least one character/)
    wrong({ timeout: 0 }, /`timeout` must be from 1 to 300,000/)
    wrong({ fetch: 'fetch' }, /`fetch` must be a function/)
    wrong({ timeOut: 5 }, /there is no option `timeOut`; did you mean `timeout`\?/)
  })

  it('is named, and nothing is sent', async () => {
    const named = (message: string) => ({ name: 'TypeError', message })
    await assert.rejects(registry().login(1 as never), named('token must be a string'))
    await assert.rejects(registry().login('a\nb'), named('token must be visible ASCII characters, at least one'))
    await assert.rejects(
      registry().acceptLink(PROVIDER_TOKEN, 'x'),
      named('nonce must be a UUID in lower case, with hyphens'),
    )
    await assert.rejects(registry().requestLink(DEVICE_TOKEN, null as never), named('identity.issuer must be a string'))
    await assert.rejects(
      registry().resolve(PROVIDER, ''),
      named('adminSecret must be visible ASCII characters, at least one'),
    )
    for (const identity of vectors.principalRefused)
      await assert.rejects(registry().requestLink(DEVICE_TOKEN, identity), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.equal(seen.length, 0)
  })

  it('that is not a JWT with `iss` and `sub` has its code, and nothing is sent', async () => {
    const tokens = ['x', 'a.b.c', `${part({})}..c2ln`, jwt({}), jwt({ iss: 'a' }), jwt({ iss: 'a', sub: ' ' }), jwt([])]
    for (const token of tokens) await assert.rejects(registry().login(token), failure('invalid_identity_token'))
    assert.equal(seen.length, 0)
  })
})
