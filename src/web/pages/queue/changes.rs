//! `/queues/{source}/{id}/changes/{metric}`: when a figure of a queue moved last, from what to what, and by which message.

use askama::Template;
use axum::{extract::Path, response::Html};
use jiff::Timestamp;

use wallboard_access::Right;
use wallboard_boards::{BoardTime, figure_text, subject_path};
use wallboard_domain::{Metric, QueueId, moment};
use wallboard_live::{QueueSnapshot, Snapshot};
use wallboard_log::input_log::{FigureChange, LoggedFigure};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{visible_state::VisibleState, visitor::Visitor},
    parts::{
        clock::{PageTime, UNKNOWN},
        links,
        metric_tile::MetricTile,
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
    },
    rewind::RewindFailure,
    server::assets,
};

pub(in crate::web) const ROUTE: &str = "/queues/{source}/{id}/changes/{metric}";

#[derive(Template)]
#[template(path = "queue_changes.html")]
struct ChangesPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    /// The queue, and its page.
    name: String,
    path: String,
    label: String,
    rows: Vec<ChangeRow>,
    has_messages: bool,
    /// Since when there are no others.
    since: String,
}

struct ChangeRow {
    at: String,
    before: String,
    after: String,
    /// The vendor's name of the message; empty if it isn't known.
    event: &'static str,
}

/// Adds to each figure where its changes are.
pub(super) fn link_changes(
    web: &WebState,
    visitor: &Visitor,
    queue: &QueueSnapshot,
    tiles: &mut [(Metric, MetricTile)],
) {
    if web.rewind.is_none() || matches!(web.boards.time(), BoardTime::Past(_)) {
        return;
    }
    let path = subject_path("queues", &queue.id);
    for (metric, tile) in tiles {
        if may_see(visitor, *metric) {
            tile.changes = format!("{path}/changes/{}", metric.name());
        }
    }
}

/// Figures about agents may have been those of a small team then.
fn may_see(visitor: &Visitor, metric: Metric) -> bool {
    !metric.is_about_agents() || visitor.has(Right::PersonalData)
}

pub(super) async fn show_changes(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external, metric)): Path<(String, String, String)>,
) -> Result<Html<String>, WebError> {
    let metric = Metric::all().find(|one| one.name() == metric);
    let metric = metric.ok_or(WebError::NoSuchPage)?;
    if !may_see(header.visitor(), metric) {
        return Err(WebError::Forbidden);
    }
    let found = web.live.read_snapshot(|snapshot, now| {
        let queue = links::find_queue(snapshot, &source, &external)?;
        Some((queue.id.clone(), now.wall))
    });
    let Some((queue, until)) = found else {
        return Err(WebError::NotFound {
            what: MissingSubject::Queue,
            id: format!("{source}/{external}"),
            instead: Vec::new(),
        });
    };
    let rewind = web.rewind.as_ref().ok_or(RewindFailure::NoLog)?;
    let found = rewind.figure_changes(&web.store, queue.clone(), metric, until);
    let (changes, since) = found.await?;
    let page = web.live.read_snapshot(|snapshot, now| {
        let texts = header.texts;
        let zone = &snapshot.site.zone;
        ChangesPage {
            build: assets::build_id(),
            stamp: PageTime::new(snapshot, now),
            name: queue_name(snapshot, &queue),
            path: subject_path("queues", &queue),
            label: texts.metric(metric).page_label.clone(),
            rows: (changes.iter())
                .map(|change| change_row(texts, snapshot, metric, change))
                .collect(),
            has_messages: changes.iter().any(|change| change.event.is_some()),
            since: texts.time_or_day(since, now.wall, zone),
            header,
        }
    });
    Ok(Html(page.render()?))
}

fn queue_name(snapshot: &Snapshot, id: &QueueId) -> String {
    let queue = snapshot.queues.get(id);
    queue.map_or_else(|| id.to_string(), |queue| snapshot.queue_name(queue))
}

fn change_row(
    texts: &Texts,
    snapshot: &Snapshot,
    metric: Metric,
    change: &FigureChange,
) -> ChangeRow {
    let write = |figure| write_figure(texts, metric, figure, change.at);
    ChangeRow {
        at: texts.time_with_seconds(change.at, &snapshot.site.zone),
        before: write(change.before),
        after: write(change.after),
        event: change.event.unwrap_or_default(),
    }
}

fn write_figure(texts: &Texts, metric: Metric, figure: LoggedFigure, at: Timestamp) -> String {
    match (figure.since, figure.value) {
        (Some(since), _) => texts.elapsed(moment::millis_between(since, at)),
        (None, Some(value)) => figure_text::write_single_value(texts, metric, value),
        (None, None) => UNKNOWN.to_owned(),
    }
}
