//! `/api/v1/boards`.

use axum::{Json, extract::State};
use serde::Serialize;

use super::super::Web;

#[derive(Debug, Serialize)]
pub(super) struct Boards {
    boards: Vec<Board>,
}

#[derive(Debug, Serialize)]
struct Board {
    id: String,
    title: String,
    layout: &'static str,
    origin: &'static str,
}

pub(super) async fn list(State(web): State<Web>) -> Json<Boards> {
    let boards = web.studio.boards();
    let boards = boards.iter().map(|board| Board {
        id: board.id.clone(),
        title: board.title.clone(),
        layout: board.layout.name(),
        origin: board.origin.name(),
    });
    Json(Boards {
        boards: boards.collect(),
    })
}
