//! `/settings/site`: the name, logo, time zone and language of the site in one form; each is an entry of its own.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
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
        access::{editing::Editing, multipart_form::MultipartForm},
        board_editor::uploads::store_picture,
        differences::EntryConflict,
        parts::{
            entry_table::EntryTable,
            page_header::{PageHeader, TranslatedHeader},
            refusal_line::RefusalLine,
            sentence::SentencePiece,
            time_zones::list_zones,
        },
        server::assets,
    },
};

use super::form_saving::{SaveRefusal, refuse_all};

/// The address of the page.
pub(in crate::web) const SITE_ROUTE: &str = "/settings/site";

/// Of all fields together.
const TEXT_BYTES_MAX: usize = 4_000;

const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("sv", "Svenska"), ("de", "Deutsch")];

#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page")]
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
    /// Somebody else's change meanwhile.
    conflict: Option<EntryConflict>,
    name: String,
    name_place: String,
    has_logo: bool,
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
#[derive(Clone, Debug)]
struct SiteFields {
    name: Option<String>,
    /// The picture that was uploaded, or empty for none; `None`: as it was.
    logo: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    /// The revision of all entries as the page showed them.
    seen: String,
    /// Set as a step of the set-up, which continues afterwards.
    is_step: bool,
}

impl SiteFields {
    fn read(mut sent: HashMap<String, String>) -> Self {
        Self {
            name: sent.remove("name"),
            logo: sent.contains_key("remove_logo").then(String::new),
            time_zone: sent.remove("time_zone"),
            language: sent.remove("language"),
            seen: sent.remove("seen").unwrap_or_default(),
            is_step: sent.contains_key("step"),
        }
    }
}

/// The form, perhaps with a logo.
pub(super) type SiteForm = MultipartForm<TEXT_BYTES_MAX>;

/// The last action, and why it didn't work.
#[derive(Default)]
struct SiteNotes {
    is_step: bool,
    is_saved: bool,
    faults: Vec<RefusalLine>,
    conflict: Option<EntryConflict>,
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
    form: SiteForm,
) -> Result<Response, WebError> {
    let MultipartForm {
        editing,
        fields,
        mut files,
    } = form;
    let mut fields = SiteFields::read(fields);
    let (texts, is_step) = (header.texts, fields.is_step);
    let seen = fields.seen.parse().map_err(|_| WebError::InvalidForm)?;
    if !editing.may_edit(&brand_id()) {
        return Err(WebError::Forbidden);
    }
    let mut refusal = None;
    if let Some((_, logo)) = files.pop() {
        match store_picture(&web, &editing, logo).await? {
            Ok(id) => fields.logo = Some(id.to_string()),
            Err(fault) => {
                let line = RefusalLine::english(format!("logo {fault}"));
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                refusal = Some(SaveRefusal::of_faults(status, vec![line]));
            }
        }
    }
    if refusal.is_none() {
        let changes = changes_of(editing.editor(), &fields, Revision(seen));
        if let Err(error) = editing.save_all(changes.clone()).await? {
            refusal = Some(refuse_all(texts, &web, error, &changes)?);
        }
    }
    if let Some(refusal) = refusal {
        let notes = SiteNotes {
            is_step,
            faults: refusal.faults,
            conflict: refusal.conflict,
            typed: Some(fields),
            ..SiteNotes::default()
        };
        let page = render_site(&web, &editing, header, notes)?;
        return Ok((refusal.status, page).into_response());
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
    let of_brand = [("name", &fields.name), ("logo", &fields.logo)];
    let is_sent = of_brand.iter().any(|(_, value)| value.is_some());
    let brand = is_sent.then(brand_id).and_then(|id| {
        let mut table = EntryTable::read(&id, editor.text(&id).as_deref());
        for (key, value) in of_brand {
            match value.as_deref().map(str::trim) {
                None => {}
                Some("") => table.retain(|other| other != key),
                Some(value) => table.set(key, value.into()),
            }
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

fn brand_id() -> EntryId {
    EntryId::new(Section::Brand, "")
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
    let language_id = EntryId::new(Section::Language, "");
    let is_language_proposed =
        notes.is_step && matches!(editor.origin(&language_id), Origin::Nowhere);
    let language = if is_language_proposed {
        texts.language()
    } else {
        site.language
    };
    let language: &str = language.into();
    let typed = notes.typed;
    let typed = |field: fn(&SiteFields) -> Option<&str>| {
        let text = field(typed.as_ref()?)?;
        Some(text.to_owned())
    };
    let zone = typed(|fields| fields.time_zone.as_deref()).unwrap_or(zone);
    let has_logo = site.brand.logo.is_some();
    let name = site.brand.name.unwrap_or_default();
    let page = SitePage {
        build: assets::build_id(),
        form: header.form_token(),
        seen: editor.newest_revision().0,
        is_step: notes.is_step,
        is_saved: notes.is_saved,
        faults: notes.faults,
        conflict: notes.conflict,
        name: typed(|fields| fields.name.as_deref()).unwrap_or(name),
        name_place: place(Section::Brand),
        has_logo,
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
