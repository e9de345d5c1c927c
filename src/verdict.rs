//! A verdict as a JavaScript object.

#![allow(clippy::doc_markdown, reason = "these docs are TSDoc")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_first_identity::{ProofError, Verified};
use napi::bindgen_prelude::{Either, Undefined};
use napi_derive::napi;

use crate::arguments::as_number;

/// A proof that holds.
#[napi(object, object_from_js = false)]
pub struct VerifiedProof {
    /// The proof holds.
    #[napi(ts_type = "true")]
    pub ok: bool,
    /// The user ID that is proven: a UUID, lower case, hyphenated, 36 characters.
    pub id: String,
    /// Who vouches for the identity.
    #[napi(ts_type = "Issuer")]
    pub issuer: &'static str,
    /// When the proof was minted, in Unix seconds (RFC 7519 §4.1.6).
    pub issued_at: f64,
    /// When it stops holding, in Unix seconds (RFC 7519 §4.1.4).
    pub expires_at: f64,
    /// The SHA-256 of the signed text as 43 characters of base64url: the key to remember a used proof by.
    pub proof_id: String,
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
pub(crate) type Verdict = Either<VerifiedProof, RejectedProof>;

/// Writes a verdict.
///
/// Nothing of JavaScript's is called for it: near the end of the stack that would throw, though a
/// token never does.
pub(crate) fn verdict(outcome: Result<Verified, ProofError>) -> Verdict {
    match outcome {
        Ok(verified) => Either::A(verified_proof(&verified)),
        Err(error) => Either::B(rejected_proof(error)),
    }
}

fn verified_proof(verified: &Verified) -> VerifiedProof {
    VerifiedProof {
        ok: true,
        id: verified.user_id.to_string(),
        issuer: verified.issuer.name(),
        issued_at: as_number(verified.issued_at),
        expires_at: as_number(verified.expires_at),
        proof_id: URL_SAFE_NO_PAD.encode(verified.proof_digest),
        error: None,
        code: None,
    }
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
