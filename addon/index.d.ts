/**
 * Why a proof was refused, in the order of the checks; `docs/protocol.md` has the rules in full. For debugging only: the
 * token is unauthenticated. A published code keeps its meaning; a minor version may add codes.
 * - `missing`: the token is `undefined`, `null` or empty
 * - `too-long`: the token is longer than 2,048 bytes
 * - `malformed`: the token is not a string, not three parts of strict base64url, not JSON objects, or has a duplicate member
 * - `unsupported-algorithm`: `alg` is not `EdDSA`
 * - `unsupported-header`: the header has a `crit`, or a `typ` other than `JWT`
 * - `invalid-claims`: the claims are not exactly the six of the format
 * - `unknown-issuer`: the verifier does not accept this issuer
 * - `audience-mismatch`: the token was made for another audience; give the client and the server the same name
 * - `issued-in-future`: `iat` is further ahead of the verifier's clock than `clockSkewSeconds`; ask the person to set the clock
 * - `expired`: `exp` is past; mint a new token, and if that is expired, too, ask the person to set the clock
 * - `ttl-too-long`: the token is valid for longer than `maxTtlSeconds`
 * - `invalid-public-key`: the key is not a valid Ed25519 key, not canonical, or of small order
 * - `subject-mismatch`: `sub` is not the user ID of the key
 * - `invalid-signature`: the signature is not valid under strict rules (RFC 8032 §5.1.7)
 */
export type ProofErrorCode =
  | 'missing'
  | 'too-long'
  | 'malformed'
  | 'unsupported-algorithm'
  | 'unsupported-header'
  | 'invalid-claims'
  | 'unknown-issuer'
  | 'audience-mismatch'
  | 'issued-in-future'
  | 'expired'
  | 'ttl-too-long'
  | 'invalid-public-key'
  | 'subject-mismatch'
  | 'invalid-signature'

/**
 * The issuer of a proof: `local-first` for an identity whose secret the device keeps, `anonymous` for a throw-away one.
 */
export type Issuer = 'local-first' | 'anonymous'

/** What a verifier accepts. A plain object: only its own properties count, and an unknown one throws. */
export interface VerifyOptions {
  /** The longest lifetime, `exp` − `iat`, in seconds: an integer from 1 to 253,402,300,799. Default 3,600. */
  maxTtlSeconds?: number | undefined
  /**
   * How far `iat` may be ahead of this clock, in seconds: an integer from 0 to 253,402,300,799. Default 60.
   * Expiry has no allowance.
   */
  clockSkewSeconds?: number | undefined
  /** The issuers to accept, at least one. Default `['local-first']`. */
  issuers?: readonly Issuer[] | undefined
  /** The time to verify at, in Unix seconds: an integer from 0 to 253,402,300,799. For tests. Default: the system clock. */
  now?: number | undefined
}

/**
 * The verifier that `createIdentityProofVerifier` returns.
 *
 * @param token - Any value. A proof is a compact JWS of at most 2,048 bytes; anything else is refused, and nothing throws. Replay
 *   is not detected.
 */
export type IdentityProofVerifier = (token?: unknown) => VerifiedProof | RejectedProof

/** What a token says besides its audience. A plain object: only its own properties count, and an unknown one throws. */
export interface MintOptions {
  /** The issuer of the token. Default `'local-first'`. */
  issuer?: Issuer | undefined
  /** The token's `iat`, in Unix seconds: an integer from 0 to 253,402,300,799. Default: the system clock. */
  now?: number | undefined
}

/**
 * Prepares a verifier, which reads the audience and the options once. It gives the same results as
 * `verifyLocalFirstIdentityProof`, and is a microsecond faster if there are options.
 *
 * @param audience - The name that the client mints proofs for: at least one character, normalised as by `normalizeAudience`.
 * @param options - What to accept. Every member has a default.
 * @throws TypeError or RangeError naming the argument.
 * @example
 * const verify = createIdentityProofVerifier('my-app-signup', { maxTtlSeconds: 300 })
 * const { ok, id } = verify(token)
 */
export declare function createIdentityProofVerifier(audience: string, options?: VerifyOptions): IdentityProofVerifier

/**
 * Derives the user ID of a secret. Anyone who has the secret owns this identity.
 *
 * @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument. The message never has the secret.
 * @see RFC 8032 §5.1.5, RFC 9562 §5.5
 */
export declare function deriveUserId(secret: string): string

