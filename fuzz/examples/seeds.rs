//! Writes what each target begins with: `cargo run --example seeds FOLDER`.

use std::fs;
use std::path::{Path, PathBuf};

use fuzz::seeds;

/// How many tokens; most of them end up at another rule or by another way than those before.
const COUNT: usize = 2_000;

/// Names of the forms that count as UUIDs, and the nearest that do not.
const NAMES: [&str; 12] = [
    "betterauth-signup",
    "9e0495df-0c67-5225-9628-35b8335fb38c",
    "9E0495DF0C6752259628-35B8335FB38C",
    "9e0495df0c675225962835b8335fb38c",
    "{9e0495df-0c67-5225-9628-35b8335fb38c}",
    "{9e0495df0c675225962835b8335fb38c}",
    "urn:uuid:9e0495df-0c67-5225-9628-35b8335fb38c",
    "URN:UUID:9e0495df-0c67-5225-9628-35b8335fb38c",
    " 9e0495df-0c67-5225-9628-35b8335fb38c",
    "9e0495df-0c67-5225-9628-35b8335fb38g",
    "\u{1f469}\u{200d}\u{1f467}",
    "e\u{301}",
];

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    let tokens: Vec<String> = seeds().take(COUNT).collect();
    for target in ["token", "verification"] {
        write(&folder.join(target), tokens.iter().map(String::as_bytes))?;
    }
    let parts = tokens
        .iter()
        .filter_map(|token| testing::second_opinion::split(token).ok())
        .map(|[header, claims, _]| [header, claims].join(&0));
    write(&folder.join("claims"), parts)?;
    write(&folder.join("audience"), NAMES)
}

fn write(folder: &Path, inputs: impl IntoIterator<Item = impl AsRef<[u8]>>) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (index, input) in inputs.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{index:04}")), input)?;
    }
    Ok(())
}
