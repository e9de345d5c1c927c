//! Verifies tokens. The mutator changes a token as a text. Or it splits the token, changes a part and signs it again.

#![no_main]

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzz::{NOW, Verifiers, sign};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

static VERIFIERS: LazyLock<[Verifiers; 4]> = LazyLock::new(|| {
    [
        Verifiers::at(NOW),
        Verifiers::at(NOW + 59),
        Verifiers::at(u64::MAX),
        Verifiers::lenient_at(0),
    ]
});

fuzz_target!(|token: &str| {
    for verifiers in &*VERIFIERS {
        let _verdict = verifiers.judge(token);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let inside = (!seed.is_multiple_of(4))
        .then(|| mutate_inside(&data[..size], seed))
        .flatten()
        .filter(|token| token.len() <= max_size);
    let Some(token) = inside else {
        return fuzzer_mutate(data, size, max_size);
    };
    data[..token.len()].copy_from_slice(token.as_bytes());
    token.len()
});

/// Changes the header, the claims or the signature of a token. Mostly signs the result.
fn mutate_inside(token: &[u8], seed: u32) -> Option<String> {
    let mut parts = testing::second_opinion::split(std::str::from_utf8(token).ok()?).ok()?;
    let which = [1, 1, 1, 1, 0, 2][(seed / 4) as usize % 6];
    let part = &mut parts[which];
    let size = part.len();
    let room = size + 64;
    part.resize(room, 0);
    let size = fuzzer_mutate(part, size, room);
    part.truncate(size);

    let [header, claims, signature] = &parts;
    let signed = sign(header, claims);
    if which != 2 && !(seed / 24).is_multiple_of(8) {
        return Some(signed);
    }
    let (signing_input, _) = signed.rsplit_once('.')?;
    Some(format!(
        "{signing_input}.{}",
        URL_SAFE_NO_PAD.encode(signature)
    ))
}
