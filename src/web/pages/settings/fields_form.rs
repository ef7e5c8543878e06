//! Changes of an entry by its fields.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    editing::{EntryChange, EntryId, Origin},
    web::{WebError, parts::entry_address::entry_address},
};

use super::{
    entry_fields::{EntryChoices, EntryDraft, fields_of, name_entry},
    entry_form::{EntryAction, EntryRequest, SentFields, answer, field, save_change},
    entry_page::EntryView,
    form_saving::read_revision,
};

pub(super) async fn change_fields(
    request: EntryRequest,
    id: EntryId,
    action: EntryAction,
    fields: SentFields,
) -> Result<Response, WebError> {
    let EntryRequest {
        web,
        editing,
        header,
    } = &request;
    let texts = header.texts;
    let is_new = id.name.is_empty() && !id.section.is_whole();
    if !editing.may_edit_some(id.section) || !(is_new || editing.may_edit(&id)) {
        return Err(WebError::Forbidden);
    }
    let form = fields_of(&id).ok_or(WebError::InvalidForm)?;
    let began_from = read_revision(field(&fields, "began_from"))?;
    let is_adding = match action {
        EntryAction::Enter => fields
            .iter()
            .any(|(key, text)| key.starts_with("add.") && !text.trim().is_empty()),
        action => action == EntryAction::AddMember,
    };
    let choices = EntryChoices::read(web, header, &form).await?;
    // Comments and keys without a field are those in force.
    let mut draft = match editing.editor().text(&id) {
        Some(toml) => EntryDraft::of_text(id, &form, &toml).ok_or(WebError::InvalidForm)?,
        None => EntryDraft::new(id),
    };
    draft.type_in(fields);
    if is_new {
        name_entry(texts, editing.editor(), &form, &choices, &mut draft);
    }
    draft.apply(texts, &form, &choices);
    if is_adding {
        draft.clear_missing();
    }
    let (id, toml) = (draft.id.clone(), draft.toml());
    let is_refused = draft.has_faults();
    let view = EntryView {
        toml: toml.clone().unwrap_or_default(),
        began_from,
        is_new,
        draft: Some(draft),
        ..EntryView::current(editing, id.clone())
    };
    if is_refused {
        return answer(request, StatusCode::UNPROCESSABLE_ENTITY, view).await;
    }
    if is_adding {
        return answer(request, StatusCode::OK, view).await;
    }
    if !editing.may_edit(&id) {
        return Err(WebError::Forbidden);
    }
    if toml.is_none() && matches!(editing.editor().origin(&id), Origin::Nowhere) {
        return Ok(Redirect::to(&entry_address(&id)).into_response());
    }
    let change = EntryChange {
        id,
        toml,
        began_from,
    };
    save_change(request, change, view, false).await
}
