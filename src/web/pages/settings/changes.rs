//! `/settings/changes`: who changed what in the browser, the newest first, all of it or some.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    editing::{Entry, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::{DifferenceWriter, EntryDifference},
        parts::{
            clock::write_time,
            entry_address::{entry_address, table_address},
            page_header::{PageHeader, TranslatedHeader},
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
    },
};
use wallboard_texts::Texts;

const ROWS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "settings_changes.html")]
struct ChangesPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    query: ChangesQuery,
    /// Each section that has changes, and its label.
    sections: BTreeMap<Section, String>,
    /// Everybody who made one.
    people: BTreeSet<String>,
    changes: Vec<ChangeRow>,
    /// How many older ones aren't shown.
    omitted: usize,
}

/// The changes to show; empty: all.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ChangesQuery {
    #[serde(default)]
    section: String,
    #[serde(default)]
    by: String,
}

struct ChangeRow {
    at: String,
    /// Where Undo is sent.
    action: String,
    id: String,
    name: String,
    /// "Thresholds"
    label: String,
    address: String,
    /// "changed by Anna"
    what: Sentence,
    revision: u64,
    /// Whether nobody changed the entry since.
    is_newest: bool,
    difference: EntryDifference,
}

/// A version of an entry, by its number from the oldest, 0.
struct Change {
    at: Timestamp,
    entry: Arc<Entry>,
    number: usize,
}

pub(super) async fn show_changes(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(query): Query<ChangesQuery>,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let mut all: Vec<Change> = Vec::new();
    let (mut sections, mut people) = (BTreeMap::new(), BTreeSet::new());
    for entry in editing.editor().entries() {
        if !editing.may_edit(&entry.id) {
            continue;
        }
        let section = entry.id.section;
        sections
            .entry(section)
            .or_insert_with(|| texts.section_label(<&str>::from(section)));
        for (number, version) in entry.versions.iter().enumerate() {
            people.insert(version.by.clone());
            if query.matches(section, &version.by) {
                all.push(Change {
                    at: version.at,
                    entry: Arc::clone(&entry),
                    number,
                });
            }
        }
    }
    all.sort_by_key(|change| std::cmp::Reverse((change.at, change.number)));
    let omitted = all.len().saturating_sub(ROWS_MAX);
    let writer = DifferenceWriter::new(texts, &web);
    let changes = all.iter().take(ROWS_MAX);
    let changes = changes.map(|change| change_row(texts, &web, &writer, change));
    let page = ChangesPage {
        build: assets::build_id(),
        form: header.form_token(),
        changes: changes.collect(),
        query,
        sections,
        people,
        omitted,
        header,
    };
    Ok(Html(page.render()?))
}

impl ChangesQuery {
    fn matches(&self, section: Section, by: &str) -> bool {
        (self.section.is_empty() || self.section == <&str>::from(section))
            && (self.by.is_empty() || self.by == by)
    }

    fn is_empty(&self) -> bool {
        self.section.is_empty() && self.by.is_empty()
    }
}

fn change_row(
    texts: &Texts,
    web: &WebState,
    writer: &DifferenceWriter<'_>,
    change: &Change,
) -> ChangeRow {
    let Change { at, entry, number } = change;
    let text = |number: Option<usize>| {
        let version = number.and_then(|number| entry.versions.get(number));
        version.and_then(|version| version.toml.as_deref())
    };
    let (before, after) = (text(number.checked_sub(1)), text(Some(*number)));
    let by = entry
        .versions
        .get(*number)
        .map(|version| version.by.as_str());
    let what = match (before, after) {
        (_, None) => texts.change_deleted(slot(0)),
        (None, Some(_)) => texts.change_added(slot(0)),
        (Some(_), Some(_)) => texts.change_changed(slot(0)),
    };
    ChangeRow {
        at: write_time(texts, web, *at),
        id: entry.id.to_string(),
        name: entry.id.name.clone(),
        label: texts.section_label(<&str>::from(entry.id.section)),
        address: entry_address(&entry.id),
        what: Sentence::with_name(&what, by.unwrap_or_default()),
        revision: entry.revision.0,
        is_newest: number + 1 == entry.versions.len(),
        difference: writer.compare(&entry.id, before, after),
        action: match entry.id.section {
            section if section.has_secrets() => table_address(&entry.id),
            section => format!("/settings/{section}"),
        },
    }
}
