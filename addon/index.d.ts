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
 * - `audience-mismatch`: the token was made for another audience
 * - `issued-in-future`: `iat` is further ahead of the verifier's clock than `clockSkewSeconds`
 * - `expired`: `exp` is past
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

/** What a verifier accepts. A plain object, whose own properties count; one that is not listed here is refused. */
export interface VerifyOptions {
  /** The longest lifetime, `exp` − `iat`, in seconds: an integer from 1 to 253,402,300,799. Default 3,600. */
  maxTtlSeconds?: number | undefined
  /**
   * How far `iat` may lie ahead of this clock, in seconds: an integer from 0 to 253,402,300,799. Default 60.
   * Expiry has no allowance.
   */
  clockSkewSeconds?: number | undefined
  /** The issuers to accept, at least one. Default `['local-first']`. */
  issuers?: readonly Issuer[] | undefined
  /** Verify as if it were this time, in Unix seconds up to the end of the year 9999: for tests. Default: the clock. */
  now?: number | undefined
}

/**
 * A verifier whose audience and options were read once: what `createIdentityProofVerifier` returns. Never throws because of
 * `token`, a compact JWS of at most 2,048 bytes or whatever else a stranger sent. Replay is not detected.
 */
export type IdentityProofVerifier = (token?: unknown) => VerifiedProof | RejectedProof

/** What a token says besides its audience. A plain object, whose own properties count; one that is not listed here is refused. */
export interface MintOptions {
  /** Who vouches for the identity. Default `'local-first'`. */
  issuer?: Issuer | undefined
  /** The token's `iat`, in Unix seconds up to the end of the year 9999. Default: the system clock. */
  now?: number | undefined
}

/**
 * Prepares a verifier: audience and options are read once, here. What it returns says of a token what
 * `verifyLocalFirstIdentityProof` says, and is a microsecond faster where there are options.
 *
 * @param audience - The name the client minted for: at least one character. Normalised as by `normalizeAudience`.
 * @param options - What to accept; every member has a default.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export declare function createIdentityProofVerifier(audience: string, options?: VerifyOptions): IdentityProofVerifier

/**
 * Derives the user ID that belongs to a secret: the account that whoever holds the secret owns.
 *
 * @param secret - 43 characters of base64url without padding (32 bytes).
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument, if it is not as described. The message never has the secret.
 * @see RFC 8032 §5.1.5, RFC 9562 §5.5
 */
export declare function deriveUserId(secret: string): string

/**
 * Makes a new identity's secret from the operating system's random source. Whoever has it is the user.
 *
 * @returns 43 characters of base64url without padding (32 bytes).
 * @throws Error if the operating system has no randomness to give.
 */
export declare function generateAuthSecret(): string

/**
 * Mints one proof that whoever holds `secret` made for `audience`: for tests, scripts and clients that run in Node.
 *
 * @param secret - The identity's secret: 43 characters of base64url without padding (32 bytes).
 * @param audience - The name the verifier expects: at least one character. Normalised as by `normalizeAudience`.
 * @param ttlSeconds - How long the proof holds, in seconds: an integer from 1, not beyond the year 9999. Verifiers take
 *   3,600 at most by default.
 * @param options - What else the token says; every member has a default.
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes; the same arguments at the same `now` give the same bytes.
 * @throws TypeError or RangeError naming the argument, if one is not as described. The message never has the secret.
 * @throws Error if the system clock, which counts where `now` is not given, is set to before 1970 or beyond the year 9999.
 * @see RFC 7515 §5.1, RFC 8037 §3.1
 */
export declare function mintLocalFirstToken(secret: string, audience: string, ttlSeconds: number, options?: MintOptions): string

/**
 * Normalises an audience to what stands in a token's `aud`.
 *
 * A UUID (hyphenated, simple, braced or as `urn:uuid:`, hex in any case) stands for itself; any other string becomes
 * its UUIDv5 in the DNS namespace. Neither trimmed nor Unicode-normalised.
 *
 * @param audience - At least one character, with no lone surrogates.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument, if it is not as described.
 * @see RFC 9562 §4, §5.5
 */
export declare function normalizeAudience(audience: string): string

/** A proof that does not hold. It has no identity to give. */
export interface RejectedProof {
  /** The proof does not hold. */
  ok: false
  /** One fixed English sentence a code, safe to send to the client: nothing of the token is in it. */
  error: string
  /** Which check the proof failed. */
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

/** A proof that holds. */
export interface VerifiedProof {
  /** The proof holds. */
  ok: true
  /** The user ID that is proven: a UUID, lower case, hyphenated, 36 characters. */
  id: string
  /** Who vouches for the identity. */
  issuer: Issuer
  /** When the proof was minted, in Unix seconds (RFC 7519 §4.1.6). */
  issuedAt: number
  /** When it stops holding, in Unix seconds (RFC 7519 §4.1.4). */
  expiresAt: number
  /** The SHA-256 of the signed text as 43 characters of base64url: the key to remember a used proof by. */
  proofId: string
  /** Absent. */
  error?: undefined
  /** Absent. */
  code?: undefined
}

/**
 * Verifies one self-signed proof and tells whose identity it proves, or why it proves none.
 *
 * Never throws because of `token`, whatever value a stranger sent. Replay is not detected: remember `proofId` until
 * `expiresAt` where a proof may be used only once. Proofs that one device mints in the same second for the same
 * audience and lifetime are the same proof, and have the same `proofId`.
 *
 * @param token - What the client sent: a compact JWS of at most 2,048 bytes (RFC 7515 §7.1).
 * @param audience - The name the client minted for: at least one character. Normalised as by `normalizeAudience`.
 * @param options - What to accept; every member has a default.
 * @returns `{ ok: true, id, … }`, or `{ ok: false, error, code }`.
 * @throws TypeError or RangeError naming the argument, if `audience` or an option is not as described.
 * @throws Error if the system clock, which counts where `now` is not given, is set to before 1970.
 * @see RFC 7519 §7.2, RFC 8037 §3.1, RFC 8032 §5.1.7
 */
export declare function verifyLocalFirstIdentityProof(token: unknown, audience: string, options?: VerifyOptions): VerifiedProof | RejectedProof
