//! Reads the claims as types, and checks issuer, audience and times.

use std::borrow::Cow;

use super::{Issuer, Policy, ProofError};
use crate::jws::json::{self, Members};

/// The members of a claims object (RFC 7519 §4).
pub(crate) struct Claims<'j>(Members<'j, 6>);

impl<'j> Claims<'j> {
    const NAMES: [&'static str; 6] = ["iss", "sub", "aud", "jazz_pub_key", "iat", "exp"];

    /// Reads the payload's JSON.
    pub(crate) fn parse(json: &'j [u8]) -> Result<Self, ProofError> {
        let members = Members::parse(json, Self::NAMES).ok_or(ProofError::Malformed)?;
        Ok(Self(members))
    }

    /// Returns the claims and their issuer, if the claims have the format and the policy accepts them.
    ///
    /// - `now`: Unix seconds, UTC
    pub(crate) fn accept(
        &self,
        policy: &Policy,
        now: u64,
    ) -> Result<(TypedClaims<'j>, Issuer), ProofError> {
        let claims = self.typed()?;
        let issuer = claims.check(policy, now)?;
        Ok((claims, issuer))
    }

    /// Reads exactly the six claims, each of its type, with `iat` before `exp`.
    fn typed(&self) -> Result<TypedClaims<'j>, ProofError> {
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
    /// Unix seconds, UTC; greater than `iat`.
    pub(crate) exp: u64,
}

impl TypedClaims<'_> {
    /// Writes the claims of a token that is minted here. None of their values needs an escape.
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

    /// Checks that the policy accepts issuer, audience and times.
    fn check(&self, policy: &Policy, now: u64) -> Result<Issuer, ProofError> {
        let mut accepted = policy.issuers.iter();
        let issuer = accepted
            .find(|issuer| issuer.urn() == self.iss)
            .ok_or(ProofError::UnknownIssuer)?;
        if !policy.audience.is(&self.aud) {
            return Err(ProofError::AudienceMismatch);
        }
        if self.iat > now.saturating_add(policy.clock_skew_seconds) {
            return Err(ProofError::IssuedInFuture);
        }
        if self.exp <= now {
            return Err(ProofError::Expired);
        }
        if self.exp.saturating_sub(self.iat) > policy.max_ttl_seconds {
            return Err(ProofError::TtlTooLong);
        }
        Ok(*issuer)
    }
}
