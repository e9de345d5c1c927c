//! The intended differences between the crate under test and the second opinion.

use super::{Verdict, base64url};

/// A class of tokens that get different verdicts, and the reason.
#[derive(Debug)]
pub struct Difference {
    /// What the crate under test does, and what allows it.
    pub reason: &'static str,
    applies: fn(token: &str, ours: &Verdict) -> bool,
}

const MALFORMED: Verdict = Err("malformed");

/// Every intended difference.
pub const DIFFERENCES: [Difference; 1] = [Difference {
    reason: "refused: a byte order mark, which readers of JSON may ignore (RFC 8259 §8.1)",
    applies: |token, ours| {
        *ours == MALFORMED && parts(token).any(|json| json.starts_with(b"\xef\xbb\xbf"))
    },
}];

/// Returns the index in [`DIFFERENCES`] of the difference that explains the verdict `ours`; `None` if there is none.
///
/// Ask only if the second opinion gives another verdict.
#[must_use]
pub fn wanted_difference(token: &str, ours: &Verdict) -> Option<usize> {
    DIFFERENCES
        .iter()
        .position(|difference| (difference.applies)(token, ours))
}

/// Decodes header and claims.
fn parts(token: &str) -> impl Iterator<Item = Vec<u8>> {
    token.split('.').take(2).filter_map(base64url::decode)
}
