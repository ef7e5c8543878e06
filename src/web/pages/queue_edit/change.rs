//! Changes of a queue's configuration by its form: save, remove, undo, close early and reopen, rehearse.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    editing::{Editor, EntryChange, Origin, SaveError, Section},
    web::{
        WebError, WebState,
        access::{editing::EditForm, visible_state::VisibleState},
        differences::EntryConflict,
        pages::settings::read_revision,
        parts::{
            entry_table::{EntryTable, write_line},
            field_faults::FieldFaults,
            page_header::{PageHeader, TranslatedHeader},
        },
    },
};

use super::{
    closing, early_close,
    edited_queue::{EditedAddress, EditedQueue, SECTIONS},
    holiday_fields::add_holidays,
    hours_fields,
    page::{PageNotes, render_page},
    pattern_choice::PatternQuery,
    state_fields::apply_states,
    target_fields::apply_target,
    threshold_fields::apply_thresholds,
    week_fields::copy_monday,
};

/// The fields that a form sent, by field.
pub(in crate::web::pages) type TypedFields = BTreeMap<String, String>;

pub(super) async fn change_queue(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let address = EditedAddress::Queue { source, external };
    change(web, header, address, form).await
}

pub(super) async fn change_pattern(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<PatternQuery>,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let address = EditedAddress::Pattern(query.pattern);
    change(web, header, address, form).await
}

async fn change(
    web: WebState,
    header: PageHeader,
    address: EditedAddress,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let edited = EditedQueue::find(&web, &editing, &header, &address)?;
    let section = field(&fields, "section").parse().ok();
    // A pattern has no name.
    let is_possible = |section| edited.id.is_some() || section != Section::Names;
    let section = section.filter(|section| SECTIONS.contains(section) && is_possible(*section));
    let section: Section = section.ok_or(WebError::InvalidForm)?;
    let notes = PageNotes {
        section: Some(section),
        typed: fields.clone(),
        ..PageNotes::default()
    };
    let done = if field(&fields, "back") == "queue" {
        edited.path()
    } else {
        edited.saved_address(section)
    };
    let toml = match field(&fields, "action") {
        "rehearse" => {
            let page = render_page(&web, &editing, header, edited, notes).await?;
            return Ok(page.into_response());
        }
        "calendar" => {
            let mut typed = fields;
            let (hours, today) = (edited.hours(), edited.today());
            let calendar = add_holidays(header.texts, &hours, today, &mut typed);
            let notes = PageNotes {
                typed,
                calendar,
                ..notes
            };
            let page = render_page(&web, &editing, header, edited, notes).await?;
            return Ok(page.into_response());
        }
        action if action.starts_with("as_monday.") => {
            let mut notes = notes;
            copy_monday(&mut notes.typed, action);
            let page = render_page(&web, &editing, header, edited, notes).await?;
            return Ok(page.into_response());
        }
        "save" => {
            if let Some(faults) = find_repeated(section, &fields) {
                let notes = PageNotes { faults, ..notes };
                let page = render_page(&web, &editing, header, edited, notes).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
            new_text(editing.editor(), &edited, section, &fields)
        }
        "remove" => None,
        "undo" => previous_text(editing.editor(), &edited, section),
        "close" => Some(closed_early(&edited, &fields)?),
        "reopen" => match reopened(editing.editor(), &edited) {
            Some(reopened) => reopened.toml,
            None => return Ok(Redirect::to(&done).into_response()),
        },
        _ => return Err(WebError::InvalidForm),
    };
    let id = edited.entry(section);
    let is_nowhere = matches!(editing.editor().origin(&id), Origin::Nowhere);
    if toml.is_none() && is_nowhere {
        return Ok(Redirect::to(&done).into_response());
    }
    let began_from = read_revision(field(&fields, "began_from"))?;
    let change = EntryChange {
        id: id.clone(),
        toml: toml.clone(),
        began_from,
    };
    let (status, notes) = match editing.save(change).await? {
        Ok(()) => return Ok(Redirect::to(&done).into_response()),
        Err(SaveError::Invalid(faults)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            PageNotes {
                faults: FieldFaults::new(&faults, &id),
                ..notes
            },
        ),
        Err(SaveError::Conflict(theirs)) => {
            let conflict = EntryConflict::new(header.texts, &web, &theirs, toml.as_deref());
            let conflict = Some(conflict);
            (StatusCode::CONFLICT, PageNotes { conflict, ..notes })
        }
        Err(error @ (SaveError::InFile { .. } | SaveError::SecretKey(_))) => (
            StatusCode::CONFLICT,
            PageNotes {
                error: error.to_string(),
                ..notes
            },
        ),
        Err(SaveError::Records(error)) => return Err(error.into()),
    };
    // With the configuration as others changed it meanwhile.
    let edited = EditedQueue::find(&web, &editing, &header, &address)?;
    let page = render_page(&web, &editing, header, edited, notes).await?;
    Ok((status, page).into_response())
}

fn field<'a>(fields: &'a TypedFields, key: &str) -> &'a str {
    fields.get(key).map_or("", String::as_str)
}

