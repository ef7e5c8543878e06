//! Durations as people write them: "500ms", "10s", "15m", "24h", "400d".

use std::time::Duration;

/// Units and their milliseconds, the longest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Parses a whole number with its unit.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let (_, millis) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Formats a duration in the longest unit that gives a whole number.
pub(super) fn format_duration(length: Duration) -> String {
    let all = length.as_millis();
    let mut units = UNITS.into_iter();
    let whole = units.find(|(_, millis)| 0 < all && all.is_multiple_of((*millis).into()));
    let (unit, millis) = whole.unwrap_or(("s", 1_000));
    format!("{}{unit}", all / u128::from(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_needs_a_number_and_a_unit() {
        let table = [
            ("500ms", Some(500)),
            ("10s", Some(10_000)),
            ("15m", Some(900_000)),
            ("24h", Some(86_400_000)),
            ("0s", Some(0)),
            ("10", None),
            ("s", None),
            ("", None),
            ("-1s", None),
            ("1.5s", None),
            ("10 s", None),
            ("99999999999999999999s", None),
            ("18446744073709551615d", None),
        ];
        for (text, millis) in table {
            assert_eq!(
                parse_duration(text),
                millis.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn duration_uses_its_longest_unit_and_round_trips() {
        for text in ["0s", "10ms", "1500ms", "90s", "15m", "25h", "1d", "3650d"] {
            let length = parse_duration(text).unwrap();
            assert_eq!(format_duration(length), text);
        }
        assert_eq!(format_duration(Duration::from_hours(24)), "1d");
    }
}
