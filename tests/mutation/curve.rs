//! Keys and signatures that strict and lax verifiers disagree about.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha512};

use super::random::Random;

/// The order of the base point, little-endian (RFC 8032 §5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn torsion(random: &mut Random) -> EdwardsPoint {
    EIGHT_TORSION[random.below(8)]
}

/// y = p + n for a small n: an encoding that is not canonical.
fn non_canonical(random: &mut Random) -> [u8; 32] {
    let mut encoded = [0xff; 32];
    encoded[0] = 0xed + u8::try_from(random.below(19)).unwrap();
    encoded[31] = if random.one_in(2) { 0x7f } else { 0xff };
    encoded
}

/// The key with something wrong with it, now and then with nothing.
pub(crate) fn odd_key(key: &SigningKey, random: &mut Random) -> [u8; 32] {
    let point = ED25519_BASEPOINT_POINT * key.to_scalar();
    let mut encoded = match random.below(6) {
        0 => (point + torsion(random)).compress().to_bytes(),
        1 => torsion(random).compress().to_bytes(),
        2 => non_canonical(random),
        3 => random.bytes(),
        _ => point.compress().to_bytes(),
    };
    if random.one_in(4) {
        encoded[31] ^= 0x80;
    }
    encoded
}

fn add_order(s: &mut [u8]) {
    let mut carry = 0_u16;
    for (byte, order) in s.iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
}

/// Signs as well as can be for a public key that is not quite the signer's; now and then changes the result.
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
        1 => signature[..32].copy_from_slice(&non_canonical(random)),
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

/// R = rB + T, S = r + ka: holds for a verifier that multiplies by the cofactor, or where T is neutral and the key whole.
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
    let hash = Sha512::new()
        .chain_update(encoded_r)
        .chain_update(public_key)
        .chain_update(message);
    let s = r + Scalar::from_hash(hash) * key.to_scalar();
    [encoded_r, s.to_bytes()].concat()
}
