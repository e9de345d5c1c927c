//! A verdict as a JavaScript object.

#![allow(clippy::doc_markdown, reason = "these docs are TSDoc")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_first_identity::{ProofError, Verified};
use napi::bindgen_prelude::{Either, Undefined, Unknown};
use napi::{Env, Error, JsString, Result};
use napi_derive::napi;

use crate::arguments::as_number;

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

/// `{ ok: true, id, … }`, or `{ ok: false, error, code }`.
pub(crate) type Verdict<'env> = Either<VerifiedProof<'env>, Unknown<'env>>;

/// Writes a verdict.
pub(crate) fn verdict(
    env: &Env,
    outcome: std::result::Result<Verified, ProofError>,
) -> Result<Verdict<'_>> {
    match outcome {
        Ok(verified) => verified_proof(env, &verified).map(Either::A),
        Err(error) => rejected_proof(env, error).map(Either::B),
    }
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

/// V8 makes an object of a literal, and of texts that it has, in a third of the time in which
/// Node-API makes the texts and sets the properties one by one. That is a third of the whole call.
#[cfg(not(target_family = "wasm"))]
fn rejected_proof(env: &Env, error: ProofError) -> Result<Unknown<'_>> {
    rejections::of(env, error)
}

/// There, running a script is `eval`, which many a page's content security policy forbids.
#[cfg(target_family = "wasm")]
fn rejected_proof(env: &Env, error: ProofError) -> Result<Unknown<'_>> {
    use napi::bindgen_prelude::IntoUnknown;

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
    .into_unknown(env)
}

#[cfg(not(target_family = "wasm"))]
mod rejections {
    use local_first_identity::ProofError;
    use napi::bindgen_prelude::{Function, FunctionRef, Unknown};
    use napi::{Env, Result};

    /// Gives a new object for the index of a rule.
    type Factory = FunctionRef<u32, Unknown<'static>>;

    /// Makes the object of a rejection: by a function that each environment (a thread of Node's)
    /// has once, and that goes with it.
    pub(super) fn of(env: &Env, error: ProofError) -> Result<Unknown<'_>> {
        let known = env.get_instance_data::<Factory>()?;
        let factory = match known {
            Some(factory) => factory.borrow_back(env)?,
            None => make(env)?,
        };
        factory.call(error as u32)
    }

    fn make(env: &Env) -> Result<Function<'_, u32, Unknown<'static>>> {
        // Rust quotes plain ASCII as JavaScript does.
        let errors = ProofError::ALL.map(ProofError::sentence);
        let codes = ProofError::ALL.map(ProofError::code);
        let script = format!(
            "((errors, codes) => (rule) => ({{ ok: false, error: errors[rule], code: codes[rule] }}))({errors:?}, {codes:?})"
        );
        let factory: Function<'_, u32, Unknown<'static>> = env.run_script(script)?;
        env.set_instance_data(factory.create_ref()?, (), |_| ())?;
        Ok(factory)
    }
}
