//! Making the token that [`verify`](crate::verify) takes.

use std::num::NonZeroU64;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::audience::Audience;
use crate::claims::{Header, Issuer, TypedClaims};
use crate::identity::Secret;

/// The token would end at a time that does not fit in 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a token must end at a time that fits in 64 bits")]
pub struct InvalidTtl;

/// Mints one proof that whoever holds `secret` made for `audience`.
///
/// - `ttl_seconds`: how long the proof holds; verifiers refuse one that is made to last
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
        sub: public_key.user_id().to_string().into(),
        aud: audience.to_string().into(),
        jazz_pub_key: public_key.encode().into(),
        iat: now,
        exp,
    };

    let mut token = URL_SAFE_NO_PAD.encode(Header::MINTED);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims.to_json(), &mut token);
    let signature = signing_key.sign(token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}
