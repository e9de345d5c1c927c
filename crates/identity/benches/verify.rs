//! Measures the cost of a verdict, rule by rule, and of the bare signature check of the same build.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::num::NonZeroU64;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signature, VerifyingKey};
use local_first_identity::{
    Audience, Issuer, MAX_TOKEN_BYTES, Policy, ProofError, Secret, Unverified, mint, verify,
};

const NOW: u64 = 1_795_305_565;

fn token(issuer: Issuer, audience: &str, now: u64) -> String {
    let audience = Audience::parse(audience).unwrap();
    let ttl = NonZeroU64::new(60).unwrap();
    mint(&Secret::from_bytes([1; 32]), issuer, &audience, ttl, now).unwrap()
}

/// Replaces the signature by that of another token.
fn forge(token: &str) -> String {
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    let other = self::token(Issuer::LocalFirst, "another", NOW);
    let (_, signature) = other.rsplit_once('.').unwrap();
    format!("{signing_input}.{signature}")
}

fn bare(criterion: &mut Criterion, good: &str) {
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let public_key = Secret::from_bytes([1; 32]).public_key().encode();
    let public_key: [u8; 32] = URL_SAFE_NO_PAD
        .decode(public_key)
        .unwrap()
        .try_into()
        .unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let check = || {
        let key = VerifyingKey::from_bytes(black_box(&public_key)).unwrap();
        key.verify_strict(black_box(signing_input.as_bytes()), &signature)
    };
    assert!(check().is_ok());
    criterion.bench_function("bare ed25519-dalek from_bytes + verify_strict", |b| {
        b.iter(check);
    });
}

fn verdicts(criterion: &mut Criterion) {
    let good = token(Issuer::LocalFirst, "app", NOW);
    let policy = Policy::new(Audience::parse("app").unwrap());
    let text = |token: &str| token.to_owned();

    bare(criterion, &good);
    criterion.bench_function("parse", |b| {
        b.iter(|| Unverified::parse(black_box(&good)).is_ok());
    });

    let cases: [(&str, String, Option<ProofError>); 8] = [
        ("valid", text(&good), None),
        ("forged", forge(&good), Some(ProofError::InvalidSignature)),
        ("missing", text(""), Some(ProofError::Missing)),
        (
            "malformed",
            text("not a token"),
            Some(ProofError::Malformed),
        ),
        (
            "too long",
            "x".repeat(MAX_TOKEN_BYTES + 1),
            Some(ProofError::TooLong),
        ),
        (
            "unknown issuer",
            token(Issuer::Anonymous, "app", NOW),
            Some(ProofError::UnknownIssuer),
        ),
        (
            "audience mismatch",
            token(Issuer::LocalFirst, "other", NOW),
            Some(ProofError::AudienceMismatch),
        ),
        (
            "expired",
            token(Issuer::LocalFirst, "app", NOW - 60),
            Some(ProofError::Expired),
        ),
    ];
    for (name, token, expected) in cases {
        assert_eq!(verify(&token, &policy, NOW).err(), expected, "{name}");
        criterion.bench_function(&format!("verify: {name}"), |b| {
            b.iter(|| verify(black_box(&token), &policy, NOW));
        });
    }
}

criterion_group!(benches, verdicts);
criterion_main!(benches);
