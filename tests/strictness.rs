//! Our strict check gives the verdicts of ed25519-dalek's `verify_strict`, on the signatures that
//! lax and strict verifiers disagree about: small and mixed orders, in the key and in R.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, VerifyingKey};
use local_first_identity::{ProofError, PublicKey};
use proptest::prelude::*;
use sha2::{Digest, Sha512};

fn challenge(r: &[u8; 32], public_key: &[u8; 32], message: &[u8]) -> Scalar {
    Scalar::from_hash(
        Sha512::new()
            .chain_update(r)
            .chain_update(public_key)
            .chain_update(message),
    )
}

/// Both verdicts: ours, and that of the curve library on the same bytes.
fn verdicts(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> (bool, bool) {
    let ours = PublicKey::from_bytes(public_key).and_then(|key| key.verify(message, signature));
    let strict = VerifyingKey::from_bytes(public_key)
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)));
    (ours.is_ok(), strict.is_ok())
}

fn join(r: &[u8; 32], s: &Scalar) -> [u8; 64] {
    [r.as_slice(), s.as_bytes()].concat().try_into().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A = aB + T and R = rB + T', signed as well as can be: with `r = 0`, R has small order.
    #[test]
    fn verdicts_agree_whatever_the_orders_of_the_key_and_r(
        a in any::<[u8; 32]>(),
        r in prop_oneof![Just([0; 32]), any::<[u8; 32]>()],
        key_torsion in 0..8_usize,
        message: [u8; 4],
    ) {
        let a = Scalar::from_bytes_mod_order(a);
        let r = Scalar::from_bytes_mod_order(r);
        let public_key = (ED25519_BASEPOINT_POINT * a + EIGHT_TORSION[key_torsion]).compress().to_bytes();
        for torsion in EIGHT_TORSION {
            let encoded_r = (ED25519_BASEPOINT_POINT * r + torsion).compress().to_bytes();
            let s = r + challenge(&encoded_r, &public_key, &message) * a;
            let (ours, strict) = verdicts(&public_key, &message, &join(&encoded_r, &s));
            prop_assert_eq!(ours, strict);
        }
    }

    #[test]
    fn verdicts_agree_on_noise(public_key: [u8; 32], message: [u8; 4], signature in any::<[u8; 32]>()) {
        let signature = [signature, signature].concat().try_into().unwrap();
        let (ours, strict) = verdicts(&public_key, &message, &signature);
        prop_assert_eq!(ours, strict);
    }
}

/// The signature that holds for a lax verifier, and the reason why strictness is needed.
#[test]
fn an_r_of_small_order_is_refused_though_the_equation_holds() {
    use ed25519_dalek::Verifier;

    let a = Scalar::from_bytes_mod_order([7; 32]);
    let mut refused = 0;
    for key_torsion in EIGHT_TORSION {
        let public_key = (ED25519_BASEPOINT_POINT * a + key_torsion)
            .compress()
            .to_bytes();
        for counter in 0..64_u8 {
            for torsion in EIGHT_TORSION {
                let encoded_r = torsion.compress().to_bytes();
                let s = challenge(&encoded_r, &public_key, &[counter]) * a;
                let signature = join(&encoded_r, &s);
                let lax = VerifyingKey::from_bytes(&public_key)
                    .and_then(|key| key.verify(&[counter], &Signature::from_bytes(&signature)));
                if lax.is_ok() {
                    assert_eq!(
                        verdicts(&public_key, &[counter], &signature),
                        (false, false)
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!(refused >= 64, "only {refused} such signatures were found");
}

#[test]
fn every_encoding_of_a_point_of_small_order_is_refused_as_a_key() {
    let mut encodings = 0;
    for point in EIGHT_TORSION {
        let canonical = point.compress().to_bytes();
        for sign in [0, 0x80] {
            let mut bytes = canonical;
            bytes[31] ^= sign;
            let decodes_to = CompressedEdwardsY(bytes).decompress().unwrap();
            assert!(EdwardsPoint::is_small_order(&decodes_to));
            assert_eq!(
                PublicKey::from_bytes(&bytes),
                Err(ProofError::InvalidPublicKey)
            );
            encodings += 1;
        }
    }
    assert_eq!(encodings, 16);
}

/// y = p + n for each n that fits: 19 encodings, under either sign.
#[test]
fn every_non_canonical_encoding_is_refused_as_a_key() {
    for n in 0..19_u8 {
        for highest in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed + n, highest);
            assert_eq!(
                PublicKey::from_bytes(&bytes),
                Err(ProofError::InvalidPublicKey)
            );
        }
    }
    let mut largest_canonical = [0xff; 32];
    (largest_canonical[0], largest_canonical[31]) = (0xeb, 0x7f);
    let is_point = CompressedEdwardsY(largest_canonical).decompress().is_some();
    assert_eq!(PublicKey::from_bytes(&largest_canonical).is_ok(), is_point);
}
