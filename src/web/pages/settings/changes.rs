//! `/settings/changes`: who changed what in the browser, the newest first.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Html};
use jiff::Timestamp;

use wallboard_texts::Texts;

use crate::{
    editing::Entry,
    web::{
        WebError, WebState,
        access::editing::Editing,
        pages::settings::{
            DifferenceRow, compare_texts, file_note::shown_text, overview::address_of,
        },
        parts::{
            links::PageLink,
            page_header::{PageHeader, TranslatedHeader},
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
        table_editor,
    },
};

const ROWS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "settings_changes.html")]
struct ChangesPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    changes: Vec<ChangeRow>,
    /// How many older ones aren't shown.
    omitted: usize,
}

struct ChangeRow {
    at: String,
    /// Where Undo is sent.
    action: String,
    id: String,
    name: String,
    address: String,
    /// "changed by Anna"
    what: Sentence,
    revision: u64,
    /// Whether nobody changed the entry since.
    is_newest: bool,
    differences: Vec<DifferenceRow>,
}

pub(super) async fn show_changes(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
) -> Result<Html<String>, WebError> {
    let mut all: Vec<(Timestamp, Arc<Entry>, usize)> = Vec::new();
    for entry in editing.editor().entries() {
        if editing.may_edit(&entry.id) {
            let versions = entry.versions.iter().enumerate();
            all.extend(versions.map(|(number, version)| (version.at, Arc::clone(&entry), number)));
        }
    }
    all.sort_by_key(|(at, _, number)| std::cmp::Reverse((*at, *number)));
    let omitted = all.len().saturating_sub(ROWS_MAX);
    let changes = all.iter().take(ROWS_MAX);
    let changes =
        changes.map(|(at, entry, number)| change_row(header.texts, &web, *at, entry, *number));
    let page = ChangesPage {
        build: assets::build_id(),
        form: header.form_token(),
        changes: changes.collect(),
        omitted,
        header,
    };
    Ok(Html(page.render()?))
}

fn change_row(
    texts: &Texts,
    web: &WebState,
    at: Timestamp,
    entry: &Entry,
    number: usize,
) -> ChangeRow {
    let text = |number: Option<usize>| {
        let version = number.and_then(|number| entry.versions.get(number));
        version.and_then(|version| version.toml.as_deref())
    };
    let (before, after) = (text(number.checked_sub(1)), text(Some(number)));
    let by = entry
        .versions
        .get(number)
        .map(|version| version.by.as_str());
    let what = match (before, after) {
        (_, None) => texts.change_deleted(slot(0)),
        (None, Some(_)) => texts.change_added(slot(0)),
        (Some(_), Some(_)) => texts.change_changed(slot(0)),
    };
    let by = SentencePiece::Link(PageLink::new(by.unwrap_or_default(), ""));
    ChangeRow {
        at: (web.live)
            .read_snapshot(|snapshot, now| texts.time_or_day(at, now.wall, &snapshot.site.zone)),
        id: entry.id.to_string(),
        name: entry.id.name.clone(),
        address: address_of(&entry.id),
        what: Sentence::new(&what, vec![by]),
        revision: entry.revision.0,
        is_newest: number + 1 == entry.versions.len(),
        differences: compare_texts(
            &shown_text(&entry.id, before),
            &shown_text(&entry.id, after),
        ),
        action: match entry.id.section {
            section if section.has_secrets() => table_editor::address_of(&entry.id),
            section => format!("/settings/{section}"),
        },
    }
}
