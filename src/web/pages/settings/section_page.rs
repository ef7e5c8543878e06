//! `/settings/{section}`: the entries of a section, each with its place.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    editing::{EntryId, Origin, Section},
    web::{
        WebError,
        access::{editing::Editing, visible_state::VisibleState},
        pages::settings::{
            entry_fields::HIDE_KEYS,
            entry_page::{EntryView, render_entry},
            other_forms::form_address,
            overview::{address_of, describe_change},
        },
        parts::page_header::{PageHeader, TranslatedHeader},
        server::assets,
    },
};

#[derive(Template)]
#[template(path = "settings_section.html")]
struct SectionPage {
    build: &'static str,
    header: PageHeader,
    label: String,
    entries: Vec<EntryRow>,
    /// Empty if all entries are there already.
    new_address: String,
}

struct EntryRow {
    id: String,
    address: String,
    place: String,
    last_change: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct EntryQuery {
    /// The entry to show.
    name: Option<String>,
    /// The change that was just made.
    done: Option<String>,
}

pub(super) async fn show_section(
    VisibleState(web): VisibleState,
    Path(section): Path<String>,
    Query(query): Query<EntryQuery>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
) -> Result<Response, WebError> {
    let section: Section = section.parse().map_err(|_| WebError::NoSuchPage)?;
    if !editing.may_edit_some(section) {
        return Err(WebError::Forbidden);
    }
    let name = query.name.or_else(|| section.is_whole().then(String::new));
    if let Some(name) = name {
        let id = EntryId { section, name };
        if section.has_secrets() {
            return Ok(Redirect::to(address_of(&id).trim_end_matches('?')).into_response());
        }
        let is_new = id.name.is_empty() && !section.is_whole();
        if !is_new && !editing.may_edit(&id) {
            return Err(WebError::Forbidden);
        }
        let view = EntryView {
            done: query.done.as_deref() == Some("saved"),
            is_new,
            ..EntryView::current(&editing, id)
        };
        let page = render_entry(&web, &editing, header, view).await?;
        return Ok(page.into_response());
    }
    let (editor, texts) = (editing.editor(), header.texts);
    let row = |id: EntryId| {
        let entry = editor.entry(&id);
        let place = match editor.origin(&id) {
            Origin::File { file, line, .. } => {
                texts.place_file(file.display().to_string(), line.to_string())
            }
            Origin::Browser(_) => texts.place_browser().to_owned(),
            Origin::Nowhere if entry.is_some() => texts.place_deleted().to_owned(),
            Origin::Nowhere => String::new(),
        };
        EntryRow {
            address: match section {
                Section::Playlists | Section::Thresholds | Section::Targets | Section::Hours => {
                    form_address(&id).unwrap_or_default()
                }
                _ => address_of(&id),
            },
            place,
            last_change: entry
                .map(|entry| describe_change(texts, &web, &entry))
                .unwrap_or_default(),
            id: id.to_string(),
        }
    };
    let mut ids = editor.list_section(section);
    if section == Section::Hide {
        // Both, so that nobody has to know their names.
        ids = HIDE_KEYS.map(|key| EntryId::new(section, key)).into();
    }
    let entries = ids
        .into_iter()
        .filter(|id| editing.may_edit(id))
        .map(row)
        .collect();
    let page = SectionPage {
        build: assets::build_id(),
        label: texts.section_label(<&str>::from(section)),
        entries,
        new_address: match section {
            Section::Hide => String::new(),
            _ => {
                let new = EntryId::new(section, "");
                form_address(&new).unwrap_or_else(|| address_of(&new))
            }
        },
        header,
    };
    Ok(Html(page.render()?).into_response())
}
