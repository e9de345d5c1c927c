//! Verifies and mints local-first identity proofs. A proof shows who owns a local-first (Jazz) account.
//!
//! An app makes a 32-byte [`Secret`] on the device. An Ed25519 key is derived from it, and the hash of
//! that key is the [`UserId`]. The device signs a short-lived token. [`verify`] turns the token into a
//! [`Verified`] identity, or returns the rule that it breaks.
//!
//! ```
//! use std::num::NonZeroU64;
//!
//! use local_first_identity::{Audience, Issuer, Policy, ProofError, Secret, mint, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // On the device. 32 bytes of a secure random source; this one is for tests.
//! let secret = Secret::from_bytes([7; 32]);
//! let audience = Audience::parse("my-app-signup")?;
//! let minute = NonZeroU64::MIN.saturating_add(59);
//! let now = 1_795_305_565;
//! let token = mint(&secret, Issuer::LocalFirst, &audience, minute, now)?;
//!
//! // On the server, with a policy that is made once.
//! let policy = Policy::new(audience);
//! let verified = verify(&token, &policy, now)?;
//! assert_eq!(verified.user_id, secret.user_id());
//!
//! // A minute later the proof is over.
//! assert_eq!(verify(&token, &policy, now + 60), Err(ProofError::Expired));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/axum.rs` is a sign-up endpoint. It accepts each proof only once.
//!
//! | type | what it is |
//! |---|---|
//! | [`Unverified`] | a well-formed token whose signature is not verified yet |
//! | [`Policy`] | what the verifier accepts: audience, issuers, lifetime, clock skew |
//! | [`Verified`] | an identity; only [`verify`] makes one |
//! | [`ProofError`] | the rule that a token breaks, with a stable code |
//! | [`JwsError`], [`InvalidPublicKey`], [`InvalidSignature`] | errors of the layers below, which are independent of proofs |
//!
//! The crate does not read the clock or ask the operating system: time and randomness are parameters.
//! The wire format and the rules are in `docs/protocol.md`.
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `fault-injection` | off | makes certain texts panic, for a test of this project; never turn it on |
//!
//! On x86-64, `--cfg curve25519_dalek_backend="avx512"` in `RUSTFLAGS` makes verification a quarter
//! faster on a processor with AVX-512. On others it changes nothing.

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
pub use identity::{InvalidSecret, JazzAccountId, Secret, UserId};
pub use jws::{JwsError, MAX_TOKEN_BYTES, Unverified};
pub use proof::{InvalidTtl, Issuer, Policy, ProofError, Verified, mint, verify};
