//! Time cut into half-open buckets that follow the wall clock of a zone: a day of a
//! clock change has 23 or 25 hours, and a bucket that the change cuts is shorter.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// How long the buckets of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    Quarter,
    HalfHour,
    Hour,
    Day,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Quarter, Self::HalfHour, Self::Hour, Self::Day];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::HalfHour => "30m",
            Self::Hour => "1h",
            Self::Day => "1d",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// In seconds; a day of a clock change is shorter or longer.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Quarter => 900,
            Self::HalfHour => 1_800,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

/// Half-open, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bucket {
    pub start: i64,
    pub end: i64,
}

/// Every bucket that has a part of `from..to`, in order and without a gap; at most
/// `most` of them, and one more where there would be more.
pub fn buckets(from: i64, to: i64, step: Step, zone: &TimeZone, most: usize) -> Vec<Bucket> {
    let mut buckets = Vec::new();
    let mut next = start(from, step, zone);
    while let Some(start) = next.filter(|start| *start < to && buckets.len() <= most) {
        next = end(start, step, zone);
        buckets.extend(next.map(|end| Bucket { start, end }));
    }
    buckets
}

/// The days of a zone that have a part of `from..to`, by their number.
pub fn days(from: i64, to: i64, zone: &TimeZone) -> Vec<(i64, Bucket)> {
    let days = buckets(from, to, Step::Day, zone, usize::MAX - 1).into_iter();
    let numbered = |day: Bucket| Some((day_number(day.start, zone)?, day));
    days.filter_map(numbered).collect()
}

/// The local date at an instant, as days since 1970.
pub fn day_number(at: i64, zone: &TimeZone) -> Option<i64> {
    let local = at + offset(at, zone)?;
    Some(local.div_euclid(Step::Day.seconds()))
}

/// Where the bucket starts that `at` lies in.
fn start(at: i64, step: Step, zone: &TimeZone) -> Option<i64> {
    if step == Step::Day {
        return midnight(date_of(at, zone)?, zone);
    }
    let floor = at - (at + offset(at, zone)?).rem_euclid(step.seconds());
    let instant = Timestamp::from_second(at + 1).ok()?;
    let changes = zone
        .preceding(instant)
        .map(|change| change.timestamp().as_second());
    let mut cuts = changes
        .take_while(|change| floor < *change)
        .filter(|change| is_cut(*change, step, zone));
    Some(cuts.next().unwrap_or(floor))
}

/// Where the bucket ends that starts at `start`.
fn end(start: i64, step: Step, zone: &TimeZone) -> Option<i64> {
    if step == Step::Day {
        return midnight(date_of(start, zone)?.tomorrow().ok()?, zone);
    }
    let past = (start + offset(start, zone)?).rem_euclid(step.seconds());
    let whole = start - past + step.seconds();
    let instant = Timestamp::from_second(start).ok()?;
    let changes = zone
        .following(instant)
        .map(|change| change.timestamp().as_second());
    let mut cuts = changes
        .take_while(|change| *change < whole)
        .filter(|change| is_cut(*change, step, zone));
    Some(cuts.next().unwrap_or(whole))
}

/// Whether the clock jumps there by what is no whole number of steps.
fn is_cut(change: i64, step: Step, zone: &TimeZone) -> bool {
    let jump = offset(change, zone).zip(offset(change - 1, zone));
    jump.is_some_and(|(after, before)| (after - before) % step.seconds() != 0)
}

/// Seconds that the wall clock is ahead of UTC.
fn offset(at: i64, zone: &TimeZone) -> Option<i64> {
    let at = Timestamp::from_second(at).ok()?;
    Some(i64::from(zone.to_offset(at).seconds()))
}

fn date_of(at: i64, zone: &TimeZone) -> Option<Date> {
    let at = Timestamp::from_second(at).ok()?;
    Some(zone.to_datetime(at).date())
}

/// The first instant of a date.
fn midnight(date: Date, zone: &TimeZone) -> Option<i64> {
    let day = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(day.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    /// The buckets of one local day: how many, and the lengths in minutes that occur.
    fn check(zone_name: &str, date: &str, step: Step, count: usize, lengths: &[i64]) {
        let zone = zone(zone_name);
        let date: Date = date.parse().unwrap();
        let from = midnight(date, &zone).unwrap();
        let to = midnight(date.tomorrow().unwrap(), &zone).unwrap();

        let buckets = buckets(from, to, step, &zone, 1_000);

        let mut seen: Vec<_> = buckets.iter().map(|b| (b.end - b.start) / 60).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(
            (buckets.len(), &*seen),
            (count, lengths),
            "{zone_name} {date}"
        );
        assert_eq!((buckets[0].start, buckets[count - 1].end), (from, to));
        let days_of = days(from, to, &zone);
        assert_eq!(days_of.len(), 1);
        let number = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        assert_eq!(days_of[0].0, number);
    }

    #[test]
    fn days_of_23_and_25_hours_have_all_their_buckets() {
        check("Europe/Stockholm", "2026-03-28", Step::HalfHour, 48, &[30]);
        check("Europe/Stockholm", "2026-03-29", Step::HalfHour, 46, &[30]);
        check("Europe/Stockholm", "2026-10-25", Step::HalfHour, 50, &[30]);
        check("Europe/Stockholm", "2026-10-25", Step::Hour, 25, &[60]);
        check("Europe/Stockholm", "2026-10-25", Step::Day, 1, &[25 * 60]);
        check("America/New_York", "2026-11-01", Step::Quarter, 100, &[15]);
    }

    #[test]
    fn a_clock_that_changes_by_half_an_hour_cuts_an_hour_in_two() {
        check(
            "Australia/Lord_Howe",
            "2026-04-05",
            Step::HalfHour,
            49,
            &[30],
        );
        check(
            "Australia/Lord_Howe",
            "2026-04-05",
            Step::Hour,
            25,
            &[30, 60],
        );
        check(
            "Australia/Lord_Howe",
            "2026-10-04",
            Step::Hour,
            24,
            &[30, 60],
        );
    }

    #[test]
    fn buckets_follow_the_wall_clock_and_not_utc() {
        let zone = zone("Asia/Kathmandu");
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();

        let hour = buckets(at.as_second(), at.as_second() + 1, Step::Hour, &zone, 10);

        let start: Timestamp = "2026-11-20T09:15:00Z".parse().unwrap();
        let start = start.as_second();
        assert_eq!(
            hour,
            [Bucket {
                start,
                end: start + 3_600
            }]
        );
    }

    #[test]
    fn a_day_without_midnight_begins_when_its_clock_does() {
        check("Africa/Cairo", "2026-04-24", Step::Day, 1, &[23 * 60]);
        check("America/Havana", "2026-11-01", Step::Hour, 25, &[60]);
    }

    #[test]
    fn what_would_be_too_many_stops_one_later() {
        let all = buckets(0, 86_400 * 365, Step::Quarter, &TimeZone::UTC, 100);

        assert_eq!(all.len(), 101);
    }
}
