//! `/history`: the intervals of the past, beside the same weekday before, as a drawing, a
//! heat map, a table and files; and the calls behind each figure. All that is chosen is in
//! the address.

mod asked;
mod board;
mod calls;
mod calls_file;
mod chart;
mod choice;
mod column;
mod file;
mod form;
mod gather;
mod heat;
mod lay;
mod number;
mod page;
mod past;
pub(super) mod pasts;
mod scene;
mod shares;
mod sheet;
mod shown;
mod span;
mod summary;
mod table;
mod whom;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderName, header},
    middleware,
    response::{Html, IntoResponse},
    routing::get,
};
use jiff::tz::TimeZone;

use crate::{
    domain::Moment,
    history::report::{ReportError, Who},
};

use super::{
    Web, WebError,
    clock::Stamp,
    names::{self, Link},
    turns,
};

use asked::Asked;
use choice::{Rows, Step};
use file::Grid;
use gather::{Gathered, gather};
use page::{Empty, Page};
use scene::Scene;
use span::{Preset, Span};

/// A file's ending and kind.
const CSV: (&str, &str) = ("csv", "text/csv; charset=utf-8");
const XLSX: (&str, &str) = (
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
);

type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/history", get(page))
        .route("/history.csv", get(csv))
        .route("/history.xlsx", get(xlsx))
        .merge(calls::routes())
        .route_layer(middleware::from_fn_with_state(&turns::TURNS, turns::take))
}

async fn page(State(web): State<Web>, pairs: Pairs) -> Result<Html<String>, WebError> {
    let (mut scene, stamp) = scene_of_known(&web, pairs).await?;
    let mut found = found(&web, &mut scene).await?;
    explain(&web, &scene, &mut found);
    let Gathered {
        choices,
        terms,
        told,
        fresh,
        ..
    } = found;
    let head = (stamp, web.demo, fresh);
    let page = Page::new(&scene, &terms, told, &choices, head);
    Ok(Html(page.render()?))
}

async fn csv(State(web): State<Web>, pairs: Pairs) -> Result<impl IntoResponse, WebError> {
    let (mut scene, _) = scene_of_known(&web, pairs).await?;
    let bytes = written(&web, &mut scene, file::csv).await?;
    Ok(attached(&scene, CSV, bytes))
}

async fn xlsx(State(web): State<Web>, pairs: Pairs) -> Result<impl IntoResponse, WebError> {
    let (mut scene, _) = scene_of_known(&web, pairs).await?;
    let bytes = written(&web, &mut scene, file::xlsx).await?;
    Ok(attached(&scene, XLSX, bytes))
}

