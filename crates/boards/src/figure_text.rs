//! How a figure is written: its label, its value or bound, and its target. Boards, desk pages, the
//! shift report and history only lay it out.

use std::fmt::Display;

use wallboard_domain::{Metric, MetricValue, MonotonicTime, ServiceLevelFormula};
use wallboard_live::{EvaluatedFigure, MetricFigure, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

/// The steps of an upper bound, in seconds.
const BOUND_STEP: f64 = 10.0;

/// A figure as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureText {
    pub label: String,
    /// The value, or its bound; `–` where unknown.
    pub value: String,
    /// Small text after the value: the target; "est." on boards, "estimated" on pages.
    pub note: String,
}

impl FigureText {
    /// Writes a figure for a board.
    pub fn on_board(texts: &Texts, evaluated: &EvaluatedFigure) -> Self {
        let note = match evaluated.metric {
            _ if evaluated.figure.value.is_none() => String::new(),
            Metric::ServiceLevel => write_target(texts, evaluated.target.service_level_percent),
            _ => estimate(texts, evaluated).to_owned(),
        };
        let value = match (evaluated.freshness, evaluated.figure.value) {
            // Moments after a disconnect, the last value of all queues still counts.
            (ShownFreshness::Reconnecting, Some(held)) => {
                write_single_value(texts, evaluated.metric, held)
            }
            _ => shown_value(texts, evaluated),
        };
        Self {
            label: label(texts, LabelRoom::Narrow, evaluated),
            value,
            note,
        }
    }

    /// Writes a figure for a page, which has room for more and marks an outage at once.
    pub fn on_page(texts: &Texts, evaluated: &EvaluatedFigure) -> Self {
        let target = match evaluated.metric {
            Metric::ServiceLevel => write_target(texts, evaluated.target.service_level_percent),
            _ => String::new(),
        };
        let estimate = if evaluated.is_estimated() {
            texts.estimated_note()
        } else {
            ""
        };
        let notes = [&*target, estimate];
        let notes: Vec<_> = notes.into_iter().filter(|note| !note.is_empty()).collect();
        Self {
            label: label(texts, LabelRoom::Wide, evaluated),
            value: shown_value(texts, evaluated),
            note: notes.join(", "),
        }
    }
}

/// Writes a figure's label for a room.
pub(super) fn label(texts: &Texts, room: LabelRoom, evaluated: &EvaluatedFigure) -> String {
    let words = texts.metric(evaluated.metric);
    match (evaluated.metric, room) {
        (Metric::ServiceLevel, _) => {
            let (threshold_ms, formula) = level_definition(evaluated);
            write_service_level(texts, room, threshold_ms, formula)
        }
        (_, LabelRoom::Wide) => words.page_label.clone(),
        (_, LabelRoom::Narrow | LabelRoom::Tile) => words.label.clone(),
    }
}

/// Writes a figure's label for a room, within a sentence or after its number.
pub(super) fn inline_label(texts: &Texts, room: LabelRoom, evaluated: &EvaluatedFigure) -> String {
    match evaluated.metric {
        Metric::ServiceLevel => {
            let (threshold_ms, formula) = level_definition(evaluated);
            write_inline_service_level(texts, room, threshold_ms, formula)
        }
        other => texts.metric(other).inline.clone(),
    }
}

/// The threshold of a service level, and its formula.
fn level_definition(evaluated: &EvaluatedFigure) -> (Option<i64>, Option<ServiceLevelFormula>) {
    let formula = evaluated.day_details().and_then(|day| day.formula);
    (evaluated.target.threshold_ms, formula)
}

fn estimate<'t>(texts: &'t Texts, evaluated: &EvaluatedFigure) -> &'t str {
    if evaluated.is_estimated() {
        texts.estimated()
    } else {
        ""
    }
}

fn shown_value(texts: &Texts, evaluated: &EvaluatedFigure) -> String {
    match evaluated.freshness {
        ShownFreshness::Expired | ShownFreshness::Unknown => UNKNOWN.to_owned(),
        _ => value_or_bound(texts, evaluated.metric, &evaluated.figure),
    }
}

