//! Forms of one entry of the settings: where they begin, and how they are saved.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use wallboard_store::Revision;
use wallboard_texts::Texts;

use crate::{
    editing::{Entry, EntryChange, EntryId, Origin, SaveError},
    web::{
        WebError,
        access::editing::Editing,
        parts::{entry_address::entry_address, refusal_line::RefusalLine},
    },
};

/// Why nothing was saved, for people, with the response's status.
pub(in crate::web) type Refusal = (StatusCode, Vec<RefusalLine>);

/// Returns the revision that a form of an entry begins from, as its field has it. The other one is where the entry
/// is shown, if it's a file's.
pub(in crate::web) fn begin_form(
    editing: &Editing,
    id: &EntryId,
) -> Result<Result<String, Response>, WebError> {
    if !editing.may_edit(id) {
        return Err(WebError::Forbidden);
    }
    let revision = match editing.editor().origin(id) {
        // The page of a file's entry says where it is.
        Origin::File { .. } => return Ok(Err(Redirect::to(&entry_address(id)).into_response())),
        Origin::Browser(entry) => Some(entry.revision),
        // A deleted one of that name has a revision, too.
        Origin::Nowhere => editing.editor().entry(id).map(|entry| entry.revision),
    };
    let text = revision.map(|revision| revision.0.to_string());
    Ok(Ok(text.unwrap_or_default()))
}

/// Saves an entry, or deletes it without a text.
pub(in crate::web) async fn save_form(
    texts: &Texts,
    editing: &Editing,
    id: EntryId,
    toml: Option<String>,
    began_from: &str,
) -> Result<Result<(), Refusal>, WebError> {
    let change = EntryChange {
        id,
        toml,
        began_from: read_revision(began_from)?,
    };
    match editing.save(change).await? {
        Ok(()) => Ok(Ok(())),
        Err(error) => refuse(error, |_| RefusalLine::new(texts, texts.form_conflict())).map(Err),
    }
}

/// Reads the field of a form with the revision that it began from; empty: there was no entry.
pub(in crate::web) fn read_revision(field: &str) -> Result<Option<Revision>, WebError> {
    if field.is_empty() {
        return Ok(None);
    }
    let revision = field.parse().map_err(|_| WebError::InvalidForm)?;
    Ok(Some(Revision(revision)))
}

/// Returns why nothing was saved; `on_conflict` says it of somebody else's change. The error is a fault of ours.
pub(in crate::web) fn refuse(
    error: SaveError,
    on_conflict: impl FnOnce(&Entry) -> RefusalLine,
) -> Result<Refusal, WebError> {
    Ok(match error {
        SaveError::Invalid(faults) => {
            let faults = faults.to_string();
            let faults = faults.lines().map(RefusalLine::english).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, faults)
        }
        SaveError::Conflict(theirs) => (StatusCode::CONFLICT, vec![on_conflict(&theirs)]),
        SaveError::Records(error) => return Err(error.into()),
        SaveError::InFile { .. } | SaveError::SecretKey(_) => (
            StatusCode::CONFLICT,
            vec![RefusalLine::english(error.to_string())],
        ),
    })
}

/// A duration as the configuration writes it: "30s", "10m", "2h".
pub(in crate::web) fn duration_text(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        _ if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}
