//! Numbers and moments in English, for desk pages, and names within text. Boards write theirs with
//! [`Texts`].

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{Metric, MetricValue, Unit};
use wallboard_texts::Texts;

/// A shorter age changes nothing: viewers mark what they show 8 s after it was received anyway.
const VIEWER_AGE_MIN: u64 = 4;

/// The age of values when they're sent, in seconds, for viewers that mark them before they're 12 s old.
/// Rounded up; `None` if it's too short to matter.
pub fn age_seconds(age: Duration) -> Option<u64> {
    let seconds = u64::try_from(age.as_millis().div_ceil(1000)).ok();
    seconds.filter(|seconds| VIEWER_AGE_MIN <= *seconds)
}

/// Formats a value for a tile; `None` is unknown.
pub fn value(value: Option<MetricValue>) -> String {
    Texts::english().value(value)
}

/// `7`, `1,204`, `12,850`.
pub fn count(n: u64) -> String {
    Texts::english().count(n)
}

/// `0:42`, `59:59`, `1 h 04`, `2 d 3 h`. Rounded down, like a clock.
pub fn duration(seconds: f64) -> String {
    Texts::english().duration(seconds)
}

/// A duration, rounded down: `1 s`, `2 min`.
pub fn age(millis: i64) -> String {
    Texts::english().age(millis)
}

/// A whole percentage. 99.6 isn't everything and 0.4 isn't nothing.
pub fn percent(percent: f64) -> String {
    Texts::english().percent(percent)
}

/// `14:02` in the site's zone.
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    Texts::english().time(at, zone)
}

/// `14:02:10`, for disconnects.
pub fn time_with_seconds(at: Timestamp, zone: &TimeZone) -> String {
    Texts::english().time_with_seconds(at, zone)
}

/// `14:02`, with the date unless it's today.
pub fn time_or_day(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    Texts::english().time_or_day(at, now, zone)
}

/// `14:02:10`, with the date unless it's today.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    Texts::english().moment(at, now, zone)
}

/// `Fri 20 Nov 14:02:10`
pub fn dated_moment(at: Timestamp, zone: &TimeZone) -> String {
    Texts::english().dated_moment(at, zone)
}

/// `14:02–14:10`, or `since 14:02`.
pub fn time_range(from: Timestamp, to: Option<Timestamp>, zone: &TimeZone) -> String {
    Texts::english().time_range(from, to, zone)
}

/// `1 case`, `2 cases`.
pub fn cases(n: u32) -> String {
    Texts::english().cases(n)
}

/// Whether a value of this metric can be a running clock.
pub(super) fn is_running_clock(metric: Metric) -> bool {
    metric == Metric::LongestWait && metric.unit() == Unit::Seconds
}

/// Shortens a name inside other text to at most `most` characters, so that the text after it stays
/// visible.
pub(super) fn shorten_name(name: &str, max_characters: usize) -> String {
    if name.chars().count() <= max_characters {
        return isolate_name(name);
    }
    let start: String = name.chars().take(max_characters - 1).collect();
    isolate_name(&format!("{}…", start.trim_end()))
}

/// Isolates a name within a sentence. A right-to-left name would pull the numbers around it to its
/// other side, so it gets Unicode's FSI and PDI.
pub(super) fn isolate_name(name: &str) -> String {
    // Hebrew to the Arabic extensions, their presentation forms, and the historic scripts.
    let is_rtl = |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if name.contains(is_rtl) {
        format!("\u{2068}{name}\u{2069}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_use_the_largest_sensible_units() {
        let shown = duration;

        assert_eq!(shown(0.0), "0:00");
        assert_eq!(shown(42.9), "0:42");
        assert_eq!(shown(3599.0), "59:59");
        assert_eq!(shown(3840.0), "1 h 04");
        assert_eq!(shown(86_400.0 * 2.0 + 3.0 * 3600.0), "2 d 3 h");
        assert_eq!(shown(-3.0), "0:00");
    }

    #[test]
    fn counts_are_exact_and_short_ones_rounded_down() {
        assert_eq!([0, 1204, 9999].map(count), ["0", "1,204", "9,999"]);
        assert_eq!([12_850, 1_002_003].map(count), ["12,850", "1,002,003"]);

        let short = |n| {
            let (digits, suffix) = Texts::english().short_count(n);
            digits + suffix
        };
        assert_eq!([0, 187, 999].map(short), ["0", "187", "999"]);
        assert_eq!([1000, 1234, 1999].map(short), ["1.0k", "1.2k", "1.9k"]);
        assert_eq!([9999, 10_000, 999_999].map(short), ["9.9k", "10k", "999k"]);
        assert_eq!([1_999_999, 12_345_678].map(short), ["1.9M", "12M"]);
    }

    #[test]
    fn percentages_never_round_to_all_or_nothing() {
        let shown = percent;

        assert_eq!(shown(83.6), "84%");
        assert_eq!(shown(99.6), "99%");
        assert_eq!(shown(100.0), "100%");
        assert_eq!(shown(0.2), "1%");
        assert_eq!(value(None), "–");
    }
}
