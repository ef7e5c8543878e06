//! An entry that a file has, as its page shows it: its place, and its copy in the browser.

use wallboard_texts::Texts;

use crate::{
    editing::{Editor, EntryId, Origin, Section},
    web::differences::{DifferenceWriter, EntryDifference},
};

/// About an entry's place in a file.
pub(in crate::web) struct FileNote {
    /// "In wallboard.toml, line 12. Change it there, then reload the configuration."
    pub(in crate::web) place: String,
    /// The entry, without its secrets.
    pub(in crate::web) toml: String,
    /// Whether it has lines of its own, which moving deletes.
    pub(in crate::web) is_movable: bool,
    /// The same entry in the browser.
    pub(in crate::web) copy: Option<BrowserCopy>,
}

/// An entry of the browser that a file has too.
pub(in crate::web) struct BrowserCopy {
    /// Whether it waits until the file no longer has it.
    pub(in crate::web) is_waiting: bool,
    pub(in crate::web) heading: String,
    pub(in crate::web) about: String,
    /// The lines to delete in the file, or from the file's text to the browser's.
    pub(in crate::web) difference: EntryDifference,
    /// Of the button that deletes it.
    pub(in crate::web) button: String,
}

impl FileNote {
    /// `None`: no file has the entry.
    pub(in crate::web) fn of_entry(
        texts: &Texts,
        writer: &DifferenceWriter<'_>,
        editor: &Editor,
        id: &EntryId,
    ) -> Option<Self> {
        let Origin::File {
            file,
            line,
            last_line,
        } = editor.origin(id)
        else {
            return None;
        };
        let (lines, path) = (editor.lines_in_file(id), file.display().to_string());
        let toml = editor.text_in_file(id).unwrap_or_default();
        let entry = editor.entry(id);
        let of_browser = entry.as_ref().and_then(|entry| entry.current());
        let copy = of_browser.is_some().then(|| {
            if editor.is_waiting(id) {
                let lines = lines.as_deref().unwrap_or_default();
                BrowserCopy::waiting(texts, id, lines, &path, line, last_line)
            } else {
                BrowserCopy::other(texts, writer.compare(id, Some(toml.as_str()), of_browser))
            }
        });
        Some(Self {
            place: texts.origin_only_file(path, line.to_string()),
            toml,
            is_movable: lines.is_some(),
            copy,
        })
    }

    /// Whether a button moves it.
    pub(in crate::web) fn offers_move(&self) -> bool {
        self.is_movable && !self.copy.as_ref().is_some_and(|copy| copy.is_waiting)
    }
}

impl BrowserCopy {
    fn waiting(
        texts: &Texts,
        id: &EntryId,
        lines: &str,
        path: &str,
        first: usize,
        last: usize,
    ) -> Self {
        let is_board = id.section == Section::Boards;
        // A board's are all of its file.
        let lines = if is_board { "" } else { lines };
        Self {
            is_waiting: true,
            heading: texts.entry_waits().to_owned(),
            about: if is_board {
                texts.entry_waits_board(path)
            } else if first == last {
                texts.entry_waits_line(first.to_string(), path)
            } else {
                texts.entry_waits_lines(first.to_string(), last.to_string(), path)
            },
            difference: EntryDifference::of_lines(lines, ""),
            button: texts.keep_in_file().to_owned(),
        }
    }

    fn other(texts: &Texts, difference: EntryDifference) -> Self {
        Self {
            is_waiting: false,
            heading: texts.entry_in_both().to_owned(),
            about: texts.entry_in_both_about().to_owned(),
            difference,
            button: texts.delete_from_browser().to_owned(),
        }
    }
}
