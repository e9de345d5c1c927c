//! A second verifier, written from `docs/protocol.md` with other libraries: *ring* for the signature,
//! `json-event-parser` for JSON, `num-bigint` for the curve, and base64url by hand.
//!
//! It is slow and plain. It is used only to compare the crate under test with it.

mod base64url;
mod curve;
mod difference;
mod json;
mod uuid;

pub use difference::{DIFFERENCES, Difference, wanted_difference};
use json::{Object, Value};
use ring::digest::{SHA256, digest};

/// The verdict on a token: what it proves, or the code of the first rule that it breaks.
pub type Verdict = Result<Proof, &'static str>;

/// What a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// In lower case, with hyphens.
    pub user_id: String,
    /// The claim `iss`.
    pub iss: String,
    /// Unix seconds.
    pub iat: u64,
    /// Unix seconds.
    pub exp: u64,
    /// SHA-256 of the signed text.
    pub digest: Vec<u8>,
}

/// What a verifier accepts.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The `aud` that a token must have.
    pub aud: String,
    /// Every `iss` that a token may have.
    pub issuers: Vec<&'static str>,
    /// The longest `exp - iat`, in seconds.
    pub max_ttl_seconds: u64,
    /// How far `iat` may be ahead of the verifier's clock, in seconds.
    pub clock_skew_seconds: u64,
}

impl Rules {
    /// Makes the default rules, for the name that an app gives itself.
    #[must_use]
    pub fn for_name(name: &str) -> Self {
        Self {
            aud: normalize_audience(name),
            issuers: vec!["urn:jazz:local-first"],
            max_ttl_seconds: 3600,
            clock_skew_seconds: 60,
        }
    }
}

/// Returns the `aud` of tokens for the name that an app gives itself.
#[must_use]
pub fn normalize_audience(name: &str) -> String {
    uuid::parse(name).unwrap_or_else(|| uuid::version_5(&uuid::DNS, name.as_bytes()))
}

/// Splits a compact JWS and decodes its three parts. Does not check their content.
///
/// # Errors
/// The code of the first rule that the text breaks.
pub fn split(token: &str) -> Result<[Vec<u8>; 3], &'static str> {
    ensure(!token.is_empty(), "missing")?;
    ensure(token.len() <= 2048, "too-long")?;
    let parts: Option<Vec<_>> = token.split('.').map(base64url::decode).collect();
    parts
        .and_then(|parts| parts.try_into().ok())
        .ok_or("malformed")
}

/// Verifies a token at the time `now`, in Unix seconds.
///
/// # Errors
/// The code of the first rule that the token breaks.
pub fn judge(token: &str, rules: &Rules, now: u64) -> Verdict {
    let [header_json, claims_json, signature] = split(token)?;
    let header_object = json::object(&header_json).ok_or("malformed")?;
    let claims_object = json::object(&claims_json).ok_or("malformed")?;

    check_header(&header_object)?;
    let claims = Claims::read(&claims_object).ok_or("invalid-claims")?;
    claims.check(rules, now)?;

    let key = base64url::decode(&claims.jazz_pub_key)
        .filter(|key| curve::is_strict_point(key))
        .ok_or("invalid-public-key")?;
    let user_id = uuid::version_5(b"jazz-auth-key-v1", &key);
    ensure(claims.sub == user_id, "subject-mismatch")?;

    let (signed, _) = token.rsplit_once('.').ok_or("malformed")?;
    ensure(holds(&key, signed, &signature), "invalid-signature")?;
    Ok(Proof {
        user_id,
        iss: claims.iss,
        iat: claims.iat,
        exp: claims.exp,
        digest: digest(&SHA256, signed.as_bytes()).as_ref().to_vec(),
    })
}

fn ensure(holds: bool, code: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(code) }
}

fn check_header(header: &Object) -> Result<(), &'static str> {
    let is_eddsa = matches!(header.get("alg"), Some(Value::Text(alg)) if alg == "EdDSA");
    ensure(is_eddsa, "unsupported-algorithm")?;
    let is_jwt = match header.get("typ") {
        None => true,
        Some(Value::Text(typ)) => typ.eq_ignore_ascii_case("JWT"),
        Some(_) => false,
    };
    ensure(is_jwt && !header.contains_key("crit"), "unsupported-header")
}

struct Claims {
    iss: String,
    sub: String,
    aud: String,
    jazz_pub_key: String,
    iat: u64,
    exp: u64,
}

impl Claims {
    fn read(object: &Object) -> Option<Self> {
        let text = |name| match object.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let seconds = |name| match object.get(name) {
            Some(Value::Number(digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                digits.parse().ok()
            }
            _ => None,
        };
        let claims = Self {
            iss: text("iss")?,
            sub: text("sub")?,
            aud: text("aud")?,
            jazz_pub_key: text("jazz_pub_key")?,
            iat: seconds("iat")?,
            exp: seconds("exp")?,
        };
        (object.len() == 6 && claims.iat < claims.exp).then_some(claims)
    }

    fn check(&self, rules: &Rules, now: u64) -> Result<(), &'static str> {
        ensure(rules.issuers.contains(&self.iss.as_str()), "unknown-issuer")?;
        ensure(self.aud == rules.aud, "audience-mismatch")?;
        // Wider than 64 bits, so that nothing can overflow.
        let [iat, exp, now] = [self.iat, self.exp, now].map(u128::from);
        ensure(
            iat <= now + u128::from(rules.clock_skew_seconds),
            "issued-in-future",
        )?;
        ensure(now < exp, "expired")?;
        ensure(
            exp - iat <= u128::from(rules.max_ttl_seconds),
            "ttl-too-long",
        )
    }
}

/// Verifies a signature. *ring* accepts an R of small order, so R is checked separately.
fn holds(key: &[u8], message: &str, signature: &[u8]) -> bool {
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    key.verify(message.as_bytes(), signature).is_ok()
        && signature.get(..32).is_some_and(curve::is_strict_point)
}
