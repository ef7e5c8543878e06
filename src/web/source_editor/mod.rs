//! Sources, live and of files, made and changed in the browser by administrators: a form of each kind's fields, a test
//! like that of `check`, pause and removal.

mod change;
mod field_rows;
mod field_values;
mod losses;
mod page;
mod source_draft;
mod source_faults;
mod source_text;

use axum::{Router, routing::get};

use crate::web::WebState;

pub(in crate::web) use page::address_of;

/// The page that makes a source.
pub(in crate::web) const NEW_ROUTE: &str = "/sources/new";

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(NEW_ROUTE, get(page::show_new).post(change::make_source))
        .route(
            "/sources/{id}/edit",
            get(page::show_source).post(change::change_source),
        )
}
