//! Our strict check must give the same verdicts as ed25519-dalek's `verify_strict`. The signatures are
//! those that lax and strict verifiers disagree about: small and mixed orders, in the key and in R.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, VerifyingKey};
use local_first_identity::{InvalidPublicKey, PublicKey};
use proptest::prelude::*;
use testing::signatures::{challenge, join, non_canonical, point};

/// Returns both verdicts on the same bytes: ours, and the curve library's.
fn verdicts(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> (bool, bool) {
    let ours =
        PublicKey::from_bytes(public_key).is_ok_and(|key| key.verify(message, signature).is_ok());
    let strict = VerifyingKey::from_bytes(public_key)
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)));
    (ours, strict.is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A = aB + T and R = rB + T', signed as well as possible. With `r = 0`, R is of small order.
    #[test]
    fn verdicts_agree_for_all_orders_of_the_key_and_r(
        a in any::<[u8; 32]>(),
        r in prop_oneof![Just([0; 32]), any::<[u8; 32]>()],
        key_torsion in 0..8_usize,
        message: [u8; 4],
    ) {
        let a = Scalar::from_bytes_mod_order(a);
        let r = Scalar::from_bytes_mod_order(r);
        let public_key = point(a, key_torsion).compress().to_bytes();
        for torsion in 0..8 {
            let encoded_r = point(r, torsion).compress().to_bytes();
            let s = r + challenge(&encoded_r, &public_key, &message) * a;
            let (ours, strict) = verdicts(&public_key, &message, &join(&encoded_r, s.as_bytes()));
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

/// A lax verifier accepts these signatures. They are why the check must be strict.
#[test]
fn an_r_of_small_order_is_refused_though_the_equation_holds() {
    use ed25519_dalek::Verifier;

    let a = Scalar::from_bytes_mod_order([7; 32]);
    let mut refused = 0;
    for key_torsion in 0..8 {
        let public_key = point(a, key_torsion).compress().to_bytes();
        for counter in 0..64_u8 {
            for torsion in EIGHT_TORSION {
                let encoded_r = torsion.compress().to_bytes();
                let s = challenge(&encoded_r, &public_key, &[counter]) * a;
                let signature = join(&encoded_r, s.as_bytes());
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
            assert_eq!(PublicKey::from_bytes(&bytes), Err(InvalidPublicKey));
            encodings += 1;
        }
    }
    assert_eq!(encodings, 16);
}

/// y = p + n for each n that fits: 19 encodings, each with both signs.
#[test]
fn every_non_canonical_encoding_is_refused_as_a_key() {
    for n in 0..19_u8 {
        for sign in [false, true] {
            assert_eq!(
                PublicKey::from_bytes(&non_canonical(n, sign)),
                Err(InvalidPublicKey)
            );
        }
    }
    let mut largest_canonical = [0xff; 32];
    (largest_canonical[0], largest_canonical[31]) = (0xeb, 0x7f);
    let is_point = CompressedEdwardsY(largest_canonical).decompress().is_some();
    assert_eq!(PublicKey::from_bytes(&largest_canonical).is_ok(), is_point);
}
