use super::Issuer;
use crate::audience::Audience;

/// What a verifier accepts.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The audience that the token must be made for.
    pub audience: Audience,
    /// The issuers to accept. Default: only [`Issuer::LocalFirst`].
    pub issuers: &'static [Issuer],
    /// The longest `exp - iat`, in seconds. Default 3,600.
    pub max_ttl_seconds: u64,
    /// How far `iat` may be ahead of the verifier's clock, in seconds. Default 60.
    ///
    /// Expiry has no allowance: a client whose clock is behind mints tokens that expire early.
    pub clock_skew_seconds: u64,
}

impl Policy {
    /// Makes a policy with the defaults, for one audience.
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
