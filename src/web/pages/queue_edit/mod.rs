//! `/queues/{source}/{id}/edit`: a queue's name, thresholds, targets and opening hours, each with where it
//! comes from, and what thresholds would have done. Each part is saved by itself, as one entry.
//! `/settings/queues?pattern=…`: the same for all queues that match.

mod calendar_fields;
mod change;
pub(super) mod closing;
mod duration_text;
mod early_close;
mod edited_queue;
mod holiday_fields;
mod hours_fields;
mod page;
mod past_quarters;
mod pattern_choice;
mod pattern_part;
mod pattern_rehearsal;
mod queue_past;
mod rehearsal;
mod rehearsal_curve;
mod section_state;
mod state_fields;
mod target_fields;
mod threshold_fields;
mod week_fields;

use axum::{
    Router,
    extract::{Path, Query},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use crate::web::{
    WebError, WebState,
    access::{editing::Editing, visible_state::VisibleState},
    parts::{links::PATTERN_ROUTE, page_header::TranslatedHeader},
};

pub(super) use change::TypedFields;
pub(in crate::web) use duration_text::duration_limit;
pub(super) use hours_fields::hours_entry;
pub(in crate::web) use target_fields::{TargetFields, formula_choices};
pub(super) use threshold_fields::thresholds_entry;
pub(in crate::web) use threshold_fields::{LIMIT_KEYS, limit_texts};
pub(super) use week_fields::WEEK;

use edited_queue::{EditedAddress, EditedQueue};
use page::{PageNotes, render_page};

/// The address of the page.
pub(in crate::web) const ROUTE: &str = "/queues/{source}/{id}/edit";

/// The rest of the address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct EditQuery {
    /// The part that was just saved.
    saved: Option<String>,
    /// The queue whose values are in the fields.
    copy: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(ROUTE, get(show_edit).post(change::change_queue))
        .route(
            PATTERN_ROUTE,
            get(pattern_choice::show_pattern).post(change::change_pattern),
        )
}

async fn show_edit(
    VisibleState(web): VisibleState,
    editing: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
    Query(query): Query<EditQuery>,
) -> Result<Html<String>, WebError> {
    let address = EditedAddress::Queue { source, external };
    let edited = EditedQueue::find(&web, &editing, &header, &address)?;
    let notes = PageNotes::of_address(query.saved.as_deref(), query.copy.as_deref(), &edited);
    render_page(&web, &editing, header, edited, notes).await
}
