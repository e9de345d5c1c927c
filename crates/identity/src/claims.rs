//! Header and claims as types, and the time window.

use std::borrow::Cow;

use crate::error::ProofError;
use crate::json::{self, Members};
use crate::verify::Policy;

/// Who vouches for an identity, the claim `iss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// An identity whose secret the device keeps.
    LocalFirst,
    /// A throw-away identity whose secret nobody keeps.
    Anonymous,
}

impl Issuer {
    /// Every issuer there is.
    pub const ALL: [Self; 2] = [Self::LocalFirst, Self::Anonymous];

    /// The URN that stands in the token.
    #[must_use]
    pub const fn urn(self) -> &'static str {
        match self {
            Self::LocalFirst => "urn:jazz:local-first",
            Self::Anonymous => "urn:jazz:anonymous",
        }
    }

    /// The last part of the URN.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LocalFirst => "local-first",
            Self::Anonymous => "anonymous",
        }
    }
}

/// The members of a header (RFC 7515 §4).
pub(crate) struct Header<'j>(pub(crate) Members<'j, 3>);

impl Header<'_> {
    pub(crate) const NAMES: [&'static str; 3] = ["alg", "typ", "crit"];

    /// The header of every token that is minted.
    pub(crate) const MINTED: &'static str = r#"{"alg":"EdDSA","typ":"JWT"}"#;

    /// `alg` is `EdDSA`; `typ` is `JWT` where there is one; nothing is critical.
    ///
    /// Other members are ignored, as RFC 7515 §4 asks.
    pub(crate) fn check(&self) -> Result<(), ProofError> {
        let [alg, typ, crit] = self.0.known;
        if json::text(alg).as_deref() != Some("EdDSA") {
            return Err(ProofError::UnsupportedAlgorithm);
        }
        let typ_is_jwt = |typ| json::text(Some(typ)).is_some_and(|t| t.eq_ignore_ascii_case("JWT"));
        if crit.is_some() || !typ.is_none_or(typ_is_jwt) {
            return Err(ProofError::UnsupportedHeader);
        }
        Ok(())
    }
}

/// The members of a claims object (RFC 7519 §4).
pub(crate) struct Claims<'j>(pub(crate) Members<'j, 6>);

impl<'j> Claims<'j> {
    pub(crate) const NAMES: [&'static str; 6] = ["iss", "sub", "aud", "jazz_pub_key", "iat", "exp"];

    /// Exactly the six claims, each of its type, with `iat` before `exp`.
    pub(crate) fn typed(&self) -> Result<TypedClaims<'j>, ProofError> {
        let [iss, sub, aud, jazz_pub_key, iat, exp] = self.0.known;
        let typed = || {
            Some(TypedClaims {
                iss: json::text(iss)?,
                sub: json::text(sub)?,
                aud: json::text(aud)?,
                jazz_pub_key: json::text(jazz_pub_key)?,
                iat: json::integer(iat)?,
                exp: json::integer(exp)?,
            })
        };
        typed()
            .filter(|claims| self.0.unknown.is_empty() && claims.iat < claims.exp)
            .ok_or(ProofError::InvalidClaims)
    }
}

/// The six claims, in the order in which they are minted.
pub(crate) struct TypedClaims<'j> {
    pub(crate) iss: Cow<'j, str>,
    pub(crate) sub: Cow<'j, str>,
    pub(crate) aud: Cow<'j, str>,
    pub(crate) jazz_pub_key: Cow<'j, str>,
    /// Unix seconds, UTC.
    pub(crate) iat: u64,
    /// Unix seconds, UTC; above `iat`.
    pub(crate) exp: u64,
}

impl TypedClaims<'_> {
    /// The claims of a token that is minted here: none of their values needs an escape.
    pub(crate) fn to_json(&self) -> String {
        let Self {
            iss,
            sub,
            aud,
            jazz_pub_key,
            iat,
            exp,
        } = self;
        format!(
            r#"{{"iss":"{iss}","sub":"{sub}","aud":"{aud}","jazz_pub_key":"{jazz_pub_key}","iat":{iat},"exp":{exp}}}"#
        )
    }

    /// The issuer, if it is an accepted one.
    pub(crate) fn issuer(&self, accepted: &[Issuer]) -> Result<Issuer, ProofError> {
        let named = accepted.iter().find(|issuer| issuer.urn() == self.iss);
        named.copied().ok_or(ProofError::UnknownIssuer)
    }

    /// Whether `now` lies in the token's window, and the window is not too wide.
    pub(crate) fn check_times(&self, policy: &Policy, now: u64) -> Result<(), ProofError> {
        if self.iat > now.saturating_add(policy.clock_skew_seconds) {
            return Err(ProofError::IssuedInFuture);
        }
        if self.exp <= now {
            return Err(ProofError::Expired);
        }
        if self.exp.saturating_sub(self.iat) > policy.max_ttl_seconds {
            return Err(ProofError::TtlTooLong);
        }
        Ok(())
    }
}
