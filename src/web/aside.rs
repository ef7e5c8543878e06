//! `/sources/{id}/aside`: rows of files that were set aside, paged, and all of them as
//! CSV in which no cell can start a formula.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderName, header},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use crate::{
    boards::segment,
    domain::SourceId,
    store::{AsideRow, FileId, Store},
};

use super::{
    Web, WebError, assets,
    csv::{csv_writer, escape_formula},
    names::Link,
};

/// Rows of a page.
const PAGE: usize = 100;
/// Rows of a file: more than anybody mends by hand.
const MOST: usize = 100_000;
/// Reasons that are told.
const REASONS: usize = 20;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "aside.html")]
struct Page {
    build: &'static str,
    demo: bool,
    source: String,
    address: String,
    reasons: Vec<(String, u64)>,
    rows: Vec<AsideRow>,
    has_text: bool,
    next: Option<String>,
}

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/sources/{id}/aside", get(page))
        .route("/sources/{id}/aside.csv", get(file))
}

async fn page(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, WebError> {
    let (source, store) = found(&web, &id)?;
    let after = match &asked.cursor {
        None => None,
        Some(cursor) => Some(place(cursor).ok_or_else(|| WebError::Bad {
            message: "This page link has expired. Start from the newest page.".to_owned(),
            instead: vec![Link {
                name: "Newest".to_owned(),
                href: address(&source),
            }],
        })?),
    };
    let reasons = store.set_aside_by_reason(&source, REASONS).await?;
    let mut rows = store.set_aside(&source, after, PAGE + 1).await?;
    let more = PAGE < rows.len();
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more);
    let page = Page {
        build: assets::build(),
        demo: web.demo,
        address: address(&source),
        source: web
            .live
            .read(|picture, _| picture.site.source_name(&source)),
        reasons,
        has_text: rows.iter().any(|row| row.text.is_some()),
        next: next.map(|row| format!("{}-{}", row.file.0, row.line)),
        rows,
    };
    Ok(Html(page.render()?))
}

async fn file(
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Result<([(HeaderName, String); 2], Vec<u8>), WebError> {
    let (source, store) = found(&web, &id)?;
    let rows = store.set_aside(&source, None, MOST).await?;
    let name = format!("attachment; filename=\"skipped-rows-{source}.csv\"");
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, csv(&rows)?))
}

/// The source of files of this name, and where its rows are.
fn found<'w>(web: &'w Web, id: &str) -> Result<(SourceId, &'w Store), WebError> {
    let mut all = web.exports.all().into_iter();
    let source = all.find(|(source, _)| source.as_str() == id);
    let (source, _) = source.ok_or_else(|| WebError::NoSuch {
        what: "file source",
        id: id.to_owned(),
        instead: vec![Link {
            name: "Data sources".to_owned(),
            href: "/sources".to_owned(),
        }],
    })?;
    Ok((source, &web.store))
}

fn address(source: &SourceId) -> String {
    format!("/sources/{}/aside", segment(source.as_str()))
}

fn place(cursor: &str) -> Option<(FileId, u32)> {
    let (file, line) = cursor.split_once('-')?;
    Some((FileId(file.parse().ok()?), line.parse().ok()?))
}

fn csv(rows: &[AsideRow]) -> Result<Vec<u8>, WebError> {
    let mut file = csv_writer();
    let broken = |error: ::csv::Error| WebError::File(error.to_string());
    file.write_record(["File", "Line", "Reason", "Row"])
        .map_err(broken)?;
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
    fn no_cell_of_the_file_can_start_a_formula() {
        let row = AsideRow {
            file: FileId(3),
            key: "=cmd|' /C calc'!A0/x.csv".to_owned(),
            taken_at: 0,
            line: 7,
            reason: "2 fields, but the header has 3".to_owned(),
            text: Some("@SUM(1+1),\"a\"\r\nb".to_owned()),
        };

        let file = String::from_utf8(csv(&[row]).unwrap()).unwrap();

        assert_eq!(
            file,
            "\u{feff}File,Line,Reason,Row\r\n'=cmd|' /C calc'!A0/x.csv,7,\
             \"2 fields, but the header has 3\",\"'@SUM(1+1),\"\"a\"\"\r\nb\"\r\n"
        );
    }
}
