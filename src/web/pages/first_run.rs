//! `/` before any data source is configured: what to do first.

use askama::Template;
use axum::response::Html;

use wallboard_domain::SourceStarter;
use wallboard_history::ExportVendor;

use crate::web::{
    DataOrigin, WebError, WebState,
    parts::{clock::PageTime, page_header::PageHeader},
    server::assets,
};

#[derive(Template)]
#[template(path = "first_run.html")]
struct FirstRunPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    starters: Vec<SourceStarter>,
}

/// Whether there is neither a live source nor one of files. A node that hasn't heard the leader doesn't
/// know.
pub(super) fn has_no_source(web: &WebState) -> bool {
    let may_have_live = (web.live).read_snapshot(|snapshot, _| {
        !snapshot.sources.is_empty() || snapshot.leader_lost_at.is_some()
    });
    !may_have_live && web.imports.list_statuses().is_empty() && web.data_origin == DataOrigin::Live
}

pub(super) fn show_first_run(web: &WebState, header: PageHeader) -> Result<Html<String>, WebError> {
    let stamp = (web.live).read_snapshot(PageTime::new);
    let page = FirstRunPage {
        build: assets::build_id(),
        header,
        stamp,
        starters: [web.server_info.starters, ExportVendor::STARTERS].concat(),
    };
    Ok(Html(page.render()?))
}
