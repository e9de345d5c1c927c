//! Panics on request, so that a test can see how a panic is handled. Never in a build that ships.

/// A text with this prefix panics. `scripts/shipped.mjs` refuses a binary that has the prefix.
const ASKING: &str = "fault-injection:";

/// Panics if the text has the prefix. The message quotes the text, as in the worst of panics.
#[track_caller]
pub(crate) fn inject(text: &str) {
    assert!(
        !text.starts_with(ASKING),
        "fault-injection: the text is {text:?}"
    );
}
