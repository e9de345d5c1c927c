/// The issuer of a token: the claim `iss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// An identity whose secret the device keeps.
    LocalFirst,
    /// A throw-away identity whose secret no one keeps.
    Anonymous,
}

impl Issuer {
    /// Every issuer.
    pub const ALL: [Self; 2] = [Self::LocalFirst, Self::Anonymous];

    /// Returns the URN in the token.
    #[must_use]
    pub const fn urn(self) -> &'static str {
        match self {
            Self::LocalFirst => "urn:jazz:local-first",
            Self::Anonymous => "urn:jazz:anonymous",
        }
    }

    /// Returns the last part of the URN.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LocalFirst => "local-first",
            Self::Anonymous => "anonymous",
        }
    }
}
