//! Turns a panic, which is our fault, into an error. The panic's message is never shown: it may
//! quote a token or a secret, as a failed slice of a text does.

use std::io::{Write, stderr};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use napi::{Error, Result};
use napi_derive::module_init;

/// As the library is loaded, so that no panic finds Rust's own hook, which prints what it says.
#[module_init]
fn print_no_message() {
    // Where a debugger runs, the message and `RUST_BACKTRACE` are what one wants.
    if cfg!(not(debug_assertions)) {
        set_hook(Box::new(print_place));
    }
}

fn print_place(panic: &PanicHookInfo<'_>) {
    if let Some(place) = panic.location() {
        // `eprintln!` panics where the standard error is closed: a panic in a hook is an abort.
        let _ = writeln!(stderr(), "local-first-identity panicked at {place}");
    }
}

/// Runs the body of an export. A panic in it is thrown as an `Error` with a fixed message.
///
/// Nothing that a panic leaves half done outlives the call, so that the next one is as good as ever.
pub(crate) fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let reason =
            "a fault of local-first-identity: please report it, with the line on the standard error";
        Err(Error::from_reason(reason))
    })
}
