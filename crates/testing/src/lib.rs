//! Shared by the tests, the fuzzers and the benchmarks: makes tokens of every kind, and has a second
//! verifier to compare the first one with. Never published.

#![allow(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unwrap_used,
    reason = "a test panics if its own premise does not hold"
)]

pub mod mutation;
pub mod second_opinion;
pub mod signatures;
pub mod tokens;
