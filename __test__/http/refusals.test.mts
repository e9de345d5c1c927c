// Every refusal, in every framework: its status, headers and body, and that no handler ran. The table is printed.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type ProofErrorCode, verifyLocalFirstIdentityProof } from 'local-first-identity'
import type { RefusalCode } from 'local-first-identity/fetch'
import { badProof, craftProof } from 'local-first-identity/testing'

import { type App, appId, audience, frameworks, startApp } from './apps.mts'
import { device } from './device.mts'
import { newKey, now, type Provider, signJwt, startProvider } from './provider.mts'

type Send = (app: App, accept?: string) => Promise<Response>

const send =
  (path: string, body: unknown, headers: Record<string, string> = {}): Send =>
  ({ origin }, accept) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const all = { 'content-type': 'application/json', ...headers, ...(accept ? { accept } : {}) }
    return fetch(origin + path, { ...init, headers: all })
  }
const prove = (proofToken: unknown) => send('/proof', { proofToken })
const ask = (path: string, token?: string) =>
  send(path, undefined, token === undefined ? {} : { authorization: `Bearer ${token}` })

const bad = (code: ProofErrorCode) => prove(badProof(code, audience))
const forged = (token: string) => token.replace(/.{3}$/, (end) => (end === 'AAA' ? 'BBA' : 'AAA'))

/** Status, `error` of the challenge (`null` for a bare one, `undefined` for none) and sentence, by code and by what it is about. */
const expected: Record<string, [number, string | null | undefined, string]> = {
  'proof missing': [401, null, 'No identity proof was sent.'],
  'proof too-long': [400, 'invalid_request', 'The identity proof is too long.'],
  'proof malformed': [400, 'invalid_request', 'The identity proof is not a well-formed token.'],
  'proof unsupported-algorithm': [401, 'invalid_token', 'The identity proof is not signed with EdDSA.'],
  'proof unsupported-header': [401, 'invalid_token', 'The identity proof has a header that is not supported.'],
  'proof invalid-claims': [401, 'invalid_token', 'The identity proof does not have exactly the claims it needs.'],
  'proof unknown-issuer': [401, 'invalid_token', 'The identity proof has an issuer that is not accepted here.'],
  'proof audience-mismatch': [401, 'invalid_token', 'The identity proof was made for another audience.'],
  'proof issued-in-future': [401, 'invalid_token', 'The identity proof was issued in the future.'],
  'proof expired': [401, 'invalid_token', 'The identity proof has expired.'],
  'proof ttl-too-long': [401, 'invalid_token', 'The identity proof is valid for too long.'],
  'proof invalid-public-key': [401, 'invalid_token', 'The identity proof does not carry a valid public key.'],
  'proof subject-mismatch': [401, 'invalid_token', "The identity proof names an identity that is not its key's."],
  'proof invalid-signature': [401, 'invalid_token', "The identity proof's signature is not valid."],
  'proof already-used': [401, 'invalid_token', 'The identity proof was already used.'],
  'proof body-too-large': [413, undefined, 'The body is too large.'],
  'session missing': [401, null, 'No bearer token was sent.'],
  'session too-long': [400, 'invalid_request', 'The token is too long.'],
  'session malformed': [400, 'invalid_request', 'The token is not a well-formed JWT.'],
  'session unsupported-algorithm': [
    401,
    'invalid_token',
    'The token is signed with an algorithm that is not accepted here.',
  ],
  'session unsupported-header': [401, 'invalid_token', 'The token has a header that is not supported.'],
  'sub invalid-claims': [401, 'invalid_token', 'The token has no valid sub claim.'],
  'exp invalid-claims': [401, 'invalid_token', 'The token has no valid exp claim.'],
  'iss invalid-claims': [401, 'invalid_token', 'The token has no valid iss claim.'],
  'aud invalid-claims': [401, 'invalid_token', 'The token has no valid aud claim.'],
  'nbf invalid-claims': [401, 'invalid_token', 'The token has no valid nbf claim.'],
  'session unknown-issuer': [401, 'invalid_token', 'The token has an issuer that is not accepted here.'],
  'session audience-mismatch': [401, 'invalid_token', 'The token was made for another audience.'],
  'session not-yet-valid': [401, 'invalid_token', 'The token is not valid yet.'],
  'session expired': [401, 'invalid_token', 'The token has expired.'],
  'session unknown-key': [401, 'invalid_token', 'The token is not signed with a key of its issuer.'],
  'session invalid-signature': [401, 'invalid_token', "The token's signature is not valid."],
  'session ttl-too-long': [401, 'invalid_token', 'The token is valid for too long.'],
  'device unsupported-algorithm': [401, 'invalid_token', 'The token is not signed with EdDSA.'],
  'session sign-in-required': [401, 'insufficient_user_authentication', 'This identity has an account: sign in to it.'],
  'guard account-required': [403, 'insufficient_scope', 'This needs an account: sign up first.'],
  'guard sign-in-required': [401, 'insufficient_user_authentication', 'This identity has an account: sign in to it.'],
  'guard auth-mode-not-accepted': [403, 'insufficient_scope', 'This is not open to this kind of session.'],
}

