//! Changes of an entry by its page: fields or text saved, deletion, a version restored, the last change undone.

use std::collections::BTreeMap;

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use strum::EnumString;

use crate::{
    editing::{EntryChange, EntryId, Origin, SaveError, Section},
    web::{
        WebError, WebState,
        access::{
            editing::{EditForm, Editing},
            visible_state::VisibleState,
        },
        pages::settings::entry_page::{EntryView, render_entry},
        parts::{
            entry_address::entry_address,
            page_header::{PageHeader, TranslatedHeader},
        },
    },
};

use super::{fields_form::change_fields, form_saving::read_revision};

/// The fields that a form sent, by field.
pub(super) type SentFields = BTreeMap<String, String>;

#[derive(Clone, Copy, Debug, EnumString, PartialEq)]
#[strum(serialize_all = "snake_case")]
pub(super) enum EntryAction {
    /// Of the text.
    Check,
    /// Of the text.
    Save,
    SaveFields,
    /// Adds what somebody entered to a list.
    AddMember,
    /// The key Enter in a field.
    Enter,
    Delete,
    /// Saves a file's entry in the browser.
    Move,
    Restore,
    /// Restores the version before the last one.
    Undo,
}

/// A request of somebody who changes an entry.
pub(super) struct EntryRequest {
    pub(super) web: WebState,
    pub(super) editing: Editing,
    pub(super) header: PageHeader,
}

pub(super) async fn change_entry(
    VisibleState(web): VisibleState,
    Path(section): Path<String>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<SentFields>,
) -> Result<Response, WebError> {
    let section: Section = section.parse().map_err(|_| WebError::NoSuchPage)?;
    if section.has_secrets() {
        // Its forms seal what is secret.
        return Err(WebError::NotAllowed);
    }
    let EditForm { editing, fields } = form;
    let action: EntryAction =
        (field(&fields, "action").parse()).map_err(|_| WebError::InvalidForm)?;
    let id = EntryId::new(section, field(&fields, "name").trim());
    let request = EntryRequest {
        web,
        editing,
        header,
    };
    match action {
        EntryAction::SaveFields | EntryAction::AddMember | EntryAction::Enter => {
            change_fields(request, id, action, fields).await
        }
        _ => change_text(request, id, action, &fields).await,
    }
}

async fn change_text(
    request: EntryRequest,
    id: EntryId,
    action: EntryAction,
    fields: &SentFields,
) -> Result<Response, WebError> {
    let editing = &request.editing;
    if !editing.may_edit(&id) || (id.name.is_empty() && !id.section.is_whole()) {
        return Err(WebError::Forbidden);
    }
    let began_from = read_revision(field(fields, "began_from"))?;
    let toml = match action {
        EntryAction::Delete => None,
        EntryAction::Move => editing.editor().text(&id),
        EntryAction::Restore | EntryAction::Undo => find_version(editing, &id, action, fields)?,
        // Browsers send line ends of their own.
        _ => Some(field(fields, "toml").replace("\r\n", "\n")),
    };
    let view = EntryView {
        toml: toml.clone().unwrap_or_default(),
        began_from,
        is_text: matches!(action, EntryAction::Check | EntryAction::Save),
        ..EntryView::current(editing, id.clone())
    };
    let change = EntryChange {
        id,
        toml,
        began_from,
    };
    if action == EntryAction::Check {
        let faults = editing.check(&[change]).await?.err();
        let view = EntryView {
            is_valid: faults.is_none(),
            faults,
            ..view
        };
        return answer(request, StatusCode::OK, view).await;
    }
    save_change(request, change, view, action == EntryAction::Move).await
}

/// The text of the version that somebody chose, or of the one before the last; `None`: the entry was deleted.
fn find_version(
    editing: &Editing,
    id: &EntryId,
    action: EntryAction,
    fields: &SentFields,
) -> Result<Option<String>, WebError> {
    let entry = editing.editor().entry(id).ok_or(WebError::NoSuchPage)?;
    let versions = &entry.versions;
    if action == EntryAction::Undo {
        let before = versions.len().checked_sub(2);
        let before = before.and_then(|at| versions.get(at));
        return Ok(before.and_then(|version| version.toml.clone()));
    }
    let number = field(fields, "version").parse();
    let number: usize = number.map_err(|_| WebError::InvalidForm)?;
    let version = versions.get(number).ok_or(WebError::NoSuchPage)?;
    Ok(version.toml.clone())
}

/// Saves a change; `view` is the page if it can't be.
pub(super) async fn save_change(
    request: EntryRequest,
    change: EntryChange,
    view: EntryView,
    is_move: bool,
) -> Result<Response, WebError> {
    let (editing, id) = (&request.editing, change.id.clone());
    let is_in_file = matches!(editing.editor().origin(&id), Origin::File { .. });
    let saved = if is_move {
        editing.move_entry(change).await?
    } else {
        editing.save(change).await?
    };
    let (status, view) = match saved {
        Ok(()) => {
            // An entry of a file is effective as before.
            let done = if is_in_file { "" } else { "&done=saved" };
            let page = format!("{}{done}", entry_address(&id));
            return Ok(Redirect::to(&page).into_response());
        }
        Err(SaveError::Invalid(faults)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            EntryView {
                faults: Some(faults),
                ..view
            },
        ),
        Err(SaveError::Conflict(theirs)) => (
            StatusCode::CONFLICT,
            EntryView {
                // Saving again replaces what the page now shows.
                began_from: Some(theirs.revision),
                conflict: Some(theirs),
                ..view
            },
        ),
        Err(error @ (SaveError::InFile { .. } | SaveError::SecretKey(_))) => (
            StatusCode::CONFLICT,
            EntryView {
                error: error.to_string(),
                ..view
            },
        ),
        Err(SaveError::Records(error)) => return Err(error.into()),
    };
    answer(request, status, view).await
}

pub(super) async fn answer(
    request: EntryRequest,
    status: StatusCode,
    view: EntryView,
) -> Result<Response, WebError> {
    let EntryRequest {
        web,
        editing,
        header,
    } = request;
    let page = render_entry(&web, &editing, header, view).await?;
    Ok((status, page).into_response())
}

pub(super) fn field<'a>(fields: &'a SentFields, key: &str) -> &'a str {
    fields.get(key).map_or("", String::as_str)
}
