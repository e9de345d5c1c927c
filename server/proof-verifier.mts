import { createIdentityProofVerifier, type IdentityProofVerifier, type Issuer } from 'local-first-identity'

import { checkCount, checkText } from '../common/options.mts'

/** The longest lifetime that an app can allow, in seconds: clients mint no longer proof. */
const LONGEST_SECONDS = 3_600
/** A sign-up takes minutes at most, in seconds. */
const DEFAULT_SECONDS = 300

/** The options of whatever takes proofs of sign-ups. */
interface ProofVerifierOptions {
  audience: string
  maxTtlSeconds?: number | undefined
  issuers?: readonly Issuer[] | undefined
}

/**
 * Checks the options at start, and makes the verifier of an app's proofs.
 *
 * @param name - The function that the app called, for its errors.
 * @throws TypeError or RangeError naming the option.
 */
export function proofVerifier(
  name: string,
  { audience, maxTtlSeconds = DEFAULT_SECONDS, issuers }: ProofVerifierOptions,
): IdentityProofVerifier {
  checkText(name, 'audience', audience)
  checkCount(name, 'maxTtlSeconds', maxTtlSeconds, LONGEST_SECONDS)
  return createIdentityProofVerifier(audience, { maxTtlSeconds, issuers })
}
