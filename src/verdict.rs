//! Turns a verdict into a JavaScript object.

#![allow(clippy::doc_markdown, reason = "these docs are TSDoc")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_first_identity::{ProofError, Verified};
use napi::bindgen_prelude::{Either, Undefined};
use napi_derive::napi;

use crate::arguments::as_number;

/// A valid proof.
#[napi(object, object_from_js = false)]
pub struct VerifiedProof {
    /// The proof is valid.
    #[napi(ts_type = "true")]
    pub ok: bool,
    /// The user ID that is proven: a UUID, lower case, hyphenated, 36 characters.
    pub id: String,
    /// The issuer of the proof.
    #[napi(ts_type = "Issuer")]
    pub issuer: &'static str,
    /// When the proof was minted, in Unix seconds (RFC 7519 §4.1.6).
    pub issued_at: f64,
    /// When the proof expires, in Unix seconds (RFC 7519 §4.1.4).
    pub expires_at: f64,
    /// The SHA-256 of the signed text, as 43 characters of base64url: the key under which to remember a used proof.
    pub proof_id: String,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub error: Option<Undefined>,
    /// Absent.
    #[napi(ts_type = "undefined")]
    pub code: Option<Undefined>,
}

/// A refused proof.
#[napi(object, object_from_js = false)]
pub struct RejectedProof {
    /// The proof is refused.
    #[napi(ts_type = "false")]
    pub ok: bool,
    /// One fixed English sentence per code, safe to send to the client. It repeats nothing from the token.
    pub error: &'static str,
    /// The check that the proof failed. For debugging only: the token is unauthenticated.
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

/// Makes the JavaScript object of a verdict.
///
/// Calls no JavaScript: near the end of the stack such a call would throw, and a token must never
/// cause an error.
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
