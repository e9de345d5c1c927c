//! Secrets, user IDs and audiences.

#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    reason = "these docs are TSDoc"
)]

use local_first_identity::Secret;
use napi::{Env, Error, JsString, Result};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::arguments::{SecretText, Value, read_audience, read_name, read_secret, read_user_id};
use crate::panics::guarded;

/// Derives the user ID of a secret. Anyone who has the secret owns this identity.
///
/// @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
/// @returns A UUID, lower case, hyphenated, 36 characters.
/// @throws TypeError naming the argument. The message never has the secret.
/// @see RFC 8032 §5.1.5, RFC 9562 §5.5
#[napi(catch_unwind, ts_args_type = "secret: string")]
pub fn derive_user_id(env: &Env, secret: SecretText<'_>) -> Result<String> {
    guarded(|| Ok(read_secret(*env, secret)?.user_id().to_string()))
}

/// Makes the secret of a new identity, from the operating system's random source. Anyone who has it is the user.
///
/// @returns 43 characters of base64url without padding (32 bytes).
/// @throws Error if the operating system has no randomness.
#[napi(catch_unwind)]
pub fn generate_auth_secret(env: &Env) -> Result<JsString<'_>> {
    guarded(|| {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|_| Error::from_reason("the operating system gave no random bytes"))?;
        env.create_string(Secret::from_bytes(*bytes).encode())
    })
}

/// Normalises an audience to the UUID in a token's `aud`.
///
/// A UUID (hyphenated, simple, braced or as `urn:uuid:`, hex in any case) is itself. Any other string becomes its UUIDv5
/// in the DNS namespace. The text is not trimmed and not Unicode-normalised.
///
/// @param audience - At least one character, with no lone surrogates.
/// @returns A UUID, lower case, hyphenated, 36 characters.
/// @throws TypeError naming the argument.
/// @see RFC 9562 §4, §5.5
#[napi(catch_unwind, ts_args_type = "audience: string")]
pub fn normalize_audience(env: &Env, audience: Value<'_>) -> Result<String> {
    guarded(|| Ok(read_audience(*env, audience)?.to_string()))
}

/// Derives the account that Jazz founds for an identity in an app, from 2.0.0-alpha.54 on. The account of a provider that is
/// linked to the identity is the same.
///
/// @param appId - The app's ID in Jazz: at least one character, with no lone surrogates.
/// @param userId - The identity: a UUID, lower case, hyphenated, 36 characters.
/// @returns A UUID, lower case, hyphenated, 36 characters.
/// @throws TypeError naming the argument.
/// @see RFC 9562 §5.5
#[napi(catch_unwind, ts_args_type = "appId: string, userId: string")]
pub fn jazz_account_id(env: &Env, app_id: Value<'_>, user_id: Value<'_>) -> Result<String> {
    guarded(|| {
        let app = read_name(*env, "appId", app_id)?;
        let user_id = read_user_id(*env, user_id)?;
        Ok(user_id.jazz_account(&app).to_string())
    })
}
