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

/** What a context has behind `identityProof`: `c.get('identityProof')`. */
export type ProofEnv = { Variables: { identityProof: VerifiedProof } }
/** What a context has behind `session`: `c.get('auth')`. */
export type SessionEnv = { Variables: { auth: Session } }

/** Lets a request pass for which `judge` gives no refusal; what it throws goes to the app's error handler. */
const middleware =
  (judge: (c: Context) => Promise<Refusal | undefined>): MiddlewareHandler =>
  async (c, next) => {
    const refusal = await judge(c)
    if (!refusal) return next()
    const { status, headers, body } = answerTo(refusal, c.req.header('accept'))
    return new Response(body, { status, headers })
  }

/**
 * The parsed body, by way of Hono's cache, which the handler's `c.req.json()` and the like are answered from. Never by a
 * copy of the request: what a stranger sends in a hundred thousand chunks would wait in the original's queue, and Node takes
 * minutes to get it out of there.
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
    // By its parts: an adapter's request need not be of the class that is global here.
    const { url, method, headers, signal } = req.raw
    req.raw = new Request(url, { method, headers, signal, body: bytes })
  }
  return parseBody(form, await req.text())
}

async function bodyOf(c: Context): Promise<unknown> {
  const form = formOf(c.req.header('content-type'))
  try {
    // A form that was parsed before, by `parseBody()` or a validator, too. Hono makes no other text of it than multipart.
    // One that could not be parsed is the client's fault, and has no proof.
    const fields = await Promise.resolve(c.req.bodyCache.formData).catch(() => null)
    if (fields === null) return undefined
    return fields ?? (form && (await readBody(c, form)))
  } catch (error) {
    // Who has gone away in the middle of a body is no fault of the server's, and hears no answer.
    if (c.req.raw.signal?.aborted) return undefined
    throw error
  }
}

/**
 * Lets a request pass that has a proof of an identity, and puts the proof into `c.get('identityProof')`. The proof is in
 * the header `X-Local-First-Proof`, in `proofToken` of a body of JSON or a form of up to 1 MiB, or in `Authorization`. A
 * multipart form is looked at only if `c.req` has parsed it before. Read the body by `c.req`, not by `c.req.raw`.
 *
 * @param options - `audience` is required; every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is not as described.
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
 * Lets a request pass that has the bearer token of a guest or of an account, and puts whose it is into `c.get('auth')`.
 *
 * @param options - `appId`, the `issuer`, `jwks` and `audience` of a provider, or both.
 * @throws TypeError naming the option, if one is not as described.
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
 * Stops guests: lets a request pass whose session is of an account. After `session`.
 *
 * @throws TypeError naming the option, if one is not as described.
 */
export const requireAccount = (options?: RequireAccountOptions): MiddlewareHandler<SessionEnv> =>
  guarded(accountGuard(options))

/**
 * Lets a request pass whose session is of one of these modes. After `session`.
 *
 * @throws TypeError if no mode is named, or one that does not exist.
 */
export const requireAuthMode = (...modes: AuthMode[]): MiddlewareHandler<SessionEnv> => guarded(authModeGuard(modes))
