//! Mints the token that [`verify`](crate::verify) takes.

use std::num::NonZeroU64;

use thiserror::Error;

use super::Issuer;
use super::claims::TypedClaims;
use crate::audience::Audience;
use crate::identity::{Secret, UserId};
use crate::jws;

/// The token would expire at a time that does not fit in 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a token must end at a time that fits in 64 bits")]
pub struct InvalidTtl;

/// Mints a proof of the identity that `secret` belongs to.
///
/// - `audience`: the audience that the verifier expects
/// - `ttl_seconds`: how long the proof is valid; by default, verifiers accept at most 3,600
/// - `now`: Unix seconds, UTC
///
/// The same arguments give the same bytes (RFC 8032 signatures are deterministic).
///
/// # Errors
/// [`InvalidTtl`] if `now + ttl_seconds` does not fit in a `u64`.
///
/// # Source
/// RFC 7515 §5.1; RFC 8037 §3.1.
pub fn mint(
    secret: &Secret,
    issuer: Issuer,
    audience: &Audience,
    ttl_seconds: NonZeroU64,
    now: u64,
) -> Result<String, InvalidTtl> {
    let exp = now.checked_add(ttl_seconds.get()).ok_or(InvalidTtl)?;
    let signing_key = secret.signing_key();
    let public_key = signing_key.public_key();
    let claims = TypedClaims {
        iss: issuer.urn().into(),
        sub: UserId::of(&public_key).to_string().into(),
        aud: audience.to_string().into(),
        jazz_pub_key: public_key.encode().into(),
        iat: now,
        exp,
    };

    Ok(jws::sign(&claims.to_json(), |message| {
        signing_key.sign(message)
    }))
}
