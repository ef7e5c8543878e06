//! How a custom figure is written. Boards and pages only lay it out.

use wallboard_domain::{CustomFigure, CustomFigureKind, CustomValue};
use wallboard_live::{EvaluatedCustomFigure, Severity};
use wallboard_texts::{Texts, UNKNOWN};

/// Writes a value with its unit: "1,204 pcs", "84.5%", "Down".
pub fn write_custom_value(texts: &Texts, figure: &CustomFigure, value: &CustomValue) -> String {
    let value = write_value(texts, figure, value);
    let text = format!("{value} {}", unit_of(texts, figure));
    text.trim_end().to_owned()
}

/// The unit after a value: "pcs"; empty for what has its unit in it.
pub(super) fn unit_of<'f>(texts: &Texts, figure: &'f CustomFigure) -> &'f str {
    match &figure.kind {
        CustomFigureKind::Number { unit, .. } => unit.get(texts.language()),
        CustomFigureKind::Percent { .. }
        | CustomFigureKind::Duration
        | CustomFigureKind::State(_) => "",
    }
}

/// The meaning of a mark, as a word.
pub(super) fn severity_word(texts: &Texts, severity: Severity) -> &str {
    match severity {
        Severity::Warning => texts.warning_note(),
        Severity::Critical => texts.critical_note(),
        Severity::None | Severity::Normal | Severity::OutOfDate => "",
    }
}

/// Writes a value in full: "1,204", "84.5%", "1 h 04", "Down".
pub(super) fn write_value(texts: &Texts, figure: &CustomFigure, value: &CustomValue) -> String {
    match (&figure.kind, value) {
        (CustomFigureKind::Number { decimals, .. }, CustomValue::Number(number)) => {
            texts.number(*number, *decimals)
        }
        (CustomFigureKind::Percent { decimals }, CustomValue::Number(number)) => {
            texts.percent_of(&format!("{number:.*}", usize::from(*decimals)))
        }
        (_, CustomValue::Number(seconds)) => texts.duration(*seconds),
        (_, CustomValue::State(word)) => match figure.find_state(word) {
            Some(state) => state.label.get(texts.language()).to_owned(),
            None => UNKNOWN.to_owned(),
        },
    }
}

/// "412 pcs at 09:12": in place of a value that is too old to be shown.
pub(super) fn write_expired(
    texts: &Texts,
    figure: &CustomFigure,
    evaluated: &EvaluatedCustomFigure,
    time: Option<String>,
) -> String {
    let Some(time) = time else {
        return texts.no_data().to_owned();
    };
    match &evaluated.value {
        Some(was) => texts.was_at(write_custom_value(texts, figure, was), time),
        None => texts.no_data_since(time),
    }
}
