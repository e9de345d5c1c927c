//! Base64url without padding and with canonical last bits (RFC 4648 §5, §3.5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The bytes of the buffer for a decoded 32-byte value. The base64 crate estimates in groups of three.
const DECODE_BUFFER: usize = 33;

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Encodes bytes and appends them to `text`.
pub(crate) fn encode_into(bytes: impl AsRef<[u8]>, text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes into a buffer and returns the length; `None` if the text is not strict base64url, or too long.
pub(crate) fn decode_into(text: &str, buffer: &mut [u8]) -> Option<usize> {
    URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()
}

/// Decodes 43 characters to 32 bytes; `None` for any other text.
///
/// The bytes may be a secret, so they are overwritten with zeros when dropped.
pub(crate) fn decode_32_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut buffer = Zeroizing::new([0; DECODE_BUFFER]);
    let length = decode_into(text, buffer.as_mut_slice())?;
    let decoded = buffer.get(..length)?;
    Some(Zeroizing::new(decoded.try_into().ok()?))
}
