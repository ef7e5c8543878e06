//! `/settings`: everything that can be changed, where it is, and who changed it.

mod changes;
mod entry_facts;
mod entry_fields;
mod entry_form;
mod entry_page;
mod entry_versions;
mod fields_form;
mod file_note;
mod file_parts;
mod form_saving;
mod other_forms;
mod overview;
mod section_page;
mod site_form;
mod transfer;

use axum::{Router, extract::DefaultBodyLimit, routing::get};

use crate::web::{WebState, server::request_framing::UPLOAD_BYTES_MAX};

pub(in crate::web) use entry_fields::field_words;
pub(in crate::web) use entry_versions::{VersionRow, version_rows};
pub(in crate::web) use file_note::FileNote;
pub(in crate::web) use form_saving::{
    SaveRefusal, begin_form, duration_text, read_revision, refuse_all, save_form,
};
pub(in crate::web) use site_form::SITE_ROUTE;

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/settings", get(overview::show_overview))
        .route("/settings/changes", get(changes::show_changes))
        .route(
            SITE_ROUTE,
            get(site_form::show_site)
                .post(site_form::change_site)
                .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)),
        )
        .route(
            "/settings/{section}",
            get(section_page::show_section).post(entry_form::change_entry),
        )
        .merge(transfer::routes())
}
