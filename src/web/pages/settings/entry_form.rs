//! Changes of an entry by its page: check, save, delete, restore a version, undo the last change.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    editing::{EntryChange, EntryId, Origin, SaveError, Section},
    web::{
        WebError, WebState,
        access::editing::EditForm,
        pages::settings::{
            entry_page::{EntryView, render_entry},
            overview::address_of,
        },
        parts::page_header::TranslatedHeader,
    },
};

use super::form_saving::read_revision;

#[derive(Debug, Deserialize)]
pub(super) struct EntryFields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    toml: String,
    /// The revision that the page showed; empty for a new entry.
    #[serde(default)]
    began_from: String,
    action: EntryAction,
    /// The version to restore.
    #[serde(default)]
    version: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum EntryAction {
    Check,
    Save,
    Delete,
    /// Saves a file's entry in the browser.
    Move,
    Restore,
    /// Restores the version before the last one.
    Undo,
}

pub(super) async fn change_entry(
    State(web): State<WebState>,
    Path(section): Path<String>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<EntryFields>,
) -> Result<Response, WebError> {
    let section: Section = section.parse().map_err(|_| WebError::NoSuchPage)?;
    if section.has_secrets() {
        // Its forms seal what is secret.
        return Err(WebError::NotAllowed);
    }
    let EditForm { editing, fields } = form;
    let name = fields.name.trim().to_owned();
    let id = EntryId { section, name };
    if !editing.may_edit(&id) || (id.name.is_empty() && !section.is_whole()) {
        return Err(WebError::Forbidden);
    }
    let began_from = read_revision(&fields.began_from)?;
    // Browsers send line ends of their own.
    let written = fields.toml.replace("\r\n", "\n");
    let toml = match fields.action {
        EntryAction::Check | EntryAction::Save => Some(written),
        EntryAction::Delete => None,
        EntryAction::Move => editing.editor().text(&id),
        EntryAction::Restore | EntryAction::Undo => {
            let entry = editing.editor().entry(&id).ok_or(WebError::NoSuchPage)?;
            let versions = &entry.versions;
            if fields.action == EntryAction::Undo {
                let before = versions
                    .len()
                    .checked_sub(2)
                    .and_then(|at| versions.get(at));
                before.and_then(|version| version.toml.clone())
            } else {
                let number: usize = fields.version.parse().map_err(|_| WebError::InvalidForm)?;
                let version = versions.get(number).ok_or(WebError::NoSuchPage)?;
                version.toml.clone()
            }
        }
    };
    let view = EntryView {
        toml: toml.clone().unwrap_or_default(),
        began_from,
        ..EntryView::current(&editing, id.clone())
    };
    let change = EntryChange {
        id: id.clone(),
        toml,
        began_from,
    };
    if fields.action == EntryAction::Check {
        let faults = editing.check(&[change]).await?.err();
        let view = EntryView {
            is_valid: faults.is_none(),
            faults,
            ..view
        };
        return Ok(Html(render_entry(&web, &editing, header, view)?).into_response());
    }
    let is_in_file = matches!(editing.editor().origin(&id), Origin::File { .. });
    let saved = if fields.action == EntryAction::Move {
        editing.move_entry(change).await?
    } else {
        editing.save(change).await?
    };
    let (status, view) = match saved {
        Ok(()) => {
            // An entry of a file is effective as before.
            let done = if is_in_file { "" } else { "&done=saved" };
            let page = format!("{}{done}", address_of(&id));
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
    let page = render_entry(&web, &editing, header, view)?;
    Ok((status, Html(page)).into_response())
}
