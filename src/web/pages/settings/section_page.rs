//! `/settings/{section}`: the entries of a section, each with its place.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use toml::Value;

use crate::{
    editing::{Editor, EntryId, Origin, Section},
    web::{
        WebError, WebState,
        access::{editing::Editing, visible_state::VisibleState},
        differences::DifferenceWriter,
        pages::settings::{
            entry_facts::last_value,
            entry_fields::HIDE_KEYS,
            entry_page::{EntryView, render_entry},
            other_forms::form_address,
            overview::describe_change,
        },
        parts::{
            clock::PageTime,
            entry_address::entry_address,
            entry_table::read_line,
            finder::Finder,
            page_header::{PageHeader, TranslatedHeader},
        },
        server::assets,
    },
};
use wallboard_texts::Texts;

#[derive(Template)]
#[template(path = "settings_section.html")]
struct SectionPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    /// Where the form that finds entries is sent.
    address: String,
    label: String,
    finder: Finder,
    entries: Vec<EntryRow>,
    /// Whether entries have values.
    has_values: bool,
    /// Empty if all entries are there already.
    new_address: String,
}

struct EntryRow {
    id: String,
    /// Of its queue, group or board; empty if the ID has it.
    name: String,
    address: String,
    /// Of a custom figure: "412 pcs · 09:12, 3 min ago"; empty if it isn't in force.
    value: String,
    place: String,
    last_change: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct EntryQuery {
    /// The entry to show.
    name: Option<String>,
    /// The change that was just made.
    done: Option<String>,
    /// Words of the entries to show.
    #[serde(default)]
    find: String,
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
            return Ok(Redirect::to(entry_address(&id).trim_end_matches('?')).into_response());
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
    let writer = DifferenceWriter::new(texts, &web);
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
                _ => entry_address(&id),
            },
            name: name_of(&web, texts, editor, &writer, &id),
            value: last_value(texts, &web, &id),
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
    let entries: Vec<_> = ids
        .into_iter()
        .filter(|id| editing.may_edit(id))
        .map(row)
        .collect();
    let page = SectionPage {
        build: assets::build_id(),
        stamp: web.live.read_snapshot(PageTime::new),
        label: texts.section_label(<&str>::from(section)),
        finder: Finder::new(&query.find, entries.iter().map(EntryRow::find_text)),
        entries,
        has_values: section == Section::Figures,
        address: format!("/settings/{section}"),
        new_address: if section == Section::Hide {
            String::new()
        } else {
            let new = EntryId::new(section, "");
            form_address(&new).unwrap_or_else(|| entry_address(&new))
        },
        header,
    };
    Ok(Html(page.render()?).into_response())
}

impl EntryRow {
    /// The words by which it is found.
    fn find_text(&self) -> String {
        format!("{} {}", self.name, self.id)
    }
}

/// The name of an entry's queue, group or board; empty if there is none but its ID.
fn name_of(
    web: &WebState,
    texts: &Texts,
    editor: &Editor,
    writer: &DifferenceWriter<'_>,
    id: &EntryId,
) -> String {
    let name = match id.section {
        Section::Boards => {
            (web.boards.find_board(&id.name)).map_or_else(String::new, |board| board.title.clone())
        }
        Section::Names => {
            let name = read_line(id, editor.text(id).as_deref());
            name.as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        }
        Section::Thresholds | Section::Targets | Section::Hours => writer.name_of(&id.name),
        Section::Groups => writer.name_of(&format!("group/{}", id.name)),
        Section::Figures => web.live.read_snapshot(|snapshot, _| {
            let figures = snapshot.site.custom_figures.iter();
            let mut named = figures.filter(|figure| figure.id.as_str() == id.name);
            named.next().map_or_else(String::new, |figure| {
                figure.label.get(texts.language()).to_owned()
            })
        }),
        _ => String::new(),
    };
    if name == id.name { String::new() } else { name }
}
