//! Ed25519 keys and strict signatures (RFC 8032), independent of tokens.

mod point;

use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};
use thiserror::Error;

use crate::base64url;
use point::{is_canonical, is_small_order};

/// The bytes or the text are not a public key that a strict verifier accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[error("not a valid, canonical Ed25519 public key, or one of small order")]
pub struct InvalidPublicKey;

/// The signature is not valid under strict rules (RFC 8032 §5.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[error("the Ed25519 signature is not valid")]
pub struct InvalidSignature;

/// A signing key; overwritten with zeros when dropped.
pub(crate) struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes the key from its seed, the 32-byte private key (RFC 8032 §5.1.5).
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message and returns the 64 bytes of the signature (RFC 8032 §5.1.6).
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
    /// [`InvalidPublicKey`] if the bytes are not a point, not its canonical encoding, or of small
    /// order. For a key of small order, one signature is valid for many messages.
    ///
    /// # Source
    /// RFC 8032 §5.1.3.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidPublicKey> {
        if !is_canonical(bytes) || is_small_order(bytes) {
            return Err(InvalidPublicKey);
        }
        VerifyingKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| InvalidPublicKey)
    }

    /// Parses 43 characters of base64url without padding and with canonical last bits.
    ///
    /// # Errors
    /// [`InvalidPublicKey`] for any other text, and as [`PublicKey::from_bytes`].
    pub fn parse(text: &str) -> Result<Self, InvalidPublicKey> {
        let bytes = base64url::decode_32_bytes(text).ok_or(InvalidPublicKey)?;
        Self::from_bytes(&bytes)
    }

    /// Encodes the key as the 43 characters that [`PublicKey::parse`] takes.
    #[must_use]
    pub fn encode(&self) -> String {
        base64url::encode(self.0.as_bytes())
    }

    /// Returns the 32-byte encoding of the point (RFC 8032 §5.1.2).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Verifies a signature by the strict rules: S below the group order, R canonical and not of
    /// small order, and no cofactor.
    ///
    /// - `signature`: 64 bytes, R ‖ S
    ///
    /// # Errors
    /// [`InvalidSignature`] if the signature is not valid, or is not 64 bytes.
    ///
    /// # Source
    /// RFC 8032 §5.1.7; Chalkias, Garillot, Nikolaenko, "Taming the many `EdDSAs`" (2020).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        // `verify_strict` gives the same verdicts (tests/strictness.rs), but it computes a square
        // root to find out whether R is of small order. `verify` compares R with the canonical
        // encoding of the right point. So an R that passes is canonical, and its bytes show the order.
        Signature::from_slice(signature)
            .ok()
            .filter(|signature| !is_small_order(signature.r_bytes()))
            .and_then(|signature| self.0.verify(message, &signature).ok())
            .ok_or(InvalidSignature)
    }
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
            let key = SigningKey::from_seed(&seed);
            let message = unhex(message);

            assert_eq!(key.public_key().as_bytes().as_slice(), unhex(public_key));
            assert_eq!(key.sign(&message).as_slice(), unhex(signature));
            assert_eq!(key.public_key().verify(&message, &unhex(signature)), Ok(()));
        }
    }
}
