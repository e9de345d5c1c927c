//! Turns a panic, which is our fault, into an error. The panic's message is never shown, because it
//! may quote a token or a secret. For example, the message of a failed slice quotes the text.

use std::io::{Write, stderr};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use napi::{Error, Result};
use napi_derive::module_init;

/// Replaces Rust's own hook, which prints the message. Runs as the library loads, before any panic.
#[module_init]
fn print_no_message() {
    // A debug build keeps the message and `RUST_BACKTRACE`, for debugging.
    if cfg!(not(debug_assertions)) {
        set_hook(Box::new(print_place));
    }
}

fn print_place(panic: &PanicHookInfo<'_>) {
    if let Some(place) = panic.location() {
        // `eprintln!` panics if the standard error is closed, and a panic in a hook aborts the process.
        let _ = writeln!(stderr(), "local-first-identity panicked at {place}");
    }
}

/// Runs the body of an export. A panic in it is thrown as an `Error` with a fixed message.
///
/// Nothing that a panic leaves half done outlives the call, so the next call works as before.
pub(crate) fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let reason =
            "a fault of local-first-identity: please report it, with the line on the standard error";
        Err(Error::from_reason(reason))
    })
}
