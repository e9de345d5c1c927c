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
    /** The session that `session` found for this request. */
    auth?: Session
  }
}

/** An asynchronous hook of a route, or for `addHook`. */
export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** Lets a request pass unless `judge` gives a refusal. Errors of `judge` go to the app's error handler. */
const hook =
  (judge: (request: FastifyRequest) => Promise<Refusal | undefined>): Hook =>
  async (request, reply) => {
    const refusal = await judge(request)
    if (!refusal) return undefined
    const { status, headers, body } = answerTo(refusal, request.headers.accept)
    return reply.code(status).headers(headers).send(body)
  }

/**
 * The parsed body. `@fastify/multipart` with `attachFieldsToBody: true` gives an object for each field, whose `value` is the text.
 */
function bodyOf({ body, headers }: FastifyRequest): unknown {
  const field = proofTokenIn(body)
  const isField = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '') && isFieldOf(field)
  return isField ? { proofToken: field.value } : body
}

const isFieldOf = (field: unknown): field is { value: unknown } =>
  typeof field === 'object' && field !== null && 'type' in field && field.type === 'field' && 'value' in field

/**
 * Makes a `preHandler` or `preValidation` hook that takes the proof of a request, uses it up, and puts it on
 * `request.identityProof`. Other requests are refused.
 *
 * The proof is in the header `X-Local-First-Proof`, in `proofToken` of the parsed body, or in `Authorization`.
 *
 * @param options - `audience` is required. Every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is wrong.
 * @example
 * const preHandler = identityProof({ audience: 'my-app-signup' })
 * app.post('/signup', { preHandler }, async (request) => ({ jazzId: proofOf(request).id }))
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
 * Makes an `onRequest` hook that finds the session of a request by its bearer token, and puts it on `request.auth`. Other requests are
 * refused.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.addHook('onRequest', session({ appId: 'my-app' }))
 * app.get('/notes', async (request) => ({ userId: sessionOf(request).userId }))
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
 * Returns the proof that `identityProof` took from this request.
 *
 * @throws Error (`ERR_NO_PROOF`) if `identityProof` did not run before.
 * @example
 * const { id } = proofOf(request)
 */
export const proofOf = ({ identityProof }: FastifyRequest): VerifiedProof => proofBefore(identityProof)

/**
 * Returns the session that `session` found for this request.
 *
 * @throws Error (`ERR_NO_SESSION`) if `session` did not run before.
 * @example
 * const { userId } = sessionOf(request)
 */
export const sessionOf = ({ auth }: FastifyRequest): Session => sessionBefore(auth)

const guarded = (guard: Guard): Hook => hook(async ({ auth }) => guard(sessionBefore(auth)))

/**
 * Makes a hook that refuses guests: only a session of an account passes. Put it after `session`.
 *
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.put('/notes', { preHandler: requireAccount() }, saveNotes)
 */
export const requireAccount = (options?: RequireAccountOptions): Hook => guarded(accountGuard(options))

/**
 * Makes a hook that only sessions of these modes pass. Put it after `session`.
 *
 * @throws TypeError if no mode is given, or an unknown one.
 * @example
 * app.post('/import', { preHandler: requireAuthMode('local-first') }, importNotes)
 */
export const requireAuthMode = (...modes: AuthMode[]): Hook => guarded(authModeGuard(modes))
