//! `cargo bench --bench hostile`: measures the cost of each rejection, and of the worst tokens of 1,000 bytes and of the
//! longest length. Compares them with a good verification.
//!
//! The time is the median of all turns. The heap is the most that is held at once.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

use std::hint::black_box;
use std::time::Instant;

use local_first_identity::{MAX_TOKEN_BYTES, ProofError, verify};
use serde_json::json;
use testing::tokens::{HEADER, NOW, claims_with, encode, good_token, policy, sign};

const TURNS: usize = 401;
const CALLS: u32 = 20;

/// Makes JSON members, as many as fit into `bytes`.
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

/// Makes a name of one character for each index, in an order that is far from sorted.
fn name(index: u32) -> char {
    char::from_u32(0x100 + index * 389 % 1024).unwrap()
}

/// Returns the bytes of JSON that are left for a header in a token of `length` bytes with good claims and a signature.
fn room(length: usize) -> usize {
    let rest = encode(claims_with(json!({}))).len() + 88;
    (length - rest) / 4 * 3
}

/// Makes good headers that fill a token of `length` bytes, each of another kind.
fn headers(length: usize) -> [(&'static str, String); 6] {
    let space = room(length) - 20;
    let short = members(space, |index| format!("\"{}\":1", name(index)));
    let escaped = members(space, |index| {
        format!("\"\\u{:04x}\":1", u32::from(name(index)))
    });
    let brackets = space / 2 - 4;
    [
        (
            "one long member",
            format!(r#""x":"{}""#, "x".repeat(space - 6)),
        ),
        ("most members", short),
        ("most members, escaped", escaped),
        (
            "one member of escapes",
            format!(r#""x":"{}""#, "\\u0041".repeat(space / 6 - 2)),
        ),
        (
            "one deep member",
            format!(r#""x":{}{}"#, "[".repeat(brackets), "]".repeat(brackets)),
        ),
        (
            "one member of lists",
            format!(r#""x":[{}]"#, vec!["[[]]"; space / 5 - 2].join(",")),
        ),
    ]
    .map(|(what, inside)| (what, format!(r#"{{"alg":"EdDSA",{inside}}}"#)))
}

/// Makes the most expensive tokens of `length` bytes: good ones, the same ones forged, and others.
fn worst(length: usize) -> Vec<(String, String)> {
    let claims = claims_with(json!({}));
    let bytes = (length - 200) / 4 * 3 - 60;
    let most_claims = members(bytes, |index| format!("\"{}\":1", name(index)));
    let one_claim = claims_with(json!({ "iss": "\u{1}".repeat(bytes / 6 - 60) }));
    let long_signature = "A".repeat(length - 400);
    let mut tokens = vec![
        ("a letter again and again".to_owned(), "x".repeat(length)),
        ("dots".to_owned(), ".".repeat(length)),
        (
            "most claims".to_owned(),
            sign(HEADER, format!("{{{most_claims}}}")),
        ),
        ("one claim of escapes".to_owned(), sign(HEADER, one_claim)),
        (
            "a long signature".to_owned(),
            format!("{}.{long_signature}", signing_input(&sign(HEADER, &claims))),
        ),
    ];
    for (what, header) in headers(length) {
        let token = sign(header, &claims);
        tokens.push((format!("{what}, forged"), forge(&token)));
        tokens.push((format!("{what}, good"), token));
    }
    tokens
}

fn signing_input(token: &str) -> &str {
    token.rsplit_once('.').unwrap().0
}

fn forge(token: &str) -> String {
    format!("{}.{}", signing_input(token), encode([7; 64]))
}

struct Row {
    what: String,
    token: String,
    verdict: Option<ProofError>,
    /// In microseconds, one for each turn.
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

impl Row {
    fn time(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }
}

/// Makes one token for each rule, which breaks it in the usual way.
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
            changed(json!({ "aud": testing::tokens::user_id(b"") })),
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
            changed(json!({ "sub": testing::tokens::user_id(b"") })),
        ),
        (E::InvalidSignature, forge(&good)),
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

/// Takes turns, so that a slower machine slows all tokens down alike.
fn measure(groups: &mut [Vec<Row>]) {
    let policy = policy();
    for _ in 0..TURNS {
        for row in groups.iter_mut().flatten() {
            let start = Instant::now();
            for _ in 0..CALLS {
                let _verdict = black_box(verify(black_box(&row.token), &policy, NOW));
            }
            let time = start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS);
            row.times.push(time);
        }
    }
}

/// Prints a group. Compares each token with the usual good one, and with the most expensive good one of the group.
fn print(group: &[Row], usual: f64) {
    let good = group.iter().filter(|row| row.verdict.is_none());
    let dearest = good.map(Row::time).fold(0.0, f64::max);
    for row in group {
        let time = row.time();
        let heap =
            allocation_counter::measure(|| drop(black_box(verify(&row.token, &policy(), NOW))));
        println!(
            "| {} | {} | {} | {time:.2} | {:.2} | {:.2} | {} |",
            row.what,
            row.token.len(),
            row.verdict.map_or("holds", ProofError::code),
            time / usual,
            time / dearest,
            heap.bytes_max
        );
    }
}

fn main() {
    let mut usual = vec![row("a good token", good_token())];
    usual.extend(rejections());
    let worst = [1_000, MAX_TOKEN_BYTES].map(|length| {
        let rows = worst(length).into_iter();
        rows.map(|(what, token)| row(what, token)).collect()
    });
    let mut groups: Vec<Vec<Row>> = std::iter::once(usual).chain(worst).collect();
    measure(&mut groups);

    println!(
        "| token | bytes | verdict | µs | × the usual good one | × the dearest good one of the length | heap at once, bytes |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|");
    let usual = groups[0][0].time();
    for group in &groups {
        print(group, usual);
    }
}
