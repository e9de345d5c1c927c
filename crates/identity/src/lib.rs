//! Checks that whoever holds a local-first identity really holds it, and mints the proof.
//!
//! An app makes a 32-byte [`Secret`] on the device; an Ed25519 key is derived from it, and the hash
//! of that key is the [`UserId`]. The device signs a short-lived token; [`verify`] turns the token
//! into a [`Verified`] identity, or says which rule it breaks.
//!
//! | type | what it stands for |
//! |---|---|
//! | [`Unverified`] | a well-formed token: it has no identity to give |
//! | [`Policy`] | what the verifier accepts: audience, issuers, lifetime, clock skew |
//! | [`Verified`] | an identity; only [`verify`] makes one |
//! | [`ProofError`] | the rule a token breaks, with a stable code |
//!
//! The core asks neither the clock nor the operating system: time and randomness are parameters.
//! The wire format and the rules are in `docs/protocol.md`.

#![forbid(unsafe_code)]

mod audience;
mod base64url;
mod ed25519;
#[cfg(feature = "fault-injection")]
mod fault;
mod identity;
mod jws;
mod proof;

pub use audience::{Audience, EmptyAudience};
pub use ed25519::{InvalidPublicKey, InvalidSignature, PublicKey};
pub use identity::{InvalidSecret, Secret, UserId};
pub use jws::{JwsError, MAX_TOKEN_BYTES, Unverified};
pub use proof::{InvalidTtl, Issuer, Policy, ProofError, Verified, mint, verify};
