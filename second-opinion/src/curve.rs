//! Points of edwards25519 (RFC 8032 §5.1), by the affine formulas of the textbook.

use num_bigint::BigUint;

struct Field {
    /// 2^255 - 19.
    p: BigUint,
    /// -121665/121666.
    d: BigUint,
}

impl Field {
    fn new() -> Self {
        let p = (BigUint::from(1_u8) << 255) - 19_u8;
        let inverse = BigUint::from(121_666_u32).modpow(&(&p - 2_u8), &p);
        let d = (&p - 121_665_u32) * inverse % &p;
        Self { p, d }
    }

    fn divide(&self, numerator: &BigUint, denominator: &BigUint) -> BigUint {
        numerator * denominator.modpow(&(&self.p - 2_u8), &self.p) % &self.p
    }

    /// One of the two roots; `None` if there is none.
    fn square_root(&self, square: &BigUint) -> Option<BigUint> {
        let candidate = square.modpow(&((&self.p + 3_u8) >> 3), &self.p);
        // 2^((p-1)/4), a root of -1.
        let twist = BigUint::from(2_u8).modpow(&((&self.p - 1_u8) >> 2), &self.p);
        let candidates = [candidate.clone(), candidate * twist % &self.p];
        candidates
            .into_iter()
            .find(|root| root * root % &self.p == *square)
    }

    /// x and y of an encoded point; `None` if it is none, or not its only encoding.
    fn decode(&self, encoded: &[u8]) -> Option<(BigUint, BigUint)> {
        let (highest, rest) = encoded.split_last().filter(|(_, rest)| rest.len() == 31)?;
        let y = BigUint::from_bytes_le(&[rest, &[highest & 0x7f]].concat());
        if y >= self.p {
            return None;
        }
        let y_squared = &y * &y % &self.p;
        let numerator = &y_squared + &self.p - 1_u8;
        let denominator = &self.d * &y_squared + 1_u8;
        let x = self.square_root(&self.divide(&numerator, &denominator))?;
        let zero = BigUint::ZERO;
        let is_odd = highest & 0x80 != 0;
        if x == zero && is_odd {
            return None;
        }
        let x = if x.bit(0) == is_odd { x } else { &self.p - x };
        Some((x, y))
    }

    fn double(&self, (x, y): &(BigUint, BigUint)) -> (BigUint, BigUint) {
        let product = x * x % &self.p * y % &self.p * y % &self.p * &self.d % &self.p;
        let sum_x = (x * y + x * y) % &self.p;
        let sum_y = (y * y + x * x) % &self.p;
        let one = BigUint::from(1_u8);
        (
            self.divide(&sum_x, &(&one + &product)),
            self.divide(&sum_y, &(&one + &self.p - &product)),
        )
    }
}

/// Whether 32 bytes are the one encoding of a point of the curve.
pub(crate) fn is_canonical_point(encoded: &[u8]) -> bool {
    Field::new().decode(encoded).is_some()
}

/// Whether eight times the point is the neutral one.
pub(crate) fn has_small_order(encoded: &[u8]) -> bool {
    let field = Field::new();
    let Some(point) = field.decode(encoded) else {
        return false;
    };
    let doubled = (0..3).fold(point, |point, _| field.double(&point));
    doubled == (BigUint::ZERO, BigUint::from(1_u8))
}
