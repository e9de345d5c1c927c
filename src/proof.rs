//! The identity proof: verify and mint.

#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    reason = "these docs are TSDoc"
)]

use std::num::NonZeroU64;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_first_identity::{Issuer, Policy, ProofError, Verified};
use napi::bindgen_prelude::{Either, Undefined};
use napi::{Env, Error, JsString, Result};
use napi_derive::napi;

use crate::arguments::{
    LAST_SECOND, Options, SecretText, Value, as_number, range_error, read_audience, read_issuer,
    read_issuers, read_now, read_options, read_seconds, read_secret, read_token,
};
use crate::panics::guarded;

/// A proof that holds.
#[napi(object, object_from_js = false)]
pub struct VerifiedProof<'env> {
    /// The proof holds.
    #[napi(ts_type = "true")]
    pub ok: bool,
    /// The user ID that is proven: a UUID, lower case, hyphenated, 36 characters.
    #[napi(ts_type = "string")]
    pub id: JsString<'env>,
    /// Who vouches for the identity.
    #[napi(ts_type = "Issuer")]
    pub issuer: JsString<'env>,
    /// When the proof was minted, in Unix seconds (RFC 7519 §4.1.6).
    pub issued_at: f64,
    /// When it stops holding, in Unix seconds (RFC 7519 §4.1.4).
    pub expires_at: f64,
    /// The SHA-256 of the signed text as 43 characters of base64url: the key to remember a used proof by.
    #[napi(ts_type = "string")]
    pub proof_id: JsString<'env>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub error: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub code: Option<Undefined>,
}

/// A proof that does not hold. It has no identity to give.
#[napi(object, object_from_js = false)]
pub struct RejectedProof {
    /// The proof does not hold.
    #[napi(ts_type = "false")]
    pub ok: bool,
    /// One fixed English sentence a code, safe to send to the client: nothing of the token is in it.
    pub error: &'static str,
    /// Which check the proof failed.
    #[napi(ts_type = "ProofErrorCode")]
    pub code: &'static str,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub id: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub issuer: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub issued_at: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub expires_at: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub proof_id: Option<Undefined>,
}

/// Verifies one self-signed proof and tells whose identity it proves, or why it proves none.
///
/// Never throws because of `token`, whatever value a stranger sent. Replay is not detected: remember `proofId` until
/// `expiresAt` where a proof may be used only once. Proofs that one device mints in the same second for the same
/// audience and lifetime are the same proof, and have the same `proofId`.
///
/// @param token - What the client sent: a compact JWS of at most 2,048 bytes (RFC 7515 §7.1).
/// @param audience - The name the client minted for: at least one character. Normalised as by `normalizeAudience`.
/// @param options - What to accept; every member has a default.
/// @returns `{ ok: true, id, … }`, or `{ ok: false, error, code }`.
/// @throws TypeError or RangeError naming the argument, if `audience` or an option is not as described.
/// @throws Error if the system clock, which counts where `now` is not given, is set to before 1970.
/// @see RFC 7519 §7.2, RFC 8037 §3.1, RFC 8032 §5.1.7
#[napi(
    catch_unwind,
    ts_args_type = "token: unknown, audience: string, options?: VerifyOptions",
    ts_return_type = "VerifiedProof | RejectedProof"
)]
pub fn verify_local_first_identity_proof<'env>(
    env: &'env Env,
    token: Value<'env>,
    audience: Value<'env>,
    options: Options<'env>,
) -> Result<Either<VerifiedProof<'env>, RejectedProof>> {
    guarded(|| {
        let mut policy = Policy::new(read_audience(*env, audience)?);
        let names = ["maxTtlSeconds", "clockSkewSeconds", "issuers", "now"];
        let [max_ttl, clock_skew, issuers, now] = read_options(*env, options, names)?;
        if let Some(value) = max_ttl {
            policy.max_ttl_seconds = read_seconds(*env, "options.maxTtlSeconds", value, 1)?;
        }
        if let Some(value) = clock_skew {
            policy.clock_skew_seconds = read_seconds(*env, "options.clockSkewSeconds", value, 0)?;
        }
        if let Some(value) = issuers {
            policy.issuers = read_issuers(*env, "options.issuers", value)?;
        }
        let now = read_now(*env, now)?;

        let verdict = match read_token(token)? {
            Ok(token) => local_first_identity::verify(token.as_str()?, &policy, now),
            Err(error) => Err(error),
        };
        match verdict {
            Ok(verified) => verified_proof(env, &verified).map(Either::A),
            Err(error) => Ok(Either::B(rejected_proof(error))),
        }
    })
}

