//! Notes in the ledger about how a file is written.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNotes {
    /// In file order.
    pub headers: Vec<String>,
    pub separator: char,
    pub decimal: char,
    /// Whether it was decoded as Windows-1252 because it isn't UTF-8.
    pub is_windows_1252: bool,
}

impl FileNotes {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("notes always serialize to JSON")
    }

    pub(super) fn parse_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}
