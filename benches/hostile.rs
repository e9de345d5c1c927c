//! `cargo bench --bench hostile`: what each rejection costs, and the worst token there is of each length up to the cap,
//! beside a good verification: time by medians of turns, and the most heap that is held at once.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Instant;

use local_first_identity::{MAX_TOKEN_BYTES, ProofError, verify};
use serde_json::json;
use support::{HEADER, NOW, claims_with, encode, good_token, policy, sign};

const TURNS: usize = 41;
const CALLS: u32 = 200;

/// Texts of members, as many as fit in so many bytes of JSON.
fn members(bytes: usize, member: impl Fn(u32) -> String) -> String {
    let mut json = String::new();
    for index in 0.. {
        let next = member(index);
        if json.len() + next.len() + 1 > bytes {
            break;
        }
        if index > 0 {
            json.push(',');
        }
        json += &next;
    }
    json
}

/// A name of one character for each index, in an order that is far from sorted.
fn name(index: u32) -> char {
    char::from_u32(0x100 + index * 389 % 1024).unwrap()
}

/// Bytes of JSON that are left for a header in a token of that length, beside good claims and a signature.
fn room(length: usize) -> usize {
    let rest = encode(claims_with(json!({}))).len() + 88;
    (length - rest) / 4 * 3
}

/// Tokens of a length that were made to cost as much as they can, each of another kind.
fn worst(length: usize) -> Vec<(&'static str, String)> {
    let claims = claims_with(json!({}));
    let header = |inside: String| format!(r#"{{"alg":"EdDSA",{inside}}}"#);
    let space = room(length) - 20;
    let filler = header(format!(r#""x":"{}""#, "x".repeat(space - 6)));
    let many = header(members(space, |index| format!("\"{}\":1", name(index))));
    let escaped = header(members(space, |index| {
        format!("\"\\u{:04x}\":1", u32::from(name(index)))
    }));
    let nested = header(format!(
        r#""x":{}{}"#,
        "[".repeat(space / 2 - 4),
        "]".repeat(space / 2 - 4)
    ));
    let shallow = header(format!(
        r#""x":[{}]"#,
        vec!["[[]]"; space / 5 - 2].join(",")
    ));
    let one_text = header(format!(r#""x":"{}""#, "\\u0041".repeat(space / 6 - 2)));
    let forged = |header: &str| {
        let token = sign(header, &claims);
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        format!("{signing_input}.{}", encode([7; 64]))
    };
    let unknown = (length - 200) / 4 * 3 - 60;
    vec![
        ("a letter again and again", "x".repeat(length)),
        ("dots", ".".repeat(length)),
        ("one long member, good", sign(&filler, &claims)),
        ("one long member, forged", forged(&filler)),
        ("most members, good", sign(&many, &claims)),
        ("most members, forged", forged(&many)),
        ("most members, escaped, good", sign(&escaped, &claims)),
        ("most members, escaped, forged", forged(&escaped)),
        ("deep, forged", forged(&nested)),
        ("many lists, forged", forged(&shallow)),
        ("one long member of escapes, forged", forged(&one_text)),
        (
            "most claims",
            sign(
                HEADER,
                format!(
                    "{{{}}}",
                    members(unknown, |index| format!("\"{}\":1", name(index)))
                ),
            ),
        ),
        (
            "one long claim, of escapes",
            sign(
                HEADER,
                claims_with(json!({ "iss": "\u{1}".repeat(unknown / 6 - 60) })),
            ),
        ),
        (
            "a long signature",
            format!(
                "{}.{}",
                sign(HEADER, &claims).rsplit_once('.').unwrap().0,
                "A".repeat(length - 400)
            ),
        ),
    ]
    .into_iter()
    .filter(|(_, token)| token.len() <= length)
    .collect()
}

struct Row {
    what: String,
    token: String,
    verdict: Option<ProofError>,
    times: Vec<f64>,
}

fn row(what: impl Into<String>, token: String) -> Row {
    let verdict = verify(&token, &policy(), NOW).err();
    Row {
        what: what.into(),
        token,
        verdict,
        times: Vec::new(),
    }
}

/// One token for each rule, the usual way of breaking it.
fn rejections() -> Vec<Row> {
    use ProofError as E;
    let changed = |changes| sign(HEADER, claims_with(changes));
    let good = good_token();
    let tokens = [
        (E::Missing, String::new()),
        (E::TooLong, "x".repeat(MAX_TOKEN_BYTES + 1)),
        (E::Malformed, format!("{good}.")),
        (
            E::UnsupportedAlgorithm,
            sign(r#"{"alg":"none"}"#, claims_with(json!({}))),
        ),
        (
            E::UnsupportedHeader,
            sign(r#"{"alg":"EdDSA","crit":["exp"]}"#, claims_with(json!({}))),
        ),
        (E::InvalidClaims, changed(json!({ "nbf": NOW }))),
        (
            E::UnknownIssuer,
            changed(json!({ "iss": "urn:jazz:anonymous" })),
        ),
        (
            E::AudienceMismatch,
            changed(json!({ "aud": support::user_id(b"") })),
        ),
        (
            E::IssuedInFuture,
            changed(json!({ "iat": NOW + 61, "exp": NOW + 120 })),
        ),
        (E::Expired, changed(json!({ "iat": NOW - 60, "exp": NOW }))),
        (E::TtlTooLong, changed(json!({ "exp": NOW + 3601 }))),
        (
            E::InvalidPublicKey,
            changed(json!({ "jazz_pub_key": encode([2; 32]) })),
        ),
        (
            E::SubjectMismatch,
            changed(json!({ "sub": support::user_id(b"") })),
        ),
        (
            E::InvalidSignature,
            format!("{}.{}", good.rsplit_once('.').unwrap().0, encode([7; 64])),
        ),
    ];
    tokens
        .into_iter()
        .map(|(verdict, token)| {
            let row = row(verdict.code(), token);
            assert_eq!(row.verdict, Some(verdict));
            row
        })
        .collect()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let mut rows = vec![row("good", good_token())];
    rows.extend(rejections());
    for length in [1_000, MAX_TOKEN_BYTES] {
        rows.extend(
            worst(length)
                .into_iter()
                .map(|(what, token)| row(format!("{length} bytes: {what}"), token)),
        );
    }
    let policy = policy();
    for _ in 0..TURNS {
        for row in &mut rows {
            let start = Instant::now();
            for _ in 0..CALLS {
                let _verdict = black_box(verify(black_box(&row.token), &policy, NOW));
            }
            row.times
                .push(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
        }
    }
    let good = median(&mut rows[0].times);
    println!(
        "| token | bytes | verdict | µs | × good | heap at once, bytes |\n|---|---:|---|---:|---:|---:|"
    );
    for row in &mut rows {
        let time = median(&mut row.times);
        let heap =
            allocation_counter::measure(|| drop(black_box(verify(&row.token, &policy, NOW))));
        println!(
            "| {} | {} | {} | {time:.2} | {:.2} | {} |",
            row.what,
            row.token.len(),
            row.verdict.map_or("holds", ProofError::code),
            time / good,
            heap.bytes_max
        );
    }
}
