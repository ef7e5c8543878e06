//! Splits time into half-open buckets that follow the wall clock of a zone. A day of a
//! clock change has 23 or 25 hours, and a bucket that the change cuts is shorter.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

use wallboard_store::LocalDay;

use super::{DAY, HOUR, QUARTER, TimeSpan};

/// The length of a report's buckets.
#[derive(EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportStep {
    #[strum(serialize = "15m")]
    Quarter,
    #[strum(serialize = "30m")]
    HalfHour,
    #[strum(serialize = "1h")]
    Hour,
    #[strum(serialize = "1d")]
    Day,
}

impl ReportStep {
    /// The length in seconds; a day of a clock change is shorter or longer.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Quarter => QUARTER,
            Self::HalfHour => 2 * QUARTER,
            Self::Hour => HOUR,
            Self::Day => DAY,
        }
    }
}

/// Returns every bucket that overlaps `from..to`, in order and without gaps. Stops at
/// `most + 1` buckets, so that callers see when there are too many.
pub fn split_into_buckets(
    from: i64,
    to: i64,
    step: ReportStep,
    zone: &TimeZone,
    most: usize,
) -> Vec<TimeSpan> {
    let mut buckets = Vec::new();
    let mut next = bucket_start(from, step, zone);
    while let Some(start) = next.filter(|start| *start < to && buckets.len() <= most) {
        next = bucket_end(start, step, zone);
        buckets.extend(next.map(|end| TimeSpan { start, end }));
    }
    buckets
}

/// Returns the days of a zone that overlap `from..to`.
pub fn split_into_days(from: i64, to: i64, zone: &TimeZone) -> Vec<LocalDay> {
    let days = split_into_buckets(from, to, ReportStep::Day, zone, usize::MAX - 1).into_iter();
    let numbered = |TimeSpan { start, end }| {
        let day = day_number(start, zone)?;
        Some(LocalDay { day, start, end })
    };
    days.filter_map(numbered).collect()
}

/// The local date at an instant, as days since 1970.
pub fn day_number(at: i64, zone: &TimeZone) -> Option<i64> {
    let local = at + utc_offset(at, zone)?;
    Some(local.div_euclid(DAY))
}

/// The start of the bucket that contains `at`.
fn bucket_start(at: i64, step: ReportStep, zone: &TimeZone) -> Option<i64> {
    if step == ReportStep::Day {
        return start_of_day(local_date(at, zone)?, zone);
    }
    let floor = at - (at + utc_offset(at, zone)?).rem_euclid(step.seconds());
    let instant = Timestamp::from_second(at + 1).ok()?;
    let changes = zone
        .preceding(instant)
        .map(|change| change.timestamp().as_second());
    let mut cuts = changes
        .take_while(|change| floor < *change)
        .filter(|change| is_cut_by_change(*change, step, zone));
    Some(cuts.next().unwrap_or(floor))
}

/// The end of the bucket that starts at `start`.
fn bucket_end(start: i64, step: ReportStep, zone: &TimeZone) -> Option<i64> {
    if step == ReportStep::Day {
        return start_of_day(local_date(start, zone)?.tomorrow().ok()?, zone);
    }
    let past = (start + utc_offset(start, zone)?).rem_euclid(step.seconds());
    let whole = start - past + step.seconds();
    let instant = Timestamp::from_second(start).ok()?;
    let changes = zone
        .following(instant)
        .map(|change| change.timestamp().as_second());
    let mut cuts = changes
        .take_while(|change| *change < whole)
        .filter(|change| is_cut_by_change(*change, step, zone));
    Some(cuts.next().unwrap_or(whole))
}

/// Returns whether the clock change isn't a whole number of steps.
fn is_cut_by_change(change: i64, step: ReportStep, zone: &TimeZone) -> bool {
    let jump = utc_offset(change, zone).zip(utc_offset(change - 1, zone));
    jump.is_some_and(|(after, before)| (after - before) % step.seconds() != 0)
}

/// The seconds that the wall clock is ahead of UTC.
fn utc_offset(at: i64, zone: &TimeZone) -> Option<i64> {
    let at = Timestamp::from_second(at).ok()?;
    Some(i64::from(zone.to_offset(at).seconds()))
}

