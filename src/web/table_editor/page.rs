//! The pages: the choice of a kind, and the form with its test, versions, and what removal takes away.

use std::{mem, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    alerts::Alerts,
    editing::{Entry, KindForm, hide_secrets, kind_forms},
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::{DifferenceWriter, EntryConflict},
        pages::settings::{FileNote, VersionRow, version_rows},
        parts::{
            links::PageLink,
            page_header::{PageHeader, TranslatedHeader},
            refusal_line::RefusalLine,
            sentence::{Sentence, SentencePiece, slot},
            source_status_text::as_sentence,
        },
        server::assets,
    },
};
use wallboard_texts::Texts;

use super::{
    demo_data::{remove_demo_data, replaces_demo_data},
    discovery::{FindError, TriedObjects},
    edited_section::EditedSection,
    field_rows::{FieldRow, FieldShape, field_rows},
    kind_texts::{keys_of_files, kind_title},
    losses::{Losses, find_losses, find_uses},
    table_draft::{TableDraft, find_kind, propose_id},
    table_test::TestStep,
};

/// The last action, and why it didn't work.
#[derive(Default)]
pub(super) struct PageState {
    pub(super) is_saved: bool,
    /// The steps of the test, once it was run.
    pub(super) tested: Option<Vec<TestStep>>,
    /// Whether it wasn't saved because of the test.
    pub(super) is_refused: bool,
    /// How many statistics were found, or why none were looked for.
    pub(super) found: Option<Result<usize, FindError>>,
    pub(super) objects: TriedObjects,
    /// Why nothing was saved, in English and without a period.
    pub(super) error: String,
    /// Why nothing can be sent to a channel, in English; or empty.
    pub(super) unusable: String,
    /// The entry as somebody else saved it meanwhile.
    pub(super) conflict: Option<Arc<Entry>>,
}

