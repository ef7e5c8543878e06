//! The vendor's timestamps: ISO 8601 in UTC, with any number of fraction digits.

use std::borrow::Cow;

use jiff::{
    Timestamp, civil,
    tz::{Offset, TimeZone},
};

/// Parses a timestamp. Without an offset, it is in UTC.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    parse_usual(text.as_bytes()).or_else(|| parse_any_format(text))
}

/// Parses the usual form, `2026-11-20T09:00:00.1234567Z` with up to nine fraction digits.
/// Fast, because it runs for every message.
fn parse_usual(text: &[u8]) -> Option<Timestamp> {
    let (&[.., b'Z'], [b'-', b'-', b'T', b':', b':']) = (
        text,
        [4, 7, 10, 13, 16].map(|at| text.get(at).copied().unwrap_or(0)),
    ) else {
        return None;
    };
    let nanoseconds = match (text.len(), text.get(19)?) {
        (20, _) => 0,
        (length @ 22..=30, b'.') => {
            let digits = u32::try_from(length - 21).ok()?;
            parse_digits(&text[20..length - 1])? * 10_i32.pow(9 - digits)
        }
        _ => return None,
    };
    let part = |from: usize| i8::try_from(parse_digits(&text[from..from + 2])?).ok();
    let year = i16::try_from(parse_digits(&text[..4])?).ok()?;
    let [hour, minute, second] = [part(11)?, part(14)?, part(17)?];
    // Leap seconds are left to the slow path, which handles them.
    let time = civil::DateTime::new(year, part(5)?, part(8)?, hour, minute, second, nanoseconds);
    Offset::UTC.to_timestamp(time.ok()?).ok()
}

fn parse_digits(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i32::from(digit - b'0'))
    })
}

fn parse_any_format(text: &str) -> Option<Timestamp> {
    let text = trim_fraction(text);
    let utc = || {
        let time = text.parse::<civil::DateTime>().ok()?;
        time.to_zoned(TimeZone::UTC).ok()
    };
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| utc().map(|time| time.timestamp()))
}

/// Drops fraction digits beyond nanoseconds, the finest precision that we store.
fn trim_fraction(text: &str) -> Cow<'_, str> {
    let Some(point) = text.find(['.', ',']) else {
        return text.into();
    };
    let digits = &text.as_bytes()[point + 1..];
    let digits = digits.iter().take_while(|digit| digit.is_ascii_digit());
    let digits = digits.count();
    if digits <= 9 {
        return text.into();
    }
    let rest = &text[point + 1 + digits..];
    format!("{}{rest}", &text[..point + 10]).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fast_path_parses_the_usual_form() {
        assert!(parse_usual(b"2026-11-20T09:00:00.123Z").is_some());
        assert!(parse_usual(b"2026-11-20T09:00:00Z").is_some());
        assert!(parse_usual(b"2024-02-29T23:59:59.1234567Z").is_some());
    }

    #[test]
    fn fast_path_rejects_unusual_forms() {
        for odd in [
            "2016-05-19 09:30:00.1Z",
            "2016-05-19T09:30:00.1+02:00",
            "2023-02-29T00:00:00.1Z",
            "2016-12-31T23:59:60Z",
            "2016-05-19T09:30:00.1234567891Z",
            "2016-05-19T09:30:00.Z",
            "",
        ] {
            assert_eq!(parse_usual(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn truncated_time_never_panics() {
        let whole = "2026-11-20T09:00:00.123Z";
        for end in 0..whole.len() {
            for cut in [whole[..end].to_owned(), format!("{}Z", &whole[..end])] {
                let _time = parse_timestamp(&cut);
            }
        }

        assert_eq!(parse_timestamp("2026-11-20T09:00:Z"), None);
    }

    proptest! {
        #[test]
        fn fast_path_agrees_with_the_slow_path(nanos in 0_i64..i64::MAX) {
            let time = Timestamp::from_nanosecond(nanos.into()).unwrap();
            for text in (0..=9).map(|digits| format!("{time:.digits$}")) {
                prop_assert_eq!(parse_usual(text.as_bytes()), parse_any_format(&text));
            }
        }

        #[test]
        fn any_text_parses_without_a_panic(text in "[0-9TZ:.,å-]{0,40}") {
            let _time = parse_timestamp(&text);
        }
    }
}
