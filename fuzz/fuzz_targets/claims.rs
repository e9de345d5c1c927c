//! Verifies correctly signed tokens. The input is the claims, or header and claims with a NUL between them.

#![no_main]

use std::sync::LazyLock;

use fuzz::{NOW, Verifiers, sign};
use libfuzzer_sys::fuzz_target;

const HEADER: &[u8] = br#"{"alg":"EdDSA","typ":"JWT"}"#;

static VERIFIERS: LazyLock<[Verifiers; 2]> =
    LazyLock::new(|| [Verifiers::at(NOW), Verifiers::lenient_at(NOW)]);

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let first = parts.next().unwrap_or_default();
    let (header, claims) = parts
        .next()
        .map_or((HEADER, first), |claims| (first, claims));
    let token = sign(header, claims);
    for verifiers in &*VERIFIERS {
        let _verdict = verifiers.judge(&token);
    }
});
