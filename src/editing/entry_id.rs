//! The names of entries.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use wallboard_store::RecordId;
use wallboard_toml_reader::quote_key;

use super::Section;

/// Names an entry.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct EntryId {
    pub section: Section,
    /// The key in its table, or a board's ID; empty for a whole table.
    pub name: String,
}

impl EntryId {
    pub fn new(section: Section, name: &str) -> Self {
        Self {
            section,
            name: name.to_owned(),
        }
    }

    /// Returns the record's ID, which shows no name.
    pub(super) fn record_id(&self) -> RecordId {
        let section: &str = self.section.into();
        let hash = Sha256::new()
            .chain_update(section)
            .chain_update([0])
            .chain_update(&self.name);
        RecordId::parse(&HEXLOWER.encode(&hash.finalize())).expect("digits are a valid ID")
    }
}

/// As in the files: `[thresholds."phone/8001"]`, `boards/hall.toml`.
impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (section, name) = (self.section, &self.name);
        if section == Section::Boards {
            return write!(f, "boards/{name}.toml");
        }
        if section.is_key() {
            return write!(f, "{section}");
        }
        if section.is_whole() {
            return write!(f, "[{section}]");
        }
        let quoted = quote_key(name);
        if section.is_line() {
            write!(f, "[{section}] {quoted}")
        } else {
            write!(f, "[{section}.{quoted}]")
        }
    }
}
