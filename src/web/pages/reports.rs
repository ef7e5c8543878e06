//! `/reports`: views of the history that are sent by email, and what was sent.

mod report_fields;
mod report_page;
mod report_row;
mod report_view;
mod send_now;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::Html,
    routing::{get, post},
};
use serde::Deserialize;

use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section},
    reports::Reports,
    web::{
        WebError, WebState,
        parts::{
            links::PageLink,
            page_header::{PageHeader, TranslatedHeader},
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
    },
};

pub(crate) use report_view::{compose_report, find_view_fault};

use report_row::{ReportRow, SentRow};

pub(in crate::web) use report_row::describe_times;

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    build: &'static str,
    header: PageHeader,
    about: Sentence,
    form: String,
    /// The notice about what was just done.
    done: String,
    /// Why it wasn't.
    error: String,
    reports: Vec<ReportRow>,
    /// Whether there is a channel of email.
    has_channels: bool,
    may_edit: bool,
    sent: Vec<SentRow>,
}

#[derive(Deserialize)]
struct ReportsQuery {
    #[serde(default)]
    done: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/reports", get(show_reports))
        .route(
            "/reports/edit",
            get(report_page::show_report).post(report_page::save_report),
        )
        .route("/reports/send", post(send_now::send_now))
}

async fn show_reports(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    Query(ReportsQuery { done }): Query<ReportsQuery>,
) -> Result<Html<String>, WebError> {
    let done = if done == "saved" {
        header.texts.reports_saved()
    } else {
        ""
    };
    let page = ReportsPage {
        done: done.to_owned(),
        ..build_page(&web, header)?
    };
    Ok(Html(page.render()?))
}

fn build_page(web: &WebState, header: PageHeader) -> Result<ReportsPage, WebError> {
    let texts = header.texts;
    let reports = reports_of(web)?;
    let new = EntryId::new(Section::Reports, "new");
    let may_edit = header.has_settings() && header.visitor().may_edit(&new);
    let sent = reports.sent();
    Ok(web.live.read_snapshot(|snapshot, now| {
        let zone = &snapshot.site.zone;
        let row = |plan| ReportRow::new(texts, plan, &sent, now.wall, zone);
        ReportsPage {
            build: assets::build_id(),
            about: Sentence::new(
                &texts.reports_about(slot(0)),
                vec![history_link(texts, "/history")],
            ),
            form: header.form_token(),
            header,
            done: String::new(),
            error: String::new(),
            reports: reports.list().iter().map(row).collect(),
            has_channels: reports.has_channels(),
            may_edit,
            sent: sent
                .iter()
                .map(|sent| SentRow::new(texts, sent, now.wall, zone))
                .collect(),
        }
    }))
}

/// The link in a sentence about pages of the history.
fn history_link(texts: &Texts, address: &str) -> SentencePiece {
    SentencePiece::Link(PageLink::new(texts.nav_history(), address))
}

fn reports_of(web: &WebState) -> Result<&Reports, WebError> {
    web.reports.as_ref().ok_or(WebError::NoSuchPage)
}
