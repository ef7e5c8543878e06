//! `/sources/{id}/aside`: rejected rows of imported files, paged, and all of them as CSV without
//! formulas.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderName, header},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use wallboard_boards::encode_segment;
use wallboard_domain::SourceId;
use wallboard_store::{FileId, RejectedRow, Store};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::reader_texts::ReaderTexts,
    parts::{
        csv::{csv_writer, escape_formula},
        links::PageLink,
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

/// The address of a source's rejected rows.
pub(super) const ROUTE: &str = "/sources/{id}/aside";
/// Rows on a page.
const PAGE_ROWS: usize = 100;
/// Rows in a file: more than anyone fixes by hand.
const CSV_ROWS_MAX: usize = 100_000;
/// Maximum number of reasons listed.
const REASONS_MAX: usize = 20;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RejectedRowsQuery {
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "aside.html")]
struct RejectedRowsPage {
    build: &'static str,
    header: PageHeader,
    source: String,
    address: String,
    reasons: Vec<(String, u64)>,
    rows: Vec<RejectedRow>,
    has_text: bool,
    /// Why there is none.
    no_text: Sentence,
    next: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(ROUTE, get(show_rejected_rows))
        .route("/sources/{id}/aside.csv", get(download_csv))
}

async fn show_rejected_rows(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    Path(id): Path<String>,
    Query(query): Query<RejectedRowsQuery>,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let (source, store) = find_source(&web, &id)?;
    let after = match &query.cursor {
        None => None,
        Some(cursor) => Some(parse_cursor(cursor).ok_or_else(|| WebError::BadRequest {
            message: texts.page_link_expired().to_owned(),
            instead: vec![PageLink::new(texts.newest_rows(), page_address(&source))],
        })?),
    };
    let reasons = store.rejected_by_reason(&source, REASONS_MAX).await?;
    let mut rows = store.rejected_rows(&source, after, PAGE_ROWS + 1).await?;
    let more = PAGE_ROWS < rows.len();
    rows.truncate(PAGE_ROWS);
    let next = rows.last().filter(|_| more);
    let page = RejectedRowsPage {
        build: assets::build_id(),
        header,
        address: page_address(&source),
        source: web
            .live
            .read_snapshot(|snapshot, _| snapshot.site.source_name(&source)),
        reasons,
        no_text: explain_no_text(texts),
        has_text: rows.iter().any(|row| row.text.is_some()),
        next: next.map(|row| format!("{}-{}", row.file.0, row.line)),
        rows,
    };
    Ok(Html(page.render()?))
}

async fn download_csv(
    State(web): State<WebState>,
    ReaderTexts(texts): ReaderTexts,
    Path(id): Path<String>,
) -> Result<([(HeaderName, String); 2], Vec<u8>), WebError> {
    let (source, store) = find_source(&web, &id)?;
    let rows = store.rejected_rows(&source, None, CSV_ROWS_MAX).await?;
    let name = format!("attachment; filename=\"skipped-rows-{source}.csv\"");
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, to_csv(texts, &rows)?))
}

fn explain_no_text(texts: &Texts) -> Sentence {
    let keys = ["keep_contacts = true", "[privacy]"];
    let text = texts.contents_not_stored(slot(0), slot(1));
    Sentence::new(&text, keys.map(SentencePiece::Code).into())
}

/// The file source with this name, and the store with its rows.
fn find_source<'w>(web: &'w WebState, id: &str) -> Result<(SourceId, &'w Store), WebError> {
    let mut all = web.imports.list_statuses().into_iter();
    let source = all.find(|(source, _)| source.as_str() == id);
    let (source, _) = source.ok_or_else(|| WebError::NotFound {
        what: MissingSubject::FileSource,
        id: id.to_owned(),
        instead: Vec::new(),
    })?;
    Ok((source, &web.store))
}

fn page_address(source: &SourceId) -> String {
    format!("/sources/{}/aside", encode_segment(source.as_str()))
}

fn parse_cursor(cursor: &str) -> Option<(FileId, u32)> {
    let (file, line) = cursor.split_once('-')?;
    Some((FileId(file.parse().ok()?), line.parse().ok()?))
}

fn to_csv(texts: &Texts, rows: &[RejectedRow]) -> Result<Vec<u8>, WebError> {
    let mut file = csv_writer();
    let broken = |error: ::csv::Error| WebError::File(error.to_string());
    let headings = [
        texts.file_column(),
        texts.line_column(),
        texts.reason_column(),
        texts.row_column(),
    ];
    file.write_record(headings).map_err(broken)?;
    for row in rows {
        let text = row.text.as_deref().unwrap_or_default();
        let line = row.line.to_string();
        let cells = [&row.key, &line, &row.reason, text].map(escape_formula);
        file.write_record(cells).map_err(broken)?;
    }
    file.into_inner()
        .map_err(|error| WebError::File(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_never_start_a_formula() {
        let row = RejectedRow {
            file: FileId(3),
            key: "=cmd|' /C calc'!A0/x.csv".to_owned(),
            imported_at: 0,
            line: 7,
            reason: "2 fields, but the header has 3".to_owned(),
            text: Some("@SUM(1+1),\"a\"\r\nb".to_owned()),
        };

        let file = String::from_utf8(to_csv(Texts::english(), &[row]).unwrap()).unwrap();

        assert_eq!(
            file,
            "\u{feff}File,Line,Reason,Row\r\n'=cmd|' /C calc'!A0/x.csv,7,\
             \"2 fields, but the header has 3\",\"'@SUM(1+1),\"\"a\"\"\r\nb\"\r\n"
        );
    }
}
