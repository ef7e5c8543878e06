//! Shows the editor of a board, follows its form, and saves it.

use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_access::{Permissions, Right};
use wallboard_boards::{
    BoardDefinition, BoardLayout, BoardOrigin, WidgetContent, board_file::parse_board, write_board,
};

use crate::{
    editing::{EntryChange, EntryId, SaveError, Section},
    web::{
        WebError, WebState,
        access::{audited::ShowsPeople, editing::Editing, visible_state::VisibleState},
        board_editor::{
            board_address::propose_address,
            board_form::{BoardForm, field, file_name},
            choices::BoardChoices,
            editor_page::{EditorState, render_editor},
            uploads::UploadForm,
            version_steps::VersionSteps,
        },
        parts::{
            links::form_urlencode,
            page_header::{PageHeader, TranslatedHeader},
        },
        server::assets,
    },
};

/// Addresses below `/boards` that are pages of ours.
const RESERVED: [&str; 2] = ["new", "preview"];

#[derive(Deserialize)]
pub(super) struct EditorQuery {
    #[serde(default)]
    done: String,
    #[serde(flatten)]
    steps: VersionSteps,
}

pub(super) async fn show_editor(
    VisibleState(web): VisibleState,
    editing: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Path(id): Path<String>,
    Query(query): Query<EditorQuery>,
) -> Result<Response, WebError> {
    let entry_id = board_entry(&id);
    if !editing.may_edit(&entry_id) {
        return Err(WebError::Forbidden);
    }
    let board = web.boards.find_board(&id);
    if board
        .as_ref()
        .is_some_and(|board| !header.visitor().may_see(board))
    {
        return Err(WebError::Forbidden);
    }
    let entry = editing.editor().entry(&entry_id);
    let text = match (editing.editor().text(&entry_id), board) {
        (Some(text), _) => text,
        (None, Some(board)) => write_board(&board),
        (None, None) => return Err(WebError::NoSuchBoard(id)),
    };
    let began_from = entry.filter(|entry| entry.current().is_some());
    let form = BoardForm::of_text(&id, text, began_from.map(|entry| entry.revision));
    let state = EditorState {
        is_saved: query.done == "saved",
        steps: query.steps,
        ..EditorState::default()
    };
    respond(&web, &editing, header, form, state).await
}

/// Answers the editor with the form as it was sent, its preview and its faults. Saves no board.
pub(super) async fn preview_board(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    UploadForm {
        editing,
        fields,
        uploads,
    }: UploadForm,
) -> Result<Response, WebError> {
    let form = BoardForm::read(&fields, &uploads, &choices(&web, &header));
    let state = EditorState {
        is_brief: fields.contains_key("brief"),
        ..EditorState::default()
    };
    respond(&web, &editing, header, form, state).await
}

pub(super) async fn save_changed_board(
    web: VisibleState,
    Path(_): Path<String>,
    header: TranslatedHeader,
    form: UploadForm,
) -> Result<Response, WebError> {
    save_board(web, header, form).await
}

pub(super) async fn save_board(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    UploadForm {
        editing,
        fields,
        uploads,
    }: UploadForm,
) -> Result<Response, WebError> {
    let mut form = BoardForm::read(&fields, &uploads, &choices(&web, &header));
    if form.id.is_empty() {
        form.id = propose_address(&form.board.title, header.visitor().permissions());
    }
    let id = board_entry(&form.id);
    let mut steps = VersionSteps::default();
    // Their forms have none of the board's fields.
    let has_fields = !["delete", "undo", "redo"].contains(&field(&fields, "do"));
    if !has_fields && !editing.may_edit(&id) {
        return Err(WebError::Forbidden);
    }
    let toml = match field(&fields, "do") {
        "delete" => {
            let text = editing.editor().text(&id).unwrap_or_default();
            form = BoardForm::of_text(&form.id, text, form.began_from);
            None
        }
        button @ ("undo" | "redo") => {
            let entry = editing.editor().entry(&id).ok_or(WebError::NoSuchPage)?;
            let now = VersionSteps {
                shown: field(&fields, "shown").to_owned(),
                begun: field(&fields, "begun").to_owned(),
            };
            let step = match button {
                "undo" => now.back(&entry),
                _ => now.forward(&entry),
            };
            let step = step.ok_or(WebError::NoSuchPage)?;
            steps = step.steps;
            form = BoardForm::of_text(&form.id, step.toml.clone(), form.began_from);
            Some(step.toml)
        }
        _ => {
            if form.faults.is_none() {
                form.refusal = find_refusal(&web, &editing, &header, &form);
                form.faults = parse_board(&form.text, &file_name(&form.id)).err();
            }
            let is_valid = form.faults.is_none() && form.refusal.is_empty();
            if !is_valid || !form.is_complete() {
                return refuse(&web, &editing, header, form, EditorState::default()).await;
            }
            Some(form.text.clone())
        }
    };
    let is_deleted = toml.is_none();
    let change = EntryChange {
        id,
        toml,
        began_from: form.began_from,
    };
    let error = match editing.save(change).await {
        Ok(Ok(())) if is_deleted => return Ok(Redirect::to("/?done=board-deleted").into_response()),
        Ok(Ok(())) => {
            let mut address = format!("/boards/{}/edit?done=saved", form.id);
            if !steps.shown.is_empty() {
                let times = [&steps.shown, &steps.begun];
                let [shown, begun] = times.map(|time| form_urlencode(time));
                address = format!("{address}&shown={shown}&begun={begun}");
            }
            return Ok(Redirect::to(&address).into_response());
        }
        Ok(Err(error)) => error,
        Err(WebError::Forbidden) if has_fields => {
            let state = EditorState {
                error: header.texts.board_not_yours().to_owned(),
                ..EditorState::default()
            };
            return refuse(&web, &editing, header, form, state).await;
        }
        Err(error) => return Err(error),
    };
    let mut state = EditorState::default();
    match error {
        SaveError::Invalid(faults) => form.faults = Some(faults),
        SaveError::Conflict(theirs) => {
            if let (false, Some(text)) = (has_fields, theirs.current()) {
                // Nobody changed a field, so the page has nothing that theirs lacks.
                form = BoardForm::of_text(&form.id, text.to_owned(), None);
            }
            form.began_from = theirs.current().map(|_| theirs.revision);
            state.conflict = Some(theirs);
        }
        SaveError::InFile { .. } | SaveError::SecretKey(_) => state.error = error.to_string(),
        SaveError::Records(error) => return Err(error.into()),
    }
    refuse(&web, &editing, header, form, state).await
}