/// How much room a label has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelRoom {
    /// On a page.
    Wide,
    /// In a column, or beside its number.
    Narrow,
    /// On a tile, or in a board's header.
    Tile,
}

/// Writes the label of a service level. It names its threshold, and its denominator unless that is
/// all offered contacts; not if queues differ, or if only the vendor knows.
pub fn write_service_level(
    texts: &Texts,
    room: LabelRoom,
    threshold_ms: Option<i64>,
    formula: Option<ServiceLevelFormula>,
) -> String {
    let Some(threshold_ms) = threshold_ms else {
        return texts.service_level().to_owned();
    };
    let within = texts.threshold(threshold_ms);
    let is_of_answered = formula == Some(ServiceLevelFormula::AnsweredOnly);
    match (room, is_of_answered) {
        (LabelRoom::Wide, false) => texts.level_wide(within),
        (LabelRoom::Wide, true) => texts.level_wide_of_answered(within),
        (LabelRoom::Narrow, false) => texts.level_within(within),
        (LabelRoom::Tile, false) => texts.level_in(within),
        (LabelRoom::Narrow | LabelRoom::Tile, true) => texts.level_answers_in(within),
    }
}

/// The same within a sentence or after its number.
pub fn write_inline_service_level(
    texts: &Texts,
    room: LabelRoom,
    threshold_ms: Option<i64>,
    formula: Option<ServiceLevelFormula>,
) -> String {
    let Some(threshold_ms) = threshold_ms else {
        return texts.metric(Metric::ServiceLevel).inline.clone();
    };
    let within = texts.threshold(threshold_ms);
    match (room, formula) {
        (_, Some(ServiceLevelFormula::AnsweredOnly)) => texts.level_answers_in_inline(within),
        (LabelRoom::Tile, _) => texts.level_in_inline(within),
        (LabelRoom::Wide | LabelRoom::Narrow, _) => texts.level_within_inline(within),
    }
}

/// `2:11 wait`, `6 waiting`, `0 available`: a figure as the cause of a severity.
pub fn cause(metric: Metric, value: &str) -> String {
    Texts::english().cause(metric, value)
}

/// `target 80%`, of several queues also `target 80–90%`; empty without a target.
pub fn write_target(texts: &Texts, percents: impl IntoIterator<Item = f64>) -> String {
    let range = percents.into_iter().fold(None, |range, percent: f64| {
        let (low, high) = range.unwrap_or((percent, percent));
        Some((percent.min(low), percent.max(high)))
    });
    match range {
        Some((low, high)) if low < high => {
            texts.target_range(texts.decimal(low), texts.target_percent(high))
        }
        Some((low, _)) => texts.target(texts.target_percent(low)),
        None => String::new(),
    }
}

/// Returns `7`, or the bound of a figure of several queues. A value with a reason is unknown, even if
/// it was known before.
fn value_or_bound(texts: &Texts, metric: Metric, figure: &MetricFigure) -> String {
    match figure.value {
        _ if figure.low.is_some() => bound(texts, figure.low, figure.high),
        None if figure.high.is_some() => bound(texts, None, figure.high),
        Some(whole) if figure.reason.is_none() => write_single_value(texts, metric, whole),
        _ => UNKNOWN.to_owned(),
    }
}

/// `7`, `2:11`, `8 min`: sums of a day are no clocks.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates"
)]
pub fn write_single_value(texts: &Texts, metric: Metric, value: MetricValue) -> String {
    match value {
        MetricValue::Seconds(seconds) if metric.is_total() => texts.age((seconds * 1000.0) as i64),
        other => texts.value(Some(other)),
    }
}

