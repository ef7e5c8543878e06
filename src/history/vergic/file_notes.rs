//! What the ledger remembers of how a file is written.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNotes {
    /// In the order of the file.
    pub headers: Vec<String>,
    pub separator: char,
    pub decimal: char,
    /// It was not UTF-8, and so taken for this.
    pub is_windows_1252: bool,
}

impl FileNotes {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("there is nothing in it that JSON cannot hold")
    }

    pub(super) fn parse_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}
