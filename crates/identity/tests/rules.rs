//! The rules, each with the tokens that break it, and the nearest ones that do not.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value
)]

use std::collections::BTreeSet;

use ed25519_dalek::Signer;
use local_first_identity::{Issuer, MAX_TOKEN_BYTES, Policy, ProofError, verify};
use serde_json::json;
use testing::tokens::{HEADER, NOW, claims_with, encode, good_token, key, policy, sign, user_id};

/// What is wrong with a token, the token, and the verdict on it.
type Case = (&'static str, String, Result<(), ProofError>);

#[rustfmt::skip] // one case per line
fn form() -> Vec<Case> {
    use ProofError::{Malformed, Missing, TooLong};

    let good = good_token();
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let object = claims_with(json!({}));
    let no_brace = object.strip_suffix('}').unwrap();
    // 64 bytes do not use four bits of the last character. In an `x`, these are not all zero.
    let loose_bits = format!("{}{}", &good[..good.len() - 1], 'x');
    let padded_claims = claims_with(json!({ "pad": "x".repeat(MAX_TOKEN_BYTES) }));
    vec![
        ("empty", String::new(), Err(Missing)),
        ("white space", " ".into(), Err(Malformed)),
        ("no dots", "abc".into(), Err(Malformed)),
        ("one dot", format!("{header}.{claims}"), Err(Malformed)),
        ("three dots", format!("{good}."), Err(Malformed)),
        ("five parts", format!("{good}.{header}.{claims}"), Err(Malformed)),
        ("a leading space", format!(" {good}"), Err(Malformed)),
        ("a trailing newline", format!("{good}\n"), Err(Malformed)),
        ("base64 with padding", format!("{good}=="), Err(Malformed)),
        ("the other alphabet", format!("{header}.{claims}.+/{}", &signature[2..]), Err(Malformed)),
        ("loose last bits", loose_bits, Err(Malformed)),
        ("a part of 1 more than a multiple of 4", format!("{header}A.{claims}.{signature}"), Err(Malformed)),
        ("letters beyond ASCII", format!("{header}.{claims}.é"), Err(Malformed)),
        ("an empty header", format!(".{claims}.{signature}"), Err(Malformed)),
        ("empty claims", format!("{header}..{signature}"), Err(Malformed)),
        ("a header that is an array", sign("[]", &object), Err(Malformed)),
        ("claims that are a string", sign(HEADER, r#""iss""#), Err(Malformed)),
        ("claims that are null", sign(HEADER, "null"), Err(Malformed)),
        ("claims cut short", sign(HEADER, no_brace), Err(Malformed)),
        ("text after the claims", sign(HEADER, format!("{object}x")), Err(Malformed)),
        ("a second object after the claims", sign(HEADER, format!("{object}{{}}")), Err(Malformed)),
        ("a trailing comma", sign(HEADER, format!("{no_brace},}}")), Err(Malformed)),
        ("a byte order mark", sign(HEADER, format!("\u{feff}{object}")), Err(Malformed)),
        ("claims that are not UTF-8", sign(HEADER, [&object.as_bytes()[..10], b"\xff\xfe"].concat()), Err(Malformed)),
        ("a claim twice", sign(HEADER, format!(r#"{no_brace},"iat":{NOW}}}"#)), Err(Malformed)),
        ("a claim twice, once escaped", sign(HEADER, format!(r#"{no_brace},"\u0069at":{NOW}}}"#)), Err(Malformed)),
        ("an unknown claim twice", sign(HEADER, format!(r#"{no_brace},"a":1,"b":1,"a":1}}"#)), Err(Malformed)),
        ("a header member twice", sign(r#"{"alg":"EdDSA","alg":"EdDSA"}"#, &object), Err(Malformed)),
        ("an unknown header member twice", sign(r#"{"alg":"EdDSA","kid":1,"kid":2}"#, &object), Err(Malformed)),
        ("nesting without end", sign(HEADER, format!(r#"{{"a":{}}}"#, "[".repeat(1000))), Err(Malformed)),
        ("as long as allowed", "x".repeat(MAX_TOKEN_BYTES), Err(Malformed)),
        ("longer", "x".repeat(MAX_TOKEN_BYTES + 1), Err(TooLong)),
        ("longer, but only in bytes", "é".repeat(MAX_TOKEN_BYTES / 2 + 1), Err(TooLong)),
        ("longer, but otherwise good", sign(HEADER, padded_claims), Err(TooLong)),
        ("white space between members", sign("{ \"alg\" :\n\"EdDSA\" }", format!(" {object}\t")), Ok(())),
        ("a claim's name escaped", sign(HEADER, object.replace("\"iss\"", r#""\u0069ss""#)), Ok(())),
        ("a claim's value escaped", sign(HEADER, object.replace("urn:jazz", r"\u0075rn:jazz")), Ok(())),
    ]
}

#[rustfmt::skip] // one case per line
fn header() -> Vec<Case> {
    use ProofError::{UnsupportedAlgorithm, UnsupportedHeader};

    let object = claims_with(json!({}));
    let case = |what, header: &str, verdict| (what, sign(header, &object), verdict);
    vec![
        case("no alg", "{}", Err(UnsupportedAlgorithm)),
        case("alg none", r#"{"alg":"none"}"#, Err(UnsupportedAlgorithm)),
        case("alg in lower case", r#"{"alg":"eddsa"}"#, Err(UnsupportedAlgorithm)),
        case("alg of a newer RFC", r#"{"alg":"Ed25519"}"#, Err(UnsupportedAlgorithm)),
        case("alg HS256", r#"{"alg":"HS256"}"#, Err(UnsupportedAlgorithm)),
        case("alg in an array", r#"{"alg":["EdDSA"]}"#, Err(UnsupportedAlgorithm)),
        case("alg null", r#"{"alg":null}"#, Err(UnsupportedAlgorithm)),
        case("alg a lone surrogate", r#"{"alg":"\ud800"}"#, Err(UnsupportedAlgorithm)),
        case("alg before crit", r#"{"alg":"none","crit":["exp"]}"#, Err(UnsupportedAlgorithm)),
        case("crit", r#"{"alg":"EdDSA","crit":["exp"]}"#, Err(UnsupportedHeader)),
        case("crit null", r#"{"alg":"EdDSA","crit":null}"#, Err(UnsupportedHeader)),
        case("another typ", r#"{"alg":"EdDSA","typ":"JWE"}"#, Err(UnsupportedHeader)),
        case("typ as a media type", r#"{"alg":"EdDSA","typ":"at+jwt"}"#, Err(UnsupportedHeader)),
        case("typ null", r#"{"alg":"EdDSA","typ":null}"#, Err(UnsupportedHeader)),
        case("typ a number", r#"{"alg":"EdDSA","typ":1}"#, Err(UnsupportedHeader)),
        case("no typ", r#"{"alg":"EdDSA"}"#, Ok(())),
        case("typ in lower case", r#"{"typ":"jwt","alg":"EdDSA"}"#, Ok(())),
        case("a member that no rule names", r#"{"alg":"EdDSA","kid":{"a":[1]}}"#, Ok(())),
        case("two of them", r#"{"kid":1,"alg":"EdDSA","jku":2}"#, Ok(())),
        case("two of them, the other way round", r#"{"jku":1,"alg":"EdDSA","kid":2}"#, Ok(())),
    ]
}

#[rustfmt::skip] // one case per line
fn claims() -> Vec<Case> {
    use ProofError::{AudienceMismatch, InvalidClaims, UnknownIssuer};

    let case = |what, changes, verdict| (what, sign(HEADER, claims_with(changes)), verdict);
    let number = |what, claim: &str, literal: &str, verdict| {
        let claims = claims_with(json!({ claim: 7 })).replace(&format!("\"{claim}\":7"), literal);
        (what, sign(HEADER, claims), verdict)
    };
    vec![
        ("no claims", sign(HEADER, "{}"), Err(InvalidClaims)),
        case("no iss", json!({ "iss": null }), Err(InvalidClaims)),
        case("no sub", json!({ "sub": null }), Err(InvalidClaims)),
        case("no aud", json!({ "aud": null }), Err(InvalidClaims)),
        case("no key", json!({ "jazz_pub_key": null }), Err(InvalidClaims)),
        case("no iat", json!({ "iat": null }), Err(InvalidClaims)),
        case("no exp", json!({ "exp": null }), Err(InvalidClaims)),
        case("one more", json!({ "nbf": NOW }), Err(InvalidClaims)),
        case("one more, nested", json!({ "act": { "sub": [] } }), Err(InvalidClaims)),
        case("aud as an array", json!({ "aud": [testing::tokens::AUDIENCE] }), Err(InvalidClaims)),
        case("sub a number", json!({ "sub": 7 }), Err(InvalidClaims)),
        case("iss a boolean", json!({ "iss": true }), Err(InvalidClaims)),
        case("the key an object", json!({ "jazz_pub_key": {} }), Err(InvalidClaims)),
        case("iat a string", json!({ "iat": NOW.to_string() }), Err(InvalidClaims)),
        case("iat negative", json!({ "iat": -1 }), Err(InvalidClaims)),
        case("exp a fraction", json!({ "exp": 1_795_305_625.5 }), Err(InvalidClaims)),
        number("iat null", "iat", r#""iat":null"#, Err(InvalidClaims)),
        number("iat minus zero", "iat", r#""iat":-0"#, Err(InvalidClaims)),
        number("exp with a zero fraction", "exp", r#""exp":1795305625.0"#, Err(InvalidClaims)),
        number("exp with an exponent", "exp", r#""exp":1e10"#, Err(InvalidClaims)),
        number("exp beyond 64 bits", "exp", r#""exp":18446744073709551616"#, Err(InvalidClaims)),
        case("exp equal to iat", json!({ "exp": NOW }), Err(InvalidClaims)),
        case("exp before iat", json!({ "exp": NOW - 1 }), Err(InvalidClaims)),
        case("another issuer", json!({ "iss": "urn:jazz:local" }), Err(UnknownIssuer)),
        case("an empty issuer", json!({ "iss": "" }), Err(UnknownIssuer)),
        case("an issuer with a suffix", json!({ "iss": "urn:jazz:local-first " }), Err(UnknownIssuer)),
        case("the anonymous issuer", json!({ "iss": "urn:jazz:anonymous" }), Err(UnknownIssuer)),
        case("another audience", json!({ "aud": user_id(b"") }), Err(AudienceMismatch)),
        case("the audience as the app writes it", json!({ "aud": testing::tokens::AUDIENCE }), Err(AudienceMismatch)),
        case("the audience in upper case", json!({ "aud": policy().audience.to_string().to_uppercase() }), Err(AudienceMismatch)),
    ]
}

#[rustfmt::skip] // one case per line
fn times() -> Vec<Case> {
    use ProofError::{Expired, InvalidClaims, IssuedInFuture, TtlTooLong};

    let case = |what, iat: u64, exp: u64, verdict| {
        (what, sign(HEADER, claims_with(json!({ "iat": iat, "exp": exp }))), verdict)
    };
    vec![
        case("issued within the skew", NOW + 60, NOW + 120, Ok(())),
        case("issued beyond the skew", NOW + 61, NOW + 121, Err(IssuedInFuture)),
        case("issued at the end of time", u64::MAX - 1, u64::MAX, Err(IssuedInFuture)),
        case("issued and ending at the end of time", u64::MAX, u64::MAX, Err(InvalidClaims)),
        case("one second left", NOW - 59, NOW + 1, Ok(())),
        case("no second left", NOW - 60, NOW, Err(Expired)),
        case("expired within the skew", NOW - 70, NOW - 10, Err(Expired)),
        case("of 1970", 0, 1, Err(Expired)),
        case("of 1970, until the end of time", 0, u64::MAX, Err(TtlTooLong)),
        case("as long as allowed", NOW, NOW + 3600, Ok(())),
        case("a second longer", NOW, NOW + 3601, Err(TtlTooLong)),
    ]
}

#[rustfmt::skip] // one case per line
fn keys() -> Vec<Case> {
    use ProofError::{InvalidPublicKey, SubjectMismatch};

    let with_key = |what, public_key: &[u8], verdict| {
        let claims = claims_with(json!({
            "jazz_pub_key": encode(public_key),
            "sub": user_id(public_key),
        }));
        (what, sign(HEADER, claims), verdict)
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut order_two = [0xff; 32];
    (order_two[0], order_two[31]) = (0xec, 0x7f);
    let mut not_a_point = [0; 32];
    not_a_point[0] = 2;
    // y = p + 3, the non-canonical form of y = 3, which is a point of large order.
    let mut non_canonical = [0xff; 32];
    (non_canonical[0], non_canonical[31]) = (0xf0, 0x7f);
    let mut canonical = [0; 32];
    canonical[0] = 3;
    let other = key(2).verifying_key().to_bytes();
    let upper_case = user_id(key(1).verifying_key().as_bytes()).to_uppercase();
    let case = |what, changes, verdict| (what, sign(HEADER, claims_with(changes)), verdict);
    vec![
        with_key("31 bytes", &[1; 31], Err(InvalidPublicKey)),
        with_key("33 bytes", &[1; 33], Err(InvalidPublicKey)),
        with_key("no bytes", &[], Err(InvalidPublicKey)),
        with_key("no point", &not_a_point, Err(InvalidPublicKey)),
        with_key("order 1", &identity, Err(InvalidPublicKey)),
        with_key("order 2", &order_two, Err(InvalidPublicKey)),
        with_key("order 4", &[0; 32], Err(InvalidPublicKey)),
        with_key("y = p + 3", &non_canonical, Err(InvalidPublicKey)),
        with_key("y = 3, which did not sign", &canonical, Err(ProofError::InvalidSignature)),
        case("a key that is no base64url", json!({ "jazz_pub_key": "=".repeat(43) }), Err(InvalidPublicKey)),
        case("another key", json!({ "jazz_pub_key": encode(other) }), Err(SubjectMismatch)),
        case("another subject", json!({ "sub": user_id(&other) }), Err(SubjectMismatch)),
        case("the subject in upper case", json!({ "sub": upper_case }), Err(SubjectMismatch)),
        case("an empty subject", json!({ "sub": "" }), Err(SubjectMismatch)),
    ]
}

#[rustfmt::skip] // one case per line
fn signatures() -> Vec<Case> {
    use ProofError::InvalidSignature;

    let good = good_token();
    let (signing_input, _) = good.rsplit_once('.').unwrap();
    let right = key(1).sign(signing_input.as_bytes()).to_bytes();
    let case = |what, signature: &[u8], verdict| {
        (what, format!("{signing_input}.{}", encode(signature)), verdict)
    };
    vec![
        case("the right one", &right, Ok(())),
        case("none", &[], Err(InvalidSignature)),
        case("63 bytes", &right[..63], Err(InvalidSignature)),
        case("65 bytes", &[&right[..], &[0]].concat(), Err(InvalidSignature)),
        case("zeros", &[0; 64], Err(InvalidSignature)),
        case("another's", &key(2).sign(signing_input.as_bytes()).to_bytes(), Err(InvalidSignature)),
        case("of something else", &key(1).sign(b"x").to_bytes(), Err(InvalidSignature)),
        case("with S + the group order", &with_s_above_the_order(right), Err(InvalidSignature)),
    ]
}

/// Adds the group order to S. It is the same S modulo the order, which RFC 8032 §5.1.7 refuses.
fn with_s_above_the_order(mut signature: [u8; 64]) -> [u8; 64] {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    signature
}

#[test]
fn every_rule_gives_its_code() {
    let cases = [form(), header(), claims(), times(), keys(), signatures()].concat();
    let mut reached = BTreeSet::new();
    for (what, token, expected) in &cases {
        let verdict = verify(token, &policy(), NOW).map(|_| ());
        assert_eq!(verdict, *expected, "{what}: {token}");
        reached.extend(verdict.err().map(ProofError::code));
    }
    assert_eq!(reached, ProofError::ALL.map(ProofError::code).into());
    println!("{} tokens, {} codes", cases.len(), reached.len());
}

#[test]
fn the_first_broken_rule_is_reported() {
    use ProofError::{
        AudienceMismatch, Expired, InvalidClaims, InvalidPublicKey, InvalidSignature,
        IssuedInFuture, Malformed, SubjectMismatch, TooLong, TtlTooLong, UnknownIssuer,
        UnsupportedAlgorithm, UnsupportedHeader,
    };

    // The first token breaks all rules. Each step repairs one.
    let now = NOW + 10_000;
    let mut changes = json!({
        "x": 1, "iss": "x", "aud": "x", "iat": now + 100, "exp": now + 9_000,
        "jazz_pub_key": "x", "sub": "x",
    });
    let token = |header: &str, changes: &serde_json::Value| {
        let token = sign(header, claims_with(changes.clone()));
        let (signing_input, _) = token.rsplit_once('.').unwrap();
        format!("{signing_input}.{}", encode([0; 64]))
    };
    let told = |token: String| verify(&token, &policy(), now).unwrap_err();
    let good = testing::tokens::claims(&key(1));

    assert_eq!(told(token("{}", &changes).repeat(20)), TooLong);
    assert_eq!(told(token(r#"{"a":1,"a":1}"#, &changes)), Malformed);
    assert_eq!(
        told(token(r#"{"crit":[]}"#, &changes)),
        UnsupportedAlgorithm
    );
    assert_eq!(
        told(token(r#"{"alg":"EdDSA","crit":[]}"#, &changes)),
        UnsupportedHeader
    );
    assert_eq!(told(token(HEADER, &changes)), InvalidClaims);
    changes["x"] = json!(null);
    assert_eq!(told(token(HEADER, &changes)), UnknownIssuer);
    changes["iss"] = good["iss"].clone();
    assert_eq!(told(token(HEADER, &changes)), AudienceMismatch);
    changes["aud"] = good["aud"].clone();
    assert_eq!(told(token(HEADER, &changes)), IssuedInFuture);
    (changes["iat"], changes["exp"]) = (json!(now - 9_000), json!(now));
    assert_eq!(told(token(HEADER, &changes)), Expired);
    changes["exp"] = json!(now + 1);
    assert_eq!(told(token(HEADER, &changes)), TtlTooLong);
    changes["iat"] = json!(now);
    assert_eq!(told(token(HEADER, &changes)), InvalidPublicKey);
    changes["jazz_pub_key"] = good["jazz_pub_key"].clone();
    assert_eq!(told(token(HEADER, &changes)), SubjectMismatch);
    changes["sub"] = good["sub"].clone();
    assert_eq!(told(token(HEADER, &changes)), InvalidSignature);
}

#[test]
fn a_policy_widens_and_narrows_what_is_accepted() {
    let verdict = |policy: Policy, changes| {
        verify(&sign(HEADER, claims_with(changes)), &policy, NOW).map(|verified| verified.issuer)
    };
    let anonymous = || json!({ "iss": "urn:jazz:anonymous" });
    let only_anonymous = Policy {
        issuers: &[Issuer::Anonymous],
        ..policy()
    };
    let both = Policy {
        issuers: &Issuer::ALL,
        ..policy()
    };
    let none = Policy {
        issuers: &[],
        ..policy()
    };
    let no_skew = Policy {
        clock_skew_seconds: 0,
        ..policy()
    };
    let all_skew = Policy {
        clock_skew_seconds: u64::MAX,
        ..policy()
    };
    let short = Policy {
        max_ttl_seconds: 59,
        ..policy()
    };
    let long = Policy {
        max_ttl_seconds: u64::MAX,
        ..policy()
    };
    let later = || json!({ "iat": NOW + 1 });

    assert_eq!(verdict(only_anonymous, anonymous()), Ok(Issuer::Anonymous));
    assert_eq!(
        verdict(only_anonymous, json!({})),
        Err(ProofError::UnknownIssuer)
    );
    assert_eq!(verdict(both, anonymous()), Ok(Issuer::Anonymous));
    assert_eq!(verdict(both, json!({})), Ok(Issuer::LocalFirst));
    assert_eq!(verdict(none, json!({})), Err(ProofError::UnknownIssuer));
    assert_eq!(verdict(no_skew, json!({})), Ok(Issuer::LocalFirst));
    assert_eq!(verdict(no_skew, later()), Err(ProofError::IssuedInFuture));
    assert_eq!(verdict(all_skew, later()), Ok(Issuer::LocalFirst));
    assert_eq!(verdict(short, json!({})), Err(ProofError::TtlTooLong));
    assert_eq!(
        verdict(short, json!({ "exp": NOW + 59 })),
        Ok(Issuer::LocalFirst)
    );
    assert_eq!(
        verdict(long, json!({ "exp": u64::MAX })),
        Ok(Issuer::LocalFirst)
    );
}