fn attached(
    scene: &Scene,
    (ending, kind): (&str, &str),
    bytes: Vec<u8>,
) -> ([(HeaderName, String); 2], Vec<u8>) {
    let day = scene.window.from.to_zoned(scene.zone().clone()).date();
    let stem = if scene.path == calls::PATH {
        "calls"
    } else {
        "history"
    };
    let name = format!("attachment; filename=\"{stem}-{day}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, bytes)
}

fn asked(pairs: Pairs) -> Result<Asked, WebError> {
    let Query(pairs) = pairs.map_err(|_| bad("The address is invalid.".to_owned()))?;
    Asked::parse(&pairs).map_err(bad)
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

/// The scene of whom an address asks for, if they are known.
async fn scene_of_known(web: &Web, pairs: Pairs) -> Result<(Scene, Stamp), WebError> {
    let asked = asked(pairs)?;
    let agent = asked
        .agent
        .iter()
        .map(|id| ("agent", id, Who::Agent(id.clone())));
    let queues = asked
        .queues
        .iter()
        .map(|id| ("queue", id, Who::Queue(id.clone())));
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
    Ok(scene(web, &asked))
}

fn scene(web: &Web, asked: &Asked) -> (Scene, Stamp) {
    let (now, site, stamp): (Moment, TimeZone, Stamp) = web.live.read(|picture, now| {
        let zone = picture.site.zone.clone();
        (now, zone, Stamp::new(picture, now))
    });
    (Scene::new(asked, now.wall, &site), stamp)
}

/// Where no step is asked for, one that the files tell is taken.
async fn found(web: &Web, scene: &mut Scene) -> Result<Gathered, WebError> {
    loop {
        let found = gather(web, scene).await;
        let found = found.map_err(refused)?;
        let is_untold = (found.told.times.iter()).all(|entry| entry.counts.is_none());
        // Rows of queues and agents are of all that is told, so the sums above them are too.
        let is_of_all = scene.asked.rows != Rows::Time;
        let longer = match scene.step {
            Step::Quarter | Step::Half if found.is_blurred => Step::Hour,
            Step::Hour if found.is_blurred && (is_untold || is_of_all) => Step::Day,
            _ => return Ok(found),
        };
        if scene.asked.step.is_some() {
            return Ok(found);
        }
        scene.step = longer;
    }
}

/// What the past cannot be asked is said to whoever asked; what failed is our fault.
fn refused(error: ReportError) -> WebError {
    match error {
        ReportError::Store(cause) => WebError::Store(cause),
        other => bad(format!(
            "Can’t show this: {other}. Choose a shorter period or a longer interval."
        )),
    }
}

/// Why there may be nothing to see, else what must be known to read it.
fn explain(web: &Web, scene: &Scene, found: &mut Gathered) {
    let told = &mut found.told;
    if web.history.shape().exports.is_empty() {
        told.empty = Some(Empty {
            title: "No history yet".to_owned(),
            text: "History needs a vendor export: Vergic’s Statistics Export by SFTP, or Sangoma’s nightly export by S3, Azure or a folder. Add one to the configuration (kind = \"vergic-export\" or \"sangoma-export\"), then run wallboard check."
                .to_owned(),
            links: Vec::new(),
        });
        return;
    }
    let sources = Link {
        name: "Data sources".to_owned(),
        href: "/sources".to_owned(),
    };
    if !found.is_known {
        told.empty = Some(Empty {
            title: "No history yet".to_owned(),
            text: "Waiting for the first file. See Data sources for the schedule and any problems."
                .to_owned(),
            links: vec![sources],
        });
        return;
    }
    let is_untold = told.times.iter().all(|entry| entry.counts.is_none());
    if is_untold && found.is_blurred {
        let (what, name, step) = match scene.step {
            Step::Hour => ("days", "Show days", Step::Day),
            _ => ("hours or days", "Show hours", Step::Hour),
        };
        told.empty = Some(Empty {
            title: "Only available at a coarser interval".to_owned(),
            text: format!("The files for this period only have whole {what}."),
            links: vec![Link {
                name: name.to_owned(),
                href: scene.address(|asked| asked.step = Some(step)),
            }],
        });
        return;
    }
    if is_untold && scene.asked.span == Span::Preset(Preset::Today) {
        told.empty = Some(Empty {
            title: "No data for today yet".to_owned(),
            text: "Exports usually arrive overnight.".to_owned(),
            links: vec![
                Link {
                    name: "Yesterday".to_owned(),
                    href: scene.address(|asked| asked.span = Span::Preset(Preset::Yesterday)),
                },
                sources,
            ],
        });
        return;
    }
    if is_untold {
        told.empty = Some(Empty {
            title: "No data for this period".to_owned(),
            text: "It hasn’t been imported yet, or is older than your first import.".to_owned(),
            links: vec![sources],
        });
        return;
    }
    notes(scene, found);
}

/// What must be known to read what there is.
fn notes(scene: &Scene, found: &mut Gathered) {
    let told = &mut found.told;
    if told.times.iter().any(|entry| entry.is_live) {
        let text = "Rows marked “live” come from the boards. They’re replaced when the export arrives, never added to it.";
        told.notes.push((text.to_owned(), None));
    }
    if found.is_utc {
        let text = "Some figures use the export’s UTC hours or days.";
        told.notes.push((text.to_owned(), None));
    }
    if scene.is_coarser {
        let text = format!(
            "For this period the shortest interval is {}.",
            choice::Choice::word(scene.step)
        );
        told.notes.push((text, None));
    }
    if scene.is_foreign_zone {
        let text = format!(
            "Times are in {}, not in the site’s time zone.",
            scene.zone_name
        );
        let href = scene.address(|asked| asked.zone = None);
        let name = "Use site time zone".to_owned();
        told.notes.push((text, Some(Link { name, href })));
    }
    if scene.asked.rows == Rows::Queue && scene.asked.queues.is_empty() && 0 < found.without_row {
        let text = match found.without_row {
            1 => "1 queue is hidden or switched off".to_owned(),
            n => format!("{n} queues are hidden or switched off"),
        };
        let text = format!("{text}: included in totals, not listed.");
        told.notes.push((text, None));
    }
    if scene.asked.rows == Rows::Agent && !scene.asked.queues.is_empty() {
        let text = "Agents are shown for all queues: exports don’t split agent time by queue.";
        told.notes.push((text.to_owned(), None));
    }
}

/// The table that the page shows, as a file.
async fn written(
    web: &Web,
    scene: &mut Scene,
    write: fn(&Grid) -> Result<Vec<u8>, file::FileError>,
) -> Result<Vec<u8>, WebError> {
    let found = found(web, scene).await?;
    let above = page::head(scene, &found.terms, &found.choices, &found.fresh);
    let grid = if let Some(heat) = &found.told.heat {
        Grid::of_heat(above, heat)
    } else if let Some(shares) = &found.told.shares {
        Grid::of_shares(above, shares)
    } else {
        let sheet = page::sheet(scene, &found.terms, &found.told);
        let headings = page::headings(scene, &found.terms, &sheet);
        let first = match scene.asked.rows {
            Rows::Time => ["Time", "Starts"],
            Rows::Queue => ["Queue", "Id"],
            Rows::Agent => ["Agent", "Id"],
        };
        Grid::of_sheet(above, first, headings, &sheet)
    };
    write(&grid).map_err(|error| WebError::File(error.to_string()))
}
