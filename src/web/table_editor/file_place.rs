//! Where a file has an entry that this form would change.

use std::path::Path;

use wallboard_texts::Texts;

use super::edited_section::EditedSection;

/// An entry's place in a file.
pub(super) struct FilePlace {
    /// "In wallboard.toml, line 12. Change it there, then reload the configuration."
    pub(super) place: String,
    /// How it can be in the browser instead.
    pub(super) moving: String,
}

impl FilePlace {
    pub(super) fn new(
        texts: &Texts,
        section: EditedSection,
        file: &Path,
        line: usize,
        last_line: usize,
    ) -> Self {
        let (first, section) = (line.to_string(), <&str>::from(section.0));
        Self {
            moving: if line == last_line {
                texts.make_again_line(section, first.as_str())
            } else {
                texts.make_again_lines(section, first.as_str(), last_line.to_string())
            },
            place: texts.origin_only_file(file.display().to_string(), first),
        }
    }
}
