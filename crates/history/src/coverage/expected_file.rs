//! Computes when a source's next file is due, and when it's late. Pure.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::NightlyRun;

const HOUR: i64 = 3_600;
const WEEK: i64 = 7 * 24 * HOUR;
/// Time after the due time when a file is late.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(60);
/// Past weeks that show whether an hour usually has anything to report.
const COMPARED_WEEKS: i64 = 4;

/// An expected file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedFile {
    /// The time by which it should exist.
    pub at: Timestamp,
    /// The period that it covers: "2026-11-19", "2026-11-20 13:00 UTC".
    pub period: String,
}

impl ExpectedFile {
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.at
            .checked_add(LATE_AFTER)
            .is_ok_and(|late_from| late_from <= now)
    }
}

/// Returns the nightly file after the one of `newest`: it's made in the night after its day.
pub(super) fn next_nightly(newest: Date, run: &NightlyRun) -> Option<ExpectedFile> {
    let day = newest.tomorrow().ok()?;
    let night = day.tomorrow().ok()?.at(run.end_hour, 0, 0, 0);
    let at = night.to_zoned(run.zone.clone()).ok()?.timestamp();
    let period = day.to_string();
    Some(ExpectedFile { at, period })
}

/// Returns the hourly file after the newest. An hour without reports has no file, so one is
/// expected only if the same hour of an earlier week had one; in the first week, every hour.
/// `hours` are the starts of hours with a file, in Unix seconds.
pub(super) fn next_hourly(hours: &BTreeSet<i64>) -> Option<ExpectedFile> {
    let (first, newest) = (*hours.first()?, *hours.last()?);
    let is_usual = |hour: i64| {
        let before = (1..=COMPARED_WEEKS).map(|weeks| hour - weeks * WEEK);
        hour - WEEK < first || before.clone().any(|hour| hours.contains(&hour))
    };
    let mut next = (1..=WEEK / HOUR).map(|n| newest + n * HOUR);
    let hour = next.find(|hour| is_usual(*hour))?;
    let start = Timestamp::from_second(hour).ok()?;
    let at = start.checked_add(1.hour()).ok()?;
    let start = start.to_zoned(TimeZone::UTC);
    let period = start.strftime("%Y-%m-%d %H:%M UTC").to_string();
    Some(ExpectedFile { at, period })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_timestamp(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_nightly_file_is_due_at_five_across_clock_changes() {
        let run = NightlyRun {
            zone: TimeZone::get("America/New_York").unwrap(),
            end_hour: 5,
            calls: "Queue_Call",
        };
        let due = |newest: &str| next_nightly(newest.parse().unwrap(), &run).unwrap();

        let summer = due("2026-07-01");
        // Clocks go back on 1 November 2026, forward on 14 March 2027.
        let autumn = due("2026-10-30");
        let spring = due("2027-03-12");

        assert_eq!(
            (summer.at, summer.period.as_str()),
            (parse_timestamp("2026-07-03T09:00:00Z"), "2026-07-02")
        );
        assert_eq!(autumn.at, parse_timestamp("2026-11-01T10:00:00Z"));
        assert_eq!(spring.at, parse_timestamp("2027-03-14T09:00:00Z"));
        assert!(!summer.is_late(parse_timestamp("2026-07-03T09:59:59Z")));
        assert!(summer.is_late(parse_timestamp("2026-07-03T10:00:00Z")));
    }

    #[test]
    fn every_hour_is_expected_in_the_first_week() {
        let newest = parse_timestamp("2026-11-20T12:00:00Z").as_second();

        let due = next_hourly(&BTreeSet::from([newest - HOUR, newest])).unwrap();

        assert_eq!(due.at, parse_timestamp("2026-11-20T14:00:00Z"));
        assert_eq!(due.period, "2026-11-20 13:00 UTC");
        assert_eq!(next_hourly(&BTreeSet::new()), None);
    }

    #[test]
    fn hours_that_are_usually_empty_are_not_expected() {
        let newest = parse_timestamp("2026-11-20T17:00:00Z").as_second();
        let yesterday = newest - 24 * HOUR;
        // Every day from 8 to 17, for three weeks.
        let hours = (0..21).flat_map(|days| (0..10).map(move |hour| (days, hour)));
        let hours: BTreeSet<_> = hours
            .map(|(days, hour)| newest - days * 24 * HOUR - hour * HOUR)
            .collect();

        let due = next_hourly(&hours).unwrap();

        assert_eq!(due.period, "2026-11-21 08:00 UTC");
        assert!(hours.contains(&yesterday));
    }
}