/// `4–7`, `≥ 7`, or `< 0:10` of a wait that isn't reported yet, in steps of ten seconds.
fn bound(texts: &Texts, low: Option<MetricValue>, high: Option<MetricValue>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            format!("{}–{}", texts.value(Some(low)), texts.value(Some(high)))
        }
        (Some(low), None) => at_least(texts.value(Some(low))),
        (None, Some(high)) => {
            let steps = (high.as_number() / BOUND_STEP).floor() + 1.0;
            format!("< {}", texts.duration(steps * BOUND_STEP))
        }
        (None, None) => UNKNOWN.to_owned(),
    }
}

/// `≥ 7`: a lower bound.
pub fn at_least(text: impl Display) -> String {
    format!("≥ {text}")
}

/// When the text of an upper bound changes.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a bound is far below 2^52 ms"
)]
pub(super) fn next_bound(high: MetricValue, now: MonotonicTime) -> MonotonicTime {
    let passed_ms = (high.as_number().rem_euclid(BOUND_STEP) * 1000.0) as i64;
    now.plus_millis((BOUND_STEP * 1000.0) as i64 - passed_ms)
}

#[cfg(test)]
mod tests {
    use wallboard_live::FigureReason;

    use super::*;

    #[test]
    fn a_service_level_names_its_threshold_exactly_and_its_denominator() {
        let label = |room, threshold_ms, formula| {
            write_service_level(Texts::english(), room, threshold_ms, formula)
        };
        let (all, answered) = (
            Some(ServiceLevelFormula::ShortIgnored),
            Some(ServiceLevelFormula::AnsweredOnly),
        );

        assert_eq!(label(LabelRoom::Narrow, Some(90_000), all), "Within 90 s");
        assert_eq!(
            label(LabelRoom::Narrow, Some(120_000), answered),
            "Answered in 2 min"
        );
        assert_eq!(
            label(LabelRoom::Wide, Some(20_000), answered),
            "Service level (20 s, of answered)"
        );
        assert_eq!(label(LabelRoom::Wide, None, all), "Service level");
        assert_eq!(label(LabelRoom::Narrow, None, all), "Service level");
    }

    #[test]
    fn a_tile_says_when_only_answered_contacts_count() {
        let (texts, room) = (Texts::english(), LabelRoom::Tile);
        let of_all = Some(ServiceLevelFormula::ShortIgnored);
        let of_answered = Some(ServiceLevelFormula::AnsweredOnly);
        let label = |formula| write_service_level(texts, room, Some(20_000), formula);
        assert_eq!(label(of_all), "In 20 s");
        assert_eq!(label(of_answered), "Answered in 20 s");
        let label = |formula| write_inline_service_level(texts, room, Some(20_000), formula);
        assert_eq!(label(of_all), "in 20 s");
        assert_eq!(label(of_answered), "answered in 20 s");
    }

    #[test]
    fn a_bound_is_written_in_one_way() {
        let figure = |value: Option<u64>, low: Option<u64>, high: Option<u64>| MetricFigure {
            value: value.map(MetricValue::Count),
            low: low.map(MetricValue::Count),
            high: high.map(MetricValue::Count),
            reason: Some(FigureReason::SourceMissing),
            ..MetricFigure::default()
        };
        let written = |metric, figure: &_| value_or_bound(Texts::english(), metric, figure);
        let text = |value, low, high| written(Metric::Waiting, &figure(value, low, high));

        assert_eq!(text(Some(9), Some(7), None), "≥ 7");
        assert_eq!(text(None, Some(4), Some(7)), "4–7");
        assert_eq!(text(Some(9), None, None), "–");
        let wait = MetricFigure {
            high: Some(MetricValue::Seconds(12.0)),
            ..MetricFigure::default()
        };
        assert_eq!(written(Metric::LongestWait, &wait), "< 0:20");
    }

    #[test]
    fn a_target_is_as_configured() {
        let written = |percents: &[f64]| write_target(Texts::english(), percents.iter().copied());

        assert_eq!(written(&[80.0]), "target 80%");
        assert_eq!(written(&[90.0, 92.5, 80.0]), "target 80–92.5%");
        assert_eq!(written(&[]), "");
    }
}