/// The fault of a date that is there twice, of which an entry would have the last.
fn find_repeated(section: Section, fields: &TypedFields) -> Option<FieldFaults> {
    let date = hours_fields::repeated_date(fields).filter(|_| section == Section::Hours)?;
    let fault = "is here twice; remove one of them";
    Some(FieldFaults::of_field(&date, fault))
}

/// The entry as the form says it; `None` if the queue then has none of its own.
fn new_text(
    editor: &Editor,
    edited: &EditedQueue,
    section: Section,
    fields: &TypedFields,
) -> Option<String> {
    let id = edited.entry(section);
    if section == Section::Names {
        let name = field(fields, "name").trim();
        let is_own = !name.is_empty() && name != edited.reported;
        return is_own.then(|| write_line(section, &edited.text, name));
    }
    let mut own = EntryTable::read(&id, editor.text(&id).as_deref());
    match section {
        Section::Thresholds => {
            let others = edited.inherited_thresholds();
            apply_thresholds(&mut own, &others, &edited.text, fields);
            apply_states(&mut own, &others, &edited.text, fields);
        }
        Section::Targets => apply_target(&mut own, &edited.inherited_target(), fields),
        _ => {
            let (hours, zone) = (edited.hours(), &edited.site.zone);
            hours_fields::apply_hours(&mut own, &hours, zone, edited.today(), fields);
        }
    }
    own.write(&id)
}

/// The version before the last one.
fn previous_text(editor: &Editor, edited: &EditedQueue, section: Section) -> Option<String> {
    let entry = editor.entry(&edited.entry(section))?;
    let before = entry.versions.len().checked_sub(2)?;
    entry.versions.get(before)?.toml.clone()
}

/// The hours as before somebody closed early; `None` if nobody did.
fn reopened(editor: &Editor, edited: &EditedQueue) -> Option<closing::ReopenedEntry> {
    let entry = editor.entry(&edited.entry(Section::Hours))?;
    closing::reopen(&entry, &edited.hours(), edited.now)
}

/// The hours with an early end of today.
fn closed_early(edited: &EditedQueue, fields: &TypedFields) -> Result<String, WebError> {
    let mut hours = edited.hours();
    let (today, now) = early_close::local_minute(&hours, edited.now);
    let minute = match field(fields, "at") {
        "now" => now,
        "other" => parse_minute(field(fields, "other"))?,
        time => parse_minute(time)?,
    };
    early_close::close_from(&mut hours, today, minute);
    let entry = hours_fields::written_hours(&hours, &edited.site.zone);
    entry
        .write(&edited.entry(Section::Hours))
        .ok_or(WebError::InvalidForm)
}

/// Parses "14:00".
fn parse_minute(text: &str) -> Result<i64, WebError> {
    let parts = text.split_once(':');
    let minute = parts.and_then(|(hour, minute)| {
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
        is_time.then_some(hour * 60 + minute)
    });
    minute.ok_or(WebError::InvalidForm)
}
