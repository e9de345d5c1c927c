import type { VerifiedProof } from 'local-first-identity'

import { PROOF_HEADER } from '../../common/proof-header.mts'
import { proofTokenIn } from '../../server/token.mts'
import { refusal } from './error.mts'
import type { Settings } from './options.mts'

/** The source of a proof: a request's headers and its body. The body may be anything that a stranger sent. */
interface Source {
  headers?: Headers | undefined
  body?: unknown
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Takes the token from the header, else from `proofToken` in the body. Removes `proofToken` from the body. */
function takeToken({ headers, body }: Source): unknown {
  const inBody = proofTokenIn(body)
  // In place, because what a hook returns is merged into the body and cannot remove a member. A frozen body keeps the member.
  if (isObject(body)) Reflect.deleteProperty(body, 'proofToken')
  return headers?.get(PROOF_HEADER) ?? inBody
}

/**
 * Verifies the proof of a request, if it has one.
 *
 * @returns The proof; `null` if none was sent: no header, no `proofToken`, or an empty one.
 * @throws APIError `INVALID_PROOF` with the addon's code as `reason`, if the proof is not valid.
 */
export function takeProof(source: Source, { verify }: Settings): VerifiedProof | null {
  const proof = verify(takeToken(source))
  if (proof.ok) return proof
  if (proof.code === 'missing') return null
  throw refusal('INVALID_PROOF', { message: proof.error, reason: proof.code })
}
