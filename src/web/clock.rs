//! Times on desk pages: running clocks, the site's time of day, and what the
//! page needs to run its clocks by the server's.

use jiff::Timestamp;

use crate::{
    boards::format,
    domain::{Moment, SourceId, moment},
    live::{Freshness, Outage, Snapshot},
};

/// A value that may be a running clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RunningClock {
    /// As of now.
    pub(super) text: String,
    /// Where it runs: its start in milliseconds since 1970.
    pub(super) since: Option<i64>,
}

impl RunningClock {
    pub(super) fn stopped(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            since: None,
        }
    }

    /// How long ago `start` is. It runs while its line stands, and where that is
    /// lost shows how long it had been then.
    pub(super) fn running_since(start: Timestamp, trust: Freshness, now: Moment) -> Self {
        let until = |end| format_duration(moment::millis_between(start, end));
        match trust {
            Freshness::UpToDate | Freshness::Unknown => Self {
                text: until(now.wall),
                since: Some(start.as_millisecond()),
            },
            Freshness::Disconnected(Outage { at, .. }) => Self::stopped(until(at)),
            Freshness::OutOfDate => Self::stopped(UNKNOWN),
        }
    }
}

/// What is not known.
pub(super) const UNKNOWN: &str = "–";

/// What a page knows of time, for the clocks that run in it.
#[derive(Clone, Debug)]
pub(super) struct PageTime {
    pub(super) ts: i64,
    /// "14:02"
    pub(super) at: String,
    pub(super) zone: String,
    pub(super) hour: &'static str,
    pub(super) day: &'static str,
}

impl PageTime {
    pub(super) fn new(picture: &Snapshot, now: Moment) -> Self {
        let words = format::CLOCK_WORDS;
        Self {
            ts: now.wall.as_millisecond(),
            at: format_time(picture, now.wall, now),
            zone: zone_name(picture).to_owned(),
            hour: words.hour,
            day: words.day,
        }
    }
}

/// The site's time zone by name.
pub(super) fn zone_name(picture: &Snapshot) -> &str {
    match picture.site.zone.iana_name() {
        None | Some("Etc/UTC") => "UTC",
        Some(name) => name,
    }
}

/// `14:02`, with the day where it is not today.
pub(super) fn format_time(picture: &Snapshot, at: Timestamp, now: Moment) -> String {
    format::time_or_day(at, now.wall, &picture.site.zone)
}

/// `14:02:10`, with the day where it is not today.
pub(super) fn format_exact_time(picture: &Snapshot, at: Timestamp, now: Moment) -> String {
    format::moment(at, now.wall, &picture.site.zone)
}

/// A time that a source gave, on our clock.
pub(super) fn to_our_clock(picture: &Snapshot, source: &SourceId, at: Timestamp) -> Timestamp {
    let offset = picture
        .sources
        .get(source)
        .map_or(0, |source| source.clock_offset_ms);
    moment::plus_millis(at, offset)
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
pub(super) fn format_duration(millis: i64) -> String {
    format::duration(millis as f64 / 1000.0)
}

/// How long ago that was, rounded down.
pub(super) fn format_ago(at: Timestamp, now: Moment) -> String {
    format_age(moment::millis_between(at, now.wall))
}

/// A length of time, rounded down: `1 s`, `2 min`.
pub(super) fn format_age(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}
