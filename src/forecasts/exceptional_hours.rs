//! The quarters of an hour in which a queue was closed, or open, only because of the date: a holiday, or a day with
//! hours of its own. They say nothing of such weekdays.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::{ClosedDays, OpeningHours};

/// From the start of a quarter of an hour to its last minute.
const LAST_MINUTE: SignedDuration = SignedDuration::from_mins(14);

pub(super) struct ExceptionalHours {
    actual: OpeningHours,
    /// The same hours without dates.
    usual: OpeningHours,
}

impl ExceptionalHours {
    pub(super) fn new(hours: &OpeningHours) -> Self {
        Self {
            actual: hours.clone(),
            usual: OpeningHours {
                dates: BTreeMap::new(),
                holidays: ClosedDays::default(),
                ..hours.clone()
            },
        }
    }

    /// Whether a quarter of an hour of a day has other hours than such weekdays.
    pub(super) fn is_exceptional(&self, day: Date, quarter: usize, zone: &TimeZone) -> bool {
        self.count_open(day, quarter, zone)
            .is_some_and(|[actual, usual]| actual != usual)
    }

    /// Whether a queue is closed in a quarter of an hour in which it is usually open.
    pub(super) fn is_closed(&self, day: Date, quarter: usize, zone: &TimeZone) -> bool {
        self.count_open(day, quarter, zone)
            .is_some_and(|[actual, usual]| actual < usual)
    }

    /// Returns in how many of a quarter's first and last minute it is open, and usually is. `None` without an exception
    /// nearby.
    fn count_open(&self, day: Date, quarter: usize, zone: &TimeZone) -> Option<[usize; 2]> {
        // In another zone, the date may be the one before or after; a night shift lasts until the next.
        let nearby = [day.yesterday(), Ok(day), day.tomorrow()];
        let is_exception = |date: &Date| {
            let hours = &self.actual;
            hours.dates.contains_key(date) || hours.holidays.days.contains(date)
        };
        if !nearby.into_iter().flatten().any(|date| is_exception(&date)) {
            return None;
        }
        let minute = i8::try_from(quarter % 4 * 15).ok()?;
        let start = day.at(i8::try_from(quarter / 4).ok()?, minute, 0, 0);
        let start = start.to_zoned(zone.clone()).ok()?.timestamp();
        let ends = [start, start + LAST_MINUTE];
        let count = |hours: &OpeningHours| {
            let is_open = |at: &&Timestamp| hours.is_open(**at);
            ends.iter().filter(is_open).count()
        };
        Some([count(&self.actual), count(&self.usual)])
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use wallboard_domain::OpenPeriod;

    use super::*;

    #[test]
    fn a_holiday_and_a_day_with_other_hours_are_exceptional_where_they_differ() {
        let periods = |from: i64, to: i64| {
            vec![OpenPeriod {
                from_minute: from * 60,
                to_minute: to * 60,
            }]
        };
        let (holiday, short, usual) = (date(2026, 12, 25), date(2026, 12, 31), date(2026, 12, 22));
        let hours = OpeningHours {
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| periods(8, 16)),
            dates: BTreeMap::from([(short, periods(8, 12))]),
            holidays: ClosedDays {
                calendars: Vec::new(),
                days: [holiday].into(),
            },
        };
        let hours = ExceptionalHours::new(&hours);
        let quarters = |day| {
            let is_closed = |quarter: &usize| hours.is_closed(day, *quarter, &TimeZone::UTC);
            let closed: Vec<usize> = (0..96).filter(is_closed).collect();
            let exceptional =
                (0..96).filter(|quarter| hours.is_exceptional(day, *quarter, &TimeZone::UTC));
            assert_eq!(exceptional.collect::<Vec<_>>(), closed);
            closed.first().copied().zip(closed.last().copied())
        };

        assert_eq!(quarters(holiday), Some((32, 63)));
        assert_eq!(quarters(short), Some((48, 63)));
        assert_eq!(quarters(usual), None);
    }
}
