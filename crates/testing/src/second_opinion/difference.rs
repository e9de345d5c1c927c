//! Where the crate under test judges otherwise on purpose.

use super::{Verdict, base64url};

/// Tokens that the two verifiers judge differently, and why.
#[derive(Debug)]
pub struct Difference {
    /// What the crate under test does, and what allows it.
    pub reason: &'static str,
    applies: fn(token: &str, ours: &Verdict) -> bool,
}

const MALFORMED: Verdict = Err("malformed");

/// Every difference that is wanted.
pub const DIFFERENCES: [Difference; 1] = [Difference {
    reason: "refused: a byte order mark, which readers of JSON may ignore (RFC 8259 §8.1)",
    applies: |token, ours| {
        *ours == MALFORMED && parts(token).any(|json| json.starts_with(b"\xef\xbb\xbf"))
    },
}];

/// Which of [`DIFFERENCES`] explains the verdict of the crate under test, where this one's is another.
#[must_use]
pub fn wanted_difference(token: &str, ours: &Verdict) -> Option<usize> {
    DIFFERENCES
        .iter()
        .position(|difference| (difference.applies)(token, ours))
}

/// Header and claims, decoded.
fn parts(token: &str) -> impl Iterator<Item = Vec<u8>> {
    token.split('.').take(2).filter_map(base64url::decode)
}
