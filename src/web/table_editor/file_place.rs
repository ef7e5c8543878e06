//! Where a file has an entry that this form would change.

use std::path::Path;

/// An entry's place in a file.
pub(super) struct FilePlace {
    /// "wallboard.toml, line 12"
    pub(super) place: String,
    /// The part to delete, so that it can be in the browser instead: "lines 12 to 14".
    pub(super) part: String,
}

impl FilePlace {
    pub(super) fn new(file: &Path, line: usize, last_line: usize) -> Self {
        Self {
            place: format!("{}, line {line}", file.display()),
            part: if line == last_line {
                format!("line {line}")
            } else {
                format!("lines {line} to {last_line}")
            },
        }
    }
}
