//! Texts that are nearly a good value are refused. None is trimmed, cut, case-folded or decoded to that value.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect
)]

use ed25519_dalek::{Signature, VerifyingKey};
use local_first_identity::{Audience, Policy, ProofError, verify};
use serde_json::{Value, json};
use testing::signatures::{challenge, join, point};
use testing::tokens::{HEADER, NOW, claims, claims_with, encode, key, policy, sign};

/// Makes variants of a text: with something before or after it, cut short, and in upper and lower case.
fn neighbours(text: &str) -> Vec<String> {
    let added = [" ", "\t", "\n", "\0", "x", "\u{feff}", "\u{200d}"];
    let around = added
        .iter()
        .flat_map(|one| [format!("{one}{text}"), format!("{text}{one}")]);
    let cut = [text.get(1..).unwrap(), text.get(..text.len() - 1).unwrap()];
    let cased = [text.to_uppercase(), text.to_lowercase()];
    around
        .chain(cut.map(str::to_owned))
        .chain(cased)
        .filter(|other| other != text)
        .collect()
}

fn told(header: &str, claims: impl AsRef<[u8]>) -> Option<ProofError> {
    verify(&sign(header, claims), &policy(), NOW).err()
}

#[test]
fn a_claim_that_is_nearly_right_is_refused() {
    let good = claims(&key(1));
    for (claim, error) in [
        ("iss", ProofError::UnknownIssuer),
        ("aud", ProofError::AudienceMismatch),
        ("jazz_pub_key", ProofError::InvalidPublicKey),
        ("sub", ProofError::SubjectMismatch),
    ] {
        let value = good.get(claim).and_then(Value::as_str).unwrap();
        for other in neighbours(value) {
            // In another case, the base64url may be another valid key.
            let nearly = [error, ProofError::SubjectMismatch];
            let verdict = told(HEADER, claims_with(json!({ claim: other }))).unwrap();
            assert!(nearly.contains(&verdict), "{claim} {other:?}: {verdict:?}");
        }
        let surrogate = claims_with(json!({})).replace(value, &format!("{value}\\ud800"));
        assert_eq!(
            told(HEADER, surrogate),
            Some(ProofError::InvalidClaims),
            "{claim}"
        );
    }
}

#[test]
fn an_aud_that_is_not_in_the_normal_form_is_refused() {
    let aud = policy().audience.to_string();
    for other in [
        aud.replace('-', ""),
        format!("urn:uuid:{aud}"),
        format!("{{{aud}}}"),
    ] {
        let verdict = told(HEADER, claims_with(json!({ "aud": other })));
        assert_eq!(verdict, Some(ProofError::AudienceMismatch), "{other}");
    }
}

#[test]
fn a_key_that_is_not_strict_base64url_is_refused() {
    let bytes = key(1).verifying_key().to_bytes();
    let text = encode(bytes);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let (start, last) = text.split_at(text.len() - 1);
    // 32 bytes do not use two bits of the last character.
    let loose = char::from(last.as_bytes().first().unwrap() + 1);
    let standard = text.replace('-', "+").replace('_', "/");
    let forms = [
        hex,
        format!("{start}{loose}"),
        format!("{text}="),
        format!("{text}AA"),
    ];
    let other_alphabet = (standard != text).then_some(standard);
    for other in forms.into_iter().chain(other_alphabet) {
        let verdict = told(HEADER, claims_with(json!({ "jazz_pub_key": other })));
        assert_eq!(verdict, Some(ProofError::InvalidPublicKey), "{other}");
    }
}

#[test]
fn a_claim_whose_name_is_nearly_right_is_refused() {
    let good = claims_with(json!({}));
    for name in ["iss", "sub", "aud", "jazz_pub_key", "iat", "exp"] {
        for other in neighbours(name) {
            let other = json!(other).to_string();
            let renamed = good.replace(&format!("\"{name}\":"), &format!("{other}:"));
            let verdict = told(HEADER, renamed);
            assert_eq!(verdict, Some(ProofError::InvalidClaims), "{other}");
        }
    }
}

