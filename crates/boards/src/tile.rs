//! What only a tile shows of a queue: the age of an old value, causes of its severity that are no
//! figure of the tile, and the service level as a bar.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::Freshness;

use super::{
    board_slots::{AttributeValue, SlotValue},
    board_view::{BoardRow, stopped_clock},
    figure_text, format,
    queue_list::{FIGURE_CELLS, FIRST_FIGURE},
    render_context::{DisplayFreshness, EvaluatedQueue, RenderContext, RenderedMetric},
    severity::Severity,
};

/// Figures after the large one that every tile has room for. The service level isn't counted: it is
/// a bar.
pub(super) const MAIN_FIGURES: usize = 2;

/// Completes a queue's row as a tile.
pub(super) fn add_tile_cells(
    context: &RenderContext<'_>,
    queue: &EvaluatedQueue<'_>,
    row: &mut BoardRow,
) {
    let level_place = queue.figures.iter().skip(1);
    let mut level_place = level_place.zip(1..);
    let level_place = level_place.find(|(figure, _)| figure.metric == Metric::ServiceLevel);
    row.shape.level_place = level_place.map(|(_, index)| index);
    row.shape.inline_labels = queue.figures.iter().map(inline_label).collect();
    for (index, figure) in queue.figures.iter().enumerate() {
        let first = FIRST_FIGURE + index * FIGURE_CELLS;
        match figure.metric {
            Metric::AgentsAvailable => {
                row.cells[first + 2] = SlotValue::Text(signed_in_note(context, queue, figure));
            }
            Metric::ServiceLevel => {
                let target = context.snapshot.site.target_for(&queue.id);
                let share = figure.value.map(MetricValue::as_number);
                row.cells[first].add_attributes([
                    ("share", percent_attribute(share)),
                    ("aim", percent_attribute(Some(target.service_level_percent))),
                ]);
            }
            _ => {}
        }
    }
    let (age, since) = match queue.severity {
        Severity::OutOfDate => value_age(context, queue),
        _ => ("", String::new()),
    };
    // Its age and the board's band say it.
    if !age.is_empty() && context.has_lost_source(queue) {
        row.cells[3] = SlotValue::Text(String::new());
    }
    // A low tile shows the first figures only: without one of the day, its note says nothing.
    let mut main_figures = queue.figures.iter().take(1 + MAIN_FIGURES);
    let has_day = main_figures.any(|figure| figure.metric.is_daily());
    let is_explained = row.cells[3] != SlotValue::Text(String::new());
    let note = if queue.severity == Severity::OutOfDate && is_explained {
        // Makes room: a gray tile says why.
        "why"
    } else if !has_day && !context.own_day_note(queue).is_empty() {
        "day"
    } else {
        ""
    };
    row.cells[0].add_attributes([("age", age.into()), ("note", note.into())]);
    row.cells.push(SlotValue::Text(since));
    let figures = queue.figures.iter().enumerate();
    let texts = figures.filter(|(index, _)| Some(*index) != row.shape.level_place);
    let sure: Vec<Metric> = (texts.take(1 + MAIN_FIGURES))
        .map(|(_, figure)| figure.metric)
        .collect();
    row.cells.extend(other_causes(queue, &sure));
}

/// "wait", "available", "within 20 s": after its number.
fn inline_label(figure: &RenderedMetric) -> String {
    if figure.metric == Metric::LongestWait {
        return "wait".to_owned();
    }
    figure_text::lowercase_label(&figure.label)
}

/// "of 8": how many are signed in, if that is known.
fn signed_in_note(
    context: &RenderContext<'_>,
    queue: &EvaluatedQueue<'_>,
    available: &RenderedMetric,
) -> String {
    let signed_in = context
        .snapshot
        .queue_figure(queue.queue, Metric::AgentsLoggedIn, context.now)
        .filter(|figure| figure.freshness == Freshness::UpToDate && figure.reason.is_none());
    match signed_in.and_then(|figure| figure.value) {
        Some(value) if available.value.is_some() => format!("of {}", format::value(Some(value))),
        _ => String::new(),
    }
}

/// Returns the attribute of a tile whose values are out of date, and the text that says since when:
/// "at 14:21" after the label, or "was 7 at 07:49" in its place, if the value is too old to be shown.
fn value_age(context: &RenderContext<'_>, queue: &EvaluatedQueue<'_>) -> (&'static str, String) {
    let Some(hero) = queue.figures.first() else {
        return ("", String::new());
    };
    let at = last_known_at(context, queue, hero.metric);
    let zone = &context.snapshot.site.zone;
    let at = at.map(|at| format::time_or_day(at, context.now.wall, zone));
    if hero.freshness != DisplayFreshness::Expired {
        return ("old", at.map_or_else(String::new, |at| format!("at {at}")));
    }
    let figure = (context.snapshot).queue_figure(queue.queue, hero.metric, context.now);
    let was = figure.and_then(|figure| figure.value);
    let since = match (was, at) {
        (Some(was), Some(at)) => format!("was {} at {at}", format::value(Some(was))),
        (_, Some(at)) => format!("no data since {at}"),
        _ => "no data".to_owned(),
    };
    ("gone", since)
}

/// When a value was last known to be true.
fn last_known_at(
    context: &RenderContext<'_>,
    queue: &EvaluatedQueue<'_>,
    metric: Metric,
) -> Option<Timestamp> {
    let freshness = context.snapshot.queue_freshness(queue.queue, context.now);
    let source = &queue.queue.id.source;
    if let Freshness::Disconnected(outage) = context.day_freshness(source, freshness) {
        return Some(outage.at);
    }
    let received = context.snapshot.last_received(queue.queue, Some(metric))?;
    let age_ms = context.now.monotonic.millis_since(received);
    Some(moment::plus_millis(context.now.wall, -age_ms))
}

/// Returns the causes of the severity that aren't among the figures surely shown: "12 not ready",
/// and the longest wait as a running clock.
pub(super) fn other_causes(queue: &EvaluatedQueue<'_>, sure: &[Metric]) -> [SlotValue; 2] {
    let others = || {
        let causes = queue.causes.iter();
        causes.filter(|cause| !sure.contains(&cause.metric))
    };
    let is_clock = |cause: &&RenderedMetric| matches!(cause.cell, SlotValue::Clock { .. });
    let texts: Vec<_> = (others().filter(|cause| !is_clock(cause)))
        .map(RenderedMetric::format_reason)
        .collect();
    let clock = others().find(is_clock).map(|cause| cause.cell.clone());
    [
        SlotValue::Text(texts.join(", ")),
        clock.unwrap_or_else(|| stopped_clock(String::new())),
    ]
}

#[expect(clippy::cast_possible_truncation, reason = "a percentage")]
fn percent_attribute(percent: Option<f64>) -> AttributeValue {
    match percent {
        Some(percent) => AttributeValue::Number(percent.clamp(0.0, 100.0).round() as i64),
        None => AttributeValue::from(""),
    }
}
