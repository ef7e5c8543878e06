//! Notes on an imported plan: its header, and the settings that it was read with.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlanFileNotes {
    pub(super) headers: Vec<String>,
    /// See [`super::PlanSettings::fingerprint`].
    pub(super) read_with: String,
}

impl PlanFileNotes {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses the notes of a file; `None` if they are another vendor's.
    pub(super) fn parse_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}
