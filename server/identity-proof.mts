// One proof of a request: judged by the addon, and used up.

import type { Issuer, VerifiedProof } from 'local-first-identity'
import { checkFunction, hasMethod, invalid, ownOptions, wrongType } from '../common/options.mts'
import { PROOF_HEADER } from '../common/proof-header.mts'
import { oneTimeProof, type UseProof } from '../stores/one-time-proof.mts'
import { TOO_LARGE } from './body.mts'
import { proofVerifier } from './proof-verifier.mts'
import { type Refusal, refuse } from './refusal.mts'
import { bearerIn, type HeaderOf, proofTokenIn } from './token.mts'

/** What `identityProof` asks for; an option that is not listed here is refused. */
export interface IdentityProofOptions {
  /**
   * The name that clients mint proofs for: at least one character, for example `'my-app-signup'`. Not the app's ID: a
   * token for the app's data would pass as a proof.
   */
  audience: string
  /** The longest lifetime of a proof that is accepted, in seconds: an integer from 1 to 3,600. Default 300. */
  maxTtlSeconds?: number | undefined
  /** The issuers to accept, at least one. Default `['local-first']`. */
  issuers?: readonly Issuer[] | undefined
  /**
   * What makes each proof good for one use: `oneTimeProof(store)` of `local-first-identity/stores`; `false` lets a proof
   * be used until it expires. A proof is used up when it is accepted, whatever the handler does then, and a device's
   * proofs of one second are the same proof. Default: the memory of this thread, the same for all that take proofs in it.
   * Where there are several processes or worker threads, give it a store that they share.
   */
  useProof?: UseProof | false | undefined
}

/**
 * Takes a request's proof, or says why there is none. `bodyOf` gives the parsed body, or {@link TOO_LARGE}; it is asked only
 * where the proof is not in its header.
 */
export type ProofTaker = (headerOf: HeaderOf, bodyOf: () => unknown) => Promise<VerifiedProof | Refusal>

const NAME = 'identityProof'
/** One for all: a proof that one route has used is used for another one of the same audience, too. */
const useInMemory = oneTimeProof()
const USED = refuse('already-used', 'The identity proof was already used.')

/**
 * Where the proof is: in its own header, else in the body's `proofToken`, else in `Authorization`, which may as well hold
 * a session's token beside a proof. An empty one is none.
 */
async function tokenOf(headerOf: HeaderOf, bodyOf: () => unknown): Promise<unknown> {
  const own = headerOf(PROOF_HEADER)
  if (own) return own
  const body = await bodyOf()
  if (body === TOO_LARGE) return TOO_LARGE
  const inBody = proofTokenIn(body)
  return inBody === undefined || inBody === null || inBody === '' ? bearerIn(headerOf('authorization')) : inBody
}

/** @throws TypeError if it is no function, or the function that makes one. */
function checkUseProof(useProof: unknown): void {
  if (hasMethod(useProof, 'create'))
    wrongType(NAME, '`useProof` must be a function: give `oneTimeProof(store)` for a store')
  checkFunction(NAME, 'useProof', useProof)
  if (useProof === oneTimeProof) invalid(NAME, '`useProof` must be `oneTimeProof(store)`, not the function itself')
}

/**
 * Checks the options, and makes what takes the proof of a request.
 *
 * @throws TypeError or RangeError naming the option, if one is not as described.
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
