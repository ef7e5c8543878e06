//! The places of numbers and of custom figures in the reply of another system.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use wallboard_domain::{CustomFigure, CustomFigureKind};
use wallboard_runtime::csv_text::{DecimalMark, number_parsing};

/// The place of a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumberPlace {
    pub(super) pointer: String,
    /// How many of the system's units one of ours has: 1000 for milliseconds.
    pub(super) units: f64,
    /// Whether a text may be a duration: "0:41", "3 min".
    pub(super) is_duration: bool,
}

/// How a reply writes numbers, and what is noticed while it is read.
#[derive(Debug, Default)]
pub(super) struct ReplyReading {
    pub(super) decimal: DecimalMark,
    /// Places at which the reply lacks something.
    pub(super) notes: BTreeSet<String>,
}

/// The place of a custom figure's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FigurePlace {
    pub(super) figure: CustomFigure,
    pub(super) number: NumberPlace,
}

/// Reads custom figures of an item, or of the whole reply.
pub(super) fn read_figures(
    places: &[FigurePlace],
    item: &Value,
    reading: &mut ReplyReading,
) -> Map<String, Value> {
    let read = places.iter().map(|place| {
        let value = place.read(item, reading).unwrap_or_default();
        (place.figure.id.to_string(), value)
    });
    read.collect()
}

/// Notes places at which no item has a figure: they are probably mistyped.
pub(super) fn note_missing(places: &[FigurePlace], items: &[&Value], reading: &mut ReplyReading) {
    for place in places {
        let pointer = &place.number.pointer;
        let is_missing = |item: &&Value| item.pointer(pointer).is_none();
        if !items.is_empty() && items.iter().all(is_missing) {
            let id = &place.figure.id;
            reading
                .notes
                .insert(format!("there's nothing at \"{pointer}\" (`{id}`)"));
        }
    }
}

impl FigurePlace {
    /// Returns its number or its word; `None` if the item has none.
    fn read(&self, item: &Value, reading: &mut ReplyReading) -> Option<Value> {
        let (figure, number) = (&self.figure, &self.number);
        if !matches!(figure.kind, CustomFigureKind::State(_)) {
            let read = number.read(figure.id.as_str(), item, reading);
            return read.map(Value::Number);
        }
        let word = item.pointer(&number.pointer).and_then(write_word)?;
        if figure.find_state(&word).is_none() {
            reading
                .notes
                .insert(format!("\"{word}\" is no state of `{}`", figure.id));
            return None;
        }
        Some(Value::String(word))
    }
}

impl NumberPlace {
    /// Returns its number in our unit; `None` if the item has none.
    pub(super) fn read(
        &self,
        name: &str,
        item: &Value,
        reading: &mut ReplyReading,
    ) -> Option<Number> {
        let value = item.pointer(&self.pointer)?;
        let number = match value {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) => self.parse_text(text, reading.decimal),
            _ => None,
        };
        let number = number.and_then(|number| Number::from_f64(number / self.units));
        if number.is_none() {
            let pointer = &self.pointer;
            reading.notes.insert(format!(
                "what is at \"{pointer}\" isn't a number (`{name}`)"
            ));
        }
        number
    }

    /// Parses a number as people write it, in the system's units.
    fn parse_text(&self, text: &str, decimal: DecimalMark) -> Option<f64> {
        let text = text.trim();
        let plain = match decimal {
            DecimalMark::Point => text.parse::<f64>().ok(),
            DecimalMark::Comma => None,
        };
        let seconds = || {
            let seconds = number_parsing::parse_duration(text);
            seconds
                .filter(|_| self.is_duration)
                .map(|seconds| seconds * self.units)
        };
        plain
            .or_else(|| number_parsing::parse_number(text, decimal))
            .or_else(seconds)
    }
}

/// Returns an ID, a name or a state as text.
pub(super) fn write_word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(is_so.to_string()),
        _ => None,
    }
}
