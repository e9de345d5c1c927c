// One bad proof for each code, with one flaw each.

import { mintLocalFirstToken, normalizeAudience, type ProofErrorCode } from 'local-first-identity'
import { rangeError } from '../common/errors.mts'

import { invalid, ownOptions } from '../common/options.mts'
import { LAST_SECOND } from '../common/time.mts'
import { systemSeconds } from './clock.mts'
import { craftProof } from './craft.mts'
import { identities } from './identities.mts'

/** A bad proof, and the code with which it is refused. */
export interface BadProof {
  readonly code: ProofErrorCode
  readonly token: string
}

/** The options of `badProof`. An unknown option throws. */
export interface BadProofOptions {
  /**
   * The verifier's time, in Unix seconds: from 3,600 to the end of the year 9998. Default: now, by the operating system's
   * clock.
   */
  now?: number | undefined
}

const HOUR = 3_600
const YEAR = 366 * 24 * HOUR
const { alice, mallory } = identities

/** In the order of the checks. The compiler rejects this table if a code is missing. */
const makers: Record<ProofErrorCode, (audience: string, now: number) => string> = {
  missing: () => '',
  // Its header has a member that no verifier reads. Verifiers accept at most 2,048 bytes.
  'too-long': (audience, now) => craftProof(audience, { now, header: { padding: 'x'.repeat(2_048) } }),
  malformed: (audience, now) => `${craftProof(audience, { now })}.`,
  // RFC 8725 §2.1: the oldest way to forge a JWT.
  'unsupported-algorithm': (audience, now) =>
    craftProof(audience, { now, header: { alg: 'none' } }).replace(/[^.]+$/, ''),
  'unsupported-header': (audience, now) => craftProof(audience, { now, header: { crit: ['exp'] } }),
  'invalid-claims': (audience, now) => craftProof(audience, { now, claims: { admin: true } }),
  // Not the anonymous issuer, because a verifier may be configured to accept it.
  'unknown-issuer': (audience, now) => craftProof(audience, { now, claims: { iss: 'urn:example:nobody' } }),
  'audience-mismatch': (audience, now) =>
    mintLocalFirstToken(alice.secret, `another one than ${audience}`, 60, { now }),
  // Far from the limits, so that the duration of a test makes no difference.
  'issued-in-future': (audience, now) =>
    craftProof(audience, { now, claims: { iat: now + HOUR, exp: now + HOUR + 60 } }),
  expired: (audience, now) => craftProof(audience, { now, claims: { iat: now - HOUR, exp: now - HOUR + 60 } }),
  'ttl-too-long': (audience, now) => craftProof(audience, { now, claims: { exp: now + YEAR } }),
  // A point of small order: one signature would be valid for many messages.
  'invalid-public-key': (audience, now) => craftProof(audience, { now, claims: { jazz_pub_key: 'A'.repeat(43) } }),
  'subject-mismatch': (audience, now) =>
    craftProof(audience, { now, identity: mallory, claims: { sub: alice.userId } }),
  'invalid-signature': (audience, now) => craftProof(audience, { now, identity: alice, signer: mallory }),
}

/** In the order of the checks. */
const codes = Object.freeze(Object.keys(makers) as ProofErrorCode[])

/**
 * Makes a proof that the addon, and everything that uses the addon, refuses with this code.
 *
 * It is refused with this code for the next 60 seconds. After that, most bad proofs have expired. The verifier may have any
 * limits that allow a proof of 60 seconds, and refuse a proof of a year or one that is issued an hour ahead.
 *
 * @param code - One of `ProofErrorCode`.
 * @param audience - The name the verifier expects: at least one character.
 * @returns The token, which is not always a JWS: `''` for `'missing'`. Nearly 3,000 characters for `'too-long'`, under 600
 *   for the others. The same arguments at the same `now` return the same token.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @example
 * const { code } = verifyLocalFirstIdentityProof(badProof('expired', 'my-app-signup'), 'my-app-signup')
 * assert.equal(code, 'expired')
 */
export function badProof(code: ProofErrorCode, audience: string, options: BadProofOptions = {}): string {
  if (!codes.includes(code)) invalid('badProof', `there is no code \`${String(code)}\``)
  normalizeAudience(audience)
  const { now = systemSeconds() } = ownOptions('badProof', options, ['now'])
  if (!Number.isInteger(now) || now < HOUR || now > LAST_SECOND - YEAR) {
    throw rangeError('badProof: `now` must be a whole second from 3,600 to the year 9998')
  }
  return makers[code](audience, now)
}

/**
 * Makes a bad proof for each code, in the order of the checks.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @see badProof
 * @example
 * for (const { code, token } of badProofs('my-app-signup')) {
 *   test(code, () => assert.equal(verifyLocalFirstIdentityProof(token, 'my-app-signup').code, code))
 * }
 */
export const badProofs = (audience: string, options: BadProofOptions = {}): BadProof[] =>
  codes.map((code) => Object.freeze({ code, token: badProof(code, audience, options) }))
