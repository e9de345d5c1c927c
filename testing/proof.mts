import { type Issuer, mintLocalFirstToken } from 'local-first-identity'

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
   * When it is made, in Unix seconds: then the same arguments give the same proof. Default: now, or up to 30 seconds before
   * where that proof was given already, since proofs of one second are the same one, and good for one use.
   */
  now?: number | undefined
}

const MOST_SECONDS_BACK = 30
/** What this thread gave without being told a time. */
const given = new Set<string>()

/** Mints the latest proof that was not given before. One that has lost half of its time already might expire within the test. */
function mintAnother(mint: (issuedAt: number) => string, ttlSeconds: number): string {
  const now = systemSeconds()
  const most = Math.min(now, MOST_SECONDS_BACK, Math.floor(ttlSeconds / 2))
  for (let back = 0; back <= most; back++) {
    const token = mint(now - back)
    if (given.has(token)) continue
    given.add(token)
    return token
  }
  throw new Error(
    `proofFor: no other proof of this identity, audience and lifetime is left in the last ${most} seconds; ` +
      'give it another identity, such as `createIdentity()`',
  )
}

/**
 * Mints a good proof: what a client would send. Without `now`, no proof is given twice in one thread, and each holds by the
 * operating system's clock, which verifiers read.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 * @throws Error if there are more proofs of one identity, audience and lifetime in a short time than seconds to tell them
 *   apart: 31 of the default lifetime.
 */
export function proofFor(audience: string, options: ProofOptions = {}): string {
  const own = ownOptions('proofFor', options, ['identity', 'ttlSeconds', 'issuer', 'now'])
  const { identity = identities.alice, ttlSeconds = 60, issuer, now } = own
  const mint = (now: number) => mintLocalFirstToken(identity.secret, audience, ttlSeconds, { issuer, now })
  return now === undefined ? mintAnother(mint, ttlSeconds) : mint(now)
}
