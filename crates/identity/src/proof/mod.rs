//! The identity proof: a token by which a device proves that it has an identity's secret.

mod claims;
mod error;
mod issuer;
mod mint;
mod policy;
mod verify;

pub use error::ProofError;
pub use issuer::Issuer;
pub use mint::{InvalidTtl, mint};
pub use policy::Policy;
pub use verify::{Verified, verify};
