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
