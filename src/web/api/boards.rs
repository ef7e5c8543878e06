//! `/api/v1/boards`.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_boards::{BoardLayout, BoardOrigin};

use super::{
    problem::{NoParameters, Problem},
    word_schemas::one_of_words,
};
use crate::web::{WebState, access::visitor::Visitor};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Boards {
    boards: Vec<Board>,
}

/// A board, with its page at `/boards/{id}`.
#[derive(Debug, Serialize, ToSchema)]
struct Board {
    id: String,
    title: String,
    #[schema(schema_with = one_of_words::<BoardLayout>)]
    layout: &'static str,
    #[schema(schema_with = one_of_words::<BoardOrigin>)]
    origin: &'static str,
}

/// All boards
#[utoipa::path(
    get,
    path = "/boards",
    operation_id = "boards",
    tag = "boards",
    responses((status = OK, description = "The boards", body = Boards), Problem)
)]
pub(super) async fn list(
    State(web): State<WebState>,
    visitor: Visitor,
    _: NoParameters,
) -> Json<Boards> {
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| visitor.may_see(board));
    let boards = boards.map(|board| Board {
        id: board.id.clone(),
        title: board.title.clone(),
        layout: board.layout.into_str(),
        origin: board.origin.into_str(),
    });
    Json(Boards {
        boards: boards.collect(),
    })
}
