//! Parts of a queue that only a tile shows: the age of an old value, causes of its severity that are no
//! figure of the tile, and the service level as a bar.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::{Freshness, Severity, ShownFreshness};

use super::{
    address::subject_path,
    board_queue::BoardQueue,
    board_row::{
        BoardRow, FigureCells, FigureShape, QueueCells, RowCells, RowPlace, RowShape, TileCells,
    },
    figure_text, format, queue_list,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    severity::severity_mark,
    slot_value::{AttributeValue, SlotValue},
};

/// Figures after the large one that every tile has room for. The service level isn't counted: it is
/// a bar.
pub(super) const MAIN_FIGURES: usize = 2;

/// Builds a queue's tile, with how each figure compares with what is usual.
pub(super) fn tile_row(
    context: &RenderContext<'_>,
    queue: &BoardQueue<'_>,
    place: RowPlace,
    normals: Vec<Option<String>>,
    trend: Option<SlotValue>,
) -> BoardRow {
    let shapes = queue.figures.iter().zip(&normals);
    let mut shapes: Vec<_> = shapes
        .map(|(figure, normal)| FigureShape {
            label: figure.text.label.clone(),
            inline_label: inline_label(figure),
            is_bar: false,
            has_normal: normal.is_some(),
        })
        .collect();
    // The large number is no bar.
    let mut others = queue.figures.iter().zip(&mut shapes).skip(1);
    let level = others.find(|(figure, _)| figure.metric() == Metric::ServiceLevel);
    if let Some((_, shape)) = level {
        shape.is_bar = true;
    }
    let figures = queue.figures.iter().zip(normals);
    let figures = figures.map(|(figure, normal)| FigureCells {
        attributes: SlotValue::Attributes(tile_figure_attributes(context, queue, figure)),
        value: figure.cell(),
        note: SlotValue::Text(match figure.metric() {
            Metric::AgentsAvailable => signed_in_note(context, queue, figure),
            _ => figure.text.note.clone(),
        }),
        normal: normal.map(SlotValue::Text),
    });
    let (age, since) = match queue.severity {
        Severity::OutOfDate => value_age(context, queue),
        _ => ("", String::new()),
    };
    // Its age and the board's band say it.
    let is_said = !age.is_empty() && queue.has_lost_source();
    let note = if is_said { "" } else { queue.note.text() };
    let mut attributes = place.attributes();
    attributes.extend([("age", age.into()), ("note", note_kind(queue, note).into())]);
    let texts = queue.figures.iter().zip(&shapes);
    let texts = texts.filter(|(_, shape)| !shape.is_bar);
    let sure: Vec<Metric> = (texts.take(1 + MAIN_FIGURES))
        .map(|(figure, _)| figure.metric())
        .collect();
    let (causes, cause_clock) = other_causes(queue, &sure);
    BoardRow {
        key: queue.id.clone(),
        place,
        shape: RowShape {
            href: subject_path("queues", &queue.queue.id),
            figures: shapes,
            has_trend: trend.is_some(),
            ..RowShape::default()
        },
        cells: RowCells::Queue(QueueCells {
            attributes: SlotValue::Attributes(attributes),
            name: SlotValue::text(&queue.name),
            note: SlotValue::text(note),
            figures: figures.collect(),
            causes: SlotValue::Text(causes.join(", ")),
            cause_clock: cause_clock.unwrap_or_else(|| SlotValue::stopped_clock("")),
            tile: Some(TileCells {
                mark: SlotValue::text(severity_mark(queue.severity)),
                since: SlotValue::Text(since),
            }),
            trend,
        }),
        reported_at: queue.reported_at,
    }
}