const guest = device()
/** One whose account `session` knows of, and one whose account only the guard asks for. */
const [upgraded, known] = [device(), device()]
const used = guest.proof()
const usedId = verifyLocalFirstIdentityProof(used, audience).proofId

const proofCases: [string, string, Send][] = [
  ['none', 'missing', prove(undefined)],
  ['null', 'missing', prove(null)],
  ['an empty text', 'missing', prove('')],
  [
    'no body at all',
    'missing',
    ({ origin }, accept = '*/*') => fetch(`${origin}/proof`, { method: 'POST', headers: { accept } }),
  ],
  ['Basic credentials', 'missing', send('/proof', {}, { authorization: 'Basic dTpw' })],
  ['a number', 'malformed', prove(42)],
  ['an array', 'malformed', prove([guest.proof()])],
  ['an object', 'malformed', prove({ $ne: null })],
  ['junk', 'malformed', prove('a.b')],
  ['two headers', 'malformed', send('/proof', {}, { 'x-local-first-proof': `${guest.proof()}, ${guest.proof()}` })],
  ['3,000 characters', 'too-long', prove('x'.repeat(3000))],
  ['signed with HS256', 'unsupported-algorithm', prove(craftProof(audience, { header: { alg: 'HS256' } }))],
  ['not signed at all', 'unsupported-algorithm', bad('unsupported-algorithm')],
  ['a `crit` header', 'unsupported-header', bad('unsupported-header')],
  ['one claim more', 'invalid-claims', bad('invalid-claims')],
  ['of an issuer that there is not', 'unknown-issuer', bad('unknown-issuer')],
  ['of a throw-away identity', 'unknown-issuer', prove(guest.proof(60, audience, 'anonymous'))],
  ["a token for the app's data", 'audience-mismatch', prove(guest.token())],
  ['of in an hour', 'issued-in-future', bad('issued-in-future')],
  ['an hour old', 'expired', bad('expired')],
  ['valid for 301 seconds', 'ttl-too-long', prove(guest.proof(301))],
  ['a key of zeros', 'invalid-public-key', bad('invalid-public-key')],
  ["another's identity", 'subject-mismatch', bad('subject-mismatch')],
  ["signed with another's key", 'invalid-signature', bad('invalid-signature')],
  ['a changed signature', 'invalid-signature', prove(forged(guest.proof()))],
  ['used before', 'already-used', prove(used)],
]

const tooLarge: [string, string, Send] = ['2 MB', 'body-too-large', send('/proof', { text: 'x'.repeat(2_000_000) })]

