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