/// Finds what the board's text can't say; empty if it can be saved.
fn find_refusal(
    web: &WebState,
    editing: &Editing,
    header: &PageHeader,
    form: &BoardForm,
) -> String {
    let (texts, visitor) = (header.texts, header.visitor());
    let existing = web.boards.find_board(&form.id);
    let is_taken = existing.is_some_and(|board| board.origin != BoardOrigin::Automatic);
    let is_of_agents = form.board.layout == BoardLayout::Agents;
    if form.id.is_empty() {
        texts.no_address().to_owned()
    } else if RESERVED.contains(&&*form.id) {
        texts.address_reserved().to_owned()
    } else if !editing.may_edit(&board_entry(&form.id)) {
        let patterns = visitor.permissions().and_then(Permissions::board_patterns);
        let patterns = patterns.unwrap_or_default().iter();
        let patterns: Vec<_> = patterns.map(|pattern| pattern.0.as_str()).collect();
        texts.address_not_yours(patterns.join(", "))
    } else if form.is_new && form.began_from.is_none() && is_taken {
        texts.address_taken().to_owned()
    } else if is_of_agents && !visitor.has(Right::PersonalData) {
        texts.agents_not_yours().to_owned()
    } else {
        String::new()
    }
}

async fn refuse(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    form: BoardForm,
    state: EditorState,
) -> Result<Response, WebError> {
    let page = respond(web, editing, header, form, state).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Answers the editor with the board as screens would show it.
pub(super) async fn respond(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    form: BoardForm,
    mut state: EditorState,
) -> Result<Response, WebError> {
    let choices = choices(web, &header);
    let is_of_agents = form.board.layout == BoardLayout::Agents;
    let may_preview = !is_of_agents || header.visitor().has(Right::PersonalData);
    if form.faults.is_none()
        && form.refusal.is_empty()
        && may_preview
        && editing.may_show(&form.text)
    {
        state.preview = Some(web.boards.preview(&form.board, assets::build_id()));
        state.missing_pictures = list_missing_pictures(web, &form.board).await?;
    }
    let shows_agents = is_of_agents && state.preview.is_some();
    // The whole page has their names to choose from, below "all".
    let lists_agents = !state.is_brief && 1 < choices.agents.len();
    let mark = ShowsPeople::mark_if(shows_agents || lists_agents);
    let page = render_editor(web, editing, header, form, choices, state)?;
    Ok((mark, Html(page)).into_response())
}

/// Returns the texts of pictures that no longer exist.
async fn list_missing_pictures(
    web: &WebState,
    board: &BoardDefinition,
) -> Result<Vec<String>, WebError> {
    let mut missing = Vec::new();
    for widget in &board.widgets {
        if let (WidgetContent::Picture { id, alt }, Some(pictures)) =
            (&widget.content, &web.pictures)
            && pictures.find(id).await?.is_none()
        {
            missing.push(alt.clone());
        }
    }
    Ok(missing)
}

pub(super) fn choices(web: &WebState, header: &PageHeader) -> BoardChoices {
    let shows_agents = header.visitor().has(Right::PersonalData);
    (web.live).read_snapshot(|snapshot, _| BoardChoices::read(header.texts, snapshot, shows_agents))
}

pub(super) fn board_entry(id: &str) -> EntryId {
    EntryId::new(Section::Boards, id)
}
