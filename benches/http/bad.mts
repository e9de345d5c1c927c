// Everything that must not let anybody in, and what is to be answered to it.

import { generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import type { Message } from './send.mts'
import { AUDIENCE, forged, freshToken, signUpBody } from './tokens.mts'

export interface BadKind {
  name: string
  message(): Message
  status: number
  code: string | undefined
}

const good = () => freshToken(AUDIENCE)
const late = () => mintLocalFirstToken(generateAuthSecret(), AUDIENCE, 60, { now: Math.floor(Date.now() / 1000) - 61 })
const otherAudience = () => freshToken('another-app')
const body = (proofToken: unknown): Message => ({ body: signUpBody(proofToken) })
const header = (token: string | string[]): Message => ({ headers: { 'x-local-first-proof': token } })
const bearer = (token: string): Message => ({ headers: { authorization: `Bearer ${token}` } })

const kind = (name: string, status: number, code: string | undefined, message: () => Message): BadKind => ({
  name,
  message,
  status,
  code,
})

export const badKinds: BadKind[] = [
  kind('nothing', 401, 'missing', () => ({})),
  kind('forged, in the body', 401, 'invalid-signature', () => body(forged(good()))),
  kind('forged, in the header', 401, 'invalid-signature', () => header(forged(good()))),
  kind('late, in the body', 401, 'expired', () => body(late())),
  kind('late, as bearer', 401, 'expired', () => bearer(late())),
  kind('for another audience, in the body', 401, 'audience-mismatch', () => body(otherAudience())),
  kind('for another audience, in the header', 401, 'audience-mismatch', () => header(otherAudience())),
  kind('a text', 400, 'malformed', () => body('not a proof')),
  kind('a number', 400, 'malformed', () => body(42)),
  kind('an array with a good proof', 400, 'malformed', () => body([good()])),
  kind('an object with a good proof', 400, 'malformed', () => body({ proofToken: good() })),
  kind('two headers with a good proof', 400, 'malformed', () => header([good(), good()])),
  kind('a body that is an array', 401, 'missing', () => ({ body: JSON.stringify([good()]) })),
  kind('a body that is no JSON', 400, 'entity.parse.failed', () => ({ body: '{"proofToken":' })),
  kind('3 kB, in the body', 400, 'too-long', () => body(good().padEnd(3_000, 'A'))),
  kind('3 kB, in the header', 400, 'too-long', () => header(good().padEnd(3_000, 'A'))),
  kind('3 kB, as bearer', 400, 'too-long', () => bearer(good().padEnd(3_000, 'A'))),
  // Node's own answer, which has no body.
  kind('20 kB, in the header', 431, undefined, () => header(good().padEnd(20_000, 'A'))),
]

/** Those that take so long to send that there are few of them. */
export const largeKinds: BadKind[] = [
  kind('2 MB, in the body', 413, 'entity.too.large', () => body(good().padEnd(2_000_000, 'A'))),
  kind('2 MB, in chunks', 413, 'entity.too.large', () => ({
    headers: { 'transfer-encoding': 'chunked' },
    ...body(good().padEnd(2_000_000, 'A')),
  })),
]
