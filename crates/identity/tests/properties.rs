//! Properties that hold for every input, tested on many.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::num::NonZeroU64;

use local_first_identity::{
    Audience, InvalidPublicKey, InvalidSecret, Issuer, Policy, ProofError, PublicKey, Secret,
    UserId, mint, verify,
};
use proptest::prelude::*;
use testing::tokens::{NOW, good_token, policy};

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn issuer() -> impl Strategy<Value = Issuer> {
    prop::sample::select(Issuer::ALL.to_vec())
}

/// Pieces of a token in any order, which get further than random text.
fn almost_a_token() -> impl Strategy<Value = String> {
    let good = good_token();
    let parts: Vec<String> = good.split('.').map(str::to_owned).collect();
    let piece = prop_oneof![
        prop::sample::select(parts),
        Just(".".to_owned()),
        Just("..".to_owned()),
        "[A-Za-z0-9_-]{0,8}",
        r#"\{"(alg|iss|exp)":("EdDSA"|[0-9]{1,30}|null)\}"#.prop_map(testing::tokens::encode),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_minted_verifies(
        bytes in any::<[u8; 32]>(),
        issuer in issuer(),
        name in ".{1,300}",
        ttl in 1..=3600_u64,
        now in 0..=u64::MAX / 2,
        age in any::<prop::sample::Index>(),
    ) {
        let secret = Secret::from_bytes(bytes);
        let audience = Audience::parse(&name).unwrap();
        let ttl = NonZeroU64::new(ttl).unwrap();
        let token = mint(&secret, issuer, &audience, ttl, now).unwrap();
        let policy = Policy { issuers: &Issuer::ALL, ..Policy::new(audience) };
        let later = now + age.index(usize::try_from(ttl.get()).unwrap()) as u64;

        let verified = verify(&token, &policy, later).unwrap();
        prop_assert_eq!(verified.user_id, secret.user_id());
        prop_assert_eq!(verified.issuer, issuer);
        prop_assert_eq!(verified.issued_at, now);
        prop_assert_eq!(verified.expires_at, now + ttl.get());
        prop_assert!(token.len() < 500);
    }

    #[test]
    fn a_token_does_not_pass_for_another_audience(ours in ".{1,40}", theirs in ".{1,40}") {
        let (ours, theirs) = (Audience::parse(&ours).unwrap(), Audience::parse(&theirs).unwrap());
        prop_assume!(ours != theirs);
        let secret = Secret::from_bytes([1; 32]);
        let token = mint(&secret, Issuer::LocalFirst, &theirs, NonZeroU64::MIN, NOW).unwrap();
        prop_assert_eq!(
            verify(&token, &Policy::new(ours), NOW),
            Err(ProofError::AudienceMismatch)
        );
    }

    #[test]
    fn any_change_of_one_character_is_rejected(at in any::<prop::sample::Index>(), to in any::<char>()) {
        let good = good_token();
        let at = at.index(good.len());
        prop_assume!(!good[at..].starts_with(to));
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assert!(verify(&changed, &policy(), NOW).is_err());
    }

    #[test]
    fn any_missing_or_added_character_is_rejected(
        at in any::<prop::sample::Index>(),
        added in prop::sample::select(BASE64URL.to_vec()),
    ) {
        let good = good_token();
        let at = at.index(good.len());
        let shorter = format!("{}{}", &good[..at], &good[at + 1..]);
        let longer = format!("{}{}{}", &good[..at], char::from(added), &good[at..]);
        prop_assert!(verify(&shorter, &policy(), NOW).is_err());
        prop_assert!(verify(&longer, &policy(), NOW).is_err());
    }

    #[test]
    fn nothing_panics(text in any::<String>(), now: u64, skew: u64, ttl: u64) {
        let policy = Policy { clock_skew_seconds: skew, max_ttl_seconds: ttl, ..policy() };
        prop_assert!(verify(&text, &policy, now).is_err());
        let _: Result<Secret, InvalidSecret> = Secret::parse(&text);
        let _: Result<PublicKey, InvalidPublicKey> = PublicKey::parse(&text);
        let user_id = Audience::parse(&text).map(|audience| audience.to_string().len());
        prop_assert_eq!(user_id.unwrap_or(36), 36);
    }

    #[test]
    fn nothing_panics_on_what_is_almost_a_token(text in almost_a_token(), now: u64) {
        // Only the whole token, put together again, may pass.
        prop_assert!(text == good_token() || verify(&text, &policy(), now).is_err());
    }

    #[test]
    fn the_sentence_repeats_nothing_of_the_token(text in "[A-Za-z]{4,40}") {
        let error = verify(&text, &policy(), NOW).unwrap_err();
        prop_assert_eq!(error, ProofError::Malformed);
        prop_assert_eq!(error.to_string(), ProofError::Malformed.sentence());

        let claims = testing::tokens::claims_with(serde_json::json!({ "iss": text }));
        let error = verify(&testing::tokens::sign(testing::tokens::HEADER, claims), &policy(), NOW).unwrap_err();
        prop_assert_eq!(error.to_string(), ProofError::UnknownIssuer.sentence());
    }

    #[test]
    fn an_encoded_secret_parses_to_the_same_secret(bytes in any::<[u8; 32]>()) {
        let text = Secret::from_bytes(bytes).encode();
        prop_assert_eq!(text.len(), 43);
        let read = Secret::parse(&text).unwrap();
        prop_assert_eq!(read.encode(), text);
    }

    #[test]
    fn a_normal_form_normalises_to_itself(name in "(.{1,60}|(urn:uuid:|URN:|\\{)?[0-9a-fA-F-]{32,36}\\}?)") {
        let audience = Audience::parse(&name).unwrap();
        prop_assert_eq!(Audience::parse(&audience.to_string()), Ok(audience));
        prop_assert_eq!(testing::second_opinion::normalize_audience(&name), audience.to_string());
    }

    #[test]
    fn a_uuid_in_any_form_normalises_to_itself(bytes in any::<[u8; 16]>()) {
        let uuid = uuid::Uuid::from_bytes(bytes);
        let forms = [
            uuid.hyphenated().to_string(),
            uuid.hyphenated().to_string().to_uppercase(),
            uuid.simple().to_string(),
            uuid.braced().to_string(),
            uuid.urn().to_string(),
        ];
        for form in forms {
            prop_assert_eq!(Audience::parse(&form).unwrap().to_string(), uuid.hyphenated().to_string());
        }
    }
}

