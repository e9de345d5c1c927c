//! Finds the option that a misspelt name probably means.

/// The most edits that count as a typing mistake.
const MOST_EDITS: usize = 2;
/// A shorter name is near too many others, a longer one is slow to compare. In bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=40;

/// Finds the name that was probably meant. Case does not count.
pub(crate) fn near_name<'n>(given: &str, names: &[&'n str]) -> Option<&'n str> {
    if !LENGTHS.contains(&given.len()) {
        return None;
    }
    let wanted = given.to_lowercase();
    let edits = |name: &str| {
        let name = name.to_lowercase();
        if is_part(&wanted, &name) {
            0
        } else {
            strsim::levenshtein(&wanted, &name)
        }
    };
    names
        .iter()
        .map(|name| (edits(name), *name))
        .filter(|(edits, _)| *edits <= MOST_EDITS)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Whether the longer name begins or ends with the shorter one, as `ttlSeconds` begins with `ttl`.
fn is_part(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    long.starts_with(short) || long.ends_with(short)
}
