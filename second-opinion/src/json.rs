//! The members of one JSON object, by a pull parser.

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

/// Reads a text that is one object; `None` for any other, or one in which a member stands twice.
pub(crate) fn object(json: &[u8]) -> Option<Object> {
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
