// local-first-identity/fastify: proofs, sessions and guards as hooks of Fastify 5.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VerifiedProof } from 'local-first-identity'

import {
  accountGuard,
  authModeGuard,
  type Guard,
  proofBefore,
  type RequireAccountOptions,
  sessionBefore,
} from '../server/guard.mts'
import { type IdentityProofOptions, proofTaker } from '../server/identity-proof.mts'
import { headersOf } from '../server/node-headers.mts'
import { answerTo, type Refusal } from '../server/refusal.mts'
import type { AuthMode, Session } from '../server/session.mts'
import { type SessionOptions, sessionResolver } from '../server/session-resolver.mts'
import { proofTokenIn } from '../server/token.mts'

export type * from '../server/public.mts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The proof that `identityProof` took from this request. */
    identityProof?: VerifiedProof
    /** Whose request it is: what `session` found out. */
    auth?: Session
  }
}

/** An asynchronous hook, for a route or for `addHook`. */
export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** Lets a request pass for which `judge` gives no refusal; what it throws goes to the app's error handler. */
const hook =
  (judge: (request: FastifyRequest) => Promise<Refusal | undefined>): Hook =>
  async (request, reply) => {
    const refusal = await judge(request)
    if (!refusal) return undefined
    const { status, headers, body } = answerTo(refusal, request.headers.accept)
    return reply.code(status).headers(headers).send(body)
  }

/**
 * The parsed body. `@fastify/multipart` with `attachFieldsToBody: true` leaves an object for each field, which has the text as
 * its `value`.
 */
function bodyOf({ body, headers }: FastifyRequest): unknown {
  const field = proofTokenIn(body)
  const isField = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '') && isFieldOf(field)
  return isField ? { proofToken: field.value } : body
}

const isFieldOf = (field: unknown): field is { value: unknown } =>
  typeof field === 'object' && field !== null && 'type' in field && field.type === 'field' && 'value' in field

/**
 * A `preHandler` or `preValidation` hook that lets a request pass that has a proof of an identity, and puts the proof on
 * `request.identityProof`. The proof is in the header `X-Local-First-Proof`, in `proofToken` of the parsed body, or in
 * `Authorization`.
 *
 * @param options - `audience` is required; every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is not as described.
 */
export function identityProof(options: IdentityProofOptions): Hook {
  const takeProof = proofTaker(options)
  return hook(async (request) => {
    const proof = await takeProof(headersOf(request.raw), () => bodyOf(request))
    if (!proof.ok) return proof
    request.identityProof = proof
    return undefined
  })
}

/**
 * An `onRequest` hook that lets a request pass that has the bearer token of a guest or of an account, and puts whose it is
 * on `request.auth`.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is not as described.
 */
export function session(options: SessionOptions): Hook {
  const resolve = sessionResolver(options)
  return hook(async (request) => {
    const found = await resolve(headersOf(request.raw)('authorization'))
    if ('ok' in found) return found
    request.auth = found
    return undefined
  })
}

/**
 * The proof that `identityProof` took from this request.
 *
 * @throws Error (`ERR_NO_PROOF`) if `identityProof` did not run before.
 * @example
 * const { id } = proofOf(request)
 */
export const proofOf = ({ identityProof }: FastifyRequest): VerifiedProof => proofBefore(identityProof)

/**
 * The session that `session` found for this request.
 *
 * @throws Error (`ERR_NO_SESSION`) if `session` did not run before.
 * @example
 * const { userId } = sessionOf(request)
 */
export const sessionOf = ({ auth }: FastifyRequest): Session => sessionBefore(auth)

const guarded = (guard: Guard): Hook => hook(async ({ auth }) => guard(sessionBefore(auth)))

/**
 * A hook that stops guests: lets a request pass whose session is of an account. After `session`.
 *
 * @throws TypeError naming the option, if one is not as described.
 */
export const requireAccount = (options?: RequireAccountOptions): Hook => guarded(accountGuard(options))

/**
 * A hook that lets a request pass whose session is of one of these modes. After `session`.
 *
 * @throws TypeError if no mode is named, or one that does not exist.
 */
export const requireAuthMode = (...modes: AuthMode[]): Hook => guarded(authModeGuard(modes))
