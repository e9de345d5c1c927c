// One proof a code, each with one flaw.

import { mintLocalFirstToken, normalizeAudience, type ProofErrorCode } from 'local-first-identity'
import { rangeError } from '../common/errors.mts'

import { invalid, ownOptions } from '../common/options.mts'
import { LAST_SECOND } from '../common/time.mts'
import { systemSeconds } from './clock.mts'
import { craftProof } from './craft.mts'
import { identities } from './identities.mts'

/** A proof that is refused, and the code it is refused with. */
export interface BadProof {
  readonly code: ProofErrorCode
  readonly token: string
}

/** An option that is not listed here is refused. */
export interface BadProofOptions {
  /**
   * The verifier's time, in Unix seconds: from 3,600, and up to the end of the year 9998. Default: now, by the operating
   * system's clock.
   */
  now?: number | undefined
}

const HOUR = 3_600
const YEAR = 366 * 24 * HOUR
const { alice, mallory } = identities

/** In the order of the checks. The compiler refuses a table in which a code is missing. */
const makers: Record<ProofErrorCode, (audience: string, now: number) => string> = {
  missing: () => '',
  // Its header has a member that nobody reads; 2,048 bytes is all that is taken.
  'too-long': (audience, now) => craftProof(audience, { now, header: { padding: 'x'.repeat(2_048) } }),
  malformed: (audience, now) => `${craftProof(audience, { now })}.`,
  // RFC 8725 §2.1: the oldest forgery of a JWT.
  'unsupported-algorithm': (audience, now) =>
    craftProof(audience, { now, header: { alg: 'none' } }).replace(/[^.]+$/, ''),
  'unsupported-header': (audience, now) => craftProof(audience, { now, header: { crit: ['exp'] } }),
  'invalid-claims': (audience, now) => craftProof(audience, { now, claims: { admin: true } }),
  // Not the anonymous issuer, which a verifier may have been told to accept.
  'unknown-issuer': (audience, now) => craftProof(audience, { now, claims: { iss: 'urn:example:nobody' } }),
  'audience-mismatch': (audience, now) =>
    mintLocalFirstToken(alice.secret, `another one than ${audience}`, 60, { now }),
  // Far from the limits, so that it makes no difference how long a test takes.
  'issued-in-future': (audience, now) =>
    craftProof(audience, { now, claims: { iat: now + HOUR, exp: now + HOUR + 60 } }),
  expired: (audience, now) => craftProof(audience, { now, claims: { iat: now - HOUR, exp: now - HOUR + 60 } }),
  'ttl-too-long': (audience, now) => craftProof(audience, { now, claims: { exp: now + YEAR } }),
  // A point of small order: one signature would hold for many messages.
  'invalid-public-key': (audience, now) => craftProof(audience, { now, claims: { jazz_pub_key: 'A'.repeat(43) } }),
  'subject-mismatch': (audience, now) =>
    craftProof(audience, { now, identity: mallory, claims: { sub: alice.userId } }),
  'invalid-signature': (audience, now) => craftProof(audience, { now, identity: alice, signer: mallory }),
}

/** In the order of the checks. */
const codes = Object.freeze(Object.keys(makers) as ProofErrorCode[])

/**
 * Makes a proof that is refused with a code by the addon and by all that asks it: for 60 seconds, after which most of them have
 * expired, and under any limits that let a proof last for 60 seconds, not for a year, and not be issued an hour ahead.
 *
 * @param code - One of `ProofErrorCode`.
 * @param audience - The name the verifier expects: at least one character.
 * @returns The token, which is not always a JWS: `''` for `'missing'`. Nearly 3,000 characters for `'too-long'`, under 600
 *   for the others. The same arguments at the same `now` give the same one.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
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
 * Makes a proof for each code, in the order of the checks: to loop over.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 * @see badProof
 */
export const badProofs = (audience: string, options: BadProofOptions = {}): BadProof[] =>
  codes.map((code) => Object.freeze({ code, token: badProof(code, audience, options) }))
