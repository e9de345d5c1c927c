//! Makes tokens from good ones: drafts of header and claims are changed, signed, and changed again.

mod curve;
mod draft;
mod random;

use draft::{Draft, Member};
use random::Random;

use crate::tokens::{AUDIENCE, HEADER, NOW, claims, encode, key, policy};

/// Values that any member may get.
const VALUES: [&str; 30] = [
    "0",
    "-0",
    "1",
    "01",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "1E+3",
    "1.",
    ".5",
    "0x10",
    "NaN",
    "1795305565",
    "1795305625",
    "1795305625.0",
    "17953056250e-1",
    "18446744073709551615",
    "18446744073709551616",
    "9007199254740993",
    "\"\"",
    "\"EdDSA\"",
    "\"jwt\"",
    "null",
    "true",
    "[]",
    "{}",
    "[[[{\"a\":[1,\"\\u00e9\"]}]]]",
    "{\"a\":1,\"a\":2}",
    "\"\\ud83d\\udc69\"",
];

/// Texts that are not a JSON value, or barely one.
const ODDITIES: [&str; 13] = [
    "\"\\u00\\ud80041\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\x\"",
    "\"a\nb\"",
    "\"\\u12\"",
    "'a'",
    "undefined",
    "[1,]",
    "{\"a\":1,}",
    "\"\u{7f}\u{0}\"",
    "tru",
    "// \"a\"\n1",
];

/// Texts to add before or after a string, as JSON writes them.
const ADDED: [&str; 12] = [
    " ",
    "\\t",
    "\\n",
    "\\u0000",
    "x",
    "A",
    "=",
    "\\ud800",
    "\\udfff",
    "\u{feff}",
    "urn:uuid:",
    "\\\\ud800",
];

const NAMES: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "jazz_pub_key",
    "iat",
    "exp",
    "nbf",
    "jti",
    "alg",
    "typ",
    "crit",
    "kid",
    "",
    "__proto__",
];

/// Differences in seconds between `iat` or `exp` and the verifier's clock, near the limits of the rules.
const EDGES: [i64; 14] = [
    -3601, -3600, -3599, -61, -60, -1, 0, 1, 59, 60, 61, 3599, 3600, 3601,
];

/// An endless source of tokens, the same for the same seed.
pub struct Mutator {
    random: Random,
    previous: String,
}

