//! Makes signatures by hand, for keys and points that no signer would make.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// ℓ, the order of the base point, little-endian (RFC 8032 §5.1).
pub const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Returns nB + T. T is one of the eight points whose order divides 8, by its index. Index 0 is neutral.
pub fn point(n: Scalar, torsion: usize) -> EdwardsPoint {
    ED25519_BASEPOINT_POINT * n + EIGHT_TORSION[torsion]
}

/// Encodes y = p + n, which is not canonical. `n` must be below 19.
pub fn non_canonical(n: u8, sign: bool) -> [u8; 32] {
    let mut encoded = [0xff; 32];
    encoded[0] = 0xed + n;
    encoded[31] = if sign { 0xff } else { 0x7f };
    encoded
}

/// Computes SHA-512(R ‖ A ‖ M) mod ℓ (RFC 8032 §5.1.7).
pub fn challenge(r: &[u8; 32], public_key: &[u8; 32], message: &[u8]) -> Scalar {
    Scalar::from_hash(
        Sha512::new()
            .chain_update(r)
            .chain_update(public_key)
            .chain_update(message),
    )
}

/// Joins R and S to a signature, R ‖ S.
pub fn join(r: &[u8; 32], s: &[u8; 32]) -> [u8; 64] {
    [r.as_slice(), s].concat().try_into().unwrap()
}

/// Adds ℓ to S, as bytes. The result is the same scalar.
pub fn add_order(s: &mut [u8]) {
    let mut carry = 0_u16;
    for (byte, order) in s.iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
}
