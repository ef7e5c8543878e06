//! `/history`: the intervals of the past beside the same weekday before, as a drawing, a
//! heat map, a table and files, and the calls behind each figure. A [`query`] comes from
//! the address, [`load`] reads what it is of, and pages and files render the same
//! [`table`].

mod board;
mod breakdown;
mod calls;
mod calls_file;
mod chart;
mod choice;
mod column;
mod file;
mod form;
mod heat;
mod load;
mod notes;
mod number;
mod page;
mod past;
pub(super) mod pasts;
mod query;
mod range;
mod row;
mod scope;
mod shown;
mod subjects;
mod summary;
mod table;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderName, header},
    middleware,
    response::Html,
    routing::get,
};

use crate::history::report::{ReportError, Step, Who};

use super::{
    Web, WebError,
    clock::Stamp,
    names::{self, Link},
    turns,
};

use choice::{Choice, RowKind};
use file::{FileFormat, Grid};
use load::{HistoryData, load};
use page::Page;
use query::HistoryQuery;
use scope::HistoryScope;
use table::HistoryTable;

type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;
type Attachment = ([(HeaderName, String); 2], Vec<u8>);

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/history", get(page))
        .route(
            "/history.csv",
            get(async |State(web): State<Web>, pairs: Pairs| {
                file(&web, pairs, FileFormat::Csv).await
            }),
        )
        .route(
            "/history.xlsx",
            get(async |State(web): State<Web>, pairs: Pairs| {
                file(&web, pairs, FileFormat::Xlsx).await
            }),
        )
        .merge(calls::routes())
        .route_layer(middleware::from_fn_with_state(&turns::TURNS, turns::take))
}

async fn page(State(web): State<Web>, pairs: Pairs) -> Result<Html<String>, WebError> {
    let (mut scope, stamp) = known_scope(&web, pairs).await?;
    let data = load_fitting(&web, &mut scope).await?;
    Ok(Html(Page::new(&web, stamp, &scope, &data).render()?))
}

/// The table that the page shows, as a file.
async fn file(web: &Web, pairs: Pairs, format: FileFormat) -> Result<Attachment, WebError> {
    let (mut scope, _) = known_scope(web, pairs).await?;
    let data = load_fitting(web, &mut scope).await?;
    let head = page::file_head(&scope, &data);
    let grid = if let Some(heat) = &data.heat {
        Grid::of_heat(head, heat)
    } else if let Some(breakdown) = &data.breakdown {
        Grid::of_breakdown(head, breakdown)
    } else {
        let table = HistoryTable::new(&scope, &data);
        let kind = scope.query.rows;
        let second = if kind == RowKind::Time {
            "Starts"
        } else {
            "Id"
        };
        let headings = table.headings(&scope, &data);
        Grid::of_table(head, [kind.word(), second], headings, &table)
    };
    attach("history", &scope, format, grid).await
}

async fn attach(
    stem: &str,
    scope: &HistoryScope,
    format: FileFormat,
    grid: Grid,
) -> Result<Attachment, WebError> {
    // Compressing many rows takes its time.
    let bytes = tokio::task::spawn_blocking(move || format.write(&grid)).await;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let day = scope.window.from.to_zoned(scope.zone().clone()).date();
    let ending = format.ending();
    let name = format!("attachment; filename=\"{stem}-{day}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes))
}

fn bad(message: String) -> WebError {
    WebError::Bad {
        message,
        instead: vec![Link {
            name: "Today".to_owned(),
            href: "/history".to_owned(),
        }],
    }
}

/// The scope of an address whose queues and agent are known.
async fn known_scope(web: &Web, pairs: Pairs) -> Result<(HistoryScope, Stamp), WebError> {
    let Query(pairs) = pairs.map_err(|_| bad("The address is invalid.".to_owned()))?;
    let query = HistoryQuery::parse(&pairs).map_err(bad)?;
    let agent = query.agent.iter();
    let agent = agent.map(|id| ("agent", id, Who::Agent(id.clone())));
    let queues = query.queues.iter();
    let queues = queues.map(|id| ("queue", id, Who::Queue(id.clone())));
    for (what, id, who) in agent.chain(queues) {
        if !names::is_live(web, &who) && !web.history.knows(who).await? {
            return Err(WebError::NoSuch {
                what,
                id: id.to_string(),
                instead: vec![Link {
                    name: "All queues".to_owned(),
                    href: "/history".to_owned(),
                }],
            });
        }
    }
    Ok(web.live.read(|picture, now| {
        let scope = HistoryScope::new(&query, now.wall, &picture.site.zone);
        (scope, Stamp::new(picture, now))
    }))
}

/// Where the query has no step, takes one that the files have.
async fn load_fitting(web: &Web, scope: &mut HistoryScope) -> Result<HistoryData, WebError> {
    loop {
        let data = load(web, scope).await.map_err(refused)?;
        // Rows of queues and agents are of all that is imported, so the sums above them are too.
        let is_of_all = scope.query.rows != RowKind::Time;
        let longer = match scope.step {
            Step::Quarter | Step::HalfHour if data.is_blurred => Step::Hour,
            Step::Hour if data.is_blurred && (data.is_unknown() || is_of_all) => Step::Day,
            _ => return Ok(data),
        };
        if scope.query.step.is_some() {
            return Ok(data);
        }
        scope.step = longer;
    }
}

/// A query that reports refuse is the reader's mistake, a failure is ours.
fn refused(error: ReportError) -> WebError {
    match error {
        ReportError::Store(cause) => WebError::Store(cause),
        other => bad(format!(
            "Can’t show this: {other}. Choose a shorter period or a longer interval."
        )),
    }
}
