// local-first-identity/fetch: proofs, sessions and guards for a WHATWG `Request`, as in Next.js, Remix and Bun.

import type { VerifiedProof } from 'local-first-identity'

import { checkFunction } from '../common/options.mts'
import { accountGuard, authModeGuard, type Guard, type RequireAccountOptions } from '../server/guard.mts'
import { type IdentityProofOptions, proofTaker } from '../server/identity-proof.mts'
import { answerTo, type Refusal } from '../server/refusal.mts'
import type { AuthMode, Session } from '../server/session.mts'
import { type SessionOptions, sessionResolver } from '../server/session-resolver.mts'

export type * from '../server/public.mts'

/** A request that is not let in, and what to answer to it. */
export interface Refused {
  ok: false
  response: Response
}

/** Whose request it is. */
export type Authenticated = { ok: true } & Session

/** Finds out whose request it is. Never rejects because of the request; a fault of the server's it throws. */
export type Authenticate = (request: Request) => Promise<Authenticated | Refused>

function refused(request: Request, refusal: Refusal): Refused {
  const { status, headers, body } = answerTo(refusal, request.headers.get('accept'))
  return { ok: false, response: new Response(body, { status, headers }) }
}

/**
 * Takes the proof of a request. `body` is what you have parsed: an object, `FormData` or `URLSearchParams`. Without it, only
 * headers are looked at.
 */
export type TakeProof = (request: Request, body?: unknown) => Promise<VerifiedProof | Refused>

/**
 * Makes what takes the proof of a request: from the header `X-Local-First-Proof`, from `proofToken` in the body, or from
 * `Authorization`. The body is yours to read, and to limit: a copy of a request would have to be kept in memory.
 *
 * @param options - `audience` is required; every other option has a default.
 * @returns A function that gives the proof, or `{ ok: false, response }`; a fault of the server's it throws.
 * @throws TypeError or RangeError naming the option, if one is not as described.
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
 * Makes what finds out whose request it is, by its bearer token of a guest or of an account.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @returns A function that gives `{ ok: true, userId, authMode, claims }`, or `{ ok: false, response }`.
 * @throws TypeError naming the option, if one is not as described.
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
 * Stops guests: makes of what `session` gave a function that refuses a session that is not of an account.
 *
 * @throws TypeError naming the argument, if one is not as described.
 */
export const requireAccount = (authenticate: Authenticate, options?: RequireAccountOptions): Authenticate =>
  guarded('requireAccount', authenticate, accountGuard(options))

/**
 * Makes of what `session` gave a function that refuses a session that is of none of these modes.
 *
 * @throws TypeError if no mode is named, or one that does not exist.
 */
export const requireAuthMode = (authenticate: Authenticate, ...modes: AuthMode[]): Authenticate =>
  guarded('requireAuthMode', authenticate, authModeGuard(modes))
