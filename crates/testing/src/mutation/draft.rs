//! A JSON object as a list of members, each as it will be written.

use super::random::Random;

#[derive(Clone)]
pub(crate) struct Member {
    /// With its quotation marks.
    pub(crate) name: String,
    pub(crate) value: String,
}

pub(crate) struct Draft {
    pub(crate) members: Vec<Member>,
}

/// Writes some characters of a JSON string as escapes.
fn escape(text: &str, random: &mut Random) -> String {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    else {
        return text.to_owned();
    };
    if inner.contains('\\') {
        return text.to_owned();
    }
    let mut escaped = String::from("\"");
    for character in inner.chars() {
        let mut units = [0; 2];
        match random.below(3) {
            0 => escaped.push(character),
            form => {
                for unit in character.encode_utf16(&mut units) {
                    let hex = format!("{unit:04x}");
                    escaped.push_str("\\u");
                    escaped.push_str(&if form == 1 { hex } else { hex.to_uppercase() });
                }
            }
        }
    }
    escaped + "\""
}

impl Member {
    pub(crate) fn new(name: &str, value: String) -> Self {
        Self {
            name: format!("\"{name}\""),
            value,
        }
    }

    pub(crate) fn escape_name(&mut self, random: &mut Random) {
        self.name = escape(&self.name, random);
    }

    pub(crate) fn escape_value(&mut self, random: &mut Random) {
        self.value = escape(&self.value, random);
    }

    pub(crate) fn upper_case_name(&mut self) {
        self.name = self.name.to_uppercase();
    }

    pub(crate) fn upper_case_value(&mut self) {
        self.value = self.value.to_uppercase();
    }
}

impl Draft {
    /// Parses an object whose values are all texts or numbers.
    pub(crate) fn parse(json: &str) -> Self {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json).unwrap();
        let members = object
            .into_iter()
            .map(|(name, value)| Member::new(&name, value.to_string()));
        Self {
            members: members.collect(),
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let quoted = format!("\"{name}\"");
        for member in self
            .members
            .iter_mut()
            .filter(|member| member.name == quoted)
        {
            value.clone_into(&mut member.value);
        }
    }

    pub(crate) fn swap_values(&mut self, left: usize, right: usize) {
        let value = self.members[left].value.clone();
        self.members[left].value = std::mem::replace(&mut self.members[right].value, value);
    }

    pub(crate) fn render(&self, space: &str) -> String {
        let members = self
            .members
            .iter()
            .map(|Member { name, value }| format!("{space}{name}{space}:{space}{value}{space}"));
        format!(
            "{space}{{{}}}{space}",
            members.collect::<Vec<_>>().join(",")
        )
    }
}
