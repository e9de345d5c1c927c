use super::JwsError;
use super::json::{self, Members};

/// The members of a header (RFC 7515 §4), not yet checked.
pub(crate) struct Header<'j>(Members<'j, 3>);

impl<'j> Header<'j> {
    const NAMES: [&'static str; 3] = ["alg", "typ", "crit"];

    /// The header of every token that is signed here.
    pub(crate) const SIGNED: &'static str = r#"{"alg":"EdDSA","typ":"JWT"}"#;

    /// Reads the header's JSON.
    pub(crate) fn parse(json: &'j [u8]) -> Result<Self, JwsError> {
        let members = Members::parse(json, Self::NAMES).ok_or(JwsError::Malformed)?;
        Ok(Self(members))
    }

    /// Checks that `alg` is `EdDSA`, that `typ`, if there is one, is `JWT`, and that there is no `crit`.
    ///
    /// Ignores other members, as RFC 7515 §4 requires.
    pub(crate) fn check(&self) -> Result<(), JwsError> {
        let [alg, typ, crit] = self.0.known;
        if json::text(alg).as_deref() != Some("EdDSA") {
            return Err(JwsError::UnsupportedAlgorithm);
        }
        let typ_is_jwt = |typ| json::text(Some(typ)).is_some_and(|t| t.eq_ignore_ascii_case("JWT"));
        if crit.is_some() || !typ.is_none_or(typ_is_jwt) {
            return Err(JwsError::UnsupportedHeader);
        }
        Ok(())
    }
}
