//! The vendor's times: ISO, in UTC, with any number of fraction digits.

use std::borrow::Cow;

use jiff::{
    Timestamp, civil,
    tz::{Offset, TimeZone},
};

/// Without an offset it is UTC.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    parse_usual(text.as_bytes()).or_else(|| parse_any_format(text))
}

/// `2026-11-20T09:00:00.1234567Z`, with up to nine digits of a fraction or none, as
/// nearly all are: this is read for every message.
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
    // A leap second is left to the thorough way, which knows what to make of it.
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

/// Nanoseconds are as fine as we keep; digits beyond them are dropped.
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
    fn the_quick_way_is_taken_where_it_should_be() {
        assert!(parse_usual(b"2026-11-20T09:00:00.123Z").is_some());
        assert!(parse_usual(b"2026-11-20T09:00:00Z").is_some());
        assert!(parse_usual(b"2024-02-29T23:59:59.1234567Z").is_some());
    }

    #[test]
    fn what_is_odd_is_left_to_the_thorough_way() {
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
    fn a_time_cut_off_anywhere_is_no_time_and_no_harm() {
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
        fn the_quick_way_agrees_with_the_thorough_one(nanos in 0_i64..i64::MAX) {
            let time = Timestamp::from_nanosecond(nanos.into()).unwrap();
            for text in (0..=9).map(|digits| format!("{time:.digits$}")) {
                prop_assert_eq!(parse_usual(text.as_bytes()), parse_any_format(&text));
            }
        }

        #[test]
        fn no_text_can_panic(text in "[0-9TZ:.,å-]{0,40}") {
            let _time = parse_timestamp(&text);
        }
    }
}
