//! `/` before any data source is configured: what to do first.

use askama::Template;
use axum::response::Html;

use wallboard_domain::SourceStarter;

use super::{DataOrigin, WebError, WebState, assets, clock::PageTime, page_header::PageHeader};

/// For sources of files.
pub(crate) const FILE_STARTERS: [SourceStarter; 2] = [
    SourceStarter {
        title: "History of chats: Vergic’s Statistics Export",
        lines: r#"[sources.vergic]
kind = "vergic-export"
host = "statsexport.vergic.com"
username = "acme"
key_file = "id_ed25519"
known_hosts = "known_hosts""#,
    },
    SourceStarter {
        title: "History of calls: Sangoma’s nightly export",
        lines: r#"[sources.sangoma]
kind = "sangoma-export"
tenant = 1234

[sources.sangoma.s3]
bucket = "acme-export"
access_key_id = { env = "S3_KEY_ID" }
secret_access_key = { env = "S3_SECRET" }"#,
    },
];

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
        starters: [web.server_info.starters, &FILE_STARTERS].concat(),
    };
    Ok(Html(page.render()?))
}
