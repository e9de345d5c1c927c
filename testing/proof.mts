import { type Issuer, mintLocalFirstToken } from 'local-first-identity'
import { fault } from '../common/errors.mts'

import { ownOptions } from '../common/options.mts'
import { systemSeconds } from './clock.mts'
import { identities, type TestIdentity } from './identities.mts'

/** What a proof says; an option that is not listed here is refused. */
export interface ProofOptions {
  /** Who makes it. Default `identities.alice`. */
  identity?: TestIdentity | undefined
  /** How long it holds, in seconds: an integer from 1. Default 60. */
  ttlSeconds?: number | undefined
  /** Who vouches for the identity. By default, verifiers do not take `'anonymous'`. Default `'local-first'`. */
  issuer?: Issuer | undefined
  /**
   * When it is made, in Unix seconds: then the same arguments give the same proof. Default: now, or the last
   * second before of which no such proof was given yet, since those of one second are the same one, and good for one use.
   */
  now?: number | undefined
}

/** The seconds of which this thread gave a proof without being told one, by the proof of the second 0. */
const given = new Map<string, Set<number>>()

/** Mints the latest proof that was not given before. One that has lost half of its time might expire within the test. */
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
 * Mints a good proof: what a client would send. Without `now`, no proof is given twice in one thread, and each holds by the
 * operating system's clock, which verifiers read.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 * @throws Error if the seconds of half a lifetime do not tell the proofs of one identity, audience and lifetime apart: at the
 *   32nd in one second of the default lifetime.
 */
export function proofFor(audience: string, options: ProofOptions = {}): string {
  const own = ownOptions('proofFor', options, ['identity', 'ttlSeconds', 'issuer', 'now'])
  const { identity = identities.alice, ttlSeconds = 60, issuer, now } = own
  const mint = (now: number) => mintLocalFirstToken(identity.secret, audience, ttlSeconds, { issuer, now })
  return now === undefined ? mintAnother(mint, ttlSeconds) : mint(now)
}
