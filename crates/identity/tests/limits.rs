//! The longest token that verifies, and the memory that the worst token takes.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use allocation_counter::{AllocationInfo, measure};
use local_first_identity::{Audience, MAX_TOKEN_BYTES, ProofError, Unverified, verify};
use serde_json::json;
use testing::tokens::{HEADER, HEAP_LIMIT, NOW, claims_with, encode, good_token, policy, sign};

/// Returns what one verification allocates, and its verdict.
fn cost(token: &str) -> (AllocationInfo, Option<ProofError>) {
    let mut verdict = None;
    let heap = measure(|| verdict = verify(token, &policy(), NOW).err());
    (heap, verdict)
}

/// Makes a good header of `bytes` bytes, with one long member that no rule names.
fn header_of(bytes: usize) -> String {
    let around = r#"{"alg":"EdDSA","x":""}"#.len();
    let filler = "x".repeat(bytes - around);
    format!(r#"{{"alg":"EdDSA","x":"{filler}"}}"#)
}

/// Makes good tokens with headers of every length that fits, and up to two spaces after the claims.
///
/// A length of base64 is never one above a multiple of four. The spaces give the tokens the lengths
/// that the header alone cannot.
fn good_tokens() -> impl Iterator<Item = String> {
    let padded = |spaces| claims_with(json!({})) + &" ".repeat(spaces);
    (0..3)
        .flat_map(move |spaces| {
            (30..1_300).map(move |bytes| sign(header_of(bytes), padded(spaces)))
        })
        .filter(|token| token.len() <= MAX_TOKEN_BYTES)
}

#[test]
fn every_length_up_to_the_longest_verifies() {
    let mut lengths = BTreeSet::new();
    for token in good_tokens() {
        lengths.insert(token.len());
        let verified = verify(&token, &policy(), NOW).map(|verified| verified.expires_at);
        assert_eq!(verified, Ok(NOW + 60), "{} bytes", token.len());
    }
    assert!((600..=MAX_TOKEN_BYTES).all(|length| lengths.contains(&length)));
}

#[test]
fn a_signature_of_any_length_is_decoded() {
    let good = good_token();
    let (signing_input, _) = good.rsplit_once('.').unwrap();
    for bytes in 0..1_200 {
        let token = format!("{signing_input}.{}", encode(vec![0; bytes]));
        let verdict = verify(&token, &policy(), NOW);
        assert_eq!(verdict, Err(ProofError::InvalidSignature), "{bytes} bytes");
    }
}

#[test]
fn a_token_is_decoded_on_the_stack_in_no_more_room_than_the_longest_needs() {
    assert!(size_of::<Unverified<'_>>() <= MAX_TOKEN_BYTES / 4 * 3 + 64);
    let token = good_token();
    let heap = measure(|| assert!(Unverified::parse(&token).is_ok()));
    assert_eq!(heap.count_total, 0);
}

#[test]
fn a_good_token_takes_no_heap() {
    let (heap, verdict) = cost(&good_token());
    assert_eq!((heap.count_total, verdict), (0, None));
}

#[test]
fn a_token_that_is_too_long_takes_no_heap() {
    for length in [MAX_TOKEN_BYTES + 1, 10_000, 1_000_000, 10_000_000] {
        for text in [
            "x".repeat(length),
            ".".repeat(length),
            "é".repeat(length.div_ceil(2)),
        ] {
            let (heap, verdict) = cost(&text);
            assert_eq!(
                (heap.count_total, verdict),
                (0, Some(ProofError::TooLong)),
                "{length}"
            );
        }
    }
}

/// Makes an object with as many members as fit into `length` bytes, one for each character from U+0100 on.
fn object(length: usize, member: impl Fn(char) -> String) -> String {
    let mut object = String::from("{");
    for name in '\u{100}'.. {
        let next = member(name);
        if object.len() + next.len() + 1 > length {
            break;
        }
        object += &next;
        object.push(',');
    }
    object.pop();
    object + "}"
}

/// A name with an escape is copied to the heap, and all names are kept until the last one is read.
#[test]
fn the_most_members_that_fit_take_no_more_heap_than_is_allowed() {
    let short = |name: char| format!("\"{name}\":1");
    let escaped = |name: char| format!("\"\\u{:04x}\":1", u32::from(name));
    let mut most = 0;
    for length in [100, 400, 800, 1_200, 1_400] {
        for members in [object(length, short), object(length, escaped)] {
            for token in [
                sign(&members, "{}"),
                sign("{}", &members),
                sign(HEADER, &members),
            ] {
                let (heap, verdict) = cost(&token);
                assert!(verdict.is_some());
                assert_eq!(heap.count_current, 0, "what is allocated is freed");
                most = most.max(heap.bytes_max);
            }
        }
    }
    assert!((1_000..=HEAP_LIMIT).contains(&most), "{most} bytes");
}

#[test]
fn an_audience_of_any_length_takes_no_heap() {
    for name in ["a".to_owned(), "x".repeat(10_000_000)] {
        let heap = measure(|| assert!(Audience::parse(&name).is_ok()));
        assert_eq!(heap.count_total, 0);
    }
}
