//! The compact serialisation: size cap, split, strict base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::claims::{Claims, Header};
use crate::error::ProofError;
use crate::json::Members;

/// The longest token that is read, in bytes of UTF-8.
///
/// A proof with every claim at its longest has under 500 bytes. The cap bounds what a stranger can
/// make the verifier do before a signature vouches for anything.
pub const MAX_TOKEN_BYTES: usize = 2048;

/// Room for the decoded segments of the longest token, and for base64's estimate of each, which
/// may exceed the length by 2.
const DECODED_BYTES: usize = MAX_TOKEN_BYTES / 4 * 3 + 6;

/// A well-formed token that nobody has vouched for yet. It has no identity to give.
pub struct Unverified<'t> {
    /// What the signature is over: header and claims as received, dot included (RFC 7515 §5.2).
    pub(crate) signing_input: &'t str,
    decoded: [u8; DECODED_BYTES],
    header_end: usize,
    claims_end: usize,
    signature_end: usize,
}

impl<'t> Unverified<'t> {
    /// Splits a compact JWS and decodes its three parts on the stack.
    ///
    /// - `token`: at most [`MAX_TOKEN_BYTES`] bytes
    ///
    /// # Errors
    /// - [`ProofError::Missing`] if `token` is empty
    /// - [`ProofError::TooLong`] over the cap
    /// - [`ProofError::Malformed`] unless it has three parts of base64url without padding and with
    ///   canonical last bits
    ///
    /// # Source
    /// RFC 7515 §3.1, §5.2; RFC 4648 §5, §3.5.
    pub fn parse(token: &'t str) -> Result<Self, ProofError> {
        if token.is_empty() {
            return Err(ProofError::Missing);
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(ProofError::TooLong);
        }
        Self::split(token).ok_or(ProofError::Malformed)
    }

    fn split(token: &'t str) -> Option<Self> {
        let (signing_input, signature) = token.rsplit_once('.')?;
        // A second dot in either part is outside the base64url alphabet.
        let (header, claims) = signing_input.split_once('.')?;

        let mut decoded = [0; DECODED_BYTES];
        let mut end = 0;
        let mut append = |part: &str| {
            let room = decoded.get_mut(end..)?;
            end += URL_SAFE_NO_PAD.decode_slice(part, room).ok()?;
            Some(end)
        };
        let header_end = append(header)?;
        let claims_end = append(claims)?;
        let signature_end = append(signature)?;
        Some(Self {
            signing_input,
            decoded,
            header_end,
            claims_end,
            signature_end,
        })
    }

    /// Header and claims as JSON objects, their members not yet looked at.
    pub(crate) fn objects(&self) -> Result<(Header<'_>, Claims<'_>), ProofError> {
        let header = self.bytes(0, self.header_end);
        let claims = self.bytes(self.header_end, self.claims_end);
        Ok((
            Header(Members::parse(header, Header::NAMES).ok_or(ProofError::Malformed)?),
            Claims(Members::parse(claims, Claims::NAMES).ok_or(ProofError::Malformed)?),
        ))
    }

    /// The third part, of whatever length.
    pub(crate) fn signature(&self) -> &[u8] {
        self.bytes(self.claims_end, self.signature_end)
    }

    fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.decoded.get(start..end).unwrap_or_default()
    }
}
