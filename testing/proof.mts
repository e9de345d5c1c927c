import { type Issuer, mintLocalFirstToken } from 'local-first-identity'
import { fault } from '../common/errors.mts'

import { ownOptions } from '../common/options.mts'
import { systemSeconds } from './clock.mts'
import { identities, type TestIdentity } from './identities.mts'

/** The options of `proofFor`. An unknown option throws. */
export interface ProofOptions {
  /** The identity that mints it. Default `identities.alice`. */
  identity?: TestIdentity | undefined
  /** How long it is valid, in seconds: an integer from 1. Default 60. */
  ttlSeconds?: number | undefined
  /** The issuer. By default, verifiers do not accept `'anonymous'`. Default `'local-first'`. */
  issuer?: Issuer | undefined
  /**
   * When it is minted, in Unix seconds. With it, the same arguments return the same proof.
   *
   * Default: now, or the last second before for which no such proof was returned yet. Proofs of one second are the same
   * proof, which a verifier may accept only once.
   */
  now?: number | undefined
}

/** The seconds for which this thread has returned a proof without `now`. The key is the same proof for the second 0. */
const given = new Map<string, Set<number>>()

/** Mints the latest proof that was not returned before. One with less than half of its time left might expire in the test. */
function mintAnother(mint: (issuedAt: number) => string, ttlSeconds: number): string {
  const kind = mint(0)
  const seconds = given.get(kind) ?? new Set()
  given.set(kind, seconds)
  const now = systemSeconds()
  for (let issuedAt = now; issuedAt >= now - ttlSeconds / 2; issuedAt--) {
    if (seconds.has(issuedAt)) continue
    seconds.add(issuedAt)
    return mint(issuedAt)
  }
  throw fault(
    'ERR_NO_PROOF_LEFT',
    'proofFor: there are more proofs of this identity, audience and lifetime than seconds to tell them apart: ' +
      'give another identity, such as `createIdentity()`, or a longer lifetime',
  )
}

/**
 * Mints a good proof, as a client would send it. Without `now`, no proof is returned twice in one thread. Each is valid by
 * the operating system's clock, which verifiers read.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @throws Error (`ERR_NO_PROOF_LEFT`) if every second of half a lifetime has a proof of this identity, audience and lifetime
 *   already. With the default lifetime, this is the 32nd proof in one second.
 * @example
 * const token = proofFor('my-app-signup', { identity: identities.bob })
 * assert.equal(verifyLocalFirstIdentityProof(token, 'my-app-signup').id, identities.bob.userId)
 */
export function proofFor(audience: string, options: ProofOptions = {}): string {
  const own = ownOptions('proofFor', options, ['identity', 'ttlSeconds', 'issuer', 'now'])
  const { identity = identities.alice, ttlSeconds = 60, issuer, now } = own
  const mint = (now: number) => mintLocalFirstToken(identity.secret, audience, ttlSeconds, { issuer, now })
  return now === undefined ? mintAnother(mint, ttlSeconds) : mint(now)
}
