//! Derives a user ID from a secret: secret → signing key → public key → user ID.

use std::fmt;

use sha2::{Digest, Sha512};
use thiserror::Error;
use uuid::Uuid;
use uuid::fmt::Hyphenated;
use zeroize::{Zeroize, Zeroizing};

use crate::audience::Audience;
use crate::base64url;
use crate::ed25519::{PublicKey, SigningKey};

/// What Jazz writes before a secret, from 2.0.0-alpha.54 on.
const V1_PREFIX: &str = "jazz-auth-v1:";

/// Separates the signing key from other keys that may be derived from the same secret.
const SIGNING_DOMAIN: &[u8] = b"jazz-auth-sign-v1";

/// Separates the account IDs of an app from other names in its namespace.
const FOUNDER: &[u8] = b"jazz-account-founder-v1\0";

/// The namespace of user IDs, as the 16 bytes of a UUID.
const USER_ID_NAMESPACE: Uuid = Uuid::from_bytes(*b"jazz-auth-key-v1");

/// The 32 random bytes that an identity is made of. Anyone who has them *is* the user.
///
/// The bytes are overwritten with zeros when dropped. `Debug` does not show them.
pub struct Secret(Zeroizing<[u8; 32]>);

/// The text is not a secret. The error repeats nothing of the text, which may be almost a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a secret must be 32 bytes as 43 characters of base64url without padding")]
pub struct InvalidSecret;

impl Secret {
    /// Makes a secret from 32 bytes, which must come from a cryptographically secure source.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Parses 43 characters of base64url without padding and with canonical last bits.
    ///
    /// They may have the prefix `jazz-auth-v1:`, as Jazz writes secrets from 2.0.0-alpha.54 on: the
    /// identity is the same. Nothing is trimmed, and the prefix is case-sensitive.
    ///
    /// # Errors
    /// [`InvalidSecret`] for anything else.
    ///
    /// # Source
    /// RFC 4648 §5, §3.5.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        #[cfg(feature = "fault-injection")]
        crate::fault::inject(text);
        base64url::decode_32_bytes(text.strip_prefix(V1_PREFIX).unwrap_or(text))
            .map(Self)
            .ok_or(InvalidSecret)
    }

    /// Encodes the secret as 43 characters of base64url, without a prefix. They are overwritten with
    /// zeros when dropped.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<String> {
        Zeroizing::new(base64url::encode(self.0.as_slice()))
    }

    /// Derives the Ed25519 key. Its seed is the first half of SHA-512(domain ‖ secret).
    pub(crate) fn signing_key(&self) -> SigningKey {
        let mut digest = Sha512::new()
            .chain_update(SIGNING_DOMAIN)
            .chain_update(self.0.as_slice())
            .finalize();
        let mut seed = Zeroizing::new([0; 32]);
        seed.iter_mut()
            .zip(&digest)
            .for_each(|(to, from)| *to = *from);
        digest.as_mut_slice().zeroize();
        SigningKey::from_seed(&seed)
    }

    /// Derives the public key of this identity.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signing_key().public_key()
    }

    /// Derives the user ID of this identity.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId::of(&self.public_key())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The account ID that data is kept under: the `UUIDv5` of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// Derives the user ID of a public key.
    ///
    /// # Source
    /// RFC 9562 §5.5 (`UUIDv5`).
    #[must_use]
    pub fn of(public_key: &PublicKey) -> Self {
        Self(Uuid::new_v5(&USER_ID_NAMESPACE, public_key.as_bytes()))
    }

    /// Parses the normal form: lower case, hyphenated, 36 bytes. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(Uuid::try_parse(text).ok()?);
        id.is(text).then_some(id)
    }

    /// Derives the account that Jazz founds for this identity in an app, from 2.0.0-alpha.54 on.
    ///
    /// Rows belong to this account. It stays the same when the identity is linked to a provider.
    ///
    /// # Source
    /// RFC 9562 §5.5 (`UUIDv5`), in the namespace of the app's UUID.
    #[must_use]
    pub fn jazz_account(&self, app: &Audience) -> JazzAccountId {
        let mut name = FOUNDER.to_vec();
        name.extend_from_slice(self.encode(&mut [0; Hyphenated::LENGTH]).as_bytes());
        JazzAccountId(Uuid::new_v5(&app.uuid(), &name))
    }

    /// Whether the `sub` of a token is this ID in its normal form.
    pub(crate) fn is(&self, sub: &str) -> bool {
        self.encode(&mut [0; Hyphenated::LENGTH]) == sub
    }

    /// Writes the normal form (lower case, hyphenated, 36 bytes) into a buffer, without allocating.
    pub fn encode<'b>(&self, buffer: &'b mut [u8; Hyphenated::LENGTH]) -> &'b str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

/// The normal form: lower case, hyphenated, 36 bytes.
impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The account that Jazz founds for an identity in an app, from 2.0.0-alpha.54 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JazzAccountId(Uuid);

/// The normal form: lower case, hyphenated, 36 bytes.
impl fmt::Display for JazzAccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_a_secret() {
        assert_eq!(format!("{:?}", Secret::from_bytes([7; 32])), "Secret(..)");
    }
}
