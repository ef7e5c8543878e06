//! The chart of a custom figure: a stepped line, or of a state how severe it was. What isn't known is a gap, never a
//! line. Geometry only; the theme's style draws it.

use std::fmt::Write;

use jiff::{Timestamp, ToSpan};

use wallboard_boards::{
    svg::{Rect, rounded},
    write_custom_value,
};
use wallboard_domain::{CustomFigure, CustomValue, LimitValue, ThresholdLevel, moment};
use wallboard_texts::Texts;

use super::{
    figure_past::{FigureDays, FigurePast, FigureStep},
    is_state,
};

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 200.0;
/// The newest value is at most this old, in milliseconds; the time after it is no gap.
const RECORDED_MS: i64 = 90_000;

pub(super) struct FigureChart {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) line: String,
    /// The lowest and highest of each step, of several days.
    pub(super) band: String,
    /// Of a state: how severe it was, as in `data-sev`.
    pub(super) states: Vec<(&'static str, Rect)>,
    pub(super) gaps: Vec<(f64, f64)>,
    /// The thresholds at which it is critical.
    pub(super) limits: Vec<f64>,
    /// The ends of the scale; empty for a state.
    pub(super) top: String,
    pub(super) bottom: String,
    pub(super) times: Vec<String>,
    /// The whole chart as a sentence.
    pub(super) sentence: String,
}

/// A time with its lowest, highest and middle value.
struct Segment {
    from: Timestamp,
    to: Timestamp,
    lowest: f64,
    highest: f64,
    middle: f64,
    level: Option<ThresholdLevel>,
}

impl FigureChart {
    /// `None`: nothing is known of the period.
    pub(super) fn new(texts: &Texts, figure: &CustomFigure, past: &FigurePast) -> Option<Self> {
        let segments = segments(figure, past);
        let all = past.sum_up(figure, past.from, past.to)?;
        let is_state = is_state(figure);
        let limits = if is_state {
            Vec::new()
        } else {
            critical_limits(figure)
        };
        let (bottom, top) = scale(&all, &limits);
        let x = |at: Timestamp| place(past, at);
        let y = |value: f64| rounded(HEIGHT - HEIGHT * (value - bottom) / (top - bottom));
        let end = |value| write_custom_value(texts, figure, &CustomValue::Number(value));
        let is_spread = past.days != FigureDays::Today;
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            line: if is_state {
                String::new()
            } else {
                draw_line(&segments, x, y)
            },
            band: if is_state || !is_spread {
                String::new()
            } else {
                draw_band(&segments, x, y)
            },
            states: segments
                .iter()
                .filter(|_| is_state)
                .map(|one| state_bar(one, x))
                .collect(),
            gaps: gaps(past, &segments, x),
            limits: limits.into_iter().map(y).collect(),
            top: if is_state { String::new() } else { end(top) },
            bottom: if is_state { String::new() } else { end(bottom) },
            times: labels(texts, past),
            sentence: describe(texts, figure, past, &all),
        })
    }
}

fn segments(figure: &CustomFigure, past: &FigurePast) -> Vec<Segment> {
    if let Some(minutes) = past.days.chart_minutes() {
        let steps = past.chart_steps(figure, minutes).into_iter();
        let of_step = |step: FigureStep| Segment {
            from: step.from,
            to: step.to.min(past.now),
            lowest: step.lowest,
            highest: step.highest,
            middle: step.mean,
            level: step.level,
        };
        return steps.map(of_step).collect();
    }
    let spans = past.spans.iter().map(|span| {
        let number = match &span.value {
            CustomValue::Number(number) => *number,
            CustomValue::State(_) => 0.0,
        };
        Segment {
            from: span.from,
            to: span.to,
            lowest: number,
            highest: number,
            middle: number,
            level: figure.level_of(&span.value),
        }
    });
    spans.collect()
}

fn critical_limits(figure: &CustomFigure) -> Vec<f64> {
    let (upper, lower) = figure.limits.at_level(ThresholdLevel::Critical);
    let lower = lower.and_then(|limit| match limit {
        LimitValue::Value(value) => Some(value),
        LimitValue::FromTarget(_) => None,
    });
    upper.into_iter().chain(lower).collect()
}

