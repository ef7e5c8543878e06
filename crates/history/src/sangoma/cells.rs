//! Parses the text of cells. Empty, `NULL` and `\N` mean no value in any field. Other text
//! is stored verbatim.

/// The error for a cell whose text isn't valid for its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedCell;

/// From 1990 to 2100: other values can't be the time of a call.
const VALID_TIMES: std::ops::Range<i64> = 631_152_000..4_102_444_800;
/// Seconds reach this in the year 5138; milliseconds did in 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Parses text verbatim.
pub(super) fn parse_text(cell: &str) -> Option<&str> {
    match cell {
        "" | "NULL" | "\\N" => None,
        cell => Some(cell),
    }
}

/// Parses a whole number, including forms such as `12.0` and `1.2e1`.
pub(super) fn parse_integer(cell: &str) -> Result<Option<i64>, MalformedCell> {
    // The fast path: nearly every cell is plain digits.
    match parse_digits(cell.as_bytes()) {
        Some(value) => Ok(Some(value)),
        None => parse_number(cell, |value| value.fract() == 0.0),
    }
}

/// Parses a reference to a record; 0 means none.
pub(super) fn parse_id(cell: &str) -> Result<Option<i64>, MalformedCell> {
    Ok(parse_integer(cell)?.filter(|id| *id != 0))
}

/// Parses a number of seconds or milliseconds into whole seconds since 1970; 0 means none.
pub(super) fn parse_time(cell: &str) -> Result<Option<i64>, MalformedCell> {
    let value = match parse_digits(cell.as_bytes()) {
        Some(value) => Some(value),
        None => parse_number(cell, |_| true)?,
    };
    let Some(value) = value.filter(|value| *value != 0) else {
        return Ok(None);
    };
    let seconds = if value < MILLISECONDS_FROM {
        value
    } else {
        value / 1_000
    };
    if VALID_TIMES.contains(&seconds) {
        Ok(Some(seconds))
    } else {
        Err(MalformedCell)
    }
}

/// Parses yes or no, in any usual spelling.
pub(super) fn parse_boolean(cell: &str) -> Result<Option<i64>, MalformedCell> {
    let Some(cell) = trim_to_value(cell) else {
        return Ok(None);
    };
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if is(&["true", "1", "t", "yes", "y", "on", "enabled", "active"]) {
        Ok(Some(1))
    } else if is(&["false", "0", "f", "no", "n", "off", "disabled", "inactive"]) {
        Ok(Some(0))
    } else {
        Err(MalformedCell)
    }
}

/// Parses a number of at most 18 digits and nothing else.
fn parse_digits(cell: &[u8]) -> Option<i64> {
    if cell.is_empty() || 18 < cell.len() {
        return None;
    }
    cell.iter().try_fold(0, |value: i64, digit| match digit {
        b'0'..=b'9' => Some(value * 10 + i64::from(digit - b'0')),
        _ => None,
    })
}

/// Parses a number as spreadsheets write it, truncated to its whole part.
fn parse_number(cell: &str, may_be: impl Fn(f64) -> bool) -> Result<Option<i64>, MalformedCell> {
    /// Up to here, every whole number has its own float.
    const EXACT: f64 = 9_007_199_254_740_992.0;

    let Some(cell) = trim_to_value(cell) else {
        return Ok(None);
    };
    if let Ok(value) = cell.parse() {
        return Ok(Some(value));
    }
    // `inf` and `nan` parse as floats, but aren't numbers.
    if cell
        .bytes()
        .any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'))
    {
        return Err(MalformedCell);
    }
    let value: f64 = cell.parse().map_err(|_| MalformedCell)?;
    if value.abs() < EXACT && may_be(value) {
        #[expect(clippy::cast_possible_truncation, reason = "cut to its whole part")]
        Ok(Some(value as i64))
    } else {
        Err(MalformedCell)
    }
}

/// Trims a cell that isn't text; returns `None` if it has no value.
fn trim_to_value(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let is_nothing = cell.is_empty() || cell == "\\N" || cell.eq_ignore_ascii_case("null");
    (!is_nothing).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parsed_in_any_usual_form() {
        for (cell, expected) in [
            ("12", Ok(Some(12))),
            ("0012", Ok(Some(12))),
            (" 12 ", Ok(Some(12))),
            ("-12", Ok(Some(-12))),
            ("+12", Ok(Some(12))),
            ("12.0", Ok(Some(12))),
            ("1.2e1", Ok(Some(12))),
            ("9223372036854775807", Ok(Some(i64::MAX))),
            ("0", Ok(Some(0))),
            ("", Ok(None)),
            (" ", Ok(None)),
            ("null", Ok(None)),
            ("\\N", Ok(None)),
            ("12.5", Err(MalformedCell)),
            ("9223372036854775808", Err(MalformedCell)),
            ("1e300", Err(MalformedCell)),
            ("12abc", Err(MalformedCell)),
            ("--3", Err(MalformedCell)),
            ("n/a", Err(MalformedCell)),
            ("NaN", Err(MalformedCell)),
            ("inf", Err(MalformedCell)),
            ("zwölf", Err(MalformedCell)),
            ("1 700", Err(MalformedCell)),
            ("1,700", Err(MalformedCell)),
        ] {
            assert_eq!(parse_integer(cell), expected, "{cell}");
        }
        assert_eq!((parse_id("0"), parse_id("7")), (Ok(None), Ok(Some(7))));
    }

    #[test]
    fn times_are_seconds_or_milliseconds_and_zero_means_none() {
        for (cell, expected) in [
            ("1735689600", Ok(Some(1_735_689_600))),
            ("1735689600000", Ok(Some(1_735_689_600))),
            ("1735689600.999", Ok(Some(1_735_689_600))),
            ("1.7356896e9", Ok(Some(1_735_689_600))),
            ("0", Ok(None)),
            ("0.0", Ok(None)),
            ("", Ok(None)),
            ("-1", Err(MalformedCell)),
            ("20250101", Err(MalformedCell)),
            ("99999999999", Err(MalformedCell)),
            ("1735689600000000", Err(MalformedCell)),
            ("2025-01-01 00:00:00", Err(MalformedCell)),
            ("1700000000 s", Err(MalformedCell)),
        ] {
            assert_eq!(parse_time(cell), expected, "{cell}");
        }
    }

    #[test]
    fn yes_and_no_are_parsed_in_any_usual_spelling() {
        for cell in ["true", "TRUE", "t", "1", "Yes", "y", "on", " true "] {
            assert_eq!(parse_boolean(cell), Ok(Some(1)), "{cell}");
        }
        for cell in ["false", "False", "F", "0", "no", "N", "OFF"] {
            assert_eq!(parse_boolean(cell), Ok(Some(0)), "{cell}");
        }
        assert_eq!(parse_boolean(""), Ok(None));
        assert_eq!(parse_boolean("perhaps"), Err(MalformedCell));
    }

    #[test]
    fn text_is_stored_verbatim() {
        for cell in [" a ", "“curly”", "null", "\r\n", "0"] {
            assert_eq!(parse_text(cell), Some(cell));
        }
        assert_eq!((parse_text(""), parse_text("NULL")), (None, None));
    }
}
