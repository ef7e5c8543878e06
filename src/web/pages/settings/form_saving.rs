//! Forms of one entry of the settings: where they begin, and how they are saved.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use wallboard_store::Revision;
use wallboard_texts::Texts;

use crate::{
    editing::{EntryChange, EntryId, Origin, SaveError},
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::EntryConflict,
        parts::{entry_address::entry_address, refusal_line::RefusalLine},
    },
};

/// Why nothing was saved, for people, with the response's status.
pub(in crate::web) struct SaveRefusal {
    pub(in crate::web) status: StatusCode,
    pub(in crate::web) faults: Vec<RefusalLine>,
    /// Somebody else's change meanwhile.
    pub(in crate::web) conflict: Option<EntryConflict>,
}

impl SaveRefusal {
    pub(in crate::web) fn of_faults(status: StatusCode, faults: Vec<RefusalLine>) -> Self {
        Self {
            status,
            faults,
            conflict: None,
        }
    }
}

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

/// Saves an entry, or deletes it without a text. After a conflict, the form begins from the other version: saving again
/// replaces what the page then shows.
pub(in crate::web) async fn save_form(
    texts: &'static Texts,
    web: &WebState,
    editing: &Editing,
    id: EntryId,
    toml: Option<String>,
    began_from: &mut String,
) -> Result<Result<(), SaveRefusal>, WebError> {
    let change = EntryChange {
        id,
        toml: toml.clone(),
        began_from: read_revision(began_from)?,
    };
    let Err(error) = editing.save(change).await? else {
        return Ok(Ok(()));
    };
    if let SaveError::Conflict(theirs) = &error {
        *began_from = theirs.revision.0.to_string();
        return Ok(Err(SaveRefusal {
            conflict: Some(EntryConflict::new(texts, web, theirs, toml.as_deref())),
            ..SaveRefusal::of_faults(StatusCode::CONFLICT, Vec::new())
        }));
    }
    refuse(error).map(Err)
}

/// Reads the field of a form with the revision that it began from; empty: there was no entry.
pub(in crate::web) fn read_revision(field: &str) -> Result<Option<Revision>, WebError> {
    if field.is_empty() {
        return Ok(None);
    }
    let revision = field.parse().map_err(|_| WebError::InvalidForm)?;
    Ok(Some(Revision(revision)))
}

/// Returns why several entries weren't saved, of which somebody else changed one meanwhile, or one has a fault.
pub(in crate::web) fn refuse_all(
    texts: &'static Texts,
    web: &WebState,
    error: SaveError,
    changes: &[EntryChange],
) -> Result<SaveRefusal, WebError> {
    let SaveError::Conflict(theirs) = &error else {
        return refuse(error);
    };
    let line = texts.entry_conflict_look(theirs.id.to_string());
    Ok(SaveRefusal {
        conflict: Some(EntryConflict::among(texts, web, theirs, changes)),
        ..SaveRefusal::of_faults(StatusCode::CONFLICT, vec![RefusalLine::new(texts, line)])
    })
}

/// Returns why nothing was saved. The error is a fault of ours.
fn refuse(error: SaveError) -> Result<SaveRefusal, WebError> {
    let (status, faults) = match error {
        SaveError::Invalid(faults) => {
            let faults = faults.to_string();
            let faults = faults.lines().map(RefusalLine::english).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, faults)
        }
        SaveError::Records(error) => return Err(error.into()),
        SaveError::Conflict(_) | SaveError::InFile { .. } | SaveError::SecretKey(_) => (
            StatusCode::CONFLICT,
            vec![RefusalLine::english(error.to_string())],
        ),
    };
    Ok(SaveRefusal::of_faults(status, faults))
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