/// Returns the kind of a tile's note, for the style.
fn note_kind(queue: &BoardQueue<'_>, note: &str) -> &'static str {
    // A low tile shows the first figures only: without one of the day, its note says nothing.
    let mut main_figures = queue.figures.iter().take(1 + MAIN_FIGURES);
    let has_day = main_figures.any(|figure| figure.metric().is_daily());
    if queue.severity == Severity::OutOfDate && !note.is_empty() {
        // Makes room: a gray tile says why.
        "why"
    } else if !has_day && !queue.note.day_text().is_empty() {
        "day"
    } else {
        ""
    }
}

fn tile_figure_attributes(
    context: &RenderContext<'_>,
    queue: &BoardQueue<'_>,
    figure: &RenderedFigure,
) -> Vec<(&'static str, AttributeValue)> {
    let mut attributes = queue_list::figure_attributes(figure);
    if figure.metric() == Metric::ServiceLevel {
        let target = context.snapshot.site.target_for(&queue.id);
        let share = figure.evaluated.value().map(MetricValue::as_number);
        attributes.extend([
            ("share", percent_attribute(share)),
            ("aim", percent_attribute(Some(target.service_level_percent))),
        ]);
    }
    attributes
}

/// "wait", "available", "within 20 s": after its number.
fn inline_label(figure: &RenderedFigure) -> String {
    if figure.metric() == Metric::LongestWait {
        return "wait".to_owned();
    }
    figure_text::lowercase_label(&figure.text.label)
}

/// "of 8": how many are signed in, if that is known.
fn signed_in_note(
    context: &RenderContext<'_>,
    queue: &BoardQueue<'_>,
    available: &RenderedFigure,
) -> String {
    let signed_in = context
        .snapshot
        .queue_figure(queue.queue, Metric::AgentsLoggedIn, context.now)
        .filter(|figure| figure.freshness == Freshness::UpToDate && figure.reason.is_none());
    match signed_in.and_then(|figure| figure.value) {
        Some(value) if available.evaluated.value().is_some() => {
            format!("of {}", format::value(Some(value)))
        }
        _ => String::new(),
    }
}

/// Returns the attribute of a tile whose values are out of date, and the text that says since when:
/// "at 14:21" after the label, or "was 7 at 07:49" in its place, if the value is too old to be shown.
fn value_age(context: &RenderContext<'_>, queue: &BoardQueue<'_>) -> (&'static str, String) {
    let Some(hero) = queue.figures.first() else {
        return ("", String::new());
    };
    let at = last_known_at(context, queue, hero.metric());
    let zone = &context.snapshot.site.zone;
    let at = at.map(|at| format::time_or_day(at, context.now.wall, zone));
    if hero.evaluated.freshness != ShownFreshness::Expired {
        return ("old", at.map_or_else(String::new, |at| format!("at {at}")));
    }
    let since = match (hero.evaluated.figure.value, at) {
        (Some(was), Some(at)) => format!("was {} at {at}", format::value(Some(was))),
        (_, Some(at)) => format!("no data since {at}"),
        _ => "no data".to_owned(),
    };
    ("gone", since)
}

/// When a value was last known to be true.
fn last_known_at(
    context: &RenderContext<'_>,
    queue: &BoardQueue<'_>,
    metric: Metric,
) -> Option<Timestamp> {
    if let Freshness::Disconnected(outage) = queue.freshness {
        return Some(outage.at);
    }
    let received = context.snapshot.last_received(queue.queue, Some(metric))?;
    let age_ms = context.now.monotonic.millis_since(received);
    Some(moment::plus_millis(context.now.wall, -age_ms))
}

/// Returns the causes of the severity that aren't among the figures surely shown: "12 not ready",
/// and the longest wait as a running clock.
pub(super) fn other_causes(
    queue: &BoardQueue<'_>,
    sure: &[Metric],
) -> (Vec<String>, Option<SlotValue>) {
    let others = queue.causes.iter();
    let others = others.filter(|cause| !sure.contains(&cause.metric()));
    let is_clock = |cause: &&RenderedFigure| format::is_running_clock(cause.metric());
    let (clocks, texts): (Vec<_>, Vec<_>) = others.partition(is_clock);
    let texts = texts.into_iter().map(RenderedFigure::format_reason);
    let clock = clocks.first().map(|cause| cause.cell());
    (texts.collect(), clock)
}

#[expect(clippy::cast_possible_truncation, reason = "a percentage")]
fn percent_attribute(percent: Option<f64>) -> AttributeValue {
    match percent {
        Some(percent) => AttributeValue::Number(percent.clamp(0.0, 100.0).round() as i64),
        None => AttributeValue::from(""),
    }
}
