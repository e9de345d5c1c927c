use super::Issuer;
use crate::audience::Audience;

/// What a verifier accepts.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Who the token must be made for.
    pub audience: Audience,
    /// The issuers that are accepted; [`Issuer::LocalFirst`] alone unless changed.
    pub issuers: &'static [Issuer],
    /// The longest `exp - iat`, in seconds; 3,600 unless changed.
    pub max_ttl_seconds: u64,
    /// How far `iat` may lie ahead of the verifier's clock, in seconds; 60 unless changed.
    ///
    /// Expiry has no such allowance: a client whose clock is behind mints tokens that end early.
    pub clock_skew_seconds: u64,
}

impl Policy {
    /// The defaults, for one audience.
    #[must_use]
    pub const fn new(audience: Audience) -> Self {
        Self {
            audience,
            issuers: &[Issuer::LocalFirst],
            max_ttl_seconds: 3600,
            clock_skew_seconds: 60,
        }
    }
}
