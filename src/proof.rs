//! The identity proof: verify and mint.

#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    reason = "these docs are TSDoc"
)]

use std::num::NonZeroU64;

use local_first_identity::{Issuer, Policy};
use napi::{Env, Error, Result};
use napi_derive::napi;

#[cfg(target_family = "wasm")]
use crate::arguments::as_number;
use crate::arguments::{
    LAST_SECOND, SecretText, Value, clock, range_error, read_audience, read_issuer, read_issuers,
    read_now, read_options, read_seconds, read_secret, read_token,
};
use crate::panics::guarded;
use crate::verdict::{Verdict, verdict};

/// Verifies one self-signed proof.
///
/// `token` may be any value: a bad one gives a verdict, and nothing throws. Replay is not detected. To take a proof once,
/// remember its `proofId` until `expiresAt`.
///
/// @param token - What the client sent: a compact JWS of at most 2,048 bytes (RFC 7515 §7.1).
/// @param audience - The name that the client mints proofs for: at least one character, normalised as by `normalizeAudience`.
/// @param options - What to accept. Every member has a default.
/// @returns `{ ok: true, id, … }`, or `{ ok: false, error, code }`.
/// @throws TypeError or RangeError naming the argument, if `audience` or an option is wrong.
/// @throws Error if `now` is not given and the system clock is set to before 1970.
/// @see RFC 7519 §7.2, RFC 8037 §3.1, RFC 8032 §5.1.7
/// @example
/// const { ok, id, error } = verifyLocalFirstIdentityProof(req.body?.proofToken, 'my-app-signup')
/// if (!ok) return res.status(400).json({ error })
#[napi(
    catch_unwind,
    ts_args_type = "token: unknown, audience: string, options?: VerifyOptions",
    ts_return_type = "VerifiedProof | RejectedProof"
)]
pub fn verify_local_first_identity_proof<'env>(
    env: &'env Env,
    token: Value<'env>,
    audience: Value<'env>,
    options: Value<'env>,
) -> Result<Verdict> {
    guarded(|| Settings::read(*env, audience, options)?.verify(&token))
}

/// Prepares a verifier, which reads the audience and the options once. It gives the same results as
/// `verifyLocalFirstIdentityProof`, and is a microsecond faster if there are options.
///
/// @param audience - The name that the client mints proofs for: at least one character, normalised as by `normalizeAudience`.
/// @param options - What to accept. Every member has a default.
/// @throws TypeError or RangeError naming the argument.
/// @example
/// const verify = createIdentityProofVerifier('my-app-signup', { maxTtlSeconds: 300 })
/// const { ok, id } = verify(token)
#[cfg(not(target_family = "wasm"))] // wasm/addon.mjs has one in JavaScript.
#[napi(
    catch_unwind,
    ts_args_type = "audience: string, options?: VerifyOptions",
    ts_return_type = "IdentityProofVerifier"
)]
pub fn create_identity_proof_verifier<'env>(
    env: &'env Env,
    audience: Value<'_>,
    options: Value<'_>,
) -> Result<napi::bindgen_prelude::Function<'env, Value<'static>, Verdict>> {
    guarded(|| {
        let settings = Settings::read(*env, audience, options)?;
        env.create_function_from_closure("verify", move |call| {
            guarded(|| match call.length() {
                0 => Ok(verdict(Err(local_first_identity::ProofError::Missing))),
                _ => settings.verify(&call.get::<Value<'_>>(0)?),
            })
        })
    })
}

/// The options as they were read. wasm/addon.mjs makes a verifier from them.
#[cfg(target_family = "wasm")]
#[napi(object, object_from_js = false)]
pub struct ReadOptions {
    /// In seconds. All members are as in `VerifyOptions`.
    pub max_ttl_seconds: f64,
    /// In seconds.
    pub clock_skew_seconds: f64,
    /// By their names.
    pub issuers: Vec<&'static str>,
    /// In Unix seconds.
    pub now: Option<f64>,
}

/// Reads and checks the arguments of a verifier, once.
#[cfg(target_family = "wasm")]
#[napi(catch_unwind, skip_typescript)]
pub fn read_verify_options(
    env: &Env,
    audience: Value<'_>,
    options: Value<'_>,
) -> Result<ReadOptions> {
    guarded(|| {
        let Settings { policy, now } = Settings::read(*env, audience, options)?;
        Ok(ReadOptions {
            max_ttl_seconds: as_number(policy.max_ttl_seconds),
            clock_skew_seconds: as_number(policy.clock_skew_seconds),
            issuers: policy.issuers.iter().map(|issuer| issuer.name()).collect(),
            now: now.map(as_number),
        })
    })
}

/// The arguments of a verifier.
struct Settings {
    policy: Policy,
    /// The time to verify at, in Unix seconds, instead of the system clock.
    now: Option<u64>,
}

impl Settings {
    fn read(env: Env, audience: Value<'_>, options: Value<'_>) -> Result<Self> {
        let mut policy = Policy::new(read_audience(env, audience)?);
        let names = ["maxTtlSeconds", "clockSkewSeconds", "issuers", "now"];
        let [max_ttl, clock_skew, issuers, now] = read_options(env, options, names)?;
        if let Some(value) = max_ttl {
            policy.max_ttl_seconds = read_seconds(env, "options.maxTtlSeconds", value, 1)?;
        }
        if let Some(value) = clock_skew {
            policy.clock_skew_seconds = read_seconds(env, "options.clockSkewSeconds", value, 0)?;
        }
        if let Some(value) = issuers {
            policy.issuers = read_issuers(env, "options.issuers", value)?;
        }
        let now = now
            .map(|value| read_seconds(env, "options.now", value, 0))
            .transpose()?;
        Ok(Self { policy, now })
    }

    fn verify(&self, token: &Value<'_>) -> Result<Verdict> {
        let now = self.now.map_or_else(clock, Ok)?;
        let outcome = match read_token(token)? {
            Ok(token) => local_first_identity::verify(token.as_str()?, &self.policy, now),
            Err(error) => Err(error),
        };
        Ok(verdict(outcome))
    }
}

/// Mints a proof of the identity that `secret` belongs to. For tests, scripts and clients that run in Node.
///
/// @param secret - The identity's secret: 43 characters of base64url without padding (32 bytes), with or without
///   `jazz-auth-v1:` before them.
/// @param audience - The name that the verifier expects: at least one character, normalised as by `normalizeAudience`.
/// @param ttlSeconds - How long the proof is valid, in seconds: an integer from 1. Verifiers accept 3,600 at most by default.
/// @param options - What else the token says. Every member has a default.
/// @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes. The same arguments at the same `now` give the same bytes.
/// @throws TypeError or RangeError naming the argument. The message never has the secret.
/// @throws Error if `now` is not given and the system clock is set to before 1970 or after 9999.
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
    options: Value<'_>,
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
            // Only the clock can be so late. The option is limited.
            let reason = "the system clock is set to beyond the year 9999";
            return Err(Error::from_reason(reason));
        }

        NonZeroU64::new(ttl)
            .filter(|ttl| now + ttl.get() <= LAST_SECOND)
            .and_then(|ttl| local_first_identity::mint(&secret, issuer, &audience, ttl, now).ok())
            .ok_or_else(|| range_error(*env, "ttlSeconds must not reach beyond the year 9999"))
    })
}
