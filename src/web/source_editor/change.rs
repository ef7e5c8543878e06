//! Changes of a source by its form: test, save, pause, delete, restore a version.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tokio::{runtime::Handle, task::spawn_blocking, time::timeout};
use toml::Value;

use crate::{
    editing::{CheckedConfiguration, EntryChange, Origin, SaveError},
    source_check::{self, CheckRow},
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        parts::page_header::PageHeader,
    },
};

use super::{
    field_values::TypedFields,
    page::{PageState, address_of, check_right, entry_of, render_source},
    source_draft::{SourceDraft, find_kind},
    source_faults::find_field,
};

/// A page may take a little longer in all.
const TEST_TIMEOUT: Duration = Duration::from_secs(11);

/// The parts of a page that don't depend on the source.
struct Request {
    web: WebState,
    header: PageHeader,
    editing: Editing,
}

pub(super) async fn make_source(
    State(web): State<WebState>,
    header: PageHeader,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    check_right(&editing)?;
    let kind = find_kind(field(&fields, "kind")).ok_or(WebError::InvalidForm)?;
    let request = Request {
        web,
        header,
        editing,
    };
    submit(request, SourceDraft::of_kind(kind), &fields).await
}

pub(super) async fn change_source(
    State(web): State<WebState>,
    Path(id): Path<String>,
    header: PageHeader,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    check_right(&editing)?;
    let request = Request {
        web,
        header,
        editing,
    };
    let action = field(&fields, "action");
    if ["undo", "restore"].contains(&action) {
        let toml = find_version(&request.editing, &id, &fields)?;
        return change_text(request, &id, &fields, toml).await;
    }
    let mut draft = SourceDraft::of_stored(&request.editing, &id).ok_or(WebError::NoSuchPage)?;
    match action {
        "delete" => change_text(request, &id, &fields, None).await,
        "pause" | "resume" => {
            let by = request.editing.actor_name().to_owned();
            let paused_by = (action == "pause").then(|| Value::from(by));
            draft.text.set("paused_by", paused_by);
            let toml = draft.toml();
            change_text(request, &id, &fields, Some(toml)).await
        }
        _ => submit(request, draft, &fields).await,
    }
}

