//! Times on desk pages: running clocks, the site's time of day, and data for the page to run its
//! clocks by the server's.

use jiff::{Timestamp, tz::TimeZone};

use wallboard_boards::{figure_text::FigureText, format};
use wallboard_domain::{Moment, SourceId, moment};
use wallboard_live::{EvaluatedFigure, Freshness, Outage, Snapshot, UnmarkedSources};
use wallboard_texts::Texts;

use crate::web::WebState;

/// A value that may be a running clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct RunningClock {
    /// The text now.
    pub(in crate::web) text: String,
    /// Its start in milliseconds since 1970, if it runs.
    pub(in crate::web) since: Option<i64>,
}

impl RunningClock {
    pub(in crate::web) fn stopped(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            since: None,
        }
    }

    /// A figure: its clock if it runs, else its text.
    pub(super) fn of_figure(texts: &Texts, evaluated: &EvaluatedFigure, now: Moment) -> Self {
        match evaluated.running_since() {
            Some(start) => Self::running_since(texts, start, Freshness::UpToDate, now),
            None => Self::stopped(FigureText::on_page(texts, evaluated).value),
        }
    }

    /// Time since `start`. It runs while its source is connected, and otherwise shows the time at
    /// disconnection.
    pub(in crate::web) fn running_since(
        texts: &Texts,
        start: Timestamp,
        freshness: Freshness,
        now: Moment,
    ) -> Self {
        let until = |end| texts.elapsed(moment::millis_between(start, end));
        match freshness {
            Freshness::UpToDate | Freshness::Unknown => Self {
                text: until(now.wall),
                since: Some(start.as_millisecond()),
            },
            Freshness::Disconnected(Outage { at, .. }) => Self::stopped(until(at)),
            Freshness::OutOfDate => Self::stopped(UNKNOWN),
        }
    }
}

/// Shown for an unknown value.
pub(in crate::web) const UNKNOWN: &str = "–";

/// Data for the clocks on a page.
#[derive(Clone, Debug)]
pub(in crate::web) struct PageTime {
    pub(in crate::web) ts: i64,
    /// Seconds since the oldest last sign of life of the sources of unmarked values; `None` if few.
    pub(in crate::web) age: Option<u64>,
    /// "14:02"
    pub(in crate::web) at: String,
    pub(in crate::web) zone: String,
}

impl PageTime {
    pub(in crate::web) fn new(snapshot: &Snapshot, now: Moment) -> Self {
        let unmarked = UnmarkedSources::find(snapshot, snapshot.sources.keys(), now.monotonic);
        Self {
            ts: now.wall.as_millisecond(),
            age: format::age_seconds(unmarked.age(snapshot, now.monotonic)),
            at: format_time(snapshot, now.wall, now),
            zone: zone_name(snapshot).to_owned(),
        }
    }
}

/// The name of the site's time zone.
pub(in crate::web) fn zone_name(snapshot: &Snapshot) -> &str {
    zone_label(&snapshot.site.zone)
}

/// The name of a time zone.
pub(in crate::web) fn zone_label(zone: &TimeZone) -> &str {
    match zone.iana_name() {
        None | Some("Etc/UTC") => "UTC",
        Some(name) => name,
    }
}

/// `14:02`, with the day if it isn't today.
pub(in crate::web) fn format_time(snapshot: &Snapshot, at: Timestamp, now: Moment) -> String {
    format::time_or_day(at, now.wall, &snapshot.site.zone)
}

/// The same in the reader's words.
pub(in crate::web) fn write_time(texts: &Texts, web: &WebState, at: Timestamp) -> String {
    (web.live).read_snapshot(|snapshot, now| texts.time_or_day(at, now.wall, &snapshot.site.zone))
}

/// Converts a source's time to our clock.
pub(in crate::web) fn to_our_clock(
    snapshot: &Snapshot,
    source: &SourceId,
    at: Timestamp,
) -> Timestamp {
    let offset = snapshot
        .sources
        .get(source)
        .map_or(0, |source| source.clock_offset_ms);
    moment::plus_millis(at, offset)
}