#[derive(Template)]
#[template(path = "table_kinds.html")]
struct KindsPage {
    is_channel: bool,
    is_step: bool,
    build: &'static str,
    header: PageHeader,
    /// The links to the forms.
    kinds: Vec<PageLink>,
    /// The same of sources that import files.
    kinds_of_files: Vec<PageLink>,
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
    id_fault: RefusalLine,
    is_new: bool,
    /// A step of the set-up, which continues afterwards.
    is_step: bool,
    /// Whether demo data go when it's saved.
    replaces_demo: bool,
    /// "Edit chat"
    heading: Sentence,
    name: String,
    name_fault: RefusalLine,
    /// Its word in the configuration, and its name for people.
    kind: (&'static str, String),
    /// Whether statistics can be found by trying their names.
    has_discovery: bool,
    /// In a file, where it's only read.
    file: Option<FileNote>,
    began_from: String,
    fields: Vec<FieldRow>,
    advanced: Vec<FieldRow>,
    is_advanced_open: bool,
    /// About keys that only files have.
    keys_of_files: Vec<Sentence>,
    /// Those that no field has, in English.
    faults: Vec<String>,
    is_faulty: bool,
    /// About what follows, if it was just saved.
    saved: Option<Sentence>,
    is_refused: bool,
    error: String,
    unusable: String,
    conflict: Option<EntryConflict>,
    /// How many statistics were found, or why none were looked for: a text, and perhaps the reason in English.
    found: Option<Result<usize, (String, String)>>,
    objects: TriedObjects,
    tested: Option<Vec<TestStep>>,
    has_passed: bool,
    /// "Paused by Mira."; empty if nobody did.
    paused: Sentence,
    losses: Losses,
    /// Of a channel.
    uses: Option<Sentence>,
    versions: Vec<VersionRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewQuery {
    kind: Option<String>,
    /// "set-up", where it is a step of.
    #[serde(default)]
    from: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct TableQuery {
    done: Option<String>,
}

pub(super) async fn show_new(
    State(web): State<WebState>,
    section: EditedSection,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(query): Query<NewQuery>,
) -> Result<Response, WebError> {
    section.check_right(&editing)?;
    let is_step = query.from == "set-up";
    let Some(kind) = query.kind else {
        let step = if is_step { "&from=set-up" } else { "" };
        let kinds = kind_forms(section.0).into_iter();
        let (files, others): (Vec<_>, Vec<_>) = kinds.partition(KindForm::is_of_files);
        let link = |kind: KindForm| {
            let address = format!("{}?kind={}{step}", section.new_route(), kind.kind);
            PageLink::new(kind_title(header.texts, &kind), address)
        };
        let page = KindsPage {
            build: assets::build_id(),
            is_channel: section.is_channels(),
            is_step,
            kinds: others.into_iter().map(link).collect(),
            kinds_of_files: files.into_iter().map(link).collect(),
            header,
        };
        return Ok(Html(page.render()?).into_response());
    };
    let kind = find_kind(section, &kind).ok_or(WebError::NoSuchPage)?;
    let draft = TableDraft {
        id: propose_id(&editing, section, &kind),
        is_step,
        ..TableDraft::of_kind(section, kind)
    };
    let page = render_table(&web, &editing, header, draft, PageState::default())?;
    Ok(page.into_response())
}

pub(super) async fn show_table(
    State(web): State<WebState>,
    section: EditedSection,
    Path(id): Path<String>,
    TranslatedHeader(header): TranslatedHeader,
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
    let why = channel.and_then(|channel| channel.unusable.as_deref());
    why.map_or_else(String::new, as_sentence)
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
        is_step,
        kind,
        text,
        stored,
        mut faults,
        ..
    } = draft;
    let is_faulty = !faults.is_empty();
    let texts = header.texts;
    let writer = DifferenceWriter::new(texts, web);
    let file = FileNote::of_entry(texts, &writer, editing.editor(), &entry_id);
    let file = file.filter(|_| !is_new);
    // Without fields, the page names every fault itself.
    let faults_of_file = file.is_some().then(|| mem::take(&mut faults));
    let (fields, advanced) = field_rows(texts, &kind.form, &text, &stored, &mut faults);
    let (id_fault, name_fault) = (faults.take(texts, ""), faults.take(texts, "name"));
    let entry = editing.editor().entry(&entry_id).filter(|_| !is_new);
    let conflict = state
        .conflict
        .map(|theirs| EntryConflict::new(texts, web, &theirs, Some(&toml)));
    let has_passed =
        (state.tested.as_ref()).is_some_and(|steps| steps.iter().all(|step| step.fault.is_none()));
    let is_channel = section.is_channels();
    let paused_by = text.text("paused_by");
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
            find_losses(texts, web, &id.as_str().into())
        },
        uses: if is_channel && !is_new {
            find_uses(texts, web, &id)
        } else {
            None
        },
        id_fault,
        replaces_demo: is_new
            && !is_channel
            && replaces_demo_data(kind.kind)
            && !remove_demo_data(editing.editor()).is_empty(),
        is_new,
        is_step,
        heading: Sentence::with_name(&texts.edit_named(slot(0)), &id),
        name: text.text("name").to_owned(),
        name_fault,
        keys_of_files: keys_of_files(texts, section, &kind, |key| {
            file.is_none() || text.get(key).is_some()
        }),
        has_discovery: kind.discovery_key.is_some(),
        kind: (kind.kind, kind_title(texts, &kind)),
        file,
        began_from: draft
            .began_from
            .map(|revision| revision.0.to_string())
            .unwrap_or_default(),
        is_advanced_open: is_new && !is_channel && text.get("name").is_some()
            || (advanced.iter()).any(|row| !row.fault.text.is_empty() || !row.value.is_empty()),
        fields,
        advanced,
        faults: faults_of_file.unwrap_or(faults).rest(),
        is_faulty,
        saved: (state.is_saved).then(|| describe_saved(texts, is_channel, !paused_by.is_empty())),
        is_refused: state.is_refused,
        error: state.error,
        unusable: state.unusable,
        conflict,
        has_passed,
        found: (state.found).map(|found| found.map_err(|error| error.lines(texts, &id))),
        objects: state.objects,
        tested: state.tested,
        paused: if paused_by.is_empty() {
            Sentence::default()
        } else {
            Sentence::with_name(&texts.status_paused(slot(0)), paused_by)
        },
        versions: entry
            .map(|entry| version_rows(texts, web, &writer, &entry))
            .unwrap_or_default(),
        id,
    };
    Ok(Html(page.render()?))
}

fn describe_saved(texts: &Texts, is_channel: bool, is_paused: bool) -> Sentence {
    if is_paused {
        return Sentence::new(texts.source_saved_paused(), Vec::new());
    }
    let (text, links) = if is_channel {
        let links = [
            (texts.make_rule(), "/alerts/rule"),
            (texts.nav_alerts(), "/alerts"),
        ];
        (texts.channel_saved(slot(0), slot(1)), links)
    } else {
        let links = [(texts.nav_sources(), "/sources"), (texts.nav_boards(), "/")];
        (texts.source_saved(slot(0), slot(1)), links)
    };
    let links = links.map(|(name, address)| SentencePiece::Link(PageLink::new(name, address)));
    Sentence::new(&text, links.into())
}
