//! A new board: three beginnings made of the visitor's own queues, or a copy of another board.

use askama::Template;
use axum::{
    extract::Query,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use wallboard_access::{Permissions, Right};
use wallboard_boards::{BoardDefinition, BoardLayout, board_file::parse_board, write_board};
use wallboard_domain::Pattern;
use wallboard_texts::Texts;

use crate::editing::Section;
use crate::web::{
    WebError,
    access::{editing::Editing, visible_state::VisibleState},
    board_editor::{
        board_address::propose_address,
        board_form::{BoardForm, file_name},
        choices::Choice,
        edit_board::{board_entry, choices, respond},
        editor_page::EditorState,
    },
    parts::page_header::{PageHeader, TranslatedHeader},
    server::assets,
};

/// The beginning of the choice of a group's queues.
const MEMBERS: &str = "queues of ";

#[derive(Deserialize)]
pub(super) struct NewBoardQuery {
    /// "all", "some" or "team".
    #[serde(default)]
    start: String,
    /// The group or source of "some", or a group after [`MEMBERS`].
    #[serde(default)]
    some: String,
    /// The queue or group of "team".
    #[serde(default)]
    team: String,
    #[serde(default)]
    title: String,
    /// The board to copy.
    #[serde(default)]
    copy: String,
}

#[derive(Template)]
#[template(path = "board_new.html")]
struct NewBoardPage {
    build: &'static str,
    header: PageHeader,
    queues: usize,
    /// Groups and sources.
    parts: Vec<Choice>,
    teams: Vec<Choice>,
    shows_agents: bool,
}

pub(super) async fn show_new_board(
    VisibleState(web): VisibleState,
    editing: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<NewBoardQuery>,
) -> Result<Response, WebError> {
    if !editing.may_edit_some(Section::Boards) {
        return Err(WebError::Forbidden);
    }
    if query.start.is_empty() && query.copy.is_empty() {
        let choices = choices(&web, &header);
        let members = choices.members;
        let is_part = |choice: &Choice| choice.id.contains('*') || choice.id.starts_with("group/");
        let (parts, queues): (Vec<_>, Vec<_>) = choices.queues.into_iter().partition(is_part);
        let count = queues.len();
        let teams = parts.iter().cloned().chain(queues).collect();
        let parts = parts.into_iter().flat_map(|part| {
            let queues = members.contains_key(&part.id).then(|| Choice {
                id: format!("{MEMBERS}{}", part.id),
                name: header.texts.member_queues_of(part.name.as_str()),
                kind: part.kind.clone(),
            });
            queues.into_iter().chain([part])
        });
        let parts = parts.collect();
        let page = NewBoardPage {
            build: assets::build_id(),
            shows_agents: header.visitor().has(Right::PersonalData),
            header,
            queues: count,
            teams,
            parts,
        };
        return Ok(Html(page.render()?).into_response());
    }
    let text = if query.copy.is_empty() {
        let scope = (header.visitor().permissions()).and_then(Permissions::data_scope);
        let everything = scope.map_or_else(Vec::new, |scope| scope.queues.clone());
        let some = match query.some.strip_prefix(MEMBERS) {
            Some(group) => {
                let queues = choices(&web, &header).members.remove(group);
                queues.ok_or(WebError::NoSuchPage)?
            }
            None => vec![query.some.clone()],
        };
        write_board(&begin(header.texts, &query, some, everything))
    } else {
        let original = web.boards.find_board(&query.copy);
        let original = original.ok_or_else(|| WebError::NoSuchBoard(query.copy.clone()))?;
        if !header.visitor().may_see(&original) {
            return Err(WebError::Forbidden);
        }
        let text = editing.editor().text(&board_entry(&query.copy));
        copy_text(header.texts, &original, text)
    };
    let mut form = BoardForm::of_text("", text, None);
    form.is_new = true;
    form.id = propose_address(&form.board.title, header.visitor().permissions());
    respond(&web, &editing, header, form, EditorState::default()).await
}

/// `some` are the queues of "some"; `everything` is what the visitor may see; empty: all.
fn begin(
    texts: &Texts,
    query: &NewBoardQuery,
    some: Vec<String>,
    everything: Vec<Pattern>,
) -> BoardDefinition {
    let patterns = |ids: Vec<String>| {
        let ids = ids.into_iter().filter(|id| !id.is_empty());
        ids.map(Pattern).collect()
    };
    let title = |usual: &str| match query.title.trim() {
        "" => usual.to_owned(),
        title => title.to_owned(),
    };
    match &*query.start {
        "team" => BoardDefinition {
            queues: patterns(vec![query.team.clone()]),
            ..BoardDefinition::new("", &title(texts.title_team()), BoardLayout::Agents)
        },
        "some" => BoardDefinition {
            queues: patterns(some),
            ..BoardDefinition::new("", &title(texts.title_some()), BoardLayout::Queues)
        },
        _ => BoardDefinition {
            queues: everything,
            ..BoardDefinition::new("", &title(texts.all_queues()), BoardLayout::Queues)
        },
    }
}

/// The text of a copy: that of the original, with its comments, and another title.
fn copy_text(texts: &Texts, original: &BoardDefinition, text: Option<String>) -> String {
    let copy = BoardDefinition {
        title: texts.title_copy(original.title.as_str()),
        ..original.clone()
    };
    let line = |board: &BoardDefinition| write_board(board).lines().next().map(str::to_owned);
    let renamed = text.zip(line(original).zip(line(&copy)));
    let renamed = renamed.map(|(text, (from, to))| text.replacen(&from, &to, 1));
    let is_same = |text: &String| {
        parse_board(text, &file_name(&original.id)).is_ok_and(|board| board.title == copy.title)
    };
    renamed
        .filter(is_same)
        .unwrap_or_else(|| write_board(&copy))
}
