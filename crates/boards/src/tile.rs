//! A queue as a tile: a large number with its unit, further figures, the day's service level as a bar,
//! the age of an old value, and causes of its severity that are no figure of the tile.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::{Freshness, Severity, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    address::subject_path,
    board_queue::{BoardQueue, ClosedText},
    board_row::{BoardRow, FigureCells, FigureShape, QueueCells, RowCells, RowShape, TileCells},
    custom_cells::{CustomCell, insert_custom},
    figure_text::{self, LabelRoom},
    format, queue_list,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    severity,
    slot_value::{AttributeValue, SlotValue},
};

/// Figures after the large one that every tile has room for. The service level isn't counted: it is
/// also a bar.
pub(super) const MAIN_FIGURES: usize = 2;
/// A name of more characters gets two lines.
const NAME_CHARACTERS: usize = 16;
/// A number of this many characters is drawn as small as a clock.
const LONG_NUMBER: usize = 6;
const MINUTE: i64 = 60_000;

/// Builds a queue's tile, with how each figure compares with what is usual.
pub(super) fn tile_row(
    context: &mut RenderContext<'_>,
    queue: &BoardQueue<'_>,
    normals: Vec<Option<String>>,
) -> BoardRow {
    let place = queue_list::tile_place(queue.severity);
    let closed = (queue.closed.as_ref()).map(|closed| closed_note(context.texts, closed));
    let is_quiet = closed.is_some() && !has_waiting(queue);
    let (age, age_text) = match queue.severity {
        Severity::OutOfDate if !is_quiet => value_age(context, queue),
        _ => ("", String::new()),
    };
    // Its age and the board's band say it.
    let is_said = !age.is_empty() && queue.has_lost_source();
    let note = match &closed {
        Some(closed) => closed.as_str(),
        None if is_said => "",
        None => queue.owner.as_deref().unwrap_or(queue.note.text()),
    };
    let mut shapes = figure_shapes(context.texts, &queue.figures, &normals);
    insert_custom(&mut shapes, 1, &queue.custom, CustomCell::shape);
    let sure = sure_metrics(queue, &shapes);
    let (causes, cause_clock) = other_causes(context.texts, queue, &sure);
    let worst = queue
        .causes
        .iter()
        .find(|cause| !sure.contains(&cause.metric()));
    let worst = worst.map_or(Severity::None, |cause| cause.evaluated.severity);
    let has_other = worst != Severity::None || !age_text.is_empty();
    let note_kind = if is_quiet {
        "closed"
    } else {
        note_kind(queue, note, has_other)
    };
    let mut attributes = place.attributes();
    attributes.extend([
        ("age", age.into()),
        ("note", note_kind.into()),
        ("also", worst.into_str().into()),
        ("name", name_kind(&queue.name).into()),
        ("width", width_kind(context.texts, &queue.figures).into()),
    ]);
    let trend = context.trend_cell(queue.queue);
    let mut figures = figure_cells(context.texts, &queue.figures, |figure| {
        match figure.metric() {
            Metric::AgentsAvailable => signed_in_note(context, queue, figure),
            _ => figure_note(context.texts, figure),
        }
    });
    for (cells, normal) in figures.iter_mut().zip(normals).skip(1) {
        cells.normal = normal.map(SlotValue::Text);
    }
    insert_custom(&mut figures, 1, &queue.custom, CustomCell::on_tile);
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
            figures,
            causes: SlotValue::Text(causes.join(", ")),
            cause_clock: cause_clock.unwrap_or_else(|| SlotValue::stopped_clock("")),
            tile: Some(tile_cells(
                context.texts,
                queue.severity,
                &queue.figures,
                age_text,
            )),
            trend,
        }),
        reported_at: queue.reported_at,
    }
}

/// Returns the metrics among the figures that every tile has room for.
fn sure_metrics(queue: &BoardQueue<'_>, shapes: &[FigureShape]) -> Vec<Metric> {
    let metrics = queue.figures.iter().map(|figure| Some(figure.metric()));
    let mut metrics: Vec<Option<Metric>> = metrics.collect();
    insert_custom(&mut metrics, 1, &queue.custom, |_| None);
    let written = metrics.into_iter().zip(shapes);
    let written = written.filter(|(_, shape)| !shape.is_bar);
    let sure = written.take(1 + MAIN_FIGURES);
    sure.filter_map(|(metric, _)| metric).collect()
}

