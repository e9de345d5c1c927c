// Takes the proof of a request: verifies it, and uses it up.

import type { Issuer, VerifiedProof } from 'local-first-identity'
import { checkFunction, hasMethod, invalid, ownOptions, wrongType } from '../common/options.mts'
import { PROOF_HEADER } from '../common/proof-header.mts'
import { oneTimeProof, type UseProof } from '../stores/one-time-proof.mts'
import { TOO_LARGE } from './body.mts'
import { proofVerifier } from './proof-verifier.mts'
import { type Refusal, refuse } from './refusal.mts'
import { bearerIn, type HeaderOf, proofTokenIn } from './token.mts'

/** The options of `identityProof`. An unknown option throws. */
export interface IdentityProofOptions {
  /**
   * The name that clients mint proofs for: at least one character, for example `'my-app-signup'`. Do not use the app's ID: a guest's
   * token for the app's data would pass as a proof.
   */
  audience: string
  /** The longest lifetime of a proof, in seconds: an integer from 1 to 3,600. Default 300. */
  maxTtlSeconds?: number | undefined
  /** The issuers to accept, at least one. Default `['local-first']`. */
  issuers?: readonly Issuer[] | undefined
  /**
   * Uses each proof up, when it is accepted: `oneTimeProof(store)` of `local-first-identity/stores`. With `false` a proof can be used
   * until it expires. Several processes or worker threads need a store that they share. Default: the memory of this thread, shared
   * by all routes in it.
   */
  useProof?: UseProof | false | undefined
}

/**
 * Takes a request's proof, or gives a refusal. `bodyOf` gives the parsed body, or {@link TOO_LARGE}; it is called only if the header
 * has no proof.
 */
export type ProofTaker = (headerOf: HeaderOf, bodyOf: () => unknown) => Promise<VerifiedProof | Refusal>

const NAME = 'identityProof'
/** Shared by all routes: a proof that one route has used cannot be used at another of the same audience. */
const useInMemory = oneTimeProof()
const USED = refuse('already-used', 'The identity proof was already used.')

/**
 * Finds the proof: in its own header, else in the body's `proofToken`, else in `Authorization`. That comes last because it may hold
 * a session's token beside a proof. An empty value is ignored.
 */
async function tokenOf(headerOf: HeaderOf, bodyOf: () => unknown): Promise<unknown> {
  const own = headerOf(PROOF_HEADER)
  if (own) return own
  const body = await bodyOf()
  if (body === TOO_LARGE) return TOO_LARGE
  const inBody = proofTokenIn(body)
  return inBody === undefined || inBody === null || inBody === '' ? bearerIn(headerOf('authorization')) : inBody
}

/** @throws TypeError if it is not a function that takes a proof, but a store or `oneTimeProof` itself. */
function checkUseProof(useProof: unknown): void {
  if (hasMethod(useProof, 'create'))
    wrongType(NAME, '`useProof` must be a function: give `oneTimeProof(store)` for a store')
  checkFunction(NAME, 'useProof', useProof)
  if (useProof === oneTimeProof) invalid(NAME, '`useProof` must be `oneTimeProof(store)`, not the function itself')
}

/**
 * Makes the function that takes the proof of a request.
 *
 * @throws TypeError or RangeError naming the option, if one is wrong.
 */
export function proofTaker(options: IdentityProofOptions): ProofTaker {
  const own = ownOptions(NAME, options, ['audience', 'maxTtlSeconds', 'issuers', 'useProof'])
  const { useProof = useInMemory } = own
  const verify = proofVerifier(NAME, own)
  if (useProof !== false) checkUseProof(useProof)

  return async (headerOf, bodyOf) => {
    const token = await tokenOf(headerOf, bodyOf)
    if (token === TOO_LARGE) return TOO_LARGE
    const proof = verify(token)
    if (!proof.ok || useProof === false) return proof
    const first: unknown = await useProof(proof)
    if (typeof first !== 'boolean') invalid(NAME, '`useProof` must give a boolean')
    return first ? proof : USED
  }
}
