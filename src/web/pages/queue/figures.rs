//! A queue's figures as tiles: the leading ones, and all others.

use wallboard_boards::{QueueEvaluation, find_normal_range};
use wallboard_domain::{Baseline, Metric, QueueId};
use wallboard_live::{CaseState, EvaluatedFigure, QueueSnapshot};
use wallboard_texts::Texts;

use crate::web::{
    pages::cases,
    parts::{
        links::{self, PageLink},
        metric_explanation,
        metric_tile::{MetricTile, TileSubject},
    },
};

/// The figures above all others, most important first.
const LEADING_METRICS: [Metric; 8] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
    Metric::Answered,
    Metric::Offered,
    Metric::InConversation,
    Metric::Abandoned,
];
const LEADING_MAX: usize = 4;

pub(super) type MetricTiles = Vec<(Metric, MetricTile)>;

/// All metrics of the queue, in reading order.
pub(super) fn metric_tiles(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    evaluation: &QueueEvaluation,
    baseline: &Baseline,
    tells_cases: bool,
) -> MetricTiles {
    let tile = |evaluated: &EvaluatedFigure| {
        let metric = evaluated.metric;
        let mut tile = subject.metric_tile(evaluated);
        tile.notes.extend(describe_excluded(subject, queue, metric));
        // Contacts are those of one queue.
        let is_listed = tells_cases && queue.members.is_none();
        tile.contacts =
            (is_listed.then(|| link_contacts(subject.texts, metric, &queue.id))).flatten();
        if let Some(normal) =
            find_normal_range(baseline, subject.snapshot, queue, metric, subject.now)
        {
            let zone = &subject.snapshot.site.zone;
            let texts = subject.texts;
            let by = texts.time(normal.ends_at, zone);
            let range = texts.value_range(metric, normal.band.low, normal.band.high);
            tile.usual = texts.usual_by(range.as_str(), by.as_str());
            tile.usually = texts.usually(range, by);
            tile.explained.push((
                texts.usual_term(),
                metric_explanation::describe_normal(texts, metric, &normal, zone),
            ));
        }
        (metric, tile)
    };
    evaluation.figures.iter().map(tile).collect()
}

/// The leading figures, and all others.
pub(super) fn split_leading(tiles: MetricTiles) -> (MetricTiles, MetricTiles) {
    let rank = |metric: Metric| {
        LEADING_METRICS
            .iter()
            .position(|leading| *leading == metric)
    };
    let (mut leading, mut others): (Vec<_>, Vec<_>) =
        (tiles.into_iter()).partition(|(metric, _)| rank(*metric).is_some());
    leading.sort_by_key(|(metric, _)| rank(*metric));
    others.splice(0..0, leading.split_off(leading.len().min(LEADING_MAX)));
    others.sort_by_key(|(metric, _)| (metric.is_daily(), *metric));
    (leading, others)
}

/// Members of a group that never report the metric, so the value excludes them.
fn describe_excluded(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    metric: Metric,
) -> Option<String> {
    queue.members.as_ref()?;
    let snapshot = subject.snapshot;
    let merged = snapshot.merge_figure(&snapshot.select_queues([queue]), metric, subject.now)?;
    let names = merged.without.iter();
    let names: Vec<_> = names
        .map(|id| links::queue_link_by_id(subject.texts, snapshot, id).name)
        .collect();
    (!names.is_empty()).then(|| subject.texts.excludes(names.join(", ")))
}

/// The page with the contacts of a queue that a figure is about.
fn link_contacts(texts: &'static Texts, metric: Metric, queue: &QueueId) -> Option<PageLink> {
    let (state, label) = match metric {
        Metric::Waiting | Metric::LongestWait => (CaseState::Waiting, texts.waiting_cases()),
        Metric::InConversation => (CaseState::Open, texts.open_cases()),
        Metric::Answered
        | Metric::ServiceLevel
        | Metric::AverageSpeedOfAnswer
        | Metric::AverageHandleTime
        | Metric::FirstResponseTime
        | Metric::Handled => (CaseState::Closed, texts.closed_cases()),
        Metric::Abandoned | Metric::AbandonRate => (CaseState::Abandoned, texts.abandoned_cases()),
        _ => return None,
    };
    let address = cases::filtered_address(state, "queue", queue);
    Some(PageLink::new(label, address))
}
