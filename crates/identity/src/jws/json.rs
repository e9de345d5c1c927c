//! Reads the members of one JSON object, each still as it was written.
//!
//! A derived struct would not do, for two reasons:
//!
//! - A duplicate member must be found, whatever its name.
//! - A value of the wrong type must not be reported as broken JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's members: the values of `N` known names, and the names of all others.
pub(crate) struct Members<'j, const N: usize> {
    pub(crate) known: [Option<&'j RawValue>; N],
    pub(crate) unknown: Vec<Cow<'j, str>>,
}

impl<'j, const N: usize> Members<'j, N> {
    /// Reads one JSON object; `None` if the text is anything else, or has a duplicate member.
    ///
    /// # Source
    /// RFC 8259; RFC 7515 §4 and RFC 7519 §4 (names must be unique).
    pub(crate) fn parse(json: &'j [u8], names: [&str; N]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let mut members = Names(names).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        // Sorted, because comparing each of hundreds of names with all others would take too long.
        members.unknown.sort_unstable();
        let are_unique = members.unknown.is_sorted_by(|left, right| left < right);
        are_unique.then_some(members)
    }
}

/// Reads a JSON string, borrowed unless it has escapes; `None` for any other value.
pub(crate) fn text(value: Option<&RawValue>) -> Option<Cow<'_, str>> {
    serde_json::from_str(value?.get())
        .ok()
        .map(|Text(text)| text)
}

/// Reads a JSON number without sign, fraction and exponent; `None` for any other value.
pub(crate) fn integer(value: Option<&RawValue>) -> Option<u64> {
    // Rust also parses numbers that are not JSON, such as `+1`. Reading the object has refused them.
    value?.get().parse().ok()
}

#[derive(serde::Deserialize)]
struct Text<'j>(#[serde(borrow)] Cow<'j, str>);

struct Names<'n, const N: usize>([&'n str; N]);

impl<'j, const N: usize> DeserializeSeed<'j> for Names<'_, N> {
    type Value = Members<'j, N>;

    fn deserialize<D: serde::Deserializer<'j>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'j, const N: usize> Visitor<'j> for Names<'_, N> {
    type Value = Members<'j, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members {
            known: [None; N],
            unknown: Vec::new(),
        };
        while let Some((Text(name), value)) = map.next_entry::<Text<'j>, &'j RawValue>()? {
            let slot = self.0.iter().position(|known| *known == name);
            match slot.and_then(|slot| members.known.get_mut(slot)) {
                None => members.unknown.push(name),
                Some(free @ None) => *free = Some(value),
                Some(Some(_)) => return Err(A::Error::custom("duplicate member")),
            }
        }
        Ok(members)
    }
}
