//! Moments as forms have them: text, because fields of dates follow the browser's language and not the site's.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Reads "2026-11-26 22:00", also with a T.
pub(in crate::web) fn read_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let time: DateTime = text.trim().replacen(' ', "T", 1).parse().ok()?;
    Some(time.to_zoned(zone.clone()).ok()?.timestamp())
}
