//! The recorded results of the existing implementation.

#![allow(missing_docs, clippy::unwrap_used)]

use std::num::NonZeroU64;

use local_first_identity::{Audience, Issuer, Policy, Secret, mint, verify};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    secret: String,
    public_key: String,
    user_id: String,
}

#[derive(Deserialize)]
struct Normalisation {
    audience: String,
    aud: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    secret: String,
    audience: String,
    ttl_seconds: NonZeroU64,
    issued_at: u64,
    user_id: String,
    token: String,
}

fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Vec<T> {
    let facts: Vec<T> = serde_json::from_str(json).unwrap();
    assert!(!facts.is_empty());
    facts
}

#[test]
fn secrets_derive_the_recorded_keys_and_user_ids() {
    for fact in read::<Identity>(include_str!("../../../vectors/identities.json")) {
        let secret = Secret::parse(&fact.secret).unwrap();
        assert_eq!(*secret.encode(), fact.secret);
        assert_eq!(secret.public_key().encode(), fact.public_key);
        assert_eq!(secret.user_id().to_string(), fact.user_id);
    }
}

#[test]
fn audiences_normalise_as_recorded() {
    for fact in read::<Normalisation>(include_str!("../../../vectors/audiences.json")) {
        let audience = Audience::parse(&fact.audience).unwrap();
        assert_eq!(audience.to_string(), fact.aud, "{:?}", fact.audience);
    }
}

#[test]
fn minting_gives_the_recorded_bytes() {
    for fact in read::<Proof>(include_str!("../../../vectors/tokens.json")) {
        let secret = Secret::parse(&fact.secret).unwrap();
        let audience = Audience::parse(&fact.audience).unwrap();
        let token = mint(
            &secret,
            Issuer::LocalFirst,
            &audience,
            fact.ttl_seconds,
            fact.issued_at,
        )
        .unwrap();
        assert_eq!(token, fact.token);
    }
}

#[test]
fn recorded_tokens_prove_the_recorded_user() {
    for fact in read::<Proof>(include_str!("../../../vectors/tokens.json")) {
        let policy = Policy::new(Audience::parse(&fact.audience).unwrap());
        let verified = verify(&fact.token, &policy, fact.issued_at).unwrap();
        assert_eq!(verified.user_id.to_string(), fact.user_id);
        assert_eq!(verified.issuer, Issuer::LocalFirst);
        assert_eq!(verified.issued_at, fact.issued_at);
        assert_eq!(verified.expires_at, fact.issued_at + fact.ttl_seconds.get());
    }
}
