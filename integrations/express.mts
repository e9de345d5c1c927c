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
      /** The session that `session` found for this request. */
      auth?: Session
    }
  }
}

function send(req: Request, res: Response, refusal: Refusal): void {
  const { status, headers, body } = answerTo(refusal, req.headers.accept)
  res.status(status).set(headers).end(body)
}

/**
 * Lets a request pass unless `judge` gives a refusal. Errors of `judge` go to the app's error handler. A judgement that is no promise
 * is used at once: in Express, to continue after a promise costs more than a known session.
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
        // An error of a later handler is not this middleware's to catch.
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
 * Makes middleware that takes the proof of a request, uses it up, and puts it on `req.identityProof`. Other requests are refused.
 *
 * The proof is in the header `X-Local-First-Proof`, in `proofToken` of the parsed body (put a body parser before), or in
 * `Authorization`.
 *
 * @param options - `audience` is required. Every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is wrong.
 * @example
 * app.post('/signup', express.json(), identityProof({ audience: 'my-app-signup' }), (req, res) => {
 *   res.json({ jazzId: proofOf(req).id })
 * })
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
 * Makes middleware that finds the session of a request by its bearer token, and puts it on `req.auth`. Other requests are refused.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.use('/notes', session({ appId: 'my-app' }))
 * app.get('/notes', (req, res) => res.json({ userId: sessionOf(req).userId }))
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
 * Returns the proof that `identityProof` took from this request.
 *
 * @throws Error (`ERR_NO_PROOF`) if `identityProof` did not run before.
 * @example
 * const { id } = proofOf(req)
 */
export const proofOf = ({ identityProof }: Request): VerifiedProof => proofBefore(identityProof)

/**
 * Returns the session that `session` found for this request.
 *
 * @throws Error (`ERR_NO_SESSION`) if `session` did not run before.
 * @example
 * const { userId } = sessionOf(req)
 */
export const sessionOf = ({ auth }: Request): Session => sessionBefore(auth)

const guarded = (guard: Guard): RequestHandler => middleware(({ auth }) => guard(sessionBefore(auth)))

/**
 * Makes middleware that refuses guests: only a session of an account passes. Put it after `session`.
 *
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.put('/notes', requireAccount(), saveNotes)
 */
export const requireAccount = (options?: RequireAccountOptions): RequestHandler => guarded(accountGuard(options))

/**
 * Makes middleware that only sessions of these modes pass. Put it after `session`.
 *
 * @throws TypeError if no mode is given, or an unknown one.
 * @example
 * app.post('/import', requireAuthMode('local-first'), importNotes)
 */
export const requireAuthMode = (...modes: AuthMode[]): RequestHandler => guarded(authModeGuard(modes))