/// Returns the kind of a name for the style: a long one gets two lines.
pub(super) fn name_kind(name: &str) -> &'static str {
    if NAME_CHARACTERS < name.chars().count() {
        "two"
    } else {
        ""
    }
}

/// "Closed · opens Mon 08:00". The time wraps as a whole, so that a narrow tile never shows a part of it.
fn closed_note(texts: &Texts, closed: &ClosedText) -> String {
    match closed.opening_time() {
        Some(time) => texts.closed_opens_joined(time.replace(' ', "\u{a0}")),
        None => closed.text(texts),
    }
}

/// Whether somebody is known to wait. Only then has the tile of a closed queue figures.
fn has_waiting(queue: &BoardQueue<'_>) -> bool {
    let waiting = queue.figures.iter().find(|f| f.metric() == Metric::Waiting);
    let count = waiting.and_then(|figure| figure.evaluated.value());
    queue.severity != Severity::OutOfDate && count.is_some_and(|count| 0.0 < count.as_number())
}

/// Returns what kind of sentence a tile has, for the style.
fn note_kind(queue: &BoardQueue<'_>, note: &str, has_other: bool) -> &'static str {
    if queue.severity == Severity::OutOfDate && !note.is_empty() {
        // Makes room: a gray tile says why.
        "why"
    } else if queue.owner.is_some() {
        if queue.severity.needs_attention() {
            "say-own"
        } else {
            "say"
        }
    } else if has_other {
        "say"
    } else if !queue.note.day_text().is_empty() {
        "day"
    } else if note.is_empty() {
        ""
    } else {
        "say"
    }
}

pub(super) fn figure_shapes(
    texts: &Texts,
    figures: &[RenderedFigure],
    normals: &[Option<String>],
) -> Vec<FigureShape> {
    let shapes = figures.iter().zip(normals);
    let mut shapes: Vec<_> = shapes
        .map(|(figure, normal)| FigureShape {
            label: figure_text::label(texts, LabelRoom::Tile, &figure.evaluated),
            short_label: short_label(texts, figure),
            is_clock: format::is_running_clock(figure.metric()),
            is_bar: false,
            has_normal: normal.is_some(),
        })
        .collect();
    if let (Some(figure), Some(hero)) = (figures.first(), shapes.first_mut()) {
        hero.label = figure_text::inline_label(texts, LabelRoom::Tile, &figure.evaluated);
        hero.has_normal = false;
    }
    // The large number is no bar.
    let mut others = figures.iter().zip(&mut shapes).skip(1);
    let level = others.find(|(figure, _)| figure.metric() == Metric::ServiceLevel);
    if let Some((_, shape)) = level {
        shape.is_bar = true;
    }
    shapes
}

/// "wait", "free", "in 20 s".
fn short_label(texts: &Texts, figure: &RenderedFigure) -> String {
    match figure.metric() {
        Metric::LongestWait => texts.longest_wait_unit().to_owned(),
        Metric::AgentsAvailable => texts.available_unit().to_owned(),
        _ => figure_text::inline_label(texts, LabelRoom::Tile, &figure.evaluated),
    }
}

/// Builds the cells of a tile's figures, the large number first. Its note is what follows it in a smaller
/// size: "k".
pub(super) fn figure_cells(
    texts: &Texts,
    figures: &[RenderedFigure],
    note: impl Fn(&RenderedFigure) -> String,
) -> Vec<FigureCells> {
    let cells = figures.iter().enumerate().map(|(index, figure)| {
        let mut attributes = queue_list::figure_attributes(figure);
        let (mut value, mut note) = (figure.cell(), note(figure));
        if index == 0 {
            note.clear();
            if let Some(count) = shortened_count(figure) {
                let (digits, suffix) = texts.short_count(count);
                (value, note) = (SlotValue::Text(digits), suffix.to_owned());
            }
        } else if figure.metric() == Metric::ServiceLevel {
            let share = figure.evaluated.value().map(MetricValue::as_number);
            let share = share.filter(|_| !figure.is_of_few);
            let target = figure.evaluated.target.service_level_percent;
            attributes.extend([
                ("share", percent_attribute(share)),
                ("aim", percent_attribute(target)),
            ]);
        }
        FigureCells {
            attributes: SlotValue::Attributes(attributes),
            value,
            note: SlotValue::Text(note),
            normal: None,
        }
    });
    cells.collect()
}

/// Returns a count that has no room as a large number.
fn shortened_count(figure: &RenderedFigure) -> Option<u64> {
    match figure.evaluated.shown_value() {
        Some(MetricValue::Count(count)) if 1000 <= count => Some(count),
        _ => None,
    }
}

/// Returns the kind of the large number for the style: what is wider than two digits is smaller.
pub(super) fn width_kind(texts: &Texts, figures: &[RenderedFigure]) -> &'static str {
    let Some(figure) = figures.first() else {
        return "";
    };
    let is_clock = format::is_running_clock(figure.metric());
    match figure.text.value.chars().count() {
        _ if figure.text.value == UNKNOWN => "dash",
        _ if is_clock || figure.text.value.ends_with('%') => "clock",
        LONG_NUMBER.. if shortened_count(figure).is_none() => "clock",
        ..=2 => "",
        // A comma reaches below its line, where the unit or the next figure is.
        _ if shortened_count(figure)
            .is_some_and(|count| texts.short_count(count).0.contains(',')) =>
        {
            "three-comma"
        }
        _ => "three",
    }
}

