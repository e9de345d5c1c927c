//! Decodes base64url without padding (RFC 4648 §5), bit by bit.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Decodes a text; `None` if it is not base64url, or an unused bit is not zero.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits.extend((0..6).rev().map(|bit| value >> bit & 1));
    }
    let unused = bits.split_off(bits.len() / 8 * 8);
    // If six bits are unused, the text has one character too many.
    if unused.len() == 6 || unused.contains(&1) {
        return None;
    }
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
    bits.chunks(8)
        .map(|bits| u8::try_from(byte(bits)).ok())
        .collect()
}