/// Tries every position and every character of the alphabet, without sampling.
#[test]
fn any_changed_character_of_the_signature_is_rejected() {
    let good = good_token();
    let start = good.rfind('.').unwrap() + 1;
    let mut tried = 0;
    for at in start..good.len() {
        for to in BASE64URL.iter().map(|byte| char::from(*byte)) {
            let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
            if changed != good {
                assert!(verify(&changed, &policy(), NOW).is_err(), "{at} {to}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 86 * 63);
}

#[test]
fn texts_that_are_no_secret_are_refused() {
    let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert!(Secret::parse(good).is_ok());
    for text in [
        "",
        "A",
        &good[1..],
        &format!("{good}A"),
        &format!("{good}="),
        &good.replacen('A', "+", 1),
    ] {
        assert_eq!(Secret::parse(text).err(), Some(InvalidSecret), "{text}");
    }
    let loose_bits = format!("{}B", &good[1..]);
    assert_eq!(Secret::parse(&loose_bits).err(), Some(InvalidSecret));
}

#[test]
fn minting_refuses_a_time_beyond_64_bits() {
    let mint_at = |now| {
        let audience = policy().audience;
        mint(
            &Secret::from_bytes([1; 32]),
            Issuer::LocalFirst,
            &audience,
            NonZeroU64::MIN,
            now,
        )
    };
    assert!(mint_at(u64::MAX - 1).is_ok());
    assert_eq!(mint_at(u64::MAX), Err(local_first_identity::InvalidTtl));
}

#[test]
fn a_user_id_is_written_without_allocating_as_it_is_displayed() {
    let user_id: UserId = Secret::from_bytes([1; 32]).user_id();
    assert_eq!(user_id.encode(&mut [0; 36]), user_id.to_string());
}

#[test]
fn an_empty_audience_is_refused() {
    assert_eq!(
        Audience::parse(""),
        Err(local_first_identity::EmptyAudience)
    );
}
