//! Makes keys and signatures that strict and lax verifiers disagree about.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer, SigningKey};

use super::random::Random;
use crate::signatures::{ORDER, add_order, challenge, join, non_canonical};

fn torsion(random: &mut Random) -> EdwardsPoint {
    EIGHT_TORSION[random.below(8)]
}

fn some_non_canonical(random: &mut Random) -> [u8; 32] {
    let n = u8::try_from(random.below(19)).unwrap();
    non_canonical(n, random.one_in(2))
}

/// Returns the signer's public key, mostly with something wrong with it.
pub(crate) fn odd_key(key: &SigningKey, random: &mut Random) -> [u8; 32] {
    let point = ED25519_BASEPOINT_POINT * key.to_scalar();
    let mut encoded = match random.below(6) {
        0 => (point + torsion(random)).compress().to_bytes(),
        1 => torsion(random).compress().to_bytes(),
        2 => some_non_canonical(random),
        3 => random.bytes(),
        _ => point.compress().to_bytes(),
    };
    if random.one_in(4) {
        encoded[31] ^= 0x80;
    }
    encoded
}

/// Signs a message, for `public_key` if it is given. That key may be only nearly the signer's.
///
/// Sometimes changes the result.
pub(crate) fn sign(
    key: &SigningKey,
    public_key: Option<&[u8; 32]>,
    message: &[u8],
    random: &mut Random,
) -> Vec<u8> {
    let mut signature = match public_key {
        None => key.sign(message).to_bytes().to_vec(),
        Some(public_key) => sign_for(key, public_key, message, random),
    };
    match random.below(24) {
        0 => add_order(&mut signature[32..]),
        1 => signature[..32].copy_from_slice(&some_non_canonical(random)),
        2 => signature[..32].copy_from_slice(&torsion(random).compress().to_bytes()),
        3 => signature.push(0),
        4 => signature.truncate(random.below(64)),
        5 => signature[random.below(64)] ^= 1 << random.below(8),
        6 => signature[32..].copy_from_slice(&ORDER),
        7 => signature[32..].fill(0),
        _ => {}
    }
    signature
}

/// Signs with R = rB + T and S = r + ka.
///
/// The signature is valid for a verifier that multiplies by the cofactor. It is valid for others if T is
/// neutral and the key is unchanged.
fn sign_for(
    key: &SigningKey,
    public_key: &[u8; 32],
    message: &[u8],
    random: &mut Random,
) -> Vec<u8> {
    let r = if random.one_in(3) {
        Scalar::ZERO
    } else {
        Scalar::from_bytes_mod_order(random.bytes())
    };
    let added = if random.one_in(2) {
        EIGHT_TORSION[0]
    } else {
        torsion(random)
    };
    let encoded_r = (ED25519_BASEPOINT_POINT * r + added).compress().to_bytes();
    let s = r + challenge(&encoded_r, public_key, message) * key.to_scalar();
    join(&encoded_r, s.as_bytes()).to_vec()
}
