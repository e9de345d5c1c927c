//! Reads the members of one JSON object with a pull parser.

use std::collections::BTreeMap;

use json_event_parser::{JsonEvent, SliceJsonParser};

/// A member's value, as far as a rule looks at it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// As it was written.
    Number(String),
    Other,
}

pub(crate) type Object = BTreeMap<String, Value>;

/// Reads one JSON object; `None` if the text is anything else, or has a duplicate member.
///
/// An escaped lone surrogate is not a character. The object is refused if a name has one. A value that
/// has one is not a text.
pub(crate) fn object(json: &[u8]) -> Option<Object> {
    // The parser refuses a lone surrogate anywhere, so a letter stands in for each. If another letter gives another
    // name or value, that name or value had one.
    let object = members(&without_lone_surrogates(json, b'A')?)?;
    let other = members(&without_lone_surrogates(json, b'B')?)?;
    if !object.keys().eq(other.keys()) {
        return None;
    }
    let same = |((name, value), other)| {
        let value = if value == other { value } else { Value::Other };
        (name, value)
    };
    Some(
        object
            .into_iter()
            .zip(other.into_values())
            .map(same)
            .collect(),
    )
}

/// Returns the code unit of the escape `\uXXXX` that a text begins with.
fn escaped_unit(json: &[u8]) -> Option<u16> {
    let digits = json.strip_prefix(b"\\u")?.get(..4)?;
    let digits = str::from_utf8(digits).ok()?;
    // `from_str_radix` also accepts a sign.
    digits
        .bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Replaces each escape of a lone surrogate (RFC 8259 §8.2) by a letter.
///
/// `None` if an escape is cut short, because the letter might complete it.
fn without_lone_surrogates(json: &[u8], stand_in: u8) -> Option<Vec<u8>> {
    let mut written = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.first() {
        let is_low = |unit| (0xdc00..0xe000).contains(&unit);
        let length = match escaped_unit(rest) {
            Some(0xd800..0xdc00) if rest.get(6..).and_then(escaped_unit).is_some_and(is_low) => 12,
            Some(0xd800..0xe000) => {
                written.push(stand_in);
                rest = rest.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            None if rest.starts_with(b"\\u") => return None,
            // The second of two backslashes does not begin an escape.
            _ if *first == b'\\' => 2,
            _ => 1,
        };
        written.extend(rest.iter().take(length));
        rest = rest.get(length..).unwrap_or_default();
    }
    Some(written)
}

fn members(json: &[u8]) -> Option<Object> {
    let mut parser = SliceJsonParser::new(json);
    let mut next = || parser.parse_next().ok();
    let mut object = Object::new();
    if next()? != JsonEvent::StartObject {
        return None;
    }
    loop {
        let name = match next()? {
            JsonEvent::ObjectKey(name) => name.into_owned(),
            JsonEvent::EndObject => break,
            _ => return None,
        };
        let value = value(&mut next)?;
        if object.insert(name, value).is_some() {
            return None;
        }
    }
    (next()? == JsonEvent::Eof).then_some(object)
}

fn value<'j>(next: &mut impl FnMut() -> Option<JsonEvent<'j>>) -> Option<Value> {
    let mut depth = 0_usize;
    loop {
        let value = match next()? {
            JsonEvent::String(text) => Value::Text(text.into_owned()),
            JsonEvent::Number(digits) => Value::Number(digits.into_owned()),
            JsonEvent::StartObject | JsonEvent::StartArray => {
                depth += 1;
                continue;
            }
            JsonEvent::EndObject | JsonEvent::EndArray => {
                depth -= 1;
                Value::Other
            }
            JsonEvent::Eof => return None,
            JsonEvent::ObjectKey(_) => continue,
            JsonEvent::Boolean(_) | JsonEvent::Null => Value::Other,
        };
        if depth == 0 {
            return Some(value);
        }
    }
}
