//! Splits and decodes any text as a token.

#![no_main]

use libfuzzer_sys::fuzz_target;
use local_first_identity::{ProofError, Unverified};

fuzz_target!(|text: &str| {
    let mut ours = Ok(());
    let heap = allocation_counter::measure(|| ours = Unverified::parse(text).map(drop));
    assert_eq!(heap.bytes_total, 0, "a token is decoded on the stack");
    assert_eq!(
        ours.map_err(|error| ProofError::from(error).code()),
        testing::second_opinion::split(text).map(drop)
    );
});
