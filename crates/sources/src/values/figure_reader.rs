//! The custom figures of a batch: of the site, or of one of its queues.

use serde_json::Value;

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomReport, CustomValue, QueueId,
};

use super::batch_fault::{BatchFaults, child_of};

/// The largest number: beyond it, something else was sent.
const NUMBER_MAX: f64 = 1e12;
/// A share of a goal may be above 100.
const PERCENT_MAX: f64 = 1_000.0;
/// The longest duration, in seconds: a year.
const SECONDS_MAX: f64 = 31_622_400.0;

/// The custom figures that a source reports, and how old a batch of it is.
#[derive(Clone, Copy)]
pub(super) struct FigureReader<'a> {
    pub(super) figures: &'a [CustomFigure],
    /// In milliseconds; negative where the system's clock is ahead.
    pub(super) age: i64,
    /// How long a value is valid whose figure doesn't say, in milliseconds.
    pub(super) valid_for: i64,
}

/// A value of a batch.
#[derive(Debug)]
pub(super) struct SentFigure {
    id: CustomFigureId,
    /// `None`: the system doesn't know.
    value: Option<CustomValue>,
    valid_for_ms: i64,
}

impl SentFigure {
    pub(super) fn into_report(self, queue: Option<QueueId>) -> CustomReport {
        CustomReport {
            figure: self.id,
            queue,
            value: self.value,
            valid_for_ms: self.valid_for_ms,
        }
    }
}

impl FigureReader<'_> {
    /// Reads the figures of the site, or of a queue.
    pub(super) fn read(
        &self,
        value: &Value,
        pointer: &str,
        is_per_queue: bool,
        faults: &mut BatchFaults,
    ) -> Vec<SentFigure> {
        let Some(object) = value.as_object() else {
            faults.report(pointer, "must be an object of figures, each with its value");
            return Vec::new();
        };
        let read = object.iter().filter_map(|(name, value)| {
            self.read_one(name, value, &child_of(pointer, name), is_per_queue, faults)
        });
        read.collect()
    }

    fn read_one(
        &self,
        name: &str,
        value: &Value,
        pointer: &str,
        is_per_queue: bool,
        faults: &mut BatchFaults,
    ) -> Option<SentFigure> {
        let Some(figure) = self.figures.iter().find(|one| one.id.as_str() == name) else {
            faults.report(pointer, self.describe_unknown(name));
            return None;
        };
        if figure.is_per_queue != is_per_queue {
            faults.report(
                pointer,
                if is_per_queue {
                    format!("`{name}` is of the site: send it in `figures` of the batch")
                } else {
                    format!("`{name}` is of queues: send it in `figures` of a queue")
                },
            );
            return None;
        }
        let valid_for = figure.valid_for_ms.unwrap_or(self.valid_for);
        if valid_for < self.age {
            let detail = format!(
                "`{name}` is valid for {} s, and the batch's time is longer ago; check the clock of the system",
                valid_for / 1_000
            );
            faults.report(pointer, detail);
            return None;
        }
        let value = match value {
            Value::Null => None,
            value => {
                let read = read_value(figure, value);
                if read.is_none() {
                    let expected = describe_kind(&figure.kind);
                    let detail = format!("`{name}` must be {expected}, or null if it isn't known");
                    faults.report(pointer, detail);
                }
                Some(read?)
            }
        };
        Some(SentFigure {
            id: figure.id.clone(),
            value,
            valid_for_ms: valid_for - self.age.max(0),
        })
    }

    fn describe_unknown(&self, name: &str) -> String {
        let names: Vec<_> = self.figures.iter().map(|one| one.id.as_str()).collect();
        let known = match &names[..] {
            [] => "none is".to_owned(),
            names => format!("declared are: {}", names.join(", ")),
        };
        format!("`{name}` isn't declared in [figures] for this source; {known}")
    }
}

fn read_value(figure: &CustomFigure, value: &Value) -> Option<CustomValue> {
    let (least, most) = match &figure.kind {
        CustomFigureKind::State(_) => {
            let word = value.as_str()?;
            return figure
                .find_state(word)
                .map(|state| CustomValue::State(state.word.clone()));
        }
        CustomFigureKind::Number { .. } => (-NUMBER_MAX, NUMBER_MAX),
        CustomFigureKind::Percent { .. } => (0.0, PERCENT_MAX),
        CustomFigureKind::Duration => (0.0, SECONDS_MAX),
    };
    let number = value.as_f64()?;
    (least..=most)
        .contains(&number)
        .then_some(CustomValue::Number(number))
}

fn describe_kind(kind: &CustomFigureKind) -> String {
    match kind {
        CustomFigureKind::Number { .. } => "a number, without a unit or quotes".to_owned(),
        CustomFigureKind::Percent { .. } => "a percentage from 0 to 1000".to_owned(),
        CustomFigureKind::Duration => "a number of seconds from 0 to 31622400 (a year)".to_owned(),
        CustomFigureKind::State(states) => {
            let words: Vec<_> = states.iter().map(|state| &*state.word).collect();
            format!("one of {}", words.join(", "))
        }
    }
}
