//! `/history/columns`: what Vergic's files have under headers that no mapping speaks of,
//! drawn, as a table and as files. Whether its values can be added nobody says, so all
//! that can be made of several is shown.

mod page;
mod told;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse},
    routing::get,
};

use crate::{
    domain::SourceId,
    history::report::Header,
    web::{Web, WebError, clock::Stamp},
};

use super::{
    CSV, Pairs, XLSX, asked,
    asked::Asked,
    attached, bad,
    choice::{Choice, Compare, Rows},
    file::{self, Grid},
    page::headings,
    scene,
    scene::{Scene, Terms},
    span::{Preset, Span},
};

use page::{Page, definitions};
use told::told;

const PATH: &str = "/history/columns";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(answer))
        .route("/history/columns.csv", get(csv))
        .route("/history/columns.xlsx", get(xlsx))
}

/// Some source has files whose columns are mapped by the configuration.
pub(super) fn are_there(web: &Web) -> bool {
    let shape = web.history.shape();
    shape.exports.iter().any(|export| export.columns.is_some())
}

/// The page of one column.
pub(in crate::web) fn address(source: &str, dataset: &str, header: &str) -> String {
    let asked = Asked {
        column: Some(Header {
            source: SourceId::from(source),
            dataset: dataset.to_owned(),
            header: header.to_owned(),
        }),
        span: Span::Preset(Preset::SevenDays),
        ..Asked::default()
    };
    asked.address(PATH)
}

async fn answer(State(web): State<Web>, pairs: Pairs) -> Result<Html<String>, WebError> {
    let (mut scene, stamp) = framed(&web, pairs)?;
    let datasets = web.history.datasets().await?;
    let told = told(&web.history, &mut scene, &datasets).await?;
    let page = Page::new(&web, &scene, stamp, &datasets, told);
    Ok(Html(page.render()?))
}

async fn csv(State(web): State<Web>, pairs: Pairs) -> Result<impl IntoResponse, WebError> {
    let (scene, bytes) = written(&web, pairs, file::csv).await?;
    Ok(attached(&scene, CSV, bytes))
}

async fn xlsx(State(web): State<Web>, pairs: Pairs) -> Result<impl IntoResponse, WebError> {
    let (scene, bytes) = written(&web, pairs, file::xlsx).await?;
    Ok(attached(&scene, XLSX, bytes))
}

async fn written(
    web: &Web,
    pairs: Pairs,
    write: fn(&Grid) -> Result<Vec<u8>, file::FileError>,
) -> Result<(Scene, Vec<u8>), WebError> {
    let (mut scene, _) = framed(web, pairs)?;
    let datasets = web.history.datasets().await?;
    let Some(told) = told(&web.history, &mut scene, &datasets).await? else {
        return Err(bad(
            "The address names no column that a file has.".to_owned()
        ));
    };
    let mut head = vec![
        ("Column", told.header.header.clone()),
        ("Files", of(&told.header)),
        ("Range", scene.window.words()),
        ("From", scene.instant(scene.window.from)),
        ("To", scene.instant(scene.window.to)),
        ("Step", scene.step.word().to_owned()),
    ];
    head.extend(definitions(&scene, Some(&told)));
    head.push(("Written", scene.instant(scene.now)));
    let first = match scene.asked.rows {
        Rows::Time => ["Time", "Starts"],
        Rows::Queue => ["Queue", "Id"],
        Rows::Agent => ["Agent", "Id"],
    };
    let headings = headings(&scene, &Terms::default(), &told.sheet);
    let grid = Grid::of_sheet(head, first, headings, &told.sheet);
    let bytes = write(&grid).map_err(|error| WebError::File(error.to_string()))?;
    Ok((scene, bytes))
}

/// Nothing is set beside these values.
fn framed(web: &Web, pairs: Pairs) -> Result<(Scene, Stamp), WebError> {
    let asked = Asked {
        compare: Compare::Nothing,
        ..asked(pairs)?
    };
    let (scene, stamp) = scene(web, &asked);
    let mut scene = Scene {
        path: PATH,
        ..scene
    };
    scene.asked.compare = Compare::default();
    Ok((scene, stamp))
}

/// `vergic, queues.csv`
fn of(header: &Header) -> String {
    format!("{}, {}.csv", header.source, header.dataset)
}
