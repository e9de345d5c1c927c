// local-first-identity/fetch: proofs, sessions and guards for a WHATWG `Request`, as in Next.js, Remix and Bun.

import type { VerifiedProof } from 'local-first-identity'

import { checkFunction } from '../common/options.mts'
import { accountGuard, authModeGuard, type Guard, type RequireAccountOptions } from '../server/guard.mts'
import { type IdentityProofOptions, proofTaker } from '../server/identity-proof.mts'
import { answerTo, type Refusal } from '../server/refusal.mts'
import type { AuthMode, Session } from '../server/session.mts'
import { type SessionOptions, sessionResolver } from '../server/session-resolver.mts'

export type * from '../server/public.mts'

/** A refused request, and the response to it. */
export interface Refused {
  ok: false
  response: Response
}

/** The session of a request. */
export type Authenticated = { ok: true } & Session

/** Finds the session of a request. It never rejects because of the request, only for faults of the server. */
export type Authenticate = (request: Request) => Promise<Authenticated | Refused>

function refused(request: Request, refusal: Refusal): Refused {
  const { status, headers, body } = answerTo(refusal, request.headers.get('accept'))
  return { ok: false, response: new Response(body, { status, headers }) }
}

/**
 * Takes the proof of a request. `body` is the body that you have parsed: an object, `FormData` or `URLSearchParams`. Without it,
 * only the headers are read.
 */
export type TakeProof = (request: Request, body?: unknown) => Promise<VerifiedProof | Refused>

/**
 * Makes a function that takes the proof of a request, and uses it up. The proof is in the header `X-Local-First-Proof`, in
 * `proofToken` of the body, or in `Authorization`. Read the body yourself, and limit it: a copy of a request would stay in memory.
 *
 * @param options - `audience` is required. Every other option has a default.
 * @returns A function that returns the proof, or `{ ok: false, response }`. It rejects only for faults of the server.
 * @throws TypeError or RangeError naming the option, if one is wrong.
 * @example
 * const takeProof = identityProof({ audience: 'my-app-signup' })
 * const proof = await takeProof(request, await request.json().catch(() => null))
 * if (!proof.ok) return proof.response
 */
export function identityProof(options: IdentityProofOptions): TakeProof {
  const takeProof = proofTaker(options)
  return async (request, body) => {
    const proof = await takeProof(
      (name) => request.headers.get(name),
      () => body,
    )
    return proof.ok ? proof : refused(request, proof)
  }
}

/**
 * Makes a function that finds the session of a request by its bearer token.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @returns A function that returns `{ ok: true, userId, authMode, claims }`, or `{ ok: false, response }`.
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * const authenticate = session({ appId: 'my-app' })
 * const auth = await authenticate(request)
 * if (!auth.ok) return auth.response
 */
export function session(options: SessionOptions): Authenticate {
  const resolve = sessionResolver(options)
  return async (request) => {
    const found = await resolve(request.headers.get('authorization'))
    return 'ok' in found ? refused(request, found) : { ok: true, ...found }
  }
}

function guarded(name: string, authenticate: Authenticate, guard: Guard): Authenticate {
  checkFunction(name, 'authenticate', authenticate)
  return async (request) => {
    const found = await authenticate(request)
    if (!found.ok) return found
    const refusal = await guard(found)
    return refusal ? refused(request, refusal) : found
  }
}

/**
 * Makes a function that refuses guests: only a session of an account passes.
 *
 * @param authenticate - What `session` returned.
 * @throws TypeError naming the argument, if one is wrong.
 * @example
 * const authenticateAccount = requireAccount(session({ appId: 'my-app' }))
 */
export const requireAccount = (authenticate: Authenticate, options?: RequireAccountOptions): Authenticate =>
  guarded('requireAccount', authenticate, accountGuard(options))

/**
 * Makes a function that only sessions of these modes pass.
 *
 * @param authenticate - What `session` returned.
 * @throws TypeError if no mode is given, or an unknown one.
 * @example
 * const authenticateGuest = requireAuthMode(session({ appId: 'my-app' }), 'local-first')
 */
export const requireAuthMode = (authenticate: Authenticate, ...modes: AuthMode[]): Authenticate =>
  guarded('requireAuthMode', authenticate, authModeGuard(modes))
