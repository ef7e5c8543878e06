//! `/` before any data source is configured: what to do first.

use askama::Template;
use axum::response::Html;

use super::{DataOrigin, WebError, WebState, assets, clock::PageTime, page_header::PageHeader};

/// The configuration of a source that works once its values are filled in.
pub(crate) struct SourceStarter {
    pub(crate) title: &'static str,
    pub(crate) lines: &'static str,
}

pub(crate) const SOURCE_STARTERS: [SourceStarter; 5] = [
    SourceStarter {
        title: "Chat: Vergic Engage (Vngage)",
        lines: r#"[sources.chat]
kind = "vngage"
url = { env = "VNGAGE_URL" }
exchange = "integration""#,
    },
    SourceStarter {
        title: "Voice: Genesys Engage",
        lines: r#"[sources.voice]
kind = "genesys"
base_url = "https://api.example.com"

[sources.voice.auth]
client_id = "wallboard"
client_secret = { env = "GENESYS_CLIENT_SECRET" }
username = 'tenant\wallboard'
password = { env = "GENESYS_PASSWORD" }

[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
name = "CurrNumberWaitingCalls""#,
    },
    SourceStarter {
        title: "Voice: Genesys Mobile Services (GMS)",
        lines: r#"[sources.voice]
kind = "gms"
base_url = "https://gms.example.com/genesys/1"

[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
stat = "CurrNumberWaitingCalls""#,
    },
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
    starters: &'static [SourceStarter],
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
        starters: &SOURCE_STARTERS,
    };
    Ok(Html(page.render()?))
}
