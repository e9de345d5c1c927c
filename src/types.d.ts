/**
 * Why a proof was refused. A published code never changes its meaning; new ones may come with a minor version.
 *
 * In the order of the checks; `docs/protocol.md` has the rule behind each. A code describes text that nobody has
 * vouched for: a hint for whoever looks for a fault, not a fact.
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
 * Who vouches for an identity: `local-first` is one whose secret the device keeps, `anonymous` a throw-away one.
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