impl Mutator {
    /// Makes the source of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            previous: String::new(),
        }
    }

    /// Returns the next token.
    pub fn token(&mut self) -> String {
        let mut header = Draft::parse(HEADER);
        let signer = u8::try_from(self.random.below(4)).unwrap() + 1;
        let mut claims = Draft::parse(&claims(&key(signer)).to_string());
        if self.random.one_in(3) {
            self.change_times(&mut claims);
        }
        let mut public_key = None;
        if self.random.one_in(4) {
            public_key = Some(self.change_key(&mut claims, signer));
        }
        for _ in 0..[0, 0, 1, 1, 2, 3][self.random.below(6)] {
            if self.random.one_in(3) {
                self.change(&mut header);
            } else {
                self.change(&mut claims);
            }
        }
        let parts = [self.render(&header), self.render(&claims)];
        let signing_input = parts.map(encode).join(".");
        let key = key(if self.random.one_in(16) {
            signer + 1
        } else {
            signer
        });
        let signature = curve::sign(
            &key,
            public_key.as_ref(),
            signing_input.as_bytes(),
            &mut self.random,
        );
        let mut token = format!("{signing_input}.{}", encode(signature));
        if self.random.one_in(4) {
            token = self.change_text(&token);
        }
        self.previous.clone_from(&token);
        token
    }

    fn change_times(&mut self, claims: &mut Draft) {
        let issued = NOW.saturating_add_signed(*self.random.pick(&EDGES));
        let expires = match self.random.below(3) {
            0 => NOW.saturating_add_signed(*self.random.pick(&EDGES)),
            _ => issued + *self.random.pick(&[1, 60, 3599, 3600, 3601]),
        };
        claims.set("iat", &issued.to_string());
        claims.set("exp", &expires.to_string());
    }

    /// Puts another key into the claims, mostly with its own user ID.
    fn change_key(&mut self, claims: &mut Draft, signer: u8) -> [u8; 32] {
        let public_key = curve::odd_key(&key(signer), &mut self.random);
        claims.set("jazz_pub_key", &format!("\"{}\"", encode(public_key)));
        if !self.random.one_in(4) {
            claims.set(
                "sub",
                &format!("\"{}\"", crate::tokens::user_id(&public_key)),
            );
        }
        public_key
    }

    fn change(&mut self, draft: &mut Draft) {
        let at = self.random.below(draft.members.len().max(1));
        let other = self.random.below(draft.members.len().max(1));
        let value = (*self.random.pick(&VALUES)).to_owned();
        let name = *self.random.pick(&NAMES);
        if draft.members.is_empty() {
            return draft.members.push(Member::new(name, value));
        }
        match self.random.below(18) {
            0 => drop(draft.members.remove(at)),
            1 => draft.members.push(draft.members[at].clone()),
            2 => draft.members.push(Member {
                value,
                ..draft.members[at].clone()
            }),
            3 => draft.swap_values(at, other),
            4 => draft.members.swap(at, other),
            5 => draft.members[at].value = value,
            6 => draft.members.push(Member::new(name, value)),
            7 => draft.members[at].name = format!("\"{name}\""),
            8 => draft.members[at].escape_name(&mut self.random),
            9 => draft.members[at].escape_value(&mut self.random),
            10 => (*self.random.pick(&ODDITIES)).clone_into(&mut draft.members[at].value),
            11 => (*self.random.pick(&ODDITIES)).clone_into(&mut draft.members[at].name),
            12 => draft.members[at].upper_case_value(),
            13 => draft.members[at].upper_case_name(),
            14 => {
                let value = draft.members[at].value.clone();
                draft.members[at].value = self.add_to(&value);
            }
            15 => {
                let name = draft.members[at].name.clone();
                draft.members[at].name = self.add_to(&name);
            }
            16 => {
                let value = draft.members[at].value.clone();
                draft.members[at].value = self.random.change_character(&value);
            }
            _ => {
                let audience = policy().audience.to_string();
                let aud =
                    *self
                        .random
                        .pick(&[AUDIENCE, &audience, "urn:jazz:anonymous", "JWT", "none"]);
                draft.members[at].value = format!("\"{aud}\"");
            }
        }
    }

    /// Adds something before or after the text between quotation marks.
    fn add_to(&mut self, quoted: &str) -> String {
        let Some(text) = quoted
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        else {
            return quoted.to_owned();
        };
        let added = *self.random.pick(&ADDED);
        if self.random.one_in(2) {
            format!("\"{added}{text}\"")
        } else {
            format!("\"{text}{added}\"")
        }
    }

    /// Writes the draft as JSON, sometimes with white space, an added member or something broken.
    fn render(&mut self, draft: &Draft) -> Vec<u8> {
        let space = if self.random.one_in(40) {
            *self.random.pick(&["\u{a0}", "\u{c}", "\u{0}"])
        } else {
            *self.random.pick(&["", "", "", " ", "\n\t\r"])
        };
        let mut json = draft.render(space).into_bytes();
        match self.random.below(40) {
            0 => json.extend(b"x"),
            1 => json.extend(b" \n"),
            2 => json.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
            3 => json.truncate(self.random.below(json.len())),
            4 => json = b"[]".to_vec(),
            5 => {
                let at = self.random.below(json.len());
                json[at] = u8::try_from(self.random.below(256)).unwrap();
            }
            6 => {
                let filler = "x".repeat(self.random.below(1600));
                let at = json.len().saturating_sub(1);
                json.splice(at..at, format!(",\"filler\":\"{filler}\"").into_bytes())
                    .for_each(drop);
            }
            7 => {
                let depth = self.random.below(400);
                let nested = format!(",\"n\":{}{}", "[".repeat(depth), "]".repeat(depth));
                let at = json.len().saturating_sub(1);
                json.splice(at..at, nested.into_bytes()).for_each(drop);
            }
            _ => {}
        }
        json
    }

    /// Changes the text of a token after it is signed, or mixes it with the previous token.
    fn change_text(&mut self, token: &str) -> String {
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let others: Vec<String> = self.previous.split('.').map(str::to_owned).collect();
        let at = self.random.below(parts.len());
        match self.random.below(12) {
            0 => parts[at].push('='),
            1 => parts[at].push(*self.random.pick(&['A', '-', '+', '/', ' ', '\n', 'é', '.'])),
            2 => drop(parts[at].pop()),
            3 => parts[at].clear(),
            4 => drop(parts.remove(at)),
            5 => parts.push(parts[at].clone()),
            6 => parts[at] = others.get(at).cloned().unwrap_or_default(),
            7 => parts.reverse(),
            8 => return format!("{}{token}", " ".repeat(self.random.below(2))),
            9 => {
                return if self.random.one_in(20) {
                    String::new()
                } else {
                    token.repeat(1 + self.random.below(4))
                };
            }
            _ => return self.random.change_character(token),
        }
        parts.join(".")
    }
}
