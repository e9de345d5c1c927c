// The provider's JWTs, verified by `jose`.

import type { FetchImplementation, JSONWebKeySet, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import { fault } from '../common/errors.mts'

import { checkText, invalid } from '../common/options.mts'
import { LAST_SECOND } from '../common/time.mts'
import { type Refusal, refuse } from './refusal.mts'

/** The provider whose JWTs are accepted. */
export interface ProviderOptions {
  /** The `iss` of the provider's JWTs, compared exactly. */
  issuer: string
  /** The provider's keys: the address of its JWKS, or the key set itself. Use `https:` outside of your own network. */
  jwks: string | URL | JSONWebKeySet
  /** The value of `audienceClaim` in JWTs for this app. */
  audience: string
  /**
   * The claim with the audience, if the provider leaves `aud` out: `'azp'` for Clerk's session tokens, `'client_id'` for Cognito's
   * access tokens. If a JWT also has an `aud`, that must be `audience`, too. Default `'aud'`.
   */
  audienceClaim?: string | undefined
  /** The signature algorithms to accept. Default `['EdDSA', 'Ed25519', 'ES256', 'RS256']`. */
  algorithms?: readonly string[] | undefined
}

/** Verifies a JWT and returns its claims. Throws if the keys cannot be fetched. */
export type JwtVerifier = (
  token: string,
) => Promise<{ ok: true; claims: JWTPayload & { sub: string; exp: number } } | Refusal>

const PAUSE_MS = 5_000
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256']
/** Jazz's own issuers, which no provider may use. */
export const RESERVED = 'urn:jazz:'

/** @param claim - The claim that is missing or has the wrong type: a name that the app knows, never one of the token's. */
const invalidClaim = (claim: string) => refuse('invalid-claims', `The token has no valid ${claim} claim.`)

/** The refusal for each of `jose`'s codes about tokens. Any other code is a fault. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_JWS_INVALID: refuse('malformed', 'The token is not a well-formed JWT.'),
  ERR_JWT_INVALID: refuse('malformed', 'The token is not a well-formed JWT.'),
  ERR_JOSE_ALG_NOT_ALLOWED: refuse(
    'unsupported-algorithm',
    'The token is signed with an algorithm that is not accepted here.',
  ),
  ERR_JOSE_NOT_SUPPORTED: refuse('unsupported-header', 'The token has a header that is not supported.'),
  ERR_JWKS_NO_MATCHING_KEY: refuse('unknown-key', 'The token is not signed with a key of its issuer.'),
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: refuse('unknown-key', 'The token does not say which key it is signed with.'),
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: refuse('invalid-signature', "The token's signature is not valid."),
  ERR_JWT_EXPIRED: refuse('expired', 'The token has expired.'),
}

const AUDIENCE_MISMATCH = refuse('audience-mismatch', 'The token was made for another audience.')

/** The claims whose failure has a code of its own. */
const CLAIMS: Readonly<Record<string, Refusal>> = {
  iss: refuse('unknown-issuer', 'The token has an issuer that is not accepted here.'),
  aud: AUDIENCE_MISMATCH,
  nbf: refuse('not-yet-valid', 'The token is not valid yet.'),
}

/** The claim that `jose` names: only one that it was told to check. */
function claimRefusal(claim: string, reason: string): Refusal {
  return (reason === 'check_failed' && CLAIMS[claim]) || invalidClaim(claim)
}

function refusalFor(error: unknown): Refusal {
  const { code, claim, reason } = error as { code?: unknown; claim?: unknown; reason?: unknown }
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return claimRefusal(String(claim), String(reason))
  if (!Object.hasOwn(REFUSALS, String(code))) throw error
  return REFUSALS[String(code)] as Refusal
}

/** Whether a key set has at least one key, and no symmetric one. */
function isKeySet(jwks: unknown): jwks is JSONWebKeySet {
  const keys: unknown = (jwks as { keys?: unknown } | null | undefined)?.keys
  if (!Array.isArray(keys) || keys.length === 0) return false
  return keys.every((key) => typeof key?.kty === 'string' && key.kty !== 'oct')
}

/** The algorithms of RFC 7518 §3.1 and RFC 9864 that `jose` has. */
const isAsymmetric = (algorithm: unknown) =>
  typeof algorithm === 'string' && /^(?:EdDSA|Ed25519|(?:ES|PS|RS)(?:256|384|512))$/.test(algorithm)

/**
 * `fetch`, at most once in five seconds. `jose` itself pauses only after a success. While the provider does not answer, each token
 * of a stranger would ask it again.
 */
function unhurriedFetch(): FetchImplementation {
  let askedAt = Number.NEGATIVE_INFINITY
  return async (url, options) => {
    // If the clock was set back, it must still ask.
    if (Math.abs(Date.now() - askedAt) < PAUSE_MS)
      throw fault('ERR_JWKS', `session: ${url} had no keys to give a moment ago`)
    askedAt = Date.now()
    const response = await fetch(url, options).catch((cause) => {
      throw fault('ERR_JWKS', `session: ${url} does not answer`, { cause })
    })
    if (response.status === 200) return response
    const moved = response.headers.get('location')
    if (moved === null || !URL.canParse(moved, url)) {
      throw fault('ERR_JWKS', `session: ${url} answered ${response.status}, not 200`)
    }
    // `jose` follows none: an address inside of the network may be behind it. Without its path, which may have a secret.
    const { origin } = new URL(moved, url)
    throw fault('ERR_JWKS', `session: ${url} redirects to ${origin}: give the address of the keys themselves`)
  }
}

/** Imports `jose` late: an app that accepts only local-first tokens does not need it. */
async function load(jwks: URL | JSONWebKeySet): Promise<{ jose: typeof import('jose'); getKey: JWTVerifyGetKey }> {
  const jose = await import('jose').catch((cause) => {
    throw fault(
      'ERR_JOSE_NOT_INSTALLED',
      '`session` checks a provider’s JWTs by `jose`, which is not installed: npm install jose',
      { cause },
    )
  })
  if (!(jwks instanceof URL)) return { jose, getKey: jose.createLocalJWKSet(jwks) }
  return { jose, getKey: jose.createRemoteJWKSet(jwks, { [jose.customFetch]: unhurriedFetch() }) }
}

function parse(name: string, options: ProviderOptions) {
  const { issuer, jwks, audience, audienceClaim = 'aud', algorithms = ALGORITHMS } = options
  checkText(name, 'issuer', issuer)
  if (issuer.startsWith(RESERVED)) invalid(name, "`issuer` must not begin with 'urn:jazz:'")
  checkText(name, 'audience', audience)
  checkText(name, 'audienceClaim', audienceClaim)
  // It is part of a challenge's description (RFC 6750 §3).
  if (!/^[!#-[\]-~]+$/.test(audienceClaim))
    invalid(name, '`audienceClaim` must be of printable ASCII without `"` and `\\`')
  const url = typeof jwks === 'string' && URL.canParse(jwks) ? new URL(jwks) : jwks
  if (!(url instanceof URL || isKeySet(url)) || (url instanceof URL && !/^https?:$/.test(url.protocol))) {
    invalid(name, '`jwks` must be the http(s) address of a key set, or a key set')
  }
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every(isAsymmetric)) {
    invalid(name, '`algorithms` must be an array of asymmetric algorithms, at least one')
  }
  const expected = { issuer, algorithms: [...algorithms], ...(audienceClaim === 'aud' && { audience }) }
  return { jwks: url, audience, audienceClaim, expected }
}

/**
 * Checks the audience in a claim other than `aud`. If the JWT has an `aud`, that must match, too: a recipient that `aud` does not
 * name must refuse the token (RFC 7519 §4.1.3).
 */
function audienceRefusal(claims: JWTPayload, claim: string, audience: string): Refusal | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (typeof value !== 'string') return invalidClaim(claim)
  const recipients = [claims.aud ?? []].flat()
  const isForOthers = recipients.length > 0 && !recipients.includes(audience)
  return value !== audience || isForOthers ? AUDIENCE_MISMATCH : undefined
}

/** The most keys of one `kid` to try. */
const MOST_KEYS = 8

/**
 * Verifies a JWT as `jwtVerify` of `jose` does, and tries each key if several match: some providers list a key twice, or two
 * keys under one `kid`.
 *
 * @throws What `jose` throws.
 */
async function verifyByAny(
  jose: typeof import('jose'),
  token: string,
  getKey: JWTVerifyGetKey,
  expected: JWTVerifyOptions,
): Promise<{ payload: JWTPayload }> {
  const found = await jose.jwtVerify(token, getKey, expected).catch((error: unknown) => error as Error)
  if (!(found instanceof Error)) return found
  if (!(found instanceof jose.errors.JWKSMultipleMatchingKeys)) throw found
  let last: unknown = found
  let tried = 0
  for await (const key of found) {
    if (++tried > MOST_KEYS) break
    try {
      return await jose.jwtVerify(token, key, expected)
    } catch (error) {
      // A key that cannot be used, such as one of RSA that is too short, is a `TypeError`: the next one may do.
      const isAboutKey = error instanceof TypeError || error instanceof jose.errors.JWSSignatureVerificationFailed
      if (!isAboutKey) throw error
      // An invalid signature says more about the token than a key that cannot be used.
      if (!(last instanceof jose.errors.JWSSignatureVerificationFailed)) last = error
    }
  }
  throw last
}

/**
 * Makes the verifier of a provider's JWTs. It checks the signature by a key of the JWKS, `iss`, the audience, `sub`, `exp` and `nbf`.
 *
 * Keys are fetched when they are first needed, and kept for ten minutes. An unknown key makes it fetch again, at most every 30
 * seconds. After a failed fetch it waits five seconds.
 *
 * @throws TypeError naming the option, if one is wrong.
 */
export function jwtVerifier(name: string, options: ProviderOptions): JwtVerifier {
  const { jwks, audience, audienceClaim, expected } = parse(name, options)
  const loaded = load(jwks)
  // The first request gets this error, too. Without a handler here, Node would end the process before that.
  loaded.catch(() => undefined)

  return async (token) => {
    const { jose, getKey } = await loaded
    try {
      const { payload } = await verifyByAny(jose, token, getKey, expected)
      const { sub, exp = Number.POSITIVE_INFINITY } = payload
      const refusal = audienceClaim === 'aud' ? undefined : audienceRefusal(payload, audienceClaim, audience)
      if (refusal) return refusal
      if (typeof sub !== 'string' || sub === '') return invalidClaim('sub')
      return exp <= LAST_SECOND ? { ok: true, claims: { ...payload, sub, exp } } : invalidClaim('exp')
    } catch (error) {
      return refusalFor(error)
    }
  }
}
