// local-first-identity/express: proofs, sessions and guards as middleware of Express 4 and 5.

import type { Request, RequestHandler, Response } from 'express'
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
import type { MaybePromise } from '../server/maybe-promise.mts'
import { headersOf } from '../server/node-headers.mts'
import { answerTo, isRefusal, type Refusal } from '../server/refusal.mts'
import { type AuthMode, isSession, type Session } from '../server/session.mts'
import { type SessionOptions, sessionResolver } from '../server/session-resolver.mts'

export type * from '../server/public.mts'

declare global {
  namespace Express {
    interface Request {
      /** The proof that `identityProof` took from this request. */
      identityProof?: VerifiedProof
      /** Whose request it is: what `session` found out. */
      auth?: Session
    }
  }
}

function send(req: Request, res: Response, refusal: Refusal): void {
  const { status, headers, body } = answerTo(refusal, req.headers.accept)
  res.status(status).set(headers).end(body)
}

/**
 * Lets a request pass for which `judge` gives no refusal; what it throws goes to the app's error handler. Where the judgement
 * is there at once, so is what follows: in Express, to go on after a promise costs more than a session that is known.
 */
const middleware =
  (judge: (req: Request) => MaybePromise<Refusal | undefined>): RequestHandler =>
  (req, res, next) => {
    const passes = (refusal: Refusal | undefined): boolean => {
      if (refusal) send(req, res, refusal)
      return !refusal
    }
    let isOver: boolean
    try {
      const judgement = judge(req)
      if (judgement !== undefined && !isRefusal(judgement)) {
        // What comes after this is not this middleware's to catch.
        judgement.then(passes).then((pass) => pass && next(), next)
        return
      }
      isOver = !passes(judgement)
    } catch (error) {
      next(error)
      return
    }
    if (!isOver) next()
  }

/**
 * Lets a request pass that has a proof of an identity, and puts the proof on `req.identityProof`. The proof is in the
 * header `X-Local-First-Proof`, in `proofToken` of the parsed body (so a body parser comes before), or in `Authorization`.
 *
 * @param options - `audience` is required; every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is not as described.
 */
export function identityProof(options: IdentityProofOptions): RequestHandler {
  const takeProof = proofTaker(options)
  return middleware(async (req) => {
    const proof = await takeProof(headersOf(req), () => req.body)
    if (!proof.ok) return proof
    req.identityProof = proof
    return undefined
  })
}

/**
 * Lets a request pass that has the bearer token of a guest or of an account, and puts whose it is on `req.auth`.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is not as described.
 */
export function session(options: SessionOptions): RequestHandler {
  const resolve = sessionResolver(options)
  const keep = (req: Request, found: Session | Refusal): Refusal | undefined => {
    if ('ok' in found) return found
    req.auth = found
    return undefined
  }
  return middleware((req) => {
    const found = resolve(headersOf(req)('authorization'))
    if (isRefusal(found) || isSession(found)) return keep(req, found)
    return found.then((later) => keep(req, later))
  })
}

/**
 * The proof that `identityProof` took from this request.
 *
 * @throws Error (`ERR_NO_PROOF`) if `identityProof` did not run before.
 * @example
 * const { id } = proofOf(req)
 */
export const proofOf = ({ identityProof }: Request): VerifiedProof => proofBefore(identityProof)

/**
 * The session that `session` found for this request.
 *
 * @throws Error (`ERR_NO_SESSION`) if `session` did not run before.
 * @example
 * const { userId } = sessionOf(req)
 */
export const sessionOf = ({ auth }: Request): Session => sessionBefore(auth)

const guarded = (guard: Guard): RequestHandler => middleware(({ auth }) => guard(sessionBefore(auth)))

/**
 * Stops guests: lets a request pass whose session is of an account. After `session`.
 *
 * @throws TypeError naming the option, if one is not as described.
 */
export const requireAccount = (options?: RequireAccountOptions): RequestHandler => guarded(accountGuard(options))

/**
 * Lets a request pass whose session is of one of these modes. After `session`.
 *
 * @throws TypeError if no mode is named, or one that does not exist.
 */
export const requireAuthMode = (...modes: AuthMode[]): RequestHandler => guarded(authModeGuard(modes))
