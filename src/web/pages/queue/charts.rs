//! A queue's charts: the day so far, and the last four hours.

use wallboard_boards::find_day_ranges;
use wallboard_domain::{Baseline, Metric, Moment};
use wallboard_live::{Freshness, MetricFigure, QueueSnapshot, SeriesStep, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    history::recent_days_cache::TodaySnapshots,
    pages::{
        day_curve::{DayCurve, DayTotals, build_curve},
        wait_chart::{WaitChart, WaitPoint, build_chart},
    },
};

/// Steps of the recent series.
const STEPS_PER_HOUR: usize = 12;
/// The total that the day's curve shows: the first of these that the queue has.
const CURVE_METRICS: [Metric; 2] = [Metric::Offered, Metric::Answered];

/// The day so far beside the usual range: its label, its curve, and why there is no range. A day
/// that wasn't counted from its start can't be compared.
pub(super) fn day_curve(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    baseline: &Baseline,
    today: &[TodaySnapshots],
    now: Moment,
) -> (String, Option<DayCurve>, String) {
    let figure = |metric| Some((metric, snapshot.queue_figure(queue, metric, now)?));
    let is_known = |(_, figure): &(Metric, MetricFigure)| figure.value.is_some();
    let mut figures = CURVE_METRICS.into_iter().filter_map(figure);
    let Some((metric, figure)) = figures.find(is_known) else {
        let label = texts.metric(CURVE_METRICS[0]).page_label.as_str();
        return (texts.label_today(label), None, String::new());
    };
    let day = figure.day_details.as_deref();
    let since = day.filter(|day| !day.is_complete).and_then(|day| day.since);
    let from = since.or(snapshot.day_start).unwrap_or(now.wall);
    let mut totals = DayTotals::new(today, metric, from);
    if let (Some(value), Freshness::UpToDate) = (figure.value, figure.freshness) {
        totals.push(now.wall, value.as_number());
    }
    let is_whole = day.is_none_or(|day| day.is_complete);
    let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
    let (usual, note) = match since {
        Some(since) => (Vec::new(), texts.counted_only_since(time(since))),
        None if is_whole => (
            find_day_ranges(baseline, snapshot, queue, metric, now),
            String::new(),
        ),
        None => (Vec::new(), String::new()),
    };
    let label = texts.metric(metric).page_label.as_str();
    let curve = build_curve(texts, label, &totals, &usual, time);
    (texts.label_today(label), curve, note)
}

/// The last four hours, with the threshold of the longest wait. Hours before the first data are
/// left out, but for the last one.
pub(super) fn recent_chart(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    limit: Option<f64>,
    now: Moment,
) -> Option<WaitChart> {
    let steps = snapshot.recent_steps(queue, now);
    let is_known = |step: &SeriesStep| step.waiting.is_some() || step.longest_wait.is_some();
    let first = steps.iter().position(is_known).unwrap_or_default();
    let first = first.min(steps.len().saturating_sub(STEPS_PER_HOUR));
    let points: Vec<_> = (steps[first..].iter())
        .map(|step| WaitPoint {
            start: step.start,
            waiting: step.waiting,
            longest: step.longest_wait,
            partial: step.is_partial,
        })
        .collect();
    build_chart(texts, &points, limit, |at| {
        texts.time_or_day(at, now.wall, &snapshot.site.zone)
    })
}
