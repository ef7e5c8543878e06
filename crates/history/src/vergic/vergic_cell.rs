//! Cells of a row as stored: numbers as numbers, whatever their notation, everything else as text.
//! Their meaning isn't stored, so a new column mapping needs no file again.

use std::borrow::Cow;

use serde_json::Value;

use wallboard_runtime::csv_text::{DecimalMark, number_parsing};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum VergicCell<'t> {
    Empty,
    Number(f64),
    Text(Cow<'t, str>),
}

impl<'t> VergicCell<'t> {
    pub(super) fn parse(text: Cow<'t, str>, decimal: DecimalMark) -> Self {
        if number_parsing::is_blank(&text) {
            return Self::Empty;
        }
        match number_parsing::parse_number(&text, decimal) {
            // Digits with a leading zero are a name, not a number.
            Some(number) if !is_code(&text) => Self::Number(number),
            _ => Self::Text(text),
        }
    }

    /// Returns the text of a cell that names something.
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }
}

/// Whether a text is a code like `007`, but not `0` or `0,7`.
fn is_code(text: &str) -> bool {
    let text = text.trim();
    1 < text.len() && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

/// Serializes a row for the store.
pub(super) fn to_json(cells: &[VergicCell<'_>]) -> String {
    let value = |cell: &VergicCell<'_>| match cell {
        VergicCell::Empty => Value::Null,
        VergicCell::Number(number) => {
            to_integer(*number).map_or_else(|| (*number).into(), Value::from)
        }
        VergicCell::Text(text) => Value::from(&**text),
    };
    Value::Array(cells.iter().map(value).collect()).to_string()
}

#[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
fn to_integer(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// Deserializes a stored row.
pub(super) fn from_json(json: &str) -> Vec<VergicCell<'static>> {
    let Ok(Value::Array(values)) = serde_json::from_str(json) else {
        return Vec::new();
    };
    let cell = |value| match value {
        Value::Number(number) => number
            .as_f64()
            .map_or(VergicCell::Empty, VergicCell::Number),
        Value::String(text) => VergicCell::Text(Cow::Owned(text)),
        _ => VergicCell::Empty,
    };
    values.into_iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_stored_as_numbers_and_codes_as_text() {
        let read = |text: &'static str| VergicCell::parse(Cow::Borrowed(text), DecimalMark::Comma);
        let cells = [
            read("1.234,5"),
            read("12"),
            read("007"),
            read("0"),
            read(" - "),
            read("Köln"),
        ];

        assert_eq!(to_json(&cells), r#"[1234.5,12,"007",0,null,"Köln"]"#);
        assert_eq!(from_json(&to_json(&cells)), cells);
        assert_eq!(cells[0].to_text(), "1234.5");
        assert_eq!(from_json("{"), []);
    }

    proptest! {
        #[test]
        fn any_cell_survives_a_round_trip(texts in proptest::collection::vec(".*", 0..5)) {
            let read = |text: &String| VergicCell::parse(Cow::Owned(text.clone()), DecimalMark::Point);
            let cells: Vec<_> = texts.iter().map(read).collect();
            prop_assert_eq!(from_json(&to_json(&cells)), cells);
        }
    }
}
