//! `/settings/found`: the queues that report and that nobody named or placed, to name, group, hide, and give hours
//! and thresholds in one form; and agents without a name.

mod change;
mod found_agent;
mod found_queue;
mod page;
mod proposed_groups;
mod proposed_names;

use axum::{Router, extract::Query, response::Html, routing::get};
use serde::Deserialize;

use crate::web::{
    WebError, WebState,
    access::{audited::PeopleMark, editing::Editing, visible_state::VisibleState},
    parts::page_header::TranslatedHeader,
};

pub(super) use found_queue::{find_found_queues, find_unplaced};

use page::{FoundNotes, render_page};

/// The address of the page.
pub(in crate::web) const ROUTE: &str = "/settings/found";

/// The rest of the address.
#[derive(Debug, Default, Deserialize)]
struct FoundQuery {
    /// "set-up", where it is a step of.
    #[serde(default)]
    from: String,
    #[serde(default)]
    done: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route(ROUTE, get(show_found).post(change::change_found))
}

async fn show_found(
    VisibleState(web): VisibleState,
    editing: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<FoundQuery>,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let notes = FoundNotes {
        is_step: query.from == "set-up",
        is_saved: query.done == "saved",
        ..FoundNotes::default()
    };
    render_page(&web, &editing, header, notes)
}