/// Tests or saves what somebody typed.
async fn submit(
    request: Request,
    mut draft: SourceDraft,
    fields: &TypedFields,
) -> Result<Response, WebError> {
    let action = field(fields, "action");
    if !["test", "save", "insist"].contains(&action) {
        return Err(WebError::InvalidForm);
    }
    if !draft.is_new {
        draft.set_revision(fields)?;
        if let Origin::File { file, line, .. } = request.editing.editor().origin(&draft.entry_id())
        {
            let state = PageState {
                error: SaveError::InFile { file, line }.to_string(),
                ..PageState::default()
            };
            return answer(&request, StatusCode::CONFLICT, draft, state);
        }
    }
    if let Err(error) = draft.apply(&request.editing, fields) {
        let state = PageState {
            error: SaveError::SecretKey(error).to_string(),
            ..PageState::default()
        };
        // Nothing typed is shown again: a secret in it isn't sealed.
        let draft = SourceDraft::of_kind(draft.kind);
        return answer(&request, StatusCode::INTERNAL_SERVER_ERROR, draft, state);
    }
    let change = draft.change();
    let checked = request.editing.check(std::slice::from_ref(&change)).await?;
    let checked = match checked {
        Ok(checked) if draft.faults.is_empty() => checked,
        Ok(_) => return refuse(&request, draft),
        Err(faults) => {
            draft.faults.add_all(&faults, &draft.id);
            return refuse(&request, draft);
        }
    };
    if action != "insist" {
        let rows = run_test(checked, &draft.id).await;
        for fault in rows.iter().filter_map(|row| row.fault.as_ref()) {
            if let Some(field) = find_field(&draft.kind.form, fault) {
                draft.faults.add(field.key, fault);
            }
        }
        let has_passed = rows.iter().all(|row| row.fault.is_none());
        if action == "test" || !has_passed {
            let is_refused = action != "test";
            let status = if is_refused {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            let state = PageState {
                tested: Some(rows),
                is_refused,
                ..PageState::default()
            };
            return answer(&request, status, draft, state);
        }
    }
    save(request, draft, change).await
}

/// Runs the steps of `check`, on a thread of their own: what connects to vendors was made for a command.
async fn run_test(checked: CheckedConfiguration, id: &str) -> Vec<CheckRow> {
    let is_it = |other: &str| other == id;
    let mut live = checked.sources.into_iter();
    let live = live.find(|one| is_it(one.id().as_str()));
    let mut of_files = checked.imports.into_iter();
    let of_files = of_files.find(|one| is_it(one.id.as_str()));
    let runtime = Handle::current();
    let testing = spawn_blocking(move || {
        let testing = async {
            match (live, of_files) {
                (Some(source), _) => source_check::check_source(&source).await,
                (None, Some(source)) => source_check::check_files(&source).await,
                (None, None) => Vec::new(),
            }
        };
        runtime.block_on(timeout(TEST_TIMEOUT, testing))
    });
    let fault = match testing.await {
        Ok(Ok(rows)) => return rows,
        Ok(Err(_)) => format!(
            "hasn't finished within {} s; save it without the test and look at Data sources, or run wallboard check, which waits longer",
            TEST_TIMEOUT.as_secs()
        ),
        Err(error) => format!("the test failed: {error}"),
    };
    vec![CheckRow {
        what: "source",
        name: id.to_owned(),
        fault: Some(fault),
    }]
}

/// Saves another text of a source; `None` deletes it.
async fn change_text(
    request: Request,
    id: &str,
    fields: &TypedFields,
    toml: Option<String>,
) -> Result<Response, WebError> {
    let deleted = toml.is_none();
    let mut draft = match SourceDraft::of_stored(&request.editing, id) {
        Some(draft) => draft,
        None => SourceDraft::of_version(id, toml.as_deref()).ok_or(WebError::NoSuchPage)?,
    };
    draft.set_revision(fields)?;
    let change = EntryChange {
        id: entry_of(id),
        toml,
        began_from: draft.began_from,
    };
    match request.editing.save(change).await? {
        Ok(()) if deleted => Ok(Redirect::to("/sources").into_response()),
        Ok(()) => Ok(saved(id)),
        Err(error) => refuse_save(&request, draft, error),
    }
}

/// The version that somebody wants back.
fn find_version(
    editing: &Editing,
    id: &str,
    fields: &TypedFields,
) -> Result<Option<String>, WebError> {
    let entry = editing.editor().entry(&entry_of(id));
    let versions = entry.ok_or(WebError::NoSuchPage)?.versions.clone();
    let number = if field(fields, "action") == "undo" {
        versions.len().checked_sub(2)
    } else {
        Some(
            field(fields, "version")
                .parse()
                .map_err(|_| WebError::InvalidForm)?,
        )
    };
    let Some(number) = number else {
        return Ok(None);
    };
    let version = versions.get(number).ok_or(WebError::NoSuchPage)?;
    Ok(version.toml.clone())
}

async fn save(
    request: Request,
    draft: SourceDraft,
    change: EntryChange,
) -> Result<Response, WebError> {
    match request.editing.save(change).await? {
        Ok(()) => Ok(saved(&draft.id)),
        Err(error) => refuse_save(&request, draft, error),
    }
}

fn saved(id: &str) -> Response {
    Redirect::to(&format!("{}?done=saved", address_of(id))).into_response()
}

fn refuse_save(
    request: &Request,
    mut draft: SourceDraft,
    error: SaveError,
) -> Result<Response, WebError> {
    let mut state = PageState::default();
    match error {
        SaveError::Invalid(faults) => {
            draft.faults.add_all(&faults, &draft.id);
            return refuse(request, draft);
        }
        SaveError::Conflict(theirs) => {
            // Saving again replaces what the page now shows.
            draft.began_from = Some(theirs.revision);
            state.conflict = Some(theirs);
        }
        SaveError::InFile { .. } | SaveError::SecretKey(_) => state.error = error.to_string(),
        SaveError::Records(error) => return Err(error.into()),
    }
    answer(request, StatusCode::CONFLICT, draft, state)
}

fn refuse(request: &Request, draft: SourceDraft) -> Result<Response, WebError> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answer(request, status, draft, PageState::default())
}

fn answer(
    request: &Request,
    status: StatusCode,
    draft: SourceDraft,
    state: PageState,
) -> Result<Response, WebError> {
    let header = request.header.clone();
    let page = render_source(&request.web, &request.editing, header, draft, state)?;
    Ok((status, page).into_response())
}

fn field<'a>(fields: &'a TypedFields, key: &str) -> &'a str {
    fields.get(key).map_or("", String::as_str)
}
