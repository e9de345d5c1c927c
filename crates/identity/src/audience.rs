//! The audience that a token is made for.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The audience of a token in its normal form, a UUID.
///
/// Parse it once. From then on, audiences are compared as they are in a token, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience(Uuid);

/// The audience is an empty string.
///
/// It would separate no apps: two apps that both lack the setting would have the same audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an audience must not be empty")]
pub struct EmptyAudience;

impl Audience {
    /// Normalises the name that an app gives itself.
    ///
    /// - `name`: at least one byte; neither trimmed nor Unicode-normalised
    ///
    /// A UUID (hyphenated, simple, braced or as `urn:uuid:`, hex in any case) is itself. Any other
    /// name becomes its `UUIDv5` in the DNS namespace.
    ///
    /// # Errors
    /// [`EmptyAudience`] if `name` is empty.
    ///
    /// # Source
    /// RFC 9562 §4 (UUID forms), §5.5 (`UUIDv5`).
    pub fn parse(name: &str) -> Result<Self, EmptyAudience> {
        if name.is_empty() {
            return Err(EmptyAudience);
        }
        let uuid =
            parse_uuid(name).unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()));
        Ok(Self(uuid))
    }

    pub(crate) const fn uuid(&self) -> Uuid {
        self.0
    }

    /// Whether the `aud` of a token is this audience in its normal form.
    pub(crate) fn is(&self, aud: &str) -> bool {
        self.0
            .hyphenated()
            .encode_lower(&mut [0; Hyphenated::LENGTH])
            == aud
    }
}

/// The normal form: lower case, hyphenated, 36 bytes.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

fn parse_uuid(name: &str) -> Option<Uuid> {
    const URN_PREFIX: &str = "urn:uuid:";

    // The `uuid` crate also accepts `URN:UUID:`. The clients that mint for such a name hash it.
    let other_urn =
        name.len() == URN_PREFIX.len() + Hyphenated::LENGTH && !name.starts_with(URN_PREFIX);
    if other_urn {
        return None;
    }
    Uuid::try_parse(name).ok()
}