#[test]
fn a_header_that_is_nearly_right_is_refused() {
    let object = claims_with(json!({}));
    let rest = ["ES256", "HS256", "Ed25519", "EdDSA\u{301}"].map(str::to_owned);
    for alg in neighbours("EdDSA").into_iter().chain(rest) {
        let verdict = told(&json!({ "alg": alg }).to_string(), &object);
        assert_eq!(verdict, Some(ProofError::UnsupportedAlgorithm), "{alg:?}");
    }
    for name in neighbours("alg") {
        let verdict = told(&json!({ name.clone(): "EdDSA" }).to_string(), &object);
        assert_eq!(verdict, Some(ProofError::UnsupportedAlgorithm), "{name:?}");
    }
    let surrogate = told(r#"{"alg":"EdDSA\ud800"}"#, &object);
    assert_eq!(surrogate, Some(ProofError::UnsupportedAlgorithm));

    // Here the case of ASCII letters does not matter.
    let rest = ["JOSE", "at+jwt", "application/jwt", "\u{ff2a}WT"].map(str::to_owned);
    let others = neighbours("JWT").into_iter().filter(|typ| typ != "jwt");
    for typ in others.chain(rest) {
        let verdict = told(&json!({ "alg": "EdDSA", "typ": typ }).to_string(), &object);
        assert_eq!(verdict, Some(ProofError::UnsupportedHeader), "{typ:?}");
    }
}

#[test]
fn a_duplicate_member_is_found_among_many() {
    let many = |twice: bool| {
        let names = (0..100).map(|index| format!("m{index}"));
        let names = names.chain(twice.then(|| "m0".to_owned()));
        let members = names.map(|name| format!("\"{name}\":0"));
        let members = members.collect::<Vec<_>>().join(",");
        told(
            &format!("{{\"alg\":\"EdDSA\",{members}}}"),
            claims_with(json!({})),
        )
    };
    assert_eq!(many(false), None);
    assert_eq!(many(true), Some(ProofError::Malformed));
}

#[test]
fn names_of_an_app_that_differ_anywhere_are_different_audiences() {
    let uuid = "9e0495df-0c67-5225-9628-35b8335fb38c";
    let long = "x".repeat(300);
    let names = [
        uuid.to_owned(),
        format!("{uuid} "),
        format!(" {uuid}"),
        format!("{uuid}\0"),
        format!("{long}a"),
        format!("{long}b"),
        "00000000-a".to_owned(),
        "00000000-b".to_owned(),
        "my-app".to_owned(),
        "My-App".to_owned(),
        "my-app\0".to_owned(),
    ];
    let audiences = names
        .each_ref()
        .map(|name| Audience::parse(name).unwrap().to_string());
    assert_eq!(
        audiences.each_ref().map(String::as_str),
        names
            .each_ref()
            .map(|name| testing::second_opinion::normalize_audience(name))
            .each_ref()
            .map(String::as_str)
    );
    let different: std::collections::BTreeSet<_> = audiences.iter().collect();
    assert_eq!(different.len(), names.len());
}

#[test]
fn a_longer_limit_of_the_lifetime_holds_and_times_are_those_of_the_token() {
    let day = 86_400;
    let policy = Policy {
        max_ttl_seconds: 2 * day,
        ..policy()
    };
    let lasting = |seconds| {
        let times = json!({ "iat": NOW + 30, "exp": NOW + 30 + seconds });
        verify(&sign(HEADER, claims_with(times)), &policy, NOW)
            .map(|verified| (verified.issued_at, verified.expires_at))
    };
    assert_eq!(lasting(2 * day), Ok((NOW + 30, NOW + 30 + 2 * day)));
    assert_eq!(lasting(2 * day + 1), Err(ProofError::TtlTooLong));
}

/// A second signature with another nonce must not get around one-time use.
#[test]
fn two_signatures_over_the_same_claims_are_the_same_proof() {
    let token = testing::tokens::good_token();
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    let (a, r) = (key(1).to_scalar(), key(2).to_scalar());
    let public_key = key(1).verifying_key().to_bytes();
    let encoded_r = point(r, 0).compress().to_bytes();
    let s = r + challenge(&encoded_r, &public_key, signing_input.as_bytes()) * a;
    let signature = join(&encoded_r, s.as_bytes());
    let other = format!("{signing_input}.{}", encode(signature));
    assert_ne!(other, token);
    let strict = VerifyingKey::from_bytes(&public_key).unwrap();
    let signature = Signature::from_bytes(&signature);
    assert!(
        strict
            .verify_strict(signing_input.as_bytes(), &signature)
            .is_ok()
    );

    let proof = |token: &str| verify(token, &policy(), NOW).unwrap();
    assert_eq!(proof(&token).proof_digest, proof(&other).proof_digest);
    let another = sign(HEADER, claims_with(json!({ "exp": NOW + 61 })));
    assert_ne!(proof(&token).proof_digest, proof(&another).proof_digest);
}
