//! Changes of a source or a channel by its form: test, save, pause, delete, restore a version.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use toml::Value;

use crate::{
    editing::{EntryChange, Origin, SaveError},
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        parts::page_header::{PageHeader, TranslatedHeader},
    },
};

use super::{
    demo_data::{remove_demo_data, replaces_demo_data},
    discovery::{FindError, STATISTICS, TriedObjects, add_statistics, find_statistics},
    edited_section::EditedSection,
    field_values::TypedFields,
    page::{PageState, render_table},
    table_draft::{TableDraft, find_kind},
    table_faults::find_field,
    table_test::{test_channel, test_source},
};

/// The page with the steps of the set-up.
const SET_UP: &str = "/";

/// The parts of a page that don't depend on the entry.
struct Request {
    web: WebState,
    section: EditedSection,
    header: PageHeader,
    editing: Editing,
}

pub(super) async fn make_table(
    State(web): State<WebState>,
    section: EditedSection,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    section.check_right(&editing)?;
    let kind = find_kind(section, field(&fields, "kind")).ok_or(WebError::InvalidForm)?;
    let request = Request {
        web,
        section,
        header,
        editing,
    };
    submit(request, TableDraft::of_kind(section, kind), &fields).await
}

pub(super) async fn change_table(
    State(web): State<WebState>,
    section: EditedSection,
    Path(id): Path<String>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<TypedFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    section.check_right(&editing)?;
    let request = Request {
        web,
        section,
        header,
        editing,
    };
    let action = field(&fields, "action");
    if ["undo", "restore"].contains(&action) {
        let toml = find_version(&request, &id, &fields)?;
        return restore(request, &id, &fields, toml).await;
    }
    let mut draft =
        TableDraft::of_stored(&request.editing, section, &id).ok_or(WebError::NoSuchPage)?;
    match action {
        "delete" => change_text(request, &id, &fields, None).await,
        "move" => move_table(request, draft, &fields).await,
        "pause" | "resume" if !section.is_channels() => {
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
    mut draft: TableDraft,
    fields: &TypedFields,
) -> Result<Response, WebError> {
    let action = field(fields, "action");
    if !["test", "save", "insist", "find"].contains(&action) {
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
        let draft = TableDraft::of_kind(draft.section, draft.kind);
        return answer(&request, StatusCode::INTERNAL_SERVER_ERROR, draft, state);
    }
    if action == "find" {
        return find(&request, draft, fields).await;
    }
    let change = draft.change();
    let checked = request.editing.check(std::slice::from_ref(&change)).await?;
    let checked = match checked {
        Ok(checked) if draft.faults.is_empty() => checked,
        Ok(_) => return refuse(&request, draft),
        Err(faults) => {
            draft.faults.add_all(&faults, &draft.entry_id());
            return refuse(&request, draft);
        }
    };
    // The test of a channel reaches people, so saving doesn't send one.
    let is_tested = if request.section.is_channels() {
        action == "test"
    } else {
        action != "insist"
    };
    if is_tested {
        let (texts, id) = (request.header.texts, &draft.id);
        let steps = if request.section.is_channels() {
            test_channel(texts, &request.web, &request.editing, checked, id).await
        } else {
            test_source(texts, checked, id).await
        };
        for fault in steps.iter().filter_map(|step| step.fault.as_ref()) {
            if let Some(field) = find_field(&draft.kind.form, &fault.text) {
                draft.faults.add(field.key, &fault.text);
            }
        }
        let has_passed = steps.iter().all(|step| step.fault.is_none());
        if action == "test" || !has_passed {
            let is_refused = action != "test";
            let status = if is_refused {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            let state = PageState {
                tested: Some(steps),
                is_refused,
                ..PageState::default()
            };
            return answer(&request, status, draft, state);
        }
    }
    save(request, draft, change).await
}

/// Looks for statistics on the objects that somebody typed, and adds those found to the form.
async fn find(
    request: &Request,
    mut draft: TableDraft,
    fields: &TypedFields,
) -> Result<Response, WebError> {
    let key = draft.kind.discovery_key.ok_or(WebError::InvalidForm)?;
    let objects = TriedObjects::of_fields(fields);
    let found = match objects.to_statistics(key) {
        Err(error) => Err(error),
        Ok(statistics) => {
            let mut change = draft.change();
            let mut text = draft.text.clone();
            text.set(STATISTICS, Some(statistics));
            change.toml = Some(text.write(&draft.entry_id(), &draft.kind.form));
            let checked = request.editing.check(&[change]).await?;
            match checked {
                Ok(checked) if draft.faults.is_empty() => find_statistics(checked, &draft.id).await,
                Ok(_) => Err(FindError::Fields),
                Err(faults) => {
                    draft.faults.add_all(&faults, &draft.entry_id());
                    Err(FindError::Fields)
                }
            }
        }
    };
    let found = found.map(|found| add_statistics(&mut draft.text, found));
    let status = if found.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let state = PageState {
        found: Some(found),
        objects,
        ..PageState::default()
    };
    answer(request, status, draft, state)
}

/// Makes the text of a version effective. A source is tested before, as when it's saved; a paused one starts nothing.
async fn restore(
    request: Request,
    id: &str,
    fields: &TypedFields,
    toml: Option<String>,
) -> Result<Response, WebError> {
    let section = request.section;
    let draft = TableDraft::of_version(section, id, toml.as_deref());
    let draft = draft.filter(|draft| draft.text.get("paused_by").is_none());
    let (Some(mut draft), false) = (draft, section.is_channels()) else {
        return change_text(request, id, fields, toml).await;
    };
    let stored = TableDraft::of_stored(&request.editing, section, id);
    // A deleted one is made again.
    draft.is_new = stored.is_none();
    draft.set_revision(fields)?;
    let change = EntryChange {
        id: section.entry_id(id),
        toml: toml.clone(),
        began_from: draft.began_from,
    };
    // Its faults and conflicts are for the saving.
    if let Ok(checked) = request.editing.check(&[change]).await? {
        let steps = test_source(request.header.texts, checked, id).await;
        if steps.iter().any(|step| step.fault.is_some()) {
            if let Some(stored) = stored {
                draft.stored = stored.stored;
            }
            let state = PageState {
                tested: Some(steps),
                is_refused: true,
                ..PageState::default()
            };
            return answer(&request, StatusCode::UNPROCESSABLE_ENTITY, draft, state);
        }
    }
    change_text(request, id, fields, toml).await
}

/// Saves another text of an entry; `None` deletes it.
async fn change_text(
    request: Request,
    id: &str,
    fields: &TypedFields,
    toml: Option<String>,
) -> Result<Response, WebError> {
    let deleted = toml.is_none();
    let section = request.section;
    let mut draft = match TableDraft::of_stored(&request.editing, section, id) {
        Some(draft) => draft,
        None => TableDraft::of_version(section, id, toml.as_deref()).ok_or(WebError::NoSuchPage)?,
    };
    draft.set_revision(fields)?;
    let change = EntryChange {
        id: section.entry_id(id),
        toml,
        began_from: draft.began_from,
    };
    // Its copy in the browser goes, and its page stays.
    let is_in_file = matches!(
        request.editing.editor().origin(&change.id),
        Origin::File { .. }
    );
    match request.editing.save(change).await? {
        Ok(()) if deleted && is_in_file => {
            Ok(Redirect::to(&section.address_of(id)).into_response())
        }
        Ok(()) if deleted => Ok(Redirect::to(section.list_route()).into_response()),
        Ok(()) => Ok(saved(section, id)),
        Err(error) => refuse_save(&request, draft, error),
    }
}

/// Moves an entry of a file to the browser.
async fn move_table(
    request: Request,
    mut draft: TableDraft,
    fields: &TypedFields,
) -> Result<Response, WebError> {
    draft.set_revision(fields)?;
    match request.editing.move_entry(draft.change()).await? {
        Ok(()) => {
            let page = draft.section.address_of(&draft.id);
            Ok(Redirect::to(&page).into_response())
        }
        Err(error) => refuse_save(&request, draft, error),
    }
}

/// The version that somebody wants back.
fn find_version(
    request: &Request,
    id: &str,
    fields: &TypedFields,
) -> Result<Option<String>, WebError> {
    let entry_id = request.section.entry_id(id);
    let entry = request.editing.editor().entry(&entry_id);
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
    draft: TableDraft,
    change: EntryChange,
) -> Result<Response, WebError> {
    let mut changes = vec![change.clone()];
    if draft.is_new && !draft.section.is_channels() && replaces_demo_data(draft.kind.kind) {
        changes.extend(remove_demo_data(request.editing.editor()));
    }
    let replaces = 1 < changes.len();
    let mut result = request.editing.save_all(changes).await?;
    if replaces && matches!(result, Err(SaveError::Invalid(_))) {
        // Something else names its queues, so it stays, and the steps offer to remove it.
        result = request.editing.save(change).await?;
    }
    match result {
        Ok(()) if draft.is_step => Ok(Redirect::to(SET_UP).into_response()),
        Ok(()) => Ok(saved(draft.section, &draft.id)),
        Err(error) => refuse_save(&request, draft, error),
    }
}

fn saved(section: EditedSection, id: &str) -> Response {
    Redirect::to(&format!("{}?done=saved", section.address_of(id))).into_response()
}

fn refuse_save(
    request: &Request,
    mut draft: TableDraft,
    error: SaveError,
) -> Result<Response, WebError> {
    let mut state = PageState::default();
    match error {
        SaveError::Invalid(faults) => {
            draft.faults.add_all(&faults, &draft.entry_id());
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

fn refuse(request: &Request, draft: TableDraft) -> Result<Response, WebError> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answer(request, status, draft, PageState::default())
}

fn answer(
    request: &Request,
    status: StatusCode,
    draft: TableDraft,
    state: PageState,
) -> Result<Response, WebError> {
    let header = request.header.clone();
    let page = render_table(&request.web, &request.editing, header, draft, state)?;
    Ok((status, page).into_response())
}

fn field<'a>(fields: &'a TypedFields, key: &str) -> &'a str {
    fields.get(key).map_or("", String::as_str)
}
