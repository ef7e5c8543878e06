//! The text of a transcript, read only where it's passed on.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// Returns the `transcript` of a message as it came, as JSON.
pub(super) fn find_transcript(body: &str) -> Option<String> {
    // Of a repeated field, the last one counts, as everywhere.
    let fields: HashMap<String, &RawValue> = serde_json::from_str(body).ok()?;
    fields.get("transcript").map(|text| text.get().to_owned())
}
