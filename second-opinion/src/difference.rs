//! Where the crate under test judges otherwise on purpose.

use crate::{Verdict, base64url};

/// Tokens that the two verifiers judge differently, and why.
#[derive(Debug)]
pub struct Difference {
    /// What the crate under test does, and what allows it.
    pub reason: &'static str,
    applies: fn(token: &str, ours: &Verdict, theirs: &Verdict) -> bool,
}

const MALFORMED: Verdict = Err("malformed");

/// Every difference that is wanted.
pub const DIFFERENCES: [Difference; 2] = [
    Difference {
        reason: "refused: a byte order mark, which readers of JSON may ignore (RFC 8259 §8.1)",
        applies: |token, ours, _| {
            *ours == MALFORMED && parts(token).any(|json| json.starts_with(b"\xef\xbb\xbf"))
        },
    },
    Difference {
        reason: "read: an escaped lone surrogate in a value that no rule reads; where one does, that rule refuses it",
        applies: |token, _, theirs| {
            *theirs == MALFORMED && parts(token).any(|json| has_surrogate_escape(&json))
        },
    },
];

/// Which of [`DIFFERENCES`] explains two verdicts on a token that are not the same.
///
/// - `ours`: by the crate under test
/// - `theirs`: by [`judge`](crate::judge)
#[must_use]
pub fn wanted_difference(token: &str, ours: &Verdict, theirs: &Verdict) -> Option<usize> {
    DIFFERENCES
        .iter()
        .position(|difference| (difference.applies)(token, ours, theirs))
}

/// Header and claims, decoded.
fn parts(token: &str) -> impl Iterator<Item = Vec<u8>> {
    token.split('.').take(2).filter_map(base64url::decode)
}

fn has_surrogate_escape(json: &[u8]) -> bool {
    json.to_ascii_lowercase()
        .windows(3)
        .any(|window| window == b"\\ud")
}
