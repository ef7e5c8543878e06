//! The pages: the choice of a kind, and the form with its test, versions, and what removal takes away.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    alerts::Alerts,
    editing::{Entry, KindForm, Origin, hide_secrets, kind_forms},
    source_check::CheckRow,
    web::{
        WebError, WebState,
        access::editing::Editing,
        pages::settings::{
            DifferenceRow, VersionRow, compare_texts, describe_change, version_rows,
        },
        parts::{links::PageLink, page_header::PageHeader, source_status_text::as_sentence},
        server::assets,
    },
};

use super::{
    discovery::TriedObjects,
    edited_section::EditedSection,
    field_rows::{FieldRow, FieldShape, field_rows},
    file_place::FilePlace,
    losses::{Losses, find_losses, find_uses},
    table_draft::{TableDraft, find_kind},
};

/// The last action, and why it didn't work.
#[derive(Default)]
pub(super) struct PageState {
    pub(super) is_saved: bool,
    /// The steps of the test, once it was run.
    pub(super) tested: Option<Vec<CheckRow>>,
    /// Whether it wasn't saved because of the test.
    pub(super) is_refused: bool,
    /// How many statistics were found, or why none were looked for.
    pub(super) found: Option<Result<usize, String>>,
    pub(super) objects: TriedObjects,
    /// A sentence why nothing was saved.
    pub(super) error: String,
    /// Why nothing can be sent to a channel, or empty.
    pub(super) unusable: String,
    /// The entry as somebody else saved it meanwhile.
    pub(super) conflict: Option<Arc<Entry>>,
}