fn local_date(at: i64, zone: &TimeZone) -> Option<Date> {
    let at = Timestamp::from_second(at).ok()?;
    Some(zone.to_datetime(at).date())
}

/// The first instant of a date.
fn start_of_day(date: Date, zone: &TimeZone) -> Option<i64> {
    let day = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(day.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    /// Checks the buckets of one local day: their count, and the lengths in minutes that occur.
    fn check_buckets(zone_name: &str, date: &str, step: ReportStep, count: usize, lengths: &[i64]) {
        let zone = find_zone(zone_name);
        let date: Date = date.parse().unwrap();
        let from = start_of_day(date, &zone).unwrap();
        let to = start_of_day(date.tomorrow().unwrap(), &zone).unwrap();

        let buckets = split_into_buckets(from, to, step, &zone, 1_000);

        let mut lengths_found: Vec<_> = buckets.iter().map(|b| (b.end - b.start) / 60).collect();
        lengths_found.sort_unstable();
        lengths_found.dedup();
        assert_eq!(
            (buckets.len(), &*lengths_found),
            (count, lengths),
            "{zone_name} {date}"
        );
        assert_eq!((buckets[0].start, buckets[count - 1].end), (from, to));
        let days = split_into_days(from, to, &zone);
        assert_eq!(days.len(), 1);
        let number = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        assert_eq!(days[0].day, number);
    }

    #[test]
    fn days_of_23_and_25_hours_have_all_their_buckets() {
        check_buckets(
            "Europe/Stockholm",
            "2026-03-28",
            ReportStep::HalfHour,
            48,
            &[30],
        );
        check_buckets(
            "Europe/Stockholm",
            "2026-03-29",
            ReportStep::HalfHour,
            46,
            &[30],
        );
        check_buckets(
            "Europe/Stockholm",
            "2026-10-25",
            ReportStep::HalfHour,
            50,
            &[30],
        );
        check_buckets(
            "Europe/Stockholm",
            "2026-10-25",
            ReportStep::Hour,
            25,
            &[60],
        );
        check_buckets(
            "Europe/Stockholm",
            "2026-10-25",
            ReportStep::Day,
            1,
            &[25 * 60],
        );
        check_buckets(
            "America/New_York",
            "2026-11-01",
            ReportStep::Quarter,
            100,
            &[15],
        );
    }

    #[test]
    fn a_clock_that_changes_by_half_an_hour_cuts_an_hour_in_two() {
        check_buckets(
            "Australia/Lord_Howe",
            "2026-04-05",
            ReportStep::HalfHour,
            49,
            &[30],
        );
        check_buckets(
            "Australia/Lord_Howe",
            "2026-04-05",
            ReportStep::Hour,
            25,
            &[30, 60],
        );
        check_buckets(
            "Australia/Lord_Howe",
            "2026-10-04",
            ReportStep::Hour,
            24,
            &[30, 60],
        );
    }

    #[test]
    fn buckets_follow_the_wall_clock_and_not_utc() {
        let zone = find_zone("Asia/Kathmandu");
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();

        let hour = split_into_buckets(
            at.as_second(),
            at.as_second() + 1,
            ReportStep::Hour,
            &zone,
            10,
        );

        let start: Timestamp = "2026-11-20T09:15:00Z".parse().unwrap();
        let start = start.as_second();
        assert_eq!(
            hour,
            [TimeSpan {
                start,
                end: start + 3_600
            }]
        );
    }

    #[test]
    fn a_day_without_midnight_begins_when_its_clock_does() {
        check_buckets("Africa/Cairo", "2026-04-24", ReportStep::Day, 1, &[23 * 60]);
        check_buckets("America/Havana", "2026-11-01", ReportStep::Hour, 25, &[60]);
    }

    #[test]
    fn splitting_stops_one_bucket_after_the_limit() {
        let all = split_into_buckets(0, 86_400 * 365, ReportStep::Quarter, &TimeZone::UTC, 100);

        assert_eq!(all.len(), 101);
    }
}
