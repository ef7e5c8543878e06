//! `/settings/site`: the name, time zone and language of the site in one form; each is an entry of its own.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;
use serde::Deserialize;

use wallboard_store::Revision;
use wallboard_texts::Texts;

use crate::{
    editing::{Editor, EntryChange, EntryId, Origin, Section},
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        parts::{
            entry_table::EntryTable,
            page_header::{PageHeader, TranslatedHeader},
            refusal_line::RefusalLine,
            time_zones::list_zones,
        },
        server::assets,
    },
};

use super::form_saving::refuse;

/// The address of the page.
pub(in crate::web) const SITE_ROUTE: &str = "/settings/site";

const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("sv", "Svenska"), ("de", "Deutsch")];

#[derive(Template)]
#[template(path = "settings_site.html")]
struct SitePage {
    build: &'static str,
    header: PageHeader,
    /// The token of its form.
    form: String,
    seen: u64,
    is_step: bool,
    is_saved: bool,
    faults: Vec<RefusalLine>,
    name: String,
    name_place: String,
    zone: String,
    zone_place: String,
    /// Nobody has chosen one yet: it's the server's own.
    is_zone_proposed: bool,
    zones: Vec<String>,
    language: String,
    language_place: String,
    languages: [(&'static str, &'static str); 3],
}

#[derive(Debug, Deserialize)]
pub(super) struct SiteQuery {
    /// "set-up", where it is a step of.
    #[serde(default)]
    from: String,
    #[serde(default)]
    done: String,
}

/// Those of entries in a file are missing.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SiteFields {
    name: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    /// The revision of all entries as the page showed them.
    #[serde(default)]
    seen: String,
    /// Set as a step of the set-up, which continues afterwards.
    step: Option<String>,
}

/// The last action, and why it didn't work.
#[derive(Default)]
struct SiteNotes {
    is_step: bool,
    is_saved: bool,
    faults: Vec<RefusalLine>,
    typed: Option<SiteFields>,
}

pub(super) async fn show_site(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(query): Query<SiteQuery>,
) -> Result<Html<String>, WebError> {
    let notes = SiteNotes {
        is_step: query.from == "set-up",
        is_saved: query.done == "saved",
        ..SiteNotes::default()
    };
    render_site(&web, &editing, header, notes)
}

pub(super) async fn change_site(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<SiteFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let is_step = fields.step.is_some();
    let seen = fields.seen.parse().map_err(|_| WebError::InvalidForm)?;
    let changes = changes_of(editing.editor(), &fields, Revision(seen));
    if let Err(error) = editing.save_all(changes).await? {
        let (status, faults) = refuse(error, |theirs| {
            RefusalLine::new(
                header.texts,
                header.texts.entry_conflict_look(theirs.id.to_string()),
            )
        })?;
        let notes = SiteNotes {
            is_step,
            faults,
            typed: Some(fields),
            ..SiteNotes::default()
        };
        let page = render_site(&web, &editing, header, notes)?;
        return Ok((status, page).into_response());
    }
    let done = format!("{SITE_ROUTE}?done=saved");
    let page = if is_step { "/" } else { &done };
    Ok(Redirect::to(page).into_response())
}

fn changes_of(editor: &Editor, fields: &SiteFields, seen: Revision) -> Vec<EntryChange> {
    let change = |id: EntryId, text: Option<String>| {
        let is_same = editor.text(&id) == text;
        (!is_same).then(|| editor.change_since(id, text, seen))
    };
    let brand = fields.name.as_ref().and_then(|name| {
        let id = EntryId::new(Section::Brand, "");
        let mut table = EntryTable::read(&id, editor.text(&id).as_deref());
        match name.trim() {
            "" => table.retain(|key| key != "name"),
            name => table.set("name", name.into()),
        }
        let text = table.write(&id);
        change(id, text)
    });
    let key = |section: Section, value: Option<&str>| {
        let value = value?.trim();
        let text = format!("{section} = {}\n", toml::Value::from(value));
        change(EntryId::new(section, ""), Some(text))
    };
    let zone = key(Section::TimeZone, fields.time_zone.as_deref());
    let language = key(Section::Language, fields.language.as_deref());
    [brand, zone, language].into_iter().flatten().collect()
}

fn render_site(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    notes: SiteNotes,
) -> Result<Html<String>, WebError> {
    if !editing.may_edit_some(Section::TimeZone) {
        return Err(WebError::Forbidden);
    }
    let editor = editing.editor();
    let texts = header.texts;
    let place = |section| place_of(texts, editor, &EntryId::new(section, ""));
    let site = (web.live).read_snapshot(|snapshot, _| (*snapshot.site).clone());
    let is_zone_proposed = matches!(
        editor.origin(&EntryId::new(Section::TimeZone, "")),
        Origin::Nowhere
    );
    let zone = if is_zone_proposed {
        TimeZone::try_system().unwrap_or(TimeZone::UTC)
    } else {
        site.zone
    };
    let zone = zone.iana_name().unwrap_or("UTC").to_owned();
    let language: &str = site.language.into();
    let typed = notes.typed;
    let typed = |field: fn(&SiteFields) -> Option<&str>| {
        let text = field(typed.as_ref()?)?;
        Some(text.to_owned())
    };
    let zone = typed(|fields| fields.time_zone.as_deref()).unwrap_or(zone);
    let name = site.brand.name.unwrap_or_default();
    let page = SitePage {
        build: assets::build_id(),
        form: header.form_token(),
        seen: editor.newest_revision().0,
        is_step: notes.is_step,
        is_saved: notes.is_saved,
        faults: notes.faults,
        name: typed(|fields| fields.name.as_deref()).unwrap_or(name),
        name_place: place(Section::Brand),
        zones: list_zones(&zone),
        zone,
        zone_place: place(Section::TimeZone),
        is_zone_proposed,
        language: typed(|fields| fields.language.as_deref()).unwrap_or_else(|| language.to_owned()),
        language_place: place(Section::Language),
        languages: LANGUAGES,
        header,
    };
    Ok(Html(page.render()?))
}

/// "In wallboard.toml, line 3. Change it there."; empty for an entry that can be changed here.
fn place_of(texts: &Texts, editor: &Editor, id: &EntryId) -> String {
    match editor.origin(id) {
        Origin::File { file, line, .. } => {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            texts.change_in_file(name, line.to_string())
        }
        Origin::Browser(_) | Origin::Nowhere => String::new(),
    }
}