/// "of 80": the target of a service level; else the figure's own note.
pub(super) fn figure_note(texts: &Texts, figure: &RenderedFigure) -> String {
    let target = figure.evaluated.target.service_level_percent;
    match (figure.metric(), target) {
        (Metric::ServiceLevel, Some(target)) if !figure.text.note.is_empty() => {
            texts.of_target(texts.decimal(target))
        }
        _ => figure.text.note.clone(),
    }
}

pub(super) fn tile_cells(
    texts: &Texts,
    severity: Severity,
    figures: &[RenderedFigure],
    age: String,
) -> TileCells {
    let is_missed = |figure: &RenderedFigure| figure.evaluated.is_missed;
    let mut marks = vec![severity::write_mark(texts, severity)];
    if figures.iter().any(is_missed) {
        marks.push(texts.level_below_target());
    }
    marks.retain(|mark| !mark.is_empty());
    let shortened = figures.first().and_then(shortened_count);
    TileCells {
        mark: SlotValue::Text(marks.join(". ")),
        exact: SlotValue::Text(shortened.map_or_else(String::new, |count| texts.count(count))),
        age: SlotValue::Text(age),
    }
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
            context.texts.of_number(context.texts.value(Some(value)))
        }
        _ => String::new(),
    }
}

/// Returns the kind of the age of a tile whose values are out of date, and its text: "4 min old, from 14:23", or
/// "7 waiting at 07:49", if the value is too old to be shown.
fn value_age(context: &mut RenderContext<'_>, queue: &BoardQueue<'_>) -> (&'static str, String) {
    let texts = context.texts;
    let Some(hero) = queue.figures.first() else {
        return ("", String::new());
    };
    let at = last_known_at(context, queue, hero.metric());
    let time = at.map(|at| context.time_or_day(at));
    if hero.evaluated.freshness == ShownFreshness::Expired {
        let age = match (hero.evaluated.figure.value, time) {
            (Some(was), Some(time)) => {
                let figure = format!("{} {}", texts.value(Some(was)), short_label(texts, hero));
                texts.was_at(figure, time)
            }
            (_, Some(time)) => texts.no_data_since(time),
            _ => texts.no_data().to_owned(),
        };
        return ("gone", age);
    }
    let (Some(at), Some(time)) = (at, time) else {
        return ("old", String::new());
    };
    let age_ms = moment::millis_between(at, context.now.wall).max(0);
    context.schedule_change(context.now.monotonic.plus_millis(MINUTE - age_ms % MINUTE));
    let age = match age_ms / MINUTE {
        0 => texts.from_time(time),
        minutes => texts.minutes_old(minutes, time),
    };
    ("old", age)
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
    texts: &Texts,
    queue: &BoardQueue<'_>,
    sure: &[Metric],
) -> (Vec<String>, Option<SlotValue>) {
    let others = queue.causes.iter();
    let others = others.filter(|cause| !sure.contains(&cause.metric()));
    let is_clock = |cause: &&RenderedFigure| format::is_running_clock(cause.metric());
    let (clocks, others): (Vec<_>, Vec<_>) = others.partition(is_clock);
    let reasons = others.into_iter().map(|cause| cause.format_reason(texts));
    let clock = clocks.first().map(|cause| cause.cell());
    (reasons.collect(), clock)
}

#[expect(clippy::cast_possible_truncation, reason = "a percentage")]
pub(super) fn percent_attribute(percent: Option<f64>) -> AttributeValue {
    match percent {
        Some(percent) => AttributeValue::Number(percent.clamp(0.0, 100.0).round() as i64),
        None => AttributeValue::from(""),
    }
}