async function sessionCases({ sign, state }: Provider): Promise<[string, string, Send][]> {
  const [stranger, rsa] = [await newKey(), await newKey('PS256')]
  const ps256 = await signJwt(rsa)
  const own = await sign()
  return [
    ['none', 'session missing', ask('/me')],
    ['an empty one', 'session missing', ask('/me', '')],
    ['Basic credentials', 'session missing', send('/me', undefined, { authorization: 'Basic dTpw' })],
    ['9,000 characters', 'session too-long', ask('/me', 'x'.repeat(9000))],
    ['junk', 'session malformed', ask('/me', 'a.b.c')],
    ['two of them', 'session malformed', ask('/me', `${own}, Bearer ${own}`)],
    ['a JWT of four parts', 'session malformed', ask('/me', `${own}.x`)],
    ['signed with PS256', 'session unsupported-algorithm', ask('/me', ps256)],
    [
      '`alg` is none',
      'session unsupported-algorithm',
      ask('/me', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${own.split('.')[1]}.`),
    ],
    [
      'a `crit` header',
      'session unsupported-header',
      ask(
        '/me',
        [
          Buffer.from(JSON.stringify({ alg: 'ES256', kid: state.keys[0]?.kid, crit: ['x'], x: 1 })).toString(
            'base64url',
          ),
          ...own.split('.').slice(1),
        ].join('.'),
      ),
    ],
    ['no `sub`', 'sub invalid-claims', ask('/me', await sign({ sub: undefined }))],
    ['an empty `sub`', 'sub invalid-claims', ask('/me', await sign({ sub: '' }))],
    ['a `sub` that is a number', 'sub invalid-claims', ask('/me', await sign({ sub: 7 }))],
    ['an `exp` in milliseconds', 'exp invalid-claims', ask('/me', await sign({ exp: Date.now() + 60_000 }))],
    ['no `exp`', 'exp invalid-claims', ask('/me', await sign({ exp: undefined }))],
    ['no `iss`', 'iss invalid-claims', ask('/me', await sign({ iss: undefined }))],
    ['no `aud`', 'aud invalid-claims', ask('/me', await sign({ aud: undefined }))],
    ['an `nbf` that is a text', 'nbf invalid-claims', ask('/me', await sign({ nbf: 'now' }))],
    ['of another issuer', 'session unknown-issuer', ask('/me', await sign({ iss: 'https://evil.example.com' }))],
    ['for another API', 'session audience-mismatch', ask('/me', await sign({ aud: 'https://other.example.com' }))],
    ['valid from tomorrow', 'session not-yet-valid', ask('/me', await sign({ nbf: now() + 86_400 }))],
    ['expired', 'session expired', ask('/me', await sign({ exp: now() }))],
    ['of a key that is not there', 'session unknown-key', ask('/me', await signJwt(stranger))],
    [
      'of another key under its name',
      'session invalid-signature',
      ask('/me', await signJwt(stranger, {}, { kid: state.keys[0]?.kid })),
    ],
    ['a proof', 'session audience-mismatch', ask('/me', guest.proof())],
    ['of a throw-away identity', 'session unknown-issuer', ask('/me', guest.token('anonymous'))],
    [
      "of Jazz's own issuer",
      'session unknown-issuer',
      ask('/me', craftProof(appId, { claims: { iss: 'urn:jazz:system' } })),
    ],
    [
      "the provider's, as a device's",
      'device unsupported-algorithm',
      ask('/me', await sign({ iss: 'urn:jazz:local-first' })),
    ],
    ["a device's, for two hours", 'session ttl-too-long', ask('/me', guest.token('local-first', 7200))],
    ["a device's, changed", 'session invalid-signature', ask('/me', forged(guest.token()))],
    ["a device's, that has an account", 'session sign-in-required', ask('/me', upgraded.token())],
    ['a guest, where an account is needed', 'guard account-required', ask('/account', guest.token())],
    ['one with an account, where it is needed', 'guard sign-in-required', ask('/account', known.token())],
    ['an account, where guests are meant', 'guard auth-mode-not-accepted', ask('/guest', own)],
  ]
}

const rows: string[] = []

for (const framework of frameworks) {
  describe(`refusals, ${framework}`, () => {
    let app: App
    let provider: Provider

    async function assertRefused(what: string, key: string, request: Send) {
      const [status, challenge, error] = expected[key] ?? assert.fail(key)
      const code = key.split(' ')[1] as RefusalCode
      const authenticate = challenge ? `Bearer error="${challenge}", error_description="${error}"` : 'Bearer'
      const header = challenge === undefined ? null : authenticate
      const response = await request(app)
      const text = await response.text()
      assert.deepEqual(
        [response.status, response.headers.get('www-authenticate'), response.headers.get('content-type'), text],
        [status, header, 'application/json; charset=utf-8', JSON.stringify({ error, code })],
        what,
      )
      const problem = await request(app, 'text/html, application/problem+json;q=0.9')
      assert.deepEqual(
        [problem.status, problem.headers.get('www-authenticate'), problem.headers.get('content-type')],
        [status, header, 'application/problem+json; charset=utf-8'],
      )
      const { title, ...rest } = (await problem.json()) as { title: string }
      assert.deepEqual(rest, { type: 'about:blank', status, detail: error, code })
      assert.match(title, /^[A-Z][A-Za-z ]+$/)
      if (framework === frameworks[0]) rows.push(`| ${what} | ${status} | ${header ?? '–'} | ${text} |`)
    }

    before(async () => {
      provider = await startProvider()
      app = await startApp(framework, {
        session: { appId, ...provider.options, isUpgraded: (id) => id === upgraded.identity },
        account: { isUpgraded: async (id) => id === known.identity },
        proof: { useProof: async ({ proofId }) => proofId !== usedId },
      })
    })
    after(async () => {
      await app.stop()
      await provider.stop()
    })

    it('of proofs', async () => {
      for (const [what, code, request] of proofCases) await assertRefused(`proof: ${what}`, `proof ${code}`, request)
      if (framework === 'Hono') await assertRefused(`body: ${tooLarge[0]}`, 'proof body-too-large', tooLarge[2])
    })

    it('of sessions', async () => {
      for (const [what, key, request] of await sessionCases(provider))
        await assertRefused(`token: ${what}`, key, request)
    })

    it('let no handler run, and are no faults', () => {
      assert.deepEqual([app.seen, app.faults], [[], []])
    })
  })
}

after(() => console.log(['| sent | status | `WWW-Authenticate` | body |', '|---|---|---|---|', ...rows].join('\n')))
