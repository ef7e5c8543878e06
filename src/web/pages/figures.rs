//! `/figures`: the custom figures, and what each was today and in the last weeks.

mod figure_chart;
mod figure_file;
pub(in crate::web) mod figure_past;
mod figure_rows;

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use wallboard_boards::{self as boards, write_custom_value};
use wallboard_domain::{CustomFigure, CustomFigureKind, Moment, QueueId};
use wallboard_live::{EvaluatedCustomFigure, Evaluator, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::visible_state::VisibleState,
    parts::{
        case_listing,
        clock::{PageTime, UNKNOWN},
        links::{self, PageLink, figure_path, form_urlencode},
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
    },
    server::assets,
};

use figure_chart::FigureChart;
use figure_past::{FigureDays, FigurePast};
use figure_rows::FigureTable;

/// Its page leads to those of the figures.
pub(in crate::web) const ROUTE: &str = "/figures";
const FILE_ROUTE: &str = "/figures/{id}/values.csv";

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    rows: Vec<FigureRow>,
}

/// A figure, or one of a queue.
pub(super) struct FigureRow {
    pub(super) link: PageLink,
    pub(super) value: String,
    /// As in `data-sev`.
    pub(super) severity: &'static str,
    /// When its value applied; empty if it isn't known.
    pub(super) at: String,
    pub(super) is_old: bool,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct FigurePage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    heading: String,
    now: FigureRow,
    /// The periods, of which one is shown.
    periods: Vec<(String, String, bool)>,
    /// The queues that have it.
    queues: Vec<FigureRow>,
    chart: Option<FigureChart>,
    table: Option<FigureTable>,
    /// Empty if the visitor may not download it.
    file: String,
}

/// Which figure.
#[derive(Debug, Deserialize)]
struct FigureQuery {
    /// A queue's ID, of a figure that queues have.
    #[serde(default)]
    queue: String,
    /// How many days, with today.
    #[serde(default)]
    days: String,
}

/// A figure that the visitor may see, with its queue if it is of one.
#[derive(Clone, Debug)]
pub(in crate::web) struct SeenFigure {
    pub(in crate::web) figure: CustomFigure,
    pub(in crate::web) queue: Option<QueueId>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(ROUTE, get(list_figures))
        .route("/figures/{id}", get(show_figure))
        .route(FILE_ROUTE, get(figure_file::download))
}

/// Finds a figure by its key: the site's for who sees the whole site, and a queue's for who sees the queue.
/// Without a queue, one that queues have is found too: its page lists them.
pub(in crate::web) fn find_figure(
    snapshot: &Snapshot,
    id: &str,
    queue: &str,
) -> Option<SeenFigure> {
    let figure = seen_figures(snapshot).find(|figure| figure.id.as_str() == id)?;
    let found = |queue| SeenFigure {
        figure: figure.clone(),
        queue,
    };
    match (figure.is_per_queue, queue) {
        (_, "") => Some(found(None)),
        (false, _) => None,
        (true, id) => {
            let id = case_listing::parse_id(id)?;
            may_see_queue(snapshot, &id).then(|| found(Some(id)))
        }
    }
}

/// The figures that a visitor may know of: the site's only for who sees the whole site.
pub(in crate::web) fn seen_figures(snapshot: &Snapshot) -> impl Iterator<Item = &CustomFigure> {
    let declared = snapshot.site.custom_figures.iter();
    declared.filter(|figure| figure.is_per_queue || !snapshot.is_narrowed)
}

/// Whether a queue is shown. One that no source reports is known by its figures alone, to who sees the whole site.
pub(in crate::web) fn may_see_queue(snapshot: &Snapshot, id: &QueueId) -> bool {
    if let Some(queue) = snapshot.queues.get(id) {
        return !snapshot.is_queue_hidden(queue);
    }
    !snapshot.is_narrowed && !snapshot.site.hides_queue(id)
}

