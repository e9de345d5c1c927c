//! Verifies a proof a second time, written from `docs/protocol.md` with other libraries: *ring* for
//! the signature, `json-event-parser` for JSON, `num-bigint` for the curve, and base64url by hand.
//!
//! Slow and plain. It is what the crate under test is compared with, and nothing else uses it.

mod base64url;
mod curve;
mod json;
mod uuid;

use json::{Object, Value};

/// What a verifier accepts.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The `aud` that a token must have.
    pub aud: String,
    /// Every `iss` that a token may have.
    pub issuers: Vec<&'static str>,
    /// The longest `exp - iat`, in seconds.
    pub max_ttl_seconds: u64,
    /// How far `iat` may lie ahead, in seconds.
    pub clock_skew_seconds: u64,
}

impl Rules {
    /// The defaults, for a name that is no UUID.
    #[must_use]
    pub fn for_name(name: &str) -> Self {
        Self {
            aud: uuid::version_5(&uuid::DNS, name.as_bytes()),
            issuers: vec!["urn:jazz:local-first"],
            max_ttl_seconds: 3600,
            clock_skew_seconds: 60,
        }
    }
}

/// The user ID that a token proves at a time, in Unix seconds.
///
/// # Errors
/// The code of the first rule that the token breaks.
pub fn judge(token: &str, rules: &Rules, now: u64) -> Result<String, &'static str> {
    ensure(!token.is_empty(), "missing")?;
    ensure(token.len() <= 2048, "too-long")?;
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims_part, signature] = parts[..] else {
        return Err("malformed");
    };
    let decoded: Option<Vec<_>> = [header, claims_part, signature]
        .map(base64url::decode)
        .into_iter()
        .collect();
    let [header_json, claims_json, signature_bytes] = &decoded.ok_or("malformed")?[..] else {
        return Err("malformed");
    };
    let header_object = json::object(header_json).ok_or("malformed")?;
    let claims_object = json::object(claims_json).ok_or("malformed")?;

    check_header(&header_object)?;
    let claims = Claims::read(&claims_object).ok_or("invalid-claims")?;
    claims.check(rules, now)?;

    let key = base64url::decode(&claims.jazz_pub_key)
        .filter(|key| curve::is_canonical_point(key) && !curve::has_small_order(key))
        .ok_or("invalid-public-key")?;
    let user_id = uuid::version_5(b"jazz-auth-key-v1", &key);
    ensure(claims.sub == user_id, "subject-mismatch")?;

    let signed = format!("{header}.{claims_part}");
    ensure(holds(&key, &signed, signature_bytes), "invalid-signature")?;
    Ok(user_id)
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

/// *ring* takes an R of small order; that one is asked for by itself.
fn holds(key: &[u8], message: &str, signature: &[u8]) -> bool {
    let Some(r) = signature.get(..32) else {
        return false;
    };
    let strict = curve::is_canonical_point(r) && !curve::has_small_order(r);
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    strict && key.verify(message.as_bytes(), signature).is_ok()
}
