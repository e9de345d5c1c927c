//! The rule that a token breaks.

use std::fmt;

use crate::ed25519::{InvalidPublicKey, InvalidSignature};
use crate::jws::JwsError;

/// Why a token was refused: one variant per rule, in the order of the checks.
///
/// `Display` gives one fixed English sentence per variant, safe to send to the client. It repeats
/// nothing of the token. Until the last rule the token is unauthenticated, so the variants are for
/// debugging only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProofError {
    /// There is no token.
    Missing,
    /// The token is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    TooLong,
    /// The token is not a compact JWS of two JSON objects and a signature (RFC 7515 §7.1).
    Malformed,
    /// The header's `alg` is not `EdDSA` (RFC 8037 §3.1).
    UnsupportedAlgorithm,
    /// The header has a `crit`, or a `typ` other than `JWT` (RFC 7515 §4.1.9, §4.1.11).
    UnsupportedHeader,
    /// The claims are not exactly the six of the format, each of its type.
    InvalidClaims,
    /// The verifier does not accept this issuer.
    UnknownIssuer,
    /// The token was made for another audience.
    AudienceMismatch,
    /// `iat` is ahead of the verifier's clock by more than the allowed skew.
    IssuedInFuture,
    /// `exp` is not later than the verifier's clock.
    Expired,
    /// `exp - iat` is more than the verifier accepts.
    TtlTooLong,
    /// `jazz_pub_key` is not a valid, canonical Ed25519 public key, or has small order (RFC 8032 §5.1.3).
    InvalidPublicKey,
    /// `sub` is not the user ID of `jazz_pub_key`.
    SubjectMismatch,
    /// The signature is not valid under strict rules (RFC 8032 §5.1.7).
    InvalidSignature,
}

impl ProofError {
    /// Every rule, in the order in which they are checked.
    pub const ALL: [Self; 14] = [
        Self::Missing,
        Self::TooLong,
        Self::Malformed,
        Self::UnsupportedAlgorithm,
        Self::UnsupportedHeader,
        Self::InvalidClaims,
        Self::UnknownIssuer,
        Self::AudienceMismatch,
        Self::IssuedInFuture,
        Self::Expired,
        Self::TtlTooLong,
        Self::InvalidPublicKey,
        Self::SubjectMismatch,
        Self::InvalidSignature,
    ];

    /// Returns the stable, machine-readable name: lower case, hyphenated. A published code never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::TooLong => "too-long",
            Self::UnsupportedAlgorithm => "unsupported-algorithm",
            Self::UnsupportedHeader => "unsupported-header",
            Self::InvalidClaims => "invalid-claims",
            Self::UnknownIssuer => "unknown-issuer",
            Self::AudienceMismatch => "audience-mismatch",
            Self::IssuedInFuture => "issued-in-future",
            Self::Expired => "expired",
            Self::TtlTooLong => "ttl-too-long",
            Self::InvalidPublicKey => "invalid-public-key",
            Self::SubjectMismatch => "subject-mismatch",
            Self::InvalidSignature => "invalid-signature",
        }
    }

    /// Returns one fixed English sentence, the same as `Display`.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "No identity proof was sent.",
            Self::Malformed => "The identity proof is not a well-formed token.",
            Self::TooLong => "The identity proof is too long.",
            Self::UnsupportedAlgorithm => "The identity proof is not signed with EdDSA.",
            Self::UnsupportedHeader => "The identity proof has a header that is not supported.",
            Self::InvalidClaims => "The identity proof does not have exactly the claims it needs.",
            Self::UnknownIssuer => "The identity proof has an issuer that is not accepted here.",
            Self::AudienceMismatch => "The identity proof was made for another audience.",
            Self::IssuedInFuture => "The identity proof was issued in the future.",
            Self::Expired => "The identity proof has expired.",
            Self::TtlTooLong => "The identity proof is valid for too long.",
            Self::InvalidPublicKey => "The identity proof does not carry a valid public key.",
            Self::SubjectMismatch => "The identity proof names an identity that is not its key's.",
            Self::InvalidSignature => "The identity proof's signature is not valid.",
        }
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for ProofError {}

impl From<JwsError> for ProofError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Missing => Self::Missing,
            JwsError::TooLong => Self::TooLong,
            JwsError::Malformed => Self::Malformed,
            JwsError::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            JwsError::UnsupportedHeader => Self::UnsupportedHeader,
        }
    }
}

impl From<InvalidPublicKey> for ProofError {
    fn from(InvalidPublicKey: InvalidPublicKey) -> Self {
        Self::InvalidPublicKey
    }
}

impl From<InvalidSignature> for ProofError {
    fn from(InvalidSignature: InvalidSignature) -> Self {
        Self::InvalidSignature
    }
}
