//! From a secret to a user ID: secret → signing key → public key → user ID.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};
use sha2::{Digest, Sha512};
use thiserror::Error;
use uuid::Uuid;
use uuid::fmt::Hyphenated;
use zeroize::{Zeroize, Zeroizing};

use crate::error::ProofError;
use crate::point::{is_canonical, is_small_order};

/// Separates the key derived from a secret from whatever else may be derived from it.
const SIGNING_DOMAIN: &[u8] = b"jazz-auth-sign-v1";

/// The namespace that user IDs are named in, given as the 16 bytes of a UUID.
const USER_ID_NAMESPACE: Uuid = Uuid::from_bytes(*b"jazz-auth-key-v1");

/// How many bytes the buffer for a decoded 32-byte value has: base64 estimates in groups of three.
const DECODE_BUFFER: usize = 33;

/// The 32 random bytes that an identity is made of. Whoever has them *is* the user.
///
/// Overwritten with zeros when dropped; `Debug` does not show it.
pub struct Secret(Zeroizing<[u8; 32]>);

/// The text is not a secret. Says nothing about the text, which may be nearly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a secret must be 32 bytes as 43 characters of base64url without padding")]
pub struct InvalidSecret;

impl Secret {
    /// Takes 32 bytes from a cryptographically secure source.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Parses 43 characters of base64url without padding and with canonical last bits.
    ///
    /// # Errors
    /// [`InvalidSecret`] for anything else.
    ///
    /// # Source
    /// RFC 4648 §5, §3.5.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        #[cfg(feature = "fault-injection")]
        crate::fault::inject(text);
        decode_32_bytes(text).map(Self).ok_or(InvalidSecret)
    }

    /// The 43 characters that [`Secret::parse`] takes, overwritten with zeros when dropped.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// Derives the key: Ed25519 with the first half of SHA-512(domain ‖ secret) as its seed.
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
        SigningKey(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The public key of this identity.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signing_key().public_key()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The Ed25519 key that signs for an identity; overwritten with zeros when dropped.
pub(crate) struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The 64 bytes of the signature (RFC 8032 §5.1.6).
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// An Ed25519 public key that is canonical and not of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes the 32-byte encoding of a point.
    ///
    /// # Errors
    /// [`ProofError::InvalidPublicKey`] if it is no point, is not the one encoding of its point, or
    /// has small order: for such a key one signature holds for many messages.
    ///
    /// # Source
    /// RFC 8032 §5.1.3.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ProofError> {
        if !is_canonical(bytes) || is_small_order(bytes) {
            return Err(ProofError::InvalidPublicKey);
        }
        VerifyingKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| ProofError::InvalidPublicKey)
    }

    /// Parses 43 characters of base64url without padding and with canonical last bits.
    ///
    /// # Errors
    /// [`ProofError::InvalidPublicKey`] for any other text, and as [`PublicKey::from_bytes`].
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        let bytes = decode_32_bytes(text).ok_or(ProofError::InvalidPublicKey)?;
        Self::from_bytes(&bytes)
    }

    /// The 43 characters that [`PublicKey::parse`] takes.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }

    /// The user ID that belongs to this key.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId(Uuid::new_v5(&USER_ID_NAMESPACE, self.0.as_bytes()))
    }

    /// Verifies a signature by the strict rules: S below the group order, R canonical and not of
    /// small order, and no cofactor.
    ///
    /// - `signature`: 64 bytes, R ‖ S
    ///
    /// # Errors
    /// [`ProofError::InvalidSignature`] if it does not hold, or is not 64 bytes.
    ///
    /// # Source
    /// RFC 8032 §5.1.7; Chalkias, Garillot, Nikolaenko, "Taming the many `EdDSAs`" (2020).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), ProofError> {
        // `verify_strict` gives the same verdicts (tests/strictness.rs), but takes a square root to
        // find out whether R has small order. `verify` compares R with the canonical encoding of
        // the point it must be, so an R that passes is canonical, and its bytes tell.
        Signature::from_slice(signature)
            .ok()
            .filter(|signature| !is_small_order(signature.r_bytes()))
            .and_then(|signature| self.0.verify(message, &signature).ok())
            .ok_or(ProofError::InvalidSignature)
    }
}

/// The account ID that data is kept under: the `UUIDv5` of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// Whether the `sub` of a token is this ID in its normal form.
    pub(crate) fn is(&self, sub: &str) -> bool {
        self.encode(&mut [0; Hyphenated::LENGTH]) == sub
    }

    /// Writes the normal form into a buffer, without allocating.
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

fn decode_32_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut buffer = Zeroizing::new([0; DECODE_BUFFER]);
    let length = URL_SAFE_NO_PAD
        .decode_slice(text, buffer.as_mut_slice())
        .ok()?;
    let decoded = buffer.get(..length)?;
    Some(Zeroizing::new(decoded.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 §7.1: seed, public key, message, signature.
    const RFC_8032: [[&str; 4]; 4] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
        [
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ],
    ];

    fn unhex(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn signs_and_verifies_the_vectors_of_rfc_8032() {
        for [seed, public_key, message, signature] in RFC_8032 {
            let seed = unhex(seed).try_into().unwrap();
            let key = SigningKey(ed25519_dalek::SigningKey::from_bytes(&seed));
            let message = unhex(message);

            assert_eq!(key.public_key().0.as_bytes().as_slice(), unhex(public_key));
            assert_eq!(key.sign(&message).as_slice(), unhex(signature));
            assert_eq!(key.public_key().verify(&message, &unhex(signature)), Ok(()));
        }
    }

    #[test]
    fn debug_does_not_show_a_secret() {
        assert_eq!(format!("{:?}", Secret::from_bytes([7; 32])), "Secret(..)");
    }
}
