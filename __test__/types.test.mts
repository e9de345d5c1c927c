// The compiler is the test: `npm run check:types` fails where one of these lines means something else.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import {
  type MintOptions,
  mintLocalFirstToken,
  type ProofErrorCode,
  type RejectedProof,
  type VerifiedProof,
  type VerifyOptions,
  verifyLocalFirstIdentityProof,
} from 'local-first-identity'

import { type Equal, holds } from './holds.mts'
import { audience, goodToken, now, secret, userId } from './support.mts'

it('the result is a discriminated union', () => {
  const result = verifyLocalFirstIdentityProof(goodToken, audience, { now })
  holds<Equal<typeof result, VerifiedProof | RejectedProof>>()

  // @ts-expect-error: whether there is an ID depends on `ok`.
  const unchecked: string = result.id
  assert.equal(unchecked, userId)

  if (result.ok) {
    holds<Equal<typeof result.id, string>>()
    holds<Equal<typeof result.issuer, 'local-first' | 'anonymous'>>()
    holds<Equal<typeof result.error, undefined>>()
  } else {
    holds<Equal<typeof result.id, undefined>>()
    holds<Equal<typeof result.error, string>>()
    holds<Equal<typeof result.code, ProofErrorCode>>()
  }
})

it('the result narrows after it was destructured', () => {
  const { ok, id, error } = verifyLocalFirstIdentityProof(goodToken, audience, { now })
  if (!ok) {
    holds<Equal<typeof error, string>>()
    return assert.fail(error)
  }
  holds<Equal<typeof id, string>>()
  assert.equal(id, userId)
})

it('arguments and options are typed', () => {
  holds<Equal<Parameters<typeof verifyLocalFirstIdentityProof>, [unknown, string, (VerifyOptions | undefined)?]>>()
  holds<Equal<Parameters<typeof mintLocalFirstToken>, [string, string, number, (MintOptions | undefined)?]>>()

  // @ts-expect-error: the audience is not optional.
  assert.throws(() => verifyLocalFirstIdentityProof(goodToken), TypeError)
  // @ts-expect-error: a misspelt option.
  assert.throws(() => verifyLocalFirstIdentityProof(goodToken, audience, { maxTTLSeconds: 60 }), TypeError)
  // @ts-expect-error: an issuer that there is not.
  assert.throws(() => verifyLocalFirstIdentityProof(goodToken, audience, { issuers: ['jazz'] }), TypeError)
  // @ts-expect-error: a lifetime is a number.
  assert.throws(() => mintLocalFirstToken(secret, audience, '60'), TypeError)
})