#[derive(Template)]
#[template(path = "table_kinds.html")]
struct KindsPage {
    is_channel: bool,
    build: &'static str,
    header: PageHeader,
    kinds: Vec<KindForm>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
#[derive(Template)]
#[template(path = "table_edit.html")]
struct TablePage {
    build: &'static str,
    header: PageHeader,
    /// Or else a source.
    is_channel: bool,
    list_route: &'static str,
    new_route: &'static str,
    /// The token of its forms.
    form: String,
    /// The page's own.
    address: String,
    id: String,
    id_fault: String,
    is_new: bool,
    name: String,
    name_fault: String,
    kind: KindForm,
    file: Option<FilePlace>,
    /// Of an entry in a file, without its secrets.
    toml: String,
    began_from: String,
    fields: Vec<FieldRow>,
    advanced: Vec<FieldRow>,
    is_advanced_open: bool,
    /// Those that no field has.
    faults: Vec<String>,
    is_faulty: bool,
    is_saved: bool,
    is_refused: bool,
    error: String,
    unusable: String,
    conflict: Option<(String, Vec<DifferenceRow>)>,
    found: Option<Result<usize, String>>,
    objects: TriedObjects,
    tested: Option<Vec<CheckRow>>,
    has_passed: bool,
    /// The person who paused it; empty if nobody did.
    paused_by: String,
    losses: Losses,
    /// Of a channel.
    uses: Vec<PageLink>,
    versions: Vec<VersionRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewQuery {
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TableQuery {
    done: Option<String>,
}

pub(super) async fn show_new(
    State(web): State<WebState>,
    section: EditedSection,
    header: PageHeader,
    editing: Editing,
    Query(query): Query<NewQuery>,
) -> Result<Response, WebError> {
    section.check_right(&editing)?;
    let Some(kind) = query.kind else {
        let page = KindsPage {
            build: assets::build_id(),
            header,
            is_channel: section.is_channels(),
            kinds: kind_forms(section.0),
        };
        return Ok(Html(page.render()?).into_response());
    };
    let kind = find_kind(section, &kind).ok_or(WebError::NoSuchPage)?;
    let draft = TableDraft::of_kind(section, kind);
    let page = render_table(&web, &editing, header, draft, PageState::default())?;
    Ok(page.into_response())
}

pub(super) async fn show_table(
    State(web): State<WebState>,
    section: EditedSection,
    Path(id): Path<String>,
    header: PageHeader,
    editing: Editing,
    Query(query): Query<TableQuery>,
) -> Result<Response, WebError> {
    section.check_right(&editing)?;
    let draft = TableDraft::of_stored(&editing, section, &id).ok_or(WebError::NoSuchPage)?;
    let state = PageState {
        is_saved: query.done.as_deref() == Some("saved"),
        unusable: find_unusable(&web, section, &id),
        ..PageState::default()
    };
    Ok(render_table(&web, &editing, header, draft, state)?.into_response())
}

fn find_unusable(web: &WebState, section: EditedSection, id: &str) -> String {
    let alerts = web.alerts.as_ref().filter(|_| section.is_channels());
    let plan = alerts.map(Alerts::plan);
    let mut channels = plan.iter().flat_map(|plan| &plan.channels);
    let channel = channels.find(|channel| channel.name == id);
    let why = channel.and_then(|channel| channel.unusable.clone());
    why.unwrap_or_default()
}

pub(super) fn render_table(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    draft: TableDraft,
    state: PageState,
) -> Result<Html<String>, WebError> {
    let toml = hide_secrets(&draft.toml());
    let entry_id = draft.entry_id();
    let TableDraft {
        section,
        id,
        is_new,
        kind,
        text,
        stored,
        mut faults,
        ..
    } = draft;
    let is_faulty = !faults.is_empty();
    let (fields, advanced) = field_rows(&kind.form, &text, &stored, &mut faults);
    let (id_fault, name_fault) = (faults.take(""), faults.take("name"));
    let entry = editing.editor().entry(&entry_id).filter(|_| !is_new);
    let texts = header.texts;
    let conflict = state.conflict.map(|theirs| {
        let before = hide_secrets(theirs.current().unwrap_or_default());
        (
            describe_change(texts, web, &theirs),
            compare_texts(&before, &toml),
        )
    });
    let file = match editing.editor().origin(&entry_id) {
        Origin::File {
            file,
            line,
            last_line,
        } if !is_new => Some(FilePlace::new(&file, line, last_line)),
        Origin::File { .. } | Origin::Browser(_) | Origin::Nowhere => None,
    };
    let has_passed =
        (state.tested.as_ref()).is_some_and(|rows| rows.iter().all(|row| row.fault.is_none()));
    let is_channel = section.is_channels();
    let page = TablePage {
        is_channel,
        list_route: section.list_route(),
        new_route: section.new_route(),
        build: assets::build_id(),
        form: header.form_token(),
        header,
        address: if is_new {
            section.new_route().to_owned()
        } else {
            section.address_of(&id)
        },
        losses: if is_new || is_channel {
            Losses::default()
        } else {
            find_losses(web, &id.as_str().into())
        },
        uses: if is_channel && !is_new {
            find_uses(web, &id)
        } else {
            Vec::new()
        },
        id_fault,
        is_new,
        name: text.text("name").to_owned(),
        name_fault,
        kind,
        toml: if file.is_some() { toml } else { String::new() },
        file,
        began_from: draft
            .began_from
            .map(|revision| revision.0.to_string())
            .unwrap_or_default(),
        is_advanced_open: advanced
            .iter()
            .any(|row| !row.fault.is_empty() || !row.value.is_empty()),
        fields,
        advanced,
        faults: faults.rest(),
        is_faulty,
        is_saved: state.is_saved,
        is_refused: state.is_refused,
        error: state.error,
        unusable: state.unusable,
        conflict,
        has_passed,
        found: state
            .found
            .map(|found| found.map_err(|why| as_sentence(&why))),
        objects: state.objects,
        tested: state
            .tested
            .map(|rows| rows.into_iter().map(for_people).collect()),
        paused_by: text.text("paused_by").to_owned(),
        versions: entry
            .map(|entry| version_rows(texts, web, &entry))
            .unwrap_or_default(),
        id,
    };
    Ok(Html(page.render()?))
}

/// The row without the quotes of keys that logs have.
fn for_people(row: CheckRow) -> CheckRow {
    CheckRow {
        fault: row.fault.as_deref().map(as_sentence),
        ..row
    }
}
