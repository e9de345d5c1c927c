// The bearer token of a request: signed by a guest's device, or by the provider of an account.

import { createIdentityProofVerifier } from 'local-first-identity'

import { checkBoolean, checkFunction, checkText, invalid, ownOptions } from '../common/options.mts'
import { hasLoneSurrogate } from '../common/text.mts'
import { readClaims } from './claims.mts'
import type { MaybePromise } from './maybe-promise.mts'
import { jwtVerifier, type ProviderOptions, RESERVED } from './provider.mts'
import { type Refusal, refuse } from './refusal.mts'
import { type IsUpgraded, markSession, type Session } from './session.mts'
import { SessionCache } from './session-cache.mts'
import { stepUp } from './step-up.mts'
import { bearerIn } from './token.mts'

/** The options of `session`: an `appId`, a provider, or both. An unknown option throws. */
export interface SessionOptions extends Partial<ProviderOptions> {
  /** The app's ID: the audience of guests' tokens. Not the audience of proofs. */
  appId?: string | undefined
  /** Whether guests' tokens are accepted. Default: whether there is an `appId`. */
  allowLocalFirst?: boolean | undefined
  /** Whether throw-away identities are accepted, too. Default `false`. */
  allowAnonymous?: boolean | undefined
  /**
   * Says whether an identity has an account. If it has, a guest's token of it is refused with `sign-in-required`, so that an old
   * secret alone does not reach the account. Asked at each request. To refuse the old secret only where an account is needed, give
   * it to `requireAccount` instead. Default: not asked.
   */
  isUpgraded?: IsUpgraded | undefined
}

/** Finds the session of a request by its `Authorization` header. Synchronous if nothing has to be awaited. */
export type SessionResolver = (authorization: string | null | undefined) => MaybePromise<Session | Refusal>

const NAME = 'session'
const PROVIDER_OPTIONS = ['issuer', 'jwks', 'audience', 'audienceClaim', 'algorithms'] as const
const OPTIONS = ['appId', ...PROVIDER_OPTIONS, 'allowLocalFirst', 'allowAnonymous', 'isUpgraded']
/** In characters. Enough for a JWT with many claims, and more than fits beside other headers in Node's default limit. */
const MAX_TOKEN_LENGTH = 8_192

type Verified = { ok: true; session: Session; expiresAt: number }
type Claims = Record<string, unknown>
/** Verifies a token. `claims` are unauthenticated until then. */
type LocalFirstVerifier = (token: string, claims: Claims) => Verified | Refusal
type ExternalVerifier = (token: string, claims: Claims) => Promise<Verified | Refusal>

/** All requests with one token share one object, so it must not change. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}

const localFirstVerifier = (appId: string, allowAnonymous: boolean): LocalFirstVerifier => {
  const issuers = allowAnonymous ? (['local-first', 'anonymous'] as const) : (['local-first'] as const)
  const verify = createIdentityProofVerifier(appId, { issuers })
  return (token, claims) => {
    const proof = verify(token)
    // The addon's sentences are about proofs, which this is not.
    if (!proof.ok) return refuse(proof.code, proof.error.replace('The identity proof', 'The token'))
    return { ok: true, session: { userId: proof.id, authMode: proof.issuer, claims }, expiresAt: proof.expiresAt }
  }
}

const externalVerifier = (options: ProviderOptions): ExternalVerifier => {
  const verify = jwtVerifier(NAME, options)
  return async (token, { iss }) => {
    // Checked first: to look for the key may need a fetch.
    if (typeof iss === 'string' && iss !== options.issuer) return UNKNOWN_ISSUER
    const result = await verify(token)
    if (!result.ok) return result
    const { claims } = result
    return { ok: true, session: { userId: claims.sub, authMode: 'external', claims }, expiresAt: claims.exp }
  }
}

function parse(options: SessionOptions) {
  const own = ownOptions(NAME, options, OPTIONS)
  const { appId, isUpgraded } = own
  const { allowLocalFirst = appId !== undefined, allowAnonymous = false } = own
  checkBoolean(NAME, 'allowLocalFirst', allowLocalFirst)
  checkBoolean(NAME, 'allowAnonymous', allowAnonymous)
  if (isUpgraded !== undefined) checkFunction(NAME, 'isUpgraded', isUpgraded)
  if (allowLocalFirst || appId !== undefined) checkText(NAME, 'appId', appId)
  // The addon's error would call it the audience, which is another option here.
  if (appId !== undefined && hasLoneSurrogate(appId)) invalid(NAME, '`appId` must not have lone surrogates')
  if (allowAnonymous && !allowLocalFirst) invalid(NAME, '`allowAnonymous` needs `allowLocalFirst`')
  const hasProvider = PROVIDER_OPTIONS.some((option) => own[option] !== undefined)
  if (!allowLocalFirst && !hasProvider)
    invalid(NAME, 'give an `appId`, or the `issuer`, `jwks` and `audience` of a provider')
  return {
    localFirst: allowLocalFirst && appId !== undefined ? localFirstVerifier(appId, allowAnonymous) : undefined,
    external: hasProvider ? externalVerifier(own as ProviderOptions) : undefined,
    isUpgraded,
  }
}

const MISSING = refuse('missing', 'No bearer token was sent.')
const TOO_LONG = refuse('too-long', 'The token is too long.')
const MALFORMED = refuse('malformed', 'The token is not a well-formed JWT.')
const UNKNOWN_ISSUER = refuse('unknown-issuer', 'The token has an issuer that is not accepted here.')

/**
 * Makes the function that finds the session of a request. The `iss` claim selects the verifier.
 *
 * @throws TypeError naming the option, if one is wrong.
 */
export function sessionResolver(options: SessionOptions): SessionResolver {
  const { localFirst, external, isUpgraded } = parse(options)
  const cache = new SessionCache()

  function verify(token: string, key: string): MaybePromise<Session | Refusal> {
    const claims = readClaims(token)
    if (!claims) return MALFORMED
    const isLocalFirst = typeof claims.iss === 'string' && claims.iss.startsWith(RESERVED)
    if (isLocalFirst) return localFirst ? remember(key, localFirst(token, claims)) : UNKNOWN_ISSUER
    return external ? external(token, claims).then((result) => remember(key, result)) : UNKNOWN_ISSUER
  }

  function remember(key: string, result: Verified | Refusal): Session | Refusal {
    if (!result.ok) return result
    markSession(deepFreeze(result.session))
    cache.set(key, result.session, result.expiresAt)
    return result.session
  }

  async function ask(found: MaybePromise<Session | Refusal>): Promise<Session | Refusal> {
    const session = await found
    return 'ok' in session ? session : ((await stepUp(NAME, session, isUpgraded)) ?? session)
  }

  return (authorization) => {
    const token = bearerIn(authorization)
    if (!token) return MISSING
    if (token.length > MAX_TOKEN_LENGTH) return TOO_LONG
    const key = SessionCache.keyOf(token)
    const found = cache.get(key) ?? verify(token, key)
    return isUpgraded ? ask(found) : found
  }
}