/// From 0 or below to a round number above everything.
fn scale(all: &FigureStep, limits: &[f64]) -> (f64, f64) {
    let shown = limits.iter().copied().chain([all.lowest, all.highest, 0.0]);
    let (low, high) = shown.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let range = (high - low).max(f64::EPSILON);
    let step = 10_f64.powf(range.log10().floor()) / 2.0;
    let bottom = (low / step).floor() * step;
    let top = (high / step).ceil() * step;
    (bottom, if bottom < top { top } else { bottom + 1.0 })
}

#[expect(clippy::cast_precision_loss, reason = "some weeks in milliseconds")]
fn place(past: &FigurePast, at: Timestamp) -> f64 {
    let length = moment::millis_between(past.from, past.to).max(1) as f64;
    rounded(WIDTH * moment::millis_between(past.from, at) as f64 / length)
}

fn draw_line(segments: &[Segment], x: impl Fn(Timestamp) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut before: Option<Timestamp> = None;
    for one in segments {
        // Writing to a string never fails.
        match before {
            Some(end) if end == one.from => write!(path, "V{}H{}", y(one.middle), x(one.to)).ok(),
            _ => write!(path, "M{} {}H{}", x(one.from), y(one.middle), x(one.to)).ok(),
        };
        before = Some(one.to);
    }
    path
}

fn draw_band(segments: &[Segment], x: impl Fn(Timestamp) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    for one in segments {
        let (from, to, top, bottom) = (x(one.from), x(one.to), y(one.highest), y(one.lowest));
        // Writing to a string never fails.
        write!(path, "M{from} {top}H{to}V{bottom}H{from}Z").ok();
    }
    path
}

/// The more severe, the taller.
fn state_bar(one: &Segment, x: impl Fn(Timestamp) -> f64) -> (&'static str, Rect) {
    let (severity, share) = match one.level {
        None => ("ok", 1.0 / 3.0),
        Some(ThresholdLevel::Warning) => ("warn", 2.0 / 3.0),
        Some(ThresholdLevel::Critical) => ("crit", 1.0),
    };
    let (from, to) = (x(one.from), x(one.to));
    let rect = Rect {
        x: from,
        y: rounded(HEIGHT * (1.0 - share)),
        // A moment is still seen.
        width: rounded((to - from).max(1.0)),
        height: rounded(HEIGHT * share),
    };
    (severity, rect)
}

/// The times up to now that no segment has, as their left edge and width.
fn gaps(past: &FigurePast, segments: &[Segment], x: impl Fn(Timestamp) -> f64) -> Vec<(f64, f64)> {
    let mut gaps = Vec::new();
    let mut known_until = past.from;
    for one in segments {
        if known_until < one.from {
            gaps.push((known_until, one.from));
        }
        known_until = known_until.max(one.to);
    }
    let until = past.now.min(past.to);
    if RECORDED_MS < moment::millis_between(known_until, until) {
        gaps.push((known_until, until));
    }
    let places = gaps
        .into_iter()
        .map(|(from, to)| (x(from), rounded(x(to) - x(from))));
    places.filter(|(_, width)| 0.0 < *width).collect()
}

/// Six times of today, or days.
fn labels(texts: &Texts, past: &FigurePast) -> Vec<String> {
    let first = past.from.to_zoned(past.zone.clone());
    let starts = (0..7_i64).filter_map(|n| match past.days {
        FigureDays::Today => first.checked_add((4 * n).hours()).ok(),
        days => first.checked_add((n * days.count() / 7).days()).ok(),
    });
    let shown = starts.filter(|start| start.timestamp() < past.to);
    let text = |start: jiff::Zoned| match past.days {
        FigureDays::Today => texts.time(start.timestamp(), &past.zone),
        _ => texts.short_day(start.date()),
    };
    shown.map(text).collect()
}

/// "412 pcs at 14:07. Lowest: 3 pcs. Highest: 412 pcs."
fn describe(texts: &Texts, figure: &CustomFigure, past: &FigurePast, all: &FigureStep) -> String {
    let Some(last) = past.spans.last() else {
        return String::new();
    };
    let write = |value: &CustomValue| write_custom_value(texts, figure, value);
    let at = texts.time_or_day(last.to, past.now, &past.zone);
    let mut text = texts.figure_value_at(write(&last.value), at);
    if !is_state(figure) {
        let [lowest, highest] =
            [all.lowest, all.highest].map(|number| write(&CustomValue::Number(number)));
        text = format!("{text} {}", texts.figure_extremes(lowest, highest));
    }
    text
}
