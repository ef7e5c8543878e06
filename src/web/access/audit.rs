//! `/audit`: who saw or changed what, as a page and as a file.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderName, header},
    response::{Html, Response},
    routing::get,
};
use serde::Deserialize;

use wallboard_access::{ActorOrigin, AuditAction};
use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_store::{AuditEntry, StoredAuditEntry};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audit_words::{action_words, origin_words},
        audited::Audited,
        reader_texts::ReaderTexts,
        sign_in::AccessState,
    },
    parts::{
        csv::{csv_writer, escape_formula},
        page_header::{PageHeader, TranslatedHeader},
    },
    server::assets,
};

const PAGE_ROWS: u32 = 100;
/// The length of an actor's ID on a page.
const ID_LENGTH: usize = 8;
/// Entries in a file: further ones are in a second file, from before the last.
const FILE_ROWS_MAX: u32 = 200_000;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    build: &'static str,
    header: PageHeader,
    entries: Vec<EntryRow>,
    /// The number to continue from; `None` on the last page.
    older: Option<i64>,
}

struct EntryRow {
    time: String,
    actor: String,
    /// Where the name comes from, and the beginning of the ID there.
    origin: String,
    address: String,
    action: String,
    subject: String,
}

#[derive(Deserialize)]
struct AuditQuery {
    before: Option<i64>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/audit", get(show_audit))
        .route("/audit.csv", get(download_audit))
}

async fn show_audit(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<AuditQuery>,
) -> Result<Html<String>, WebError> {
    let mut listed = access.0.audit().list(query.before, PAGE_ROWS + 1).await?;
    let is_more = usize::try_from(PAGE_ROWS).is_ok_and(|limit| limit < listed.len());
    if is_more {
        listed.pop();
    }
    let older = listed.last().map(|last| last.id).filter(|_| is_more);
    let entries = (web.live).read_snapshot(|snapshot, now| {
        listed
            .iter()
            .map(|one| entry_row(header.texts, snapshot, one, now))
            .collect()
    });
    let page = AuditPage {
        build: assets::build_id(),
        header,
        entries,
        older,
    };
    Ok(Html(page.render()?))
}

fn entry_row(
    texts: &Texts,
    snapshot: &Snapshot,
    stored: &StoredAuditEntry,
    now: Moment,
) -> EntryRow {
    let entry = &stored.entry;
    EntryRow {
        time: texts.time_or_day(entry.at, now.wall, &snapshot.site.zone),
        actor: entry.actor.clone(),
        origin: describe_origin(texts, entry),
        address: entry.address.clone(),
        action: action_words(texts, &entry.action),
        subject: entry.subject.clone(),
    }
}

/// "account 3f2a91c0": names may be equal.
fn describe_origin(texts: &Texts, entry: &AuditEntry) -> String {
    let Ok(origin) = entry.actor_origin.parse::<ActorOrigin>() else {
        return String::new();
    };
    let id = entry.actor_id.get(..ID_LENGTH).unwrap_or_default();
    origin_words(texts, origin, id).trim_end().to_owned()
}

async fn download_audit(
    access: AccessState,
    ReaderTexts(texts): ReaderTexts,
    Query(query): Query<AuditQuery>,
) -> Result<Response, WebError> {
    let listed = access.0.audit().list(query.before, FILE_ROWS_MAX).await?;
    let head: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
    ];
    let file = to_csv(texts, &listed)?;
    Ok(Audited::new(AuditAction::Exported, "/audit.csv").mark((head, file)))
}

fn to_csv(texts: &Texts, listed: &[StoredAuditEntry]) -> Result<Vec<u8>, WebError> {
    let broken = |error: ::csv::Error| WebError::File(error.to_string());
    let mut file = csv_writer();
    let headings = [
        texts.number_column(),
        texts.time_column(),
        texts.who_column(),
        texts.origin_column(),
        texts.id_term(),
        texts.address_term(),
        texts.action_column(),
        texts.what_column(),
    ];
    file.write_record(headings).map_err(broken)?;
    for StoredAuditEntry { id, entry } in listed {
        let (id, at) = (id.to_string(), entry.at.to_string());
        let texts = [
            &entry.actor,
            &entry.actor_origin,
            &entry.actor_id,
            &entry.address,
            &entry.action,
            &entry.subject,
        ];
        let texts = texts.map(|text| escape_formula(text));
        file.write_record([id, at].iter().chain(&texts))
            .map_err(broken)?;
    }
    file.into_inner()
        .map_err(|error| WebError::File(error.to_string()))
}
