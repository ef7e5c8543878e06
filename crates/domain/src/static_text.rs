//! Texts from a fixed set that the code defines, as they come back from the log.

use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;
use serde::{Deserialize, Deserializer};

/// A text from a fixed set: a vendor's name, a kind of message, a reason.
pub type StaticText = &'static str;

/// Texts of other builds that are kept. The code itself has far fewer.
const TEXTS_MAX: usize = 2_000;
/// Stands for further ones.
const OTHER: StaticText = "other";

static KNOWN_TEXTS: Mutex<BTreeSet<StaticText>> = Mutex::new(BTreeSet::new());

/// Reads a text.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StaticText, D::Error> {
    String::deserialize(from).map(intern)
}

/// Reads counts by text.
pub fn deserialize_counts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<StaticText, u64>, D::Error> {
    let counts = BTreeMap::<String, u64>::deserialize(from)?;
    Ok(counts
        .into_iter()
        .map(|(text, n)| (intern(text), n))
        .collect())
}

/// Returns a text of the process's lifetime. Each is allocated once and never freed.
fn intern(text: String) -> StaticText {
    let mut known = KNOWN_TEXTS.lock();
    if let Some(found) = known.get(&*text) {
        return found;
    }
    if TEXTS_MAX <= known.len() {
        return OTHER;
    }
    let text: StaticText = text.leak();
    known.insert(text);
    text
}
