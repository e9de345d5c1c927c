//! UUIDs: their forms (RFC 9562 §4), and UUIDs that are made from a name (§5.5).

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// The DNS namespace (RFC 9562 §6.6).
pub(crate) const DNS: [u8; 16] = [
    0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
];

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or_default()
}

/// Writes hexadecimal digits as a UUID, in lower case with hyphens.
fn hyphenated(digits: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for (index, digit) in digits.enumerate() {
        if [8, 12, 16, 20].contains(&index) {
            text.push('-');
        }
        text.push(digit.to_ascii_lowercase());
    }
    text
}

pub(crate) fn version_5(namespace: &[u8; 16], name: &[u8]) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[namespace, name].concat());
    let bytes = hash.as_ref().iter().take(16).enumerate();
    let bytes = bytes.map(|(index, byte)| match index {
        6 => byte & 0x0f | 0x50,
        8 => byte & 0x3f | 0x80,
        _ => *byte,
    });
    hyphenated(bytes.flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]))
}

/// Parses a UUID in any of its forms; `None` if the text is not a UUID.
pub(crate) fn parse(text: &str) -> Option<String> {
    let in_braces = || text.strip_prefix('{')?.strip_suffix('}');
    let marked = in_braces().or_else(|| text.strip_prefix("urn:uuid:"));
    let digits = hyphenated(marked.unwrap_or(text).chars().filter(|one| *one != '-'));
    let is_uuid = digits.len() == 36
        && digits
            .chars()
            .all(|one| one == '-' || one.is_ascii_hexdigit());
    let written = marked.unwrap_or(text).to_ascii_lowercase();
    let without_hyphens = marked.is_none() && written == digits.replace('-', "");
    (is_uuid && (written == digits || without_hyphens)).then_some(digits)
}
