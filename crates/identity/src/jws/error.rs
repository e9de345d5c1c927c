use thiserror::Error;

/// Why this library cannot read a text as a token, whatever the claims are.
///
/// `Display` gives one fixed English sentence per variant. It repeats nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum JwsError {
    /// The text is empty.
    #[error("there is no token")]
    Missing,
    /// The text is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    #[error("the token is too long")]
    TooLong,
    /// The text is not a compact JWS of two JSON objects and a signature (RFC 7515 §7.1).
    #[error("the token is not a well-formed compact JWS of two JSON objects")]
    Malformed,
    /// The header's `alg` is not `EdDSA` (RFC 8037 §3.1).
    #[error("the token is not signed with EdDSA")]
    UnsupportedAlgorithm,
    /// The header has a `crit`, or a `typ` other than `JWT` (RFC 7515 §4.1.9, §4.1.11).
    #[error("the token has a header that is not supported")]
    UnsupportedHeader,
}
