//! The editor of boards: `/boards/new`, `/boards/{id}/edit`, and the preview that follows the form.

mod board_address;
mod board_difference;
mod board_form;
mod board_setting;
mod choices;
mod edit_board;
mod editor_page;
mod form_faults;
mod metric_list;
mod new_board;
mod preview_facts;
mod preview_screen;
pub(in crate::web) mod uploads;
mod version_steps;
mod widget_fields;
mod widget_form;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::web::{WebState, server::request_framing::UPLOAD_BYTES_MAX};

pub(in crate::web) use board_difference::compare_boards;
pub(in crate::web) use board_form::address_of_title;
pub(in crate::web) use choices::{BoardChoices, Choice};

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(
            "/boards/new",
            get(new_board::show_new_board).post(edit_board::save_board),
        )
        .route("/boards/preview", post(edit_board::preview_board))
        .route(
            "/boards/{id}/edit",
            get(edit_board::show_editor).post(edit_board::save_changed_board),
        )
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}
