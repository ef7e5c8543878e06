//! `/settings`: every section, where its entries are, and the last change of each.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, response::Html};
use strum::IntoEnumIterator;

use crate::{
    editing::{Entry, Origin, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        parts::{
            clock::write_time,
            entry_address::entry_address,
            links::PageLink,
            page_header::{PageHeader, TranslatedHeader},
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
    },
};

use wallboard_texts::Texts;

use super::file_parts::{FILE_PARTS, FilePart};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    build: &'static str,
    header: PageHeader,
    about: Sentence,
    sections: Vec<SectionRow>,
    /// Whether administrators change more.
    is_limited: bool,
    /// Parts that only the file has.
    file_parts: &'static [FilePart],
    /// Entries that aren't in force.
    left_out: Vec<LeftOutRow>,
    /// Entries that wait until their file no longer has them.
    waiting: Vec<WaitingRow>,
}

struct SectionRow {
    word: &'static str,
    label: String,
    count: String,
    place: String,
    /// Empty if nothing was changed in the browser.
    last_change: String,
}

struct LeftOutRow {
    id: String,
    address: String,
    faults: Vec<String>,
}

struct WaitingRow {
    id: String,
    address: String,
}

pub(super) async fn show_overview(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let sections = Section::iter().filter(|section| editing.editor().has_section(*section));
    let sections = sections.filter_map(|section| section_row(texts, &web, &editing, section));
    let left_out = editing.editor().left_out().into_iter();
    let left_out = left_out.filter(|entry| editing.may_edit(&entry.id));
    let left_out = left_out.map(|entry| LeftOutRow {
        address: entry_address(&entry.id),
        id: entry.id.to_string(),
        faults: entry
            .faults
            .to_string()
            .lines()
            .map(str::to_owned)
            .collect(),
    });
    let waiting = editing.editor().list_waiting().into_iter();
    let waiting = waiting.filter(|entry| editing.may_edit(&entry.id));
    let waiting = waiting.map(|entry| WaitingRow {
        address: entry_address(&entry.id),
        id: entry.id.to_string(),
    });
    let page = SettingsPage {
        build: assets::build_id(),
        about: Sentence::new(
            &texts.settings_about(slot(0)),
            vec![SentencePiece::Link(PageLink::new(
                texts.changes_heading(),
                "/settings/changes",
            ))],
        ),
        sections: sections.collect(),
        is_limited: !Section::iter().all(|section| editing.may_edit_some(section)),
        file_parts: &FILE_PARTS,
        left_out: left_out.collect(),
        waiting: waiting.collect(),
        header,
    };
    Ok(Html(page.render()?))
}

/// `None`: the visitor may change nothing there.
fn section_row(
    texts: &Texts,
    web: &WebState,
    editing: &Editing,
    section: Section,
) -> Option<SectionRow> {
    if !editing.may_edit_some(section) {
        return None;
    }
    let editor = editing.editor();
    let ids = editor.list_section(section);
    let origins = ids
        .iter()
        .filter(|id| editing.may_edit(id))
        .map(|id| editor.origin(id));
    let (mut browser, mut files, mut places) = (0, 0, BTreeSet::new());
    for origin in origins {
        match origin {
            Origin::Browser(_) => browser += 1,
            Origin::File { file, line, .. } => {
                files += 1;
                places.insert((file, line));
            }
            Origin::Nowhere => {}
        }
    }
    let mut place = match browser {
        0 => Vec::new(),
        count => vec![texts.in_browser(count)],
    };
    if let Some((file, line)) = places.first() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        place.push(if section == Section::Boards {
            texts.in_files(files, name)
        } else {
            texts.in_file_from(files, name, line.to_string())
        });
    }
    let entries = editor.entries();
    let last = entries
        .iter()
        .filter(|entry| entry.id.section == section && editing.may_edit(&entry.id))
        .max_by_key(|entry| entry.versions.last().map(|version| version.at));
    Some(SectionRow {
        word: section.into(),
        label: texts.section_label(<&str>::from(section)),
        count: match browser + files {
            0 => String::new(),
            count => texts.entries_counted(count),
        },
        place: if place.is_empty() {
            "–".to_owned()
        } else {
            place.join(" · ")
        },
        last_change: last
            .map(|entry| describe_change(texts, web, entry))
            .unwrap_or_default(),
    })
}

/// "Anna, 24 Nov 13:27".
pub(super) fn describe_change(texts: &Texts, web: &WebState, entry: &Entry) -> String {
    let Some(last) = entry.versions.last() else {
        return String::new();
    };
    texts.changed_last(last.by.as_str(), write_time(texts, web, last.at))
}
