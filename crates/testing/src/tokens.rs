//! Makes any token, good or broken, without the crate under test.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a json!() at the call reads better"
)]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use local_first_identity::{Audience, Policy, ProofError, Verified, verify};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use uuid::Uuid;

/// When the forged tokens are issued, in Unix seconds.
pub const NOW: u64 = 1_795_305_565;

/// The name that the tokens are made for.
pub const AUDIENCE: &str = "betterauth-signup";

/// The most heap that a verification may hold at a time, in bytes: under twice what the worst token takes.
pub const HEAP_LIMIT: u64 = 16_384;

/// The header of a good token.
pub const HEADER: &str = r#"{"alg":"EdDSA","typ":"JWT"}"#;

/// Encodes bytes as base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the crate's verdict on a token, as a verdict of the second opinion.
///
/// # Errors
/// The code of the first rule that the token breaks.
pub fn verdict(token: &str, policy: &Policy, now: u64) -> crate::second_opinion::Verdict {
    let proof = |verified: Verified| crate::second_opinion::Proof {
        user_id: verified.user_id.to_string(),
        iss: verified.issuer.urn().into(),
        iat: verified.issued_at,
        exp: verified.expires_at,
        digest: verified.proof_digest.into(),
    };
    verify(token, policy, now)
        .map(proof)
        .map_err(ProofError::code)
}

/// Makes the default policy, for [`AUDIENCE`].
pub fn policy() -> Policy {
    Policy::new(Audience::parse(AUDIENCE).unwrap())
}

/// Derives the key of the identity whose secret is 32 times `byte`.
pub fn key(byte: u8) -> SigningKey {
    let digest = Sha512::new()
        .chain_update("jazz-auth-sign-v1")
        .chain_update([byte; 32])
        .finalize();
    SigningKey::from_bytes(&digest[..32].try_into().unwrap())
}

/// Derives the user ID of a public key.
pub fn user_id(public_key: &[u8]) -> String {
    Uuid::new_v5(&Uuid::from_bytes(*b"jazz-auth-key-v1"), public_key).to_string()
}

/// Makes the claims of a good proof of `key`, valid for a minute.
pub fn claims(key: &SigningKey) -> Value {
    let public_key = key.verifying_key().to_bytes();
    json!({
        "iss": "urn:jazz:local-first",
        "sub": user_id(&public_key),
        "aud": Uuid::new_v5(&Uuid::NAMESPACE_DNS, AUDIENCE.as_bytes()).to_string(),
        "jazz_pub_key": encode(public_key),
        "iat": NOW,
        "exp": NOW + 60,
    })
}

/// Makes the claims of a good proof, with changes. A change replaces or adds a claim; `null` removes it.
pub fn claims_with(changes: Value) -> String {
    let mut claims = claims(&key(1));
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims.to_string()
}

/// Makes a token with any header and claims, correctly signed by `key(1)`.
pub fn sign(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
    let signing_input = format!("{}.{}", encode(header), encode(claims));
    let signature = key(1).sign(signing_input.as_bytes()).to_bytes();
    format!("{signing_input}.{}", encode(signature))
}

/// Makes a good proof of `key(1)`, valid for a minute from [`NOW`].
pub fn good_token() -> String {
    sign(HEADER, claims(&key(1)).to_string())
}