/// Mints one proof that whoever holds `secret` made for `audience`: for tests, scripts and clients that run in Node.
///
/// @param secret - The identity's secret: 43 characters of base64url without padding (32 bytes).
/// @param audience - The name the verifier expects: at least one character. Normalised as by `normalizeAudience`.
/// @param ttlSeconds - How long the proof holds, in seconds: an integer from 1, not beyond the year 9999. Verifiers take
///   3,600 at most by default.
/// @param options - What else the token says; every member has a default.
/// @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes; the same arguments at the same `now` give the same bytes.
/// @throws TypeError or RangeError naming the argument, if one is not as described. The message never has the secret.
/// @throws Error if the system clock, which counts where `now` is not given, is set to before 1970 or beyond the year 9999.
/// @see RFC 7515 §5.1, RFC 8037 §3.1
#[napi(
    catch_unwind,
    ts_args_type = "secret: string, audience: string, ttlSeconds: number, options?: MintOptions"
)]
pub fn mint_local_first_token(
    env: &Env,
    secret: SecretText<'_>,
    audience: Value<'_>,
    ttl_seconds: Value<'_>,
    options: Options<'_>,
) -> Result<String> {
    guarded(|| {
        let secret = read_secret(*env, secret)?;
        let audience = read_audience(*env, audience)?;
        let ttl = read_seconds(*env, "ttlSeconds", ttl_seconds, 1)?;
        let [issuer, now] = read_options(*env, options, ["issuer", "now"])?;
        let issuer = match issuer {
            Some(value) => read_issuer(*env, "options.issuer", value)?,
            None => Issuer::LocalFirst,
        };
        let now = read_now(*env, now)?;
        if now > LAST_SECOND {
            // Only the clock says that: the option may not.
            let reason = "the system clock is set to beyond the year 9999";
            return Err(Error::from_reason(reason));
        }

        NonZeroU64::new(ttl)
            .filter(|ttl| now + ttl.get() <= LAST_SECOND)
            .and_then(|ttl| local_first_identity::mint(&secret, issuer, &audience, ttl, now).ok())
            .ok_or_else(|| range_error(*env, "ttlSeconds must not reach beyond the year 9999"))
    })
}

fn verified_proof<'env>(env: &'env Env, verified: &Verified) -> Result<VerifiedProof<'env>> {
    let mut id = [0; 36];
    let mut proof_id = [0; 43];
    URL_SAFE_NO_PAD
        .encode_slice(verified.proof_digest, &mut proof_id)
        .map_err(|_| Error::from_reason("a SHA-256 digest must encode to 43 characters"))?;
    Ok(VerifiedProof {
        ok: true,
        id: env.create_string(verified.user_id.encode(&mut id))?,
        issuer: env.create_string(verified.issuer.name())?,
        issued_at: as_number(verified.issued_at),
        expires_at: as_number(verified.expires_at),
        proof_id: env.create_string_latin1(proof_id)?,
        error: None,
        code: None,
    })
}

fn rejected_proof(error: ProofError) -> RejectedProof {
    RejectedProof {
        ok: false,
        error: error.sentence(),
        code: error.code(),
        id: None,
        issuer: None,
        issued_at: None,
        expires_at: None,
        proof_id: None,
    }
}
