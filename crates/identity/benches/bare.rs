//! Measures the bare signature check. `npm run bench` compares with it in the same run.
//!
//! The first three lines of the input are a token's signing input, public key and signature (the last
//! two as base64url). Each further line is a number of repetitions. For each of these, it prints the
//! nanoseconds that one repetition took.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::io::BufRead;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};

fn main() {
    let mut lines = std::io::stdin().lock().lines().map(Result::unwrap);
    // `cargo test --benches` runs this without input.
    let Some(signing_input) = lines.next() else {
        return;
    };
    let public_key: [u8; 32] = URL_SAFE_NO_PAD
        .decode(lines.next().unwrap())
        .unwrap()
        .try_into()
        .unwrap();
    let signature = URL_SAFE_NO_PAD.decode(lines.next().unwrap()).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();

    for repetitions in lines.map(|line| line.parse::<u32>().unwrap()) {
        let start = Instant::now();
        for _ in 0..repetitions {
            let key = VerifyingKey::from_bytes(black_box(&public_key)).unwrap();
            key.verify_strict(black_box(signing_input.as_bytes()), &signature)
                .unwrap();
        }
        println!(
            "{}",
            start.elapsed().as_secs_f64() * 1e9 / f64::from(repetitions)
        );
    }
}
