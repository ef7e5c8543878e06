//! The vendor's times: ISO, in UTC, with any number of fraction digits.

use std::borrow::Cow;

use jiff::{Timestamp, civil, tz::TimeZone};

/// Without an offset it is UTC.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    usual(text.as_bytes()).or_else(|| thorough(text))
}

/// `2026-11-20T09:00:00.123Z`, as nearly all are: this is read for every message.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let (&[.., b'Z'], [b'-', b'-', b'T', b':', b':']) = (
        text,
        [4, 7, 10, 13, 16].map(|at| text.get(at).copied().unwrap_or(0)),
    ) else {
        return None;
    };
    let fraction = match (text.len(), text[19]) {
        (20, _) => 0,
        (24, b'.') => number(&text[20..23])?,
        _ => return None,
    };
    let [year, month, day] = [
        number(&text[..4])?,
        number(&text[5..7])?,
        number(&text[8..10])?,
    ];
    let clock = [11, 14, 17].map(|at| number(&text[at..at + 2]));
    let [
        Some(hour @ 0..24),
        Some(minute @ 0..60),
        Some(second @ 0..60),
    ] = clock
    else {
        return None;
    };
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || year < 1970 {
        return None;
    }
    // Days since 1970, by years that begin in March, so that the odd month is the last.
    let (years, months) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let leaps = years / 4 - years / 100 + years / 400;
    let days = years * 365 + leaps + (months * 153 + 2) / 5 + day - 719_469;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Timestamp::from_millisecond(seconds * 1000 + fraction).ok()
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

fn thorough(text: &str) -> Option<Timestamp> {
    let text = trimmed_fraction(text);
    let utc = || {
        let time = text.parse::<civil::DateTime>().ok()?;
        time.to_zoned(TimeZone::UTC).ok()
    };
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| utc().map(|time| time.timestamp()))
}

/// Nanoseconds are as fine as we keep; digits beyond them are dropped.
fn trimmed_fraction(text: &str) -> Cow<'_, str> {
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
        assert!(usual(b"2026-11-20T09:00:00.123Z").is_some());
        assert!(usual(b"2026-11-20T09:00:00Z").is_some());
    }

    proptest! {
        #[test]
        fn the_quick_way_agrees_with_the_thorough_one(millis in 0_i64..253_000_000_000_000) {
            let time = Timestamp::from_millisecond(millis).unwrap();
            for text in [format!("{time:.3}"), format!("{time:.0}")] {
                if let Some(quick) = usual(text.as_bytes()) {
                    prop_assert_eq!(Some(quick), thorough(&text));
                }
            }
        }

        #[test]
        fn no_text_can_panic(text in "[0-9TZ:.,å-]{0,40}") {
            let _time = timestamp(&text);
        }
    }
}
