// local-first-identity/hono: proofs, sessions and guards as middleware of Hono 4.

import type { Context, MiddlewareHandler } from 'hono'
import type { VerifiedProof } from 'local-first-identity'
import { fault } from '../common/errors.mts'

import { type Form, formOf, MAX_BYTES, parseBody, readLimited, TOO_LARGE } from '../server/body.mts'
import { accountGuard, authModeGuard, type Guard, type RequireAccountOptions, sessionBefore } from '../server/guard.mts'
import { type IdentityProofOptions, proofTaker } from '../server/identity-proof.mts'
import { answerTo, type Refusal } from '../server/refusal.mts'
import type { AuthMode, Session } from '../server/session.mts'
import { type SessionOptions, sessionResolver } from '../server/session-resolver.mts'

export type * from '../server/public.mts'

/** The variables of a context after `identityProof`: `c.get('identityProof')`. */
export type ProofEnv = { Variables: { identityProof: VerifiedProof } }
/** The variables of a context after `session`: `c.get('auth')`. */
export type SessionEnv = { Variables: { auth: Session } }

/** Lets a request pass unless `judge` gives a refusal. Errors of `judge` go to the app's error handler. */
const middleware =
  (judge: (c: Context) => Promise<Refusal | undefined>): MiddlewareHandler =>
  async (c, next) => {
    const refusal = await judge(c)
    if (!refusal) return next()
    const { status, headers, body } = answerTo(refusal, c.req.header('accept'))
    return new Response(body, { status, headers })
  }

/**
 * Reads the body through Hono's cache, which the handler's `c.req.json()` and the like use, too. It never copies the request: a
 * hundred thousand chunks of a stranger would stay in the original's queue, and Node takes minutes to empty it.
 */
async function readBody({ req }: Context, form: Form): Promise<unknown> {
  if (req.raw.bodyUsed && Object.keys(req.bodyCache).length === 0) {
    throw fault(
      'ERR_BODY_USED',
      'identityProof: the body was read by `c.req.raw` before: read it by `c.req`, which keeps it',
    )
  }
  const length = req.header('content-length')
  if (Number(length) > MAX_BYTES) return TOO_LARGE
  if (length === undefined && req.raw.body && !req.raw.bodyUsed) {
    const bytes = await readLimited(req.raw.body)
    if (!bytes) return TOO_LARGE
    // From its parts: an adapter's request may be of another class than the global one.
    const { url, method, headers, signal } = req.raw
    req.raw = new Request(url, { method, headers, signal, body: bytes })
  }
  return parseBody(form, await req.text())
}

async function bodyOf(c: Context): Promise<unknown> {
  const form = formOf(c.req.header('content-type'))
  try {
    // A form that `parseBody()` or a validator has parsed. If it could not be parsed, that is the client's fault, and there is no proof.
    const fields = await Promise.resolve(c.req.bodyCache.formData).catch(() => null)
    if (fields === null) return undefined
    return fields ?? (form && (await readBody(c, form)))
  } catch (error) {
    // A client that has gone away is no fault of the server, and gets no response.
    if (c.req.raw.signal?.aborted) return undefined
    throw error
  }
}

/**
 * Makes middleware that takes the proof of a request, uses it up, and sets `identityProof`. Other requests are refused.
 *
 * The proof is in the header `X-Local-First-Proof`, in `proofToken` of a body of up to 1 MiB (JSON or a form), or in `Authorization`. A
 * multipart form counts only if `c.req` has parsed it before. Read the body by `c.req`, not by `c.req.raw`.
 *
 * @param options - `audience` is required. Every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is wrong.
 * @example
 * app.post('/signup', identityProof({ audience: 'my-app-signup' }), (c) => c.json({ jazzId: c.get('identityProof').id }))
 */
export function identityProof(options: IdentityProofOptions): MiddlewareHandler<ProofEnv> {
  const takeProof = proofTaker(options)
  return middleware(async (c) => {
    const proof = await takeProof(
      (name) => c.req.header(name),
      () => bodyOf(c),
    )
    if (!proof.ok) return proof
    c.set('identityProof', proof)
    return undefined
  })
}

/**
 * Makes middleware that finds the session of a request by its bearer token, and sets `auth`. Other requests are refused.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.get('/notes', session({ appId: 'my-app' }), (c) => c.json({ userId: c.get('auth').userId }))
 */
export function session(options: SessionOptions): MiddlewareHandler<SessionEnv> {
  const resolve = sessionResolver(options)
  return middleware(async (c) => {
    const found = await resolve(c.req.header('authorization'))
    if ('ok' in found) return found
    c.set('auth', found)
    return undefined
  })
}

const guarded = (guard: Guard): MiddlewareHandler<SessionEnv> =>
  middleware(async (c) => guard(sessionBefore(c.get('auth'))))

/**
 * Makes middleware that refuses guests: only a session of an account passes. Put it after `session`.
 *
 * @throws TypeError naming the option, if one is wrong.
 * @example
 * app.put('/notes', session({ appId: 'my-app' }), requireAccount(), saveNotes)
 */
export const requireAccount = (options?: RequireAccountOptions): MiddlewareHandler<SessionEnv> =>
  guarded(accountGuard(options))

/**
 * Makes middleware that only sessions of these modes pass. Put it after `session`.
 *
 * @throws TypeError if no mode is given, or an unknown one.
 * @example
 * app.post('/import', session({ appId: 'my-app' }), requireAuthMode('local-first'), importNotes)
 */
export const requireAuthMode = (...modes: AuthMode[]): MiddlewareHandler<SessionEnv> => guarded(authModeGuard(modes))
