//! The compact serialisation of a JWS with a JSON payload (RFC 7515, RFC 7519): the form of a token,
//! independent of claims and keys.

mod error;
mod header;
pub(crate) mod json;
mod unverified;

pub use error::JwsError;
pub(crate) use header::Header;
pub use unverified::{MAX_TOKEN_BYTES, Unverified};

use crate::base64url;

/// Signs a payload and writes the token (RFC 7515 §5.1).
pub(crate) fn sign(payload: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let mut token = base64url::encode(Header::SIGNED);
    token.push('.');
    base64url::encode_into(payload, &mut token);
    let signature = sign(token.as_bytes());
    token.push('.');
    base64url::encode_into(signature, &mut token);
    token
}
