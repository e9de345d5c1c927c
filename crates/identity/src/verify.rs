//! The rules, in their order.

use sha2::{Digest, Sha256};

use crate::audience::Audience;
use crate::claims::Issuer;
use crate::error::ProofError;
use crate::identity::{PublicKey, UserId};
use crate::token::Unverified;

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

/// A proven identity. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The account that the holder of the key owns.
    pub user_id: UserId,
    /// Who vouches for it.
    pub issuer: Issuer,
    /// The claim `iat`, in Unix seconds.
    pub issued_at: u64,
    /// The claim `exp`, in Unix seconds.
    pub expires_at: u64,
    /// SHA-256 of the signing input: the key to remember a used proof by.
    ///
    /// The signature is left out of it, so that another signature by the same key over the same
    /// claims is the same proof.
    pub proof_digest: [u8; 32],
}

/// Verifies one self-signed proof and returns the identity it proves.
///
/// - `token`: compact JWS, at most [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES) bytes
/// - `policy.audience`: already normalised, compared byte for byte
/// - `now`: Unix seconds, UTC
///
/// The cheap rules come first and the signature last, so that junk costs microseconds.
///
/// # Errors
/// The first rule that the token breaks, in the order of [`ProofError::ALL`].
///
/// # Source
/// RFC 7515 §5.2; RFC 7519 §7.2; RFC 8037 §3.1; RFC 8032 §5.1.7.
pub fn verify(token: &str, policy: &Policy, now: u64) -> Result<Verified, ProofError> {
    #[cfg(feature = "fault-injection")]
    crate::fault::inject(token);
    let unverified = Unverified::parse(token)?;
    let (header, claims) = unverified.objects()?;
    header.check()?;
    let claims = claims.typed()?;
    let issuer = claims.issuer(policy.issuers)?;
    if !policy.audience.is(&claims.aud) {
        return Err(ProofError::AudienceMismatch);
    }
    claims.check_times(policy, now)?;
    let public_key = PublicKey::parse(&claims.jazz_pub_key)?;
    let user_id = public_key.user_id();
    if !user_id.is(&claims.sub) {
        return Err(ProofError::SubjectMismatch);
    }
    public_key.verify(unverified.signing_input.as_bytes(), unverified.signature())?;

    Ok(Verified {
        user_id,
        issuer,
        issued_at: claims.iat,
        expires_at: claims.exp,
        proof_digest: Sha256::digest(unverified.signing_input).into(),
    })
}
