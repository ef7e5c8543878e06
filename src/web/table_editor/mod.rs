//! Sources, live and of files, and channels, made and changed in the browser by administrators: a form of each kind's
//! fields, a test, versions and removal; pause for sources.

mod change;
mod demo_data;
mod discovery;
mod edited_section;
mod field_rows;
mod field_values;
mod kind_texts;
mod losses;
mod page;
mod table_draft;
mod table_faults;
mod table_test;
mod table_text;

use axum::{Router, routing::get};

use crate::web::{
    WebState,
    parts::entry_address::{NEW_CHANNEL_ROUTE, NEW_ROUTE},
};

pub(in crate::web) use demo_data::{demo_entry, remove_demo_data};

pub(in crate::web) fn routes() -> Router<WebState> {
    let mut router = Router::new();
    for (new, edit) in [
        (NEW_ROUTE, "/sources/{id}/edit"),
        (NEW_CHANNEL_ROUTE, "/channels/{id}/edit"),
    ] {
        router = router
            .route(new, get(page::show_new).post(change::make_table))
            .route(edit, get(page::show_table).post(change::change_table));
    }
    router
}
