//! Limits the size of a token, splits it and decodes strict base64url.

use super::JwsError;
use crate::base64url;

/// The longest token that is read, in bytes of UTF-8.
///
/// An identity proof has under 500 bytes. The cap limits the work that a stranger can cause before
/// the signature is verified.
pub const MAX_TOKEN_BYTES: usize = 2048;

/// Room for the three decoded parts of the longest token. The base64 crate's estimate of each part
/// may exceed its length by 2.
const DECODED_BYTES: usize = MAX_TOKEN_BYTES / 4 * 3 + 6;

/// A well-formed token whose signature is not verified yet. It proves no identity.
pub struct Unverified<'t> {
    /// The signed text: header and payload as received, with the dot between them (RFC 7515 §5.2).
    pub(crate) signing_input: &'t str,
    decoded: [u8; DECODED_BYTES],
    header_end: usize,
    payload_end: usize,
    signature_end: usize,
}

impl<'t> Unverified<'t> {
    /// Splits a compact JWS and decodes its three parts on the stack.
    ///
    /// - `token`: at most [`MAX_TOKEN_BYTES`] bytes
    ///
    /// # Errors
    /// - [`JwsError::Missing`] if `token` is empty
    /// - [`JwsError::TooLong`] over the cap
    /// - [`JwsError::Malformed`] unless it has three parts of base64url without padding and with
    ///   canonical last bits
    ///
    /// # Source
    /// RFC 7515 §3.1, §5.2; RFC 4648 §5, §3.5.
    pub fn parse(token: &'t str) -> Result<Self, JwsError> {
        if token.is_empty() {
            return Err(JwsError::Missing);
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwsError::TooLong);
        }
        Self::split(token).ok_or(JwsError::Malformed)
    }

    fn split(token: &'t str) -> Option<Self> {
        let (signing_input, signature) = token.rsplit_once('.')?;
        // Decoding refuses another dot in either part: it is not in the base64url alphabet.
        let (header, payload) = signing_input.split_once('.')?;

        let mut decoded = [0; DECODED_BYTES];
        let mut end = 0;
        let mut append = |part: &str| {
            let room = decoded.get_mut(end..)?;
            end += base64url::decode_into(part, room)?;
            Some(end)
        };
        let header_end = append(header)?;
        let payload_end = append(payload)?;
        let signature_end = append(signature)?;
        Some(Self {
            signing_input,
            decoded,
            header_end,
            payload_end,
            signature_end,
        })
    }

    /// The first part: the header's JSON.
    pub(crate) fn header(&self) -> &[u8] {
        self.bytes(0, self.header_end)
    }

    /// The second part: the payload.
    pub(crate) fn payload(&self) -> &[u8] {
        self.bytes(self.header_end, self.payload_end)
    }

    /// The third part, of any length.
    pub(crate) fn signature(&self) -> &[u8] {
        self.bytes(self.payload_end, self.signature_end)
    }

    fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.decoded.get(start..end).unwrap_or_default()
    }
}