async fn list_figures(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let (rows, stamp) = web.live.read_snapshot(|snapshot, now| {
        let mut evaluator = Evaluator::new(snapshot, now);
        let rows = seen_figures(snapshot).map(|figure| {
            let label = figure.label.get(texts.language());
            let link = PageLink::new(label, figure_path(&figure.id, None));
            if figure.is_per_queue {
                FigureRow::without_value(link, texts.figure_by_queue())
            } else {
                let evaluated = evaluator.evaluate_custom(figure, None);
                FigureRow::new(texts, snapshot, figure, link, &evaluated, now)
            }
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| a.link.cmp(&b.link));
        (rows, PageTime::new(snapshot, now))
    });
    let page = FiguresPage {
        build: assets::build_id(),
        header,
        stamp,
        rows,
    };
    Ok(Html(page.render()?))
}

/// Returns the figures that other systems have reported of a queue, or of the queues of a group.
pub(super) fn queue_figures(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> Vec<FigureRow> {
    let mut evaluator = Evaluator::new(snapshot, now);
    let rows = seen_figures(snapshot).filter(|figure| figure.is_per_queue);
    let rows = rows.filter_map(|figure| {
        let evaluated = evaluator.evaluate_custom(figure, Some(&queue.id));
        evaluated.at?;
        let label = figure.label.get(texts.language());
        // Of a group, nothing is recorded: the page lists its queues.
        let recorded = Some(&queue.id).filter(|_| queue.members.is_none());
        let link = PageLink::new(label, figure_path(&figure.id, recorded));
        let row = FigureRow::new(texts, snapshot, figure, link, &evaluated, now);
        Some(row)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| a.link.cmp(&b.link));
    rows
}

async fn show_figure(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path(id): Path<String>,
    Query(query): Query<FigureQuery>,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let seen = require_figure(&web, &id, &query.queue)?;
    let days = FigureDays::parse(&query.days);
    let recorded = match (seen.figure.is_per_queue, &seen.queue) {
        (true, None) => web.store.queues_of_figure(seen.figure.id.clone()).await?,
        _ => Vec::new(),
    };
    let past = FigurePast::load(&web, &seen, days).await?;
    let page = web.live.read_snapshot(|snapshot, now| {
        let (figure, queue) = (&seen.figure, seen.queue.as_ref());
        let label = figure.label.get(texts.language());
        let heading = match queue {
            Some(id) => {
                texts.figure_of_queue(label, links::queue_link_by_id(texts, snapshot, id).name)
            }
            None => label.to_owned(),
        };
        let evaluated = Evaluator::new(snapshot, now).evaluate_custom(figure, queue);
        let address = |file: &str, days: FigureDays| {
            let path = boards::figure_path(&figure.id);
            let queue = queue.map(|id| format!("queue={}&", form_urlencode(&id.to_string())));
            let (queue, days) = (queue.unwrap_or_default(), days.count());
            format!("{path}{file}?{queue}days={days}")
        };
        let periods = FigureDays::ALL.map(|one| {
            let word = match one.count() {
                1 => texts.today_heading().to_owned(),
                count => texts.last_days_counted(count),
            };
            (word, address("", one), one == days)
        });
        let is_list = figure.is_per_queue && queue.is_none();
        let may_download = header.may_open(FILE_ROUTE) && !is_list;
        FigurePage {
            build: assets::build_id(),
            stamp: PageTime::new(snapshot, now),
            heading,
            now: FigureRow::new(
                texts,
                snapshot,
                figure,
                PageLink::default(),
                &evaluated,
                now,
            ),
            periods: periods.into_iter().filter(|_| !is_list).collect(),
            queues: if is_list {
                queues_with(texts, snapshot, figure, recorded, now)
            } else {
                Vec::new()
            },
            chart: past
                .as_ref()
                .and_then(|past| FigureChart::new(texts, figure, past)),
            table: past
                .as_ref()
                .and_then(|past| FigureTable::new(texts, figure, past)),
            file: if may_download {
                address("/values.csv", days)
            } else {
                String::new()
            },
            header: header.clone(),
        }
    });
    Ok(Html(page.render()?))
}

fn require_figure(web: &WebState, id: &str, queue: &str) -> Result<SeenFigure, WebError> {
    let found = web
        .live
        .read_snapshot(|snapshot, _| find_figure(snapshot, id, queue));
    found.ok_or_else(|| WebError::NotFound {
        what: MissingSubject::Figure,
        id: id.to_owned(),
        instead: Vec::new(),
    })
}

/// The queues that have a figure now, or had it: each leads to its page.
fn queues_with(
    texts: &Texts,
    snapshot: &Snapshot,
    figure: &CustomFigure,
    recorded: Vec<QueueId>,
    now: Moment,
) -> Vec<FigureRow> {
    let known = snapshot.custom_subjects(figure).flatten().cloned();
    let ids: BTreeSet<_> = known.chain(recorded).collect();
    let mut evaluator = Evaluator::new(snapshot, now);
    let rows = ids.iter().filter(|id| may_see_queue(snapshot, id));
    let rows = rows.map(|id| {
        let name = links::queue_link_by_id(texts, snapshot, id).name;
        let link = PageLink::new(name, figure_path(&figure.id, Some(id)));
        let evaluated = evaluator.evaluate_custom(figure, Some(id));
        FigureRow::new(texts, snapshot, figure, link, &evaluated, now)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| a.link.cmp(&b.link));
    rows
}

impl FigureRow {
    fn new(
        texts: &Texts,
        snapshot: &Snapshot,
        figure: &CustomFigure,
        link: PageLink,
        evaluated: &EvaluatedCustomFigure,
        now: Moment,
    ) -> Self {
        let value = evaluated.shown_value();
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        Self {
            link,
            value: value.map_or_else(
                || UNKNOWN.to_owned(),
                |value| write_custom_value(texts, figure, value),
            ),
            severity: evaluated.severity.into_str(),
            at: evaluated.at.map(time).unwrap_or_default(),
            is_old: evaluated.is_out_of_date,
        }
    }

    fn without_value(link: PageLink, value: &str) -> Self {
        Self {
            link,
            value: value.to_owned(),
            severity: "none",
            at: String::new(),
            is_old: false,
        }
    }

    /// Whether it's past a threshold of its own.
    pub(super) fn is_worse(&self) -> bool {
        matches!(self.severity, "warn" | "crit")
    }
}

/// Whether a figure's values are words and not numbers.
fn is_state(figure: &CustomFigure) -> bool {
    matches!(figure.kind, CustomFigureKind::State(_))
}