/**
 * Makes the secret of a new identity, from the operating system's random source. Anyone who has it is the user.
 *
 * @returns 43 characters of base64url without padding (32 bytes).
 * @throws Error if the operating system has no randomness.
 */
export declare function generateAuthSecret(): string

/**
 * Derives the account that Jazz founds for an identity in an app, from 2.0.0-alpha.54 on. The account of a provider that is
 * linked to the identity is the same.
 *
 * @param appId - The app's ID in Jazz: at least one character, with no lone surrogates.
 * @param userId - The identity: a UUID, lower case, hyphenated, 36 characters.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument.
 * @see RFC 9562 §5.5
 */
export declare function jazzAccountId(appId: string, userId: string): string

/**
 * Mints a proof of the identity that `secret` belongs to. For tests, scripts and clients that run in Node.
 *
 * @param secret - The identity's secret: 43 characters of base64url without padding (32 bytes), with or without
 *   `jazz-auth-v1:` before them.
 * @param audience - The name that the verifier expects: at least one character, normalised as by `normalizeAudience`.
 * @param ttlSeconds - How long the proof is valid, in seconds: an integer from 1. Verifiers accept 3,600 at most by default.
 * @param options - What else the token says. Every member has a default.
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes. The same arguments at the same `now` give the same bytes.
 * @throws TypeError or RangeError naming the argument. The message never has the secret.
 * @throws Error if `now` is not given and the system clock is set to before 1970 or after 9999.
 * @see RFC 7515 §5.1, RFC 8037 §3.1
 */
export declare function mintLocalFirstToken(secret: string, audience: string, ttlSeconds: number, options?: MintOptions): string

/**
 * Normalises an audience to the UUID in a token's `aud`.
 *
 * A UUID (hyphenated, simple, braced or as `urn:uuid:`, hex in any case) is itself. Any other string becomes its UUIDv5
 * in the DNS namespace. The text is not trimmed and not Unicode-normalised.
 *
 * @param audience - At least one character, with no lone surrogates.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument.
 * @see RFC 9562 §4, §5.5
 */
export declare function normalizeAudience(audience: string): string

/** A refused proof. */
export interface RejectedProof {
  /** The proof is refused. */
  ok: false
  /** One fixed English sentence per code, safe to send to the client. It repeats nothing from the token. */
  error: string
  /** The check that the proof failed. For debugging only: the token is unauthenticated. */
  code: ProofErrorCode
  /** Absent. */
  id?: undefined
  /** Absent. */
  issuer?: undefined
  /** Absent. */
  issuedAt?: undefined
  /** Absent. */
  expiresAt?: undefined
  /** Absent. */
  proofId?: undefined
}

/** A valid proof. */
export interface VerifiedProof {
  /** The proof is valid. */
  ok: true
  /** The user ID that is proven: a UUID, lower case, hyphenated, 36 characters. */
  id: string
  /** The issuer of the proof. */
  issuer: Issuer
  /** When the proof was minted, in Unix seconds (RFC 7519 §4.1.6). */
  issuedAt: number
  /** When the proof expires, in Unix seconds (RFC 7519 §4.1.4). */
  expiresAt: number
  /** The SHA-256 of the signed text, as 43 characters of base64url: the key under which to remember a used proof. */
  proofId: string
  /** Absent. */
  error?: undefined
  /** Absent. */
  code?: undefined
}

/**
 * Verifies one self-signed proof.
 *
 * `token` may be any value: a bad one gives a verdict, and nothing throws. Replay is not detected. To take a proof once,
 * remember its `proofId` until `expiresAt`.
 *
 * @param token - What the client sent: a compact JWS of at most 2,048 bytes (RFC 7515 §7.1).
 * @param audience - The name that the client mints proofs for: at least one character, normalised as by `normalizeAudience`.
 * @param options - What to accept. Every member has a default.
 * @returns `{ ok: true, id, … }`, or `{ ok: false, error, code }`.
 * @throws TypeError or RangeError naming the argument, if `audience` or an option is wrong.
 * @throws Error if `now` is not given and the system clock is set to before 1970.
 * @see RFC 7519 §7.2, RFC 8037 §3.1, RFC 8032 §5.1.7
 * @example
 * const { ok, id, error } = verifyLocalFirstIdentityProof(req.body?.proofToken, 'my-app-signup')
 * if (!ok) return res.status(400).json({ error })
 */
export declare function verifyLocalFirstIdentityProof(token: unknown, audience: string, options?: VerifyOptions): VerifiedProof | RejectedProof
