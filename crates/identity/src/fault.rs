//! A panic for the asking, to show what becomes of one. Never in a build that ships.

/// What a text begins with that asks for it. `scripts/shipped.mjs` refuses a binary that has it.
const ASKING: &str = "fault-injection:";

/// Panics if it is asked to, as the worst of panics would: its message quotes the text.
#[track_caller]
pub(crate) fn inject(text: &str) {
    assert!(
        !text.starts_with(ASKING),
        "fault-injection: the text is {text:?}"
    );
}
