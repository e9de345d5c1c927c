//! Points of edwards25519 (RFC 8032 §5.1), by textbook formulas.

use std::sync::LazyLock;

use num_bigint::BigUint;

struct Field {
    /// 2^255 - 19.
    p: BigUint,
    /// -121665/121666.
    d: BigUint,
    /// 2^((p-1)/4), a root of -1.
    root: BigUint,
}

static FIELD: LazyLock<Field> = LazyLock::new(|| {
    let two = BigUint::from(2_u8);
    let p = (BigUint::from(1_u8) << 255) - 19_u8;
    let inverse = BigUint::from(121_666_u32).modpow(&(&p - 2_u8), &p);
    Field {
        d: (&p - 121_665_u32) * inverse % &p,
        root: two.modpow(&((&p - 1_u8) >> 2), &p),
        p,
    }
});

impl Field {
    fn divide(&self, numerator: &BigUint, denominator: &BigUint) -> BigUint {
        numerator * denominator.modpow(&(&self.p - 2_u8), &self.p) % &self.p
    }

    fn subtract(&self, left: &BigUint, right: &BigUint) -> BigUint {
        (left + &self.p - right % &self.p) % &self.p
    }

    /// Returns one of the two square roots; `None` if there is none.
    fn square_root(&self, square: &BigUint) -> Option<BigUint> {
        let candidate = square.modpow(&((&self.p + 3_u8) >> 3), &self.p);
        let other = &candidate * &self.root % &self.p;
        [candidate, other]
            .into_iter()
            .find(|root| root * root % &self.p == *square)
    }

    /// Decodes a point to x and y; `None` if the bytes are not a point, or not its canonical encoding.
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
        let is_odd = highest & 0x80 != 0;
        if x == BigUint::ZERO && is_odd {
            return None;
        }
        let x = if x.bit(0) == is_odd { x } else { &self.p - x };
        Some((x, y))
    }

    /// Doubles the point (X : Y : Z), where x = X/Z and y = Y/Z.
    fn double(&self, [x, y, z]: &[BigUint; 3]) -> [BigUint; 3] {
        let (xx, yy, zz) = (x * x, y * y, z * z);
        let difference = self.subtract(&yy, &xx);
        let rest = self.subtract(&difference, &(zz << 1));
        [
            ((x * y) << 1) * &rest % &self.p,
            self.subtract(&BigUint::ZERO, &(&difference * (xx + yy))),
            difference * rest % &self.p,
        ]
    }
}

/// Whether 32 bytes are the canonical encoding of a point, and eight times the point is not neutral.
pub(crate) fn is_strict_point(encoded: &[u8]) -> bool {
    let Some((x, y)) = FIELD.decode(encoded) else {
        return false;
    };
    let point = [x, y, BigUint::from(1_u8)];
    let [x, y, z] = (0..3).fold(point, |point, _| FIELD.double(&point));
    x != BigUint::ZERO || y != z
}
