//! Checks the rules, in their order.

use sha2::{Digest, Sha256};

use super::claims::Claims;
use super::{Issuer, Policy, ProofError};
use crate::ed25519::PublicKey;
use crate::identity::UserId;
use crate::jws::{Header, Unverified};

/// A proven identity. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The user ID that is proven.
    pub user_id: UserId,
    /// The issuer of the proof.
    pub issuer: Issuer,
    /// The claim `iat`, in Unix seconds.
    pub issued_at: u64,
    /// The claim `exp`, in Unix seconds.
    pub expires_at: u64,
    /// SHA-256 of the signing input: the key under which to remember a used proof.
    ///
    /// The signature is not part of it, so a second signature by the same key over the same claims is
    /// the same proof.
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
    let header = Header::parse(unverified.header())?;
    let claims = Claims::parse(unverified.payload())?;
    header.check()?;
    let (claims, issuer) = claims.accept(policy, now)?;
    let public_key = PublicKey::parse(&claims.jazz_pub_key)?;
    let user_id = UserId::of(&public_key);
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
