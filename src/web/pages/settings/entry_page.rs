//! An entry: its text, its faults, its versions, and a conflict with both versions.

use std::{path::Path, sync::Arc};

use askama::Template;

use crate::{
    editing::{Editor, Entry, EntryId, EntryVersion, Origin, Section, hide_secrets},
    web::{
        WebError, WebState,
        access::editing::Editing,
        pages::settings::{DifferenceRow, compare_texts},
        parts::{
            page_header::PageHeader,
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
    },
};
use wallboard_store::Revision;
use wallboard_texts::Texts;
use wallboard_toml_reader::ConfigFaults;

/// The state of an entry that its page shows.
pub(super) struct EntryView {
    pub(super) id: EntryId,
    /// The text of the form.
    pub(super) toml: String,
    pub(super) began_from: Option<Revision>,
    pub(super) faults: Option<ConfigFaults>,
    /// The entry as somebody else saved it meanwhile.
    pub(super) conflict: Option<Arc<Entry>>,
    /// Why nothing was saved, in English and without a period.
    pub(super) error: String,
    /// Whether the text was checked and is valid.
    pub(super) is_valid: bool,
    /// Whether it was just saved.
    pub(super) done: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
#[derive(Template)]
#[template(path = "settings_entry.html")]
struct EntryPage {
    build: &'static str,
    header: PageHeader,
    /// The token of its forms.
    form: String,
    section: &'static str,
    label: String,
    /// Empty for a new entry.
    id: String,
    name: String,
    /// Whether the section has entries with names.
    has_name: bool,
    /// In a file, where it's only read.
    file: Option<FileNote>,
    is_deleted: bool,
    toml: String,
    lines: usize,
    began_from: String,
    faults: Vec<FaultRow>,
    conflict: Option<ConflictRow>,
    error: String,
    is_valid: bool,
    done: bool,
    versions: Vec<VersionRow>,
}

/// About an entry's place in a file.
struct FileNote {
    /// "In wallboard.toml, line 12. Change it there, then reload the configuration."
    place: String,
    /// Whether a button moves it to the browser.
    is_movable: bool,
    /// The same entry in the browser.
    copy: Option<BrowserCopy>,
}

/// An entry of the browser that a file has too.
struct BrowserCopy {
    heading: String,
    about: String,
    /// The lines to delete in the file, or from the file's text to the browser's.
    differences: Vec<DifferenceRow>,
    /// Of the button that deletes it.
    button: String,
}

struct FaultRow {
    /// "Line 3:"; empty if it's elsewhere.
    line_number: String,
    /// In English, as the command writes it.
    sentence: String,
    /// The line that has it; empty if it isn't in the text.
    line: String,
}

struct ConflictRow {
    about: Sentence,
    /// From theirs to the visitor's.
    differences: Vec<DifferenceRow>,
}

pub(in crate::web) struct VersionRow {
    /// From 0, the oldest.
    pub(in crate::web) number: usize,
    pub(in crate::web) by: String,
    pub(in crate::web) at: String,
    pub(in crate::web) is_current: bool,
    pub(in crate::web) is_deleted: bool,
    pub(in crate::web) differences: Vec<DifferenceRow>,
}

impl EntryView {
    /// The entry as it is.
    pub(super) fn current(editing: &Editing, id: EntryId) -> Self {
        let editor = editing.editor();
        let entry = editor.entry(&id);
        let is_deleted = entry
            .as_ref()
            .is_some_and(|entry| entry.current().is_none());
        Self {
            toml: editor.text(&id).unwrap_or_else(|| begin_text(&id)),
            began_from: entry.filter(|_| !is_deleted).map(|entry| entry.revision),
            id,
            faults: None,
            conflict: None,
            error: String::new(),
            is_valid: false,
            done: false,
        }
    }
}

impl FileNote {
    fn new(
        texts: &Texts,
        editor: &Editor,
        id: &EntryId,
        file: &Path,
        (first, last): (usize, usize),
    ) -> Self {
        let lines = editor.lines_in_file(id);
        let (path, is_waiting) = (file.display().to_string(), editor.is_waiting(id));
        let entry = editor.entry(id);
        let other = entry.as_ref().and_then(|entry| entry.current());
        let copy = other.map(|toml| {
            if is_waiting {
                BrowserCopy::waiting(texts, id, lines.as_deref(), &path, (first, last))
            } else {
                let of_file = editor.text(id).unwrap_or_default();
                BrowserCopy::other(texts, &of_file, toml)
            }
        });
        Self {
            is_movable: lines.is_some() && !is_waiting,
            place: texts.origin_only_file(path, first.to_string()),
            copy,
        }
    }
}

impl BrowserCopy {
    fn waiting(
        texts: &Texts,
        id: &EntryId,
        lines: Option<&str>,
        path: &str,
        (first, last): (usize, usize),
    ) -> Self {
        let is_board = id.section == Section::Boards;
        // A board's are all of its file.
        let lines = lines.filter(|_| !is_board);
        Self {
            heading: texts.entry_waits().to_owned(),
            about: if is_board {
                texts.entry_waits_board(path)
            } else if first == last {
                texts.entry_waits_line(first.to_string(), path)
            } else {
                texts.entry_waits_lines(first.to_string(), last.to_string(), path)
            },
            differences: compare_texts(lines.unwrap_or_default(), ""),
            button: texts.keep_in_file().to_owned(),
        }
    }

    fn other(texts: &Texts, of_file: &str, toml: &str) -> Self {
        Self {
            heading: texts.entry_in_both().to_owned(),
            about: texts.entry_in_both_about().to_owned(),
            differences: compare_texts(of_file, toml),
            button: texts.delete_from_browser().to_owned(),
        }
    }
}

/// The beginning of a new entry.
fn begin_text(id: &EntryId) -> String {
    if id.section == Section::Boards {
        return "title = \"\"\nqueues = [\"*\"]\n".to_owned();
    }
    if id.name.is_empty() && !id.section.is_whole() {
        return String::new();
    }
    let header = id.to_string();
    if id.section.is_key() {
        return format!("{header} = \"\"\n");
    }
    match header.split_once("] ") {
        Some((section, key)) => format!("{section}]\n{key} = \n"),
        None => format!("{header}\n"),
    }
}

pub(super) fn render_entry(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    view: EntryView,
) -> Result<String, WebError> {
    let EntryView { id, toml, .. } = view;
    let texts = header.texts;
    let origin = editing.editor().origin(&id);
    let entry = editing.editor().entry(&id);
    let is_deleted = matches!(origin, Origin::Nowhere) && entry.is_some();
    let file = match origin {
        Origin::File {
            file,
            line,
            last_line,
        } => {
            let lines = (line, last_line);
            Some(FileNote::new(texts, editing.editor(), &id, &file, lines))
        }
        Origin::Browser(_) | Origin::Nowhere => None,
    };
    let versions = entry
        .map(|entry| version_rows(texts, web, &entry))
        .unwrap_or_default();
    let faults = view
        .faults
        .iter()
        .flat_map(|faults| fault_rows(texts, faults, &id, &toml));
    let conflict = view
        .conflict
        .map(|theirs| conflict_row(texts, web, &theirs, &toml));
    let page = EntryPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        section: id.section.into(),
        label: texts.section_label(<&str>::from(id.section)),
        has_name: !id.section.is_whole(),
        file,
        is_deleted,
        lines: toml.lines().count().clamp(6, 30) + 1,
        began_from: view
            .began_from
            .map(|revision| revision.0.to_string())
            .unwrap_or_default(),
        faults: faults.collect(),
        conflict,
        error: view.error,
        is_valid: view.is_valid,
        done: view.done,
        versions,
        id: if id.name.is_empty() && !id.section.is_whole() {
            String::new()
        } else {
            id.to_string()
        },
        name: id.name,
        toml,
    };
    Ok(page.render()?)
}

fn fault_rows(texts: &Texts, faults: &ConfigFaults, id: &EntryId, toml: &str) -> Vec<FaultRow> {
    let header = id.to_string();
    let rows = faults.faults.iter().map(|fault| {
        let is_here = fault.is_in_entry(&header) && 0 < fault.line;
        let line = toml
            .lines()
            .nth(fault.line.saturating_sub(1))
            .filter(|_| is_here);
        let key = if fault.key.is_empty() { "" } else { ": " };
        let fix = if fault.fix.is_empty() { "" } else { "; " };
        let sentence = format!("{}{key}{}{fix}{}", fault.key, fault.what, fault.fix);
        FaultRow {
            line_number: if is_here {
                texts.fault_line(fault.line.to_string())
            } else {
                String::new()
            },
            sentence: if is_here {
                sentence
            } else {
                format!("{}: {sentence}", faults.place_of(fault))
            },
            line: line.unwrap_or_default().to_owned(),
        }
    });
    rows.collect()
}

/// Says who changed an entry meanwhile, and when.
pub(in crate::web) fn describe_conflict(texts: &Texts, web: &WebState, theirs: &Entry) -> Sentence {
    let about = theirs.versions.last().map(|version| {
        let at = format_time(texts, web, version);
        Sentence::with_name(&texts.entry_changed_meanwhile(slot(0), at), &version.by)
    });
    about.unwrap_or_default()
}

fn conflict_row(texts: &Texts, web: &WebState, theirs: &Entry, toml: &str) -> ConflictRow {
    ConflictRow {
        about: describe_conflict(texts, web, theirs),
        differences: compare_texts(theirs.current().unwrap_or_default(), toml),
    }
}

/// The text of an entry for people, without its secrets.
pub(super) fn shown_text(id: &EntryId, toml: Option<&str>) -> String {
    let toml = toml.unwrap_or_default();
    if id.section.has_secrets() {
        hide_secrets(toml)
    } else {
        toml.to_owned()
    }
}

/// The newest first, each with what it changed.
pub(in crate::web) fn version_rows(
    texts: &Texts,
    web: &WebState,
    entry: &Entry,
) -> Vec<VersionRow> {
    let text = |version: &EntryVersion| shown_text(&entry.id, version.toml.as_deref());
    let rows = entry.versions.iter().enumerate().map(|(number, version)| {
        let previous = number.checked_sub(1).and_then(|at| entry.versions.get(at));
        VersionRow {
            number,
            by: version.by.clone(),
            at: format_time(texts, web, version),
            is_current: number + 1 == entry.versions.len(),
            is_deleted: version.toml.is_none(),
            differences: compare_texts(&previous.map(text).unwrap_or_default(), &text(version)),
        }
    });
    let mut rows: Vec<_> = rows.collect();
    rows.reverse();
    rows
}

fn format_time(texts: &Texts, web: &WebState, version: &EntryVersion) -> String {
    (web.live)
        .read_snapshot(|snapshot, now| texts.time_or_day(version.at, now.wall, &snapshot.site.zone))
}
