//! An entry: its text, its faults, its versions, and a conflict with both versions.

use std::sync::Arc;

use askama::Template;

use crate::{
    editing::{Entry, EntryId, EntryVersion, Origin, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::{DifferenceWriter, EntryDifference},
        pages::settings::FileNote,
        parts::{
            entry_uses::find_entry_uses,
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
    /// Where its forms are sent.
    address: String,
    label: String,
    /// Empty for a new entry.
    id: String,
    name: String,
    /// Whether the section has entries with names.
    has_name: bool,
    /// In a file, where it's only read.
    file: Option<FileNote>,
    is_deleted: bool,
    /// Everything that would miss it.
    uses: Option<Sentence>,
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
    difference: EntryDifference,
}

pub(in crate::web) struct VersionRow {
    /// From 0, the oldest.
    pub(in crate::web) number: usize,
    pub(in crate::web) by: String,
    pub(in crate::web) at: String,
    pub(in crate::web) is_current: bool,
    pub(in crate::web) is_deleted: bool,
    pub(in crate::web) difference: EntryDifference,
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
    let writer = DifferenceWriter::new(texts, web);
    let file = FileNote::of_entry(texts, &writer, editing.editor(), &id);
    let versions = entry
        .map(|entry| version_rows(texts, web, &writer, &entry))
        .unwrap_or_default();
    let faults = view
        .faults
        .iter()
        .flat_map(|faults| fault_rows(texts, faults, &id, &toml));
    let conflict = view.conflict.map(|theirs| ConflictRow {
        about: describe_conflict(texts, web, &theirs),
        difference: writer.compare(&id, theirs.current(), Some(toml.as_str())),
    });
    let page = EntryPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        section: id.section.into(),
        address: format!("/settings/{}", id.section),
        label: texts.section_label(<&str>::from(id.section)),
        has_name: !id.section.is_whole(),
        file,
        is_deleted,
        uses: find_entry_uses(texts, web, editing.editor(), &id),
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

/// The newest first, each with what it changed.
pub(in crate::web) fn version_rows(
    texts: &Texts,
    web: &WebState,
    writer: &DifferenceWriter<'_>,
    entry: &Entry,
) -> Vec<VersionRow> {
    let rows = entry.versions.iter().enumerate().map(|(number, version)| {
        let previous = number.checked_sub(1).and_then(|at| entry.versions.get(at));
        VersionRow {
            number,
            by: version.by.clone(),
            at: format_time(texts, web, version),
            is_current: number + 1 == entry.versions.len(),
            is_deleted: version.toml.is_none(),
            difference: writer.compare(
                &entry.id,
                previous.and_then(|previous| previous.toml.as_deref()),
                version.toml.as_deref(),
            ),
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
