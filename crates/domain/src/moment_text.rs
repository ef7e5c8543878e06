//! Moments as people type them, in an address or on the command line.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

/// The fix for a text that isn't a moment.
pub const MOMENT_HINT: &str = "must be a time like 2026-11-20T10:42, 10:42 or 2026-11-20T10:42:00Z";

/// Parses a moment: with an offset, as the site's local time, as today's time, or as a time before
/// now ("-15m").
pub fn parse_moment(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    if let Some(ago) = text.strip_prefix('-') {
        let ago: SignedDuration = ago.parse().ok()?;
        return now.checked_sub(ago).ok();
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = text.parse::<civil::DateTime>().or_else(|_| {
        let time: civil::Time = text.parse()?;
        Ok::<_, jiff::Error>(now.to_zoned(zone.clone()).date().to_datetime(time))
    });
    Some(local.ok()?.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        parse_moment(text, &zone, now).map(|at| at.to_string())
    }

    #[test]
    fn a_moment_is_absolute_local_of_today_or_relative() {
        for (text, at) in [
            ("2026-11-20T10:42:07Z", "2026-11-20T10:42:07Z"),
            ("2026-11-20T10:42:07+01:00", "2026-11-20T09:42:07Z"),
            ("2026-11-20T10:42", "2026-11-20T09:42:00Z"),
            ("2026-07-20T10:42", "2026-07-20T08:42:00Z"),
            ("10:42", "2026-11-21T09:42:00Z"),
            ("08", "2026-11-21T07:00:00Z"),
            ("-15m", "2026-11-21T11:45:00Z"),
            ("-1h30m", "2026-11-21T10:30:00Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(at), "{text}");
        }
        for text in ["", "yesterday", "25:00", "2026-02-30T10:00", "-", "-x"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
