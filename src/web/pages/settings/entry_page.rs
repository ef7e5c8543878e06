//! An entry: its text, its faults, its versions, and a conflict with both versions.

use std::sync::Arc;

use askama::Template;
use axum::response::Html;

use crate::{
    editing::{Entry, EntryId, Origin, Section},
    web::{
        WebError, WebState,
        access::{
            audited::{PeopleMark, ShowsPeople},
            editing::Editing,
        },
        differences::{DifferenceWriter, EntryConflict},
        pages::settings::{
            FileNote,
            entry_facts::EntryFacts,
            entry_fields::{EntryChoices, EntryDraft, FieldShape, FieldsPanel, fields_of},
            entry_versions::{VersionRow, version_rows},
            other_forms::form_address,
        },
        parts::{
            clock::PageTime,
            entry_address::entry_address,
            entry_uses::find_entry_uses,
            field_faults::FieldFaults,
            page_header::PageHeader,
            sentence::{Sentence, SentencePiece},
        },
        server::assets,
    },
};
use wallboard_store::Revision;
use wallboard_texts::Texts;
use wallboard_toml_reader::ConfigFaults;

/// The state of an entry that its page shows.
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
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
    /// Whether somebody edits the text, and not the fields.
    pub(super) is_text: bool,
    /// Whether it still gets its name.
    pub(super) is_new: bool,
    /// The fields as somebody typed them.
    pub(super) draft: Option<EntryDraft>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
#[derive(Template)]
#[template(path = "settings_entry.html")]
struct EntryPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    /// The token of its forms.
    form: String,
    section: &'static str,
    /// Where its forms are sent.
    address: String,
    label: String,
    /// Empty for a new entry.
    id: String,
    /// Of the page of an entry that isn't new.
    title: String,
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
    /// Its fields; `None`: it has none, or only the text shows all of it.
    panel: Option<FieldsPanel>,
    /// Whether only the text shows all of it, although the section has fields.
    is_text_only: bool,
    /// Where its fields are, while somebody edits the text; empty otherwise.
    fields_address: String,
    /// The values of a custom figure that is in force.
    facts: Option<EntryFacts>,
    /// The page that edits it otherwise.
    form_address: Option<String>,
    faults: Vec<FaultRow>,
    conflict: Option<EntryConflict>,
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

impl FaultRow {
    /// A fault that no field has.
    fn without_line(sentence: String) -> Self {
        Self {
            line_number: String::new(),
            sentence,
            line: String::new(),
        }
    }
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
            is_text: false,
            is_new: false,
            draft: None,
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

/// Renders the page, with a mark if it shows agents.
pub(super) async fn render_entry(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    view: EntryView,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let EntryView { id, toml, .. } = view;
    let (texts, editor) = (header.texts, editing.editor());
    let entry = editor.entry(&id).filter(|_| !view.is_new);
    let is_deleted = matches!(editor.origin(&id), Origin::Nowhere) && entry.is_some();
    let writer = DifferenceWriter::new(texts, web);
    let file = FileNote::of_entry(texts, &writer, editor, &id).filter(|_| !view.is_new);
    let versions = entry
        .map(|entry| version_rows(texts, web, &writer, &entry))
        .unwrap_or_default();
    let fields = fields_of(&id);
    let has_fields = fields.is_some();
    let shown = fields.filter(|_| !view.is_text).and_then(|fields| {
        let draft = match (view.draft, editor.text(&id)) {
            (Some(draft), _) => draft,
            (None, Some(toml)) => EntryDraft::of_text(id.clone(), &fields, &toml)?,
            (None, None) => EntryDraft::new(id.clone()),
        };
        Some((fields, draft))
    });
    let (mut panel, mut mark) = (None, None);
    let faults = match shown {
        Some((fields, draft)) => {
            let choices = EntryChoices::read(web, &header, &fields).await?;
            mark = ShowsPeople::mark_if(choices.shows_agents());
            let faults = view.faults.as_ref();
            let mut faults =
                faults.map_or_else(FieldFaults::default, |faults| FieldFaults::new(faults, &id));
            panel = Some(FieldsPanel::new(
                texts,
                &fields,
                &choices,
                &draft,
                view.is_new,
                &mut faults,
            ));
            let rest = faults.rest().into_iter();
            rest.map(FaultRow::without_line).collect()
        }
        None => (view.faults.iter())
            .flat_map(|faults| fault_rows(texts, faults, &id, &toml))
            .collect(),
    };
    let conflict = view
        .conflict
        .map(|theirs| EntryConflict::new(texts, web, &theirs, Some(&toml)));
    let page = EntryPage {
        build: assets::build_id(),
        stamp: web.live.read_snapshot(PageTime::new),
        form: header.form_token(),
        section: id.section.into(),
        address: format!("/settings/{}", id.section),
        label: texts.section_label(<&str>::from(id.section)),
        has_name: !id.section.is_whole(),
        is_text_only: has_fields && panel.is_none() && file.is_none() && !view.is_text,
        fields_address: if has_fields && view.is_text {
            entry_address(&id)
        } else {
            String::new()
        },
        file,
        is_deleted,
        uses: find_entry_uses(texts, web, editing.editor(), &id),
        lines: toml.lines().count().clamp(6, 30) + 1,
        began_from: view
            .began_from
            .map(|revision| revision.0.to_string())
            .unwrap_or_default(),
        title: match (
            id.section,
            panel.as_ref().and_then(|panel| panel.rows.first()),
        ) {
            (Section::Hide, Some(list)) => list.label.to_owned(),
            (section, _) if section.is_whole() => texts.section_label(<&str>::from(section)),
            _ => id.to_string(),
        },
        panel,
        facts: EntryFacts::read(texts, web, editing, &id)
            .or_else(|| EntryFacts::of_calendar(texts, web, &id)),
        form_address: form_address(&id),
        faults,
        conflict,
        error: view.error,
        is_valid: view.is_valid,
        done: view.done,
        versions,
        id: if view.is_new || (id.name.is_empty() && !id.section.is_whole()) {
            String::new()
        } else {
            id.to_string()
        },
        name: if view.is_new { String::new() } else { id.name },
        toml,
        header,
    };
    Ok((mark, Html(page.render()?)))
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
