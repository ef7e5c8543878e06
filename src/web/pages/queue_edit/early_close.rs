//! Closing a queue early today: its hours with a shorter today.

use jiff::{Timestamp, civil::Date};

use wallboard_domain::{DAY_MINUTES, OpenPeriod, OpeningHours};

/// The times that are offered: each half hour.
const STEP: i64 = 30;
const OFFERED_MAX: usize = 5;

/// The date and the minute of a moment by the clock of some hours.
pub(super) fn local_minute(hours: &OpeningHours, now: Timestamp) -> (Date, i64) {
    let local = now.to_zoned(hours.zone.clone());
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    (local.date(), minute)
}

/// Ends every period at a minute of a day. A night that began the day before ends too.
pub(super) fn close_from(hours: &mut OpeningHours, today: Date, minute: i64) {
    let days = [
        (today.yesterday().ok(), minute + DAY_MINUTES),
        (Some(today), minute),
    ];
    for (date, end) in days {
        let Some(date) = date else { continue };
        let periods = hours.periods_of(date);
        let shorter = periods.iter().filter(|period| period.from_minute < end);
        let shorter = shorter.map(|period| OpenPeriod {
            to_minute: period.to_minute.min(end),
            ..*period
        });
        let shorter: Vec<_> = shorter.collect();
        if shorter != periods {
            hours.dates.insert(date, shorter);
        }
    }
}

/// The times at which it could close, in minutes of the day: each half hour before it closes.
pub(super) fn closing_times(hours: &OpeningHours, now: Timestamp) -> Vec<i64> {
    let (today, minute) = local_minute(hours, now);
    let ends = hours.periods_of(today).iter();
    let ends = ends.map(|period| period.to_minute);
    let last = ends.max().unwrap_or_default().min(DAY_MINUTES);
    let first = (minute / STEP + 1) * STEP;
    let times = (0..).map(|step| first + step * STEP);
    times
        .take_while(|time| *time < last)
        .take(OFFERED_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::editing::always_open;

    use super::*;

    /// A Wednesday.
    const TODAY: Date = Date::constant(2026, 11, 25);

    fn hours(periods: &[(i64, i64)]) -> OpeningHours {
        let periods = periods.iter().map(|(from, to)| OpenPeriod {
            from_minute: from * 60,
            to_minute: to * 60,
        });
        let day: Vec<_> = periods.collect();
        OpeningHours {
            week: std::array::from_fn(|_| day.clone()),
            ..always_open(&TimeZone::UTC)
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-11-25T{time}Z").parse().unwrap()
    }

    #[test]
    fn today_ends_early_and_tomorrow_is_as_usual() {
        let mut hours = hours(&[(8, 12), (13, 17)]);
        close_from(&mut hours, TODAY, 14 * 60);

        assert!(hours.is_open(at("13:59:59")));
        assert_eq!(
            hours.opens_at(at("14:00:00")),
            Some("2026-11-26T08:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn closing_before_it_opens_closes_the_whole_day() {
        let mut hours = hours(&[(8, 17)]);
        close_from(&mut hours, TODAY, 7 * 60);
        assert_eq!(hours.dates[&TODAY], []);
    }

    #[test]
    fn a_night_that_began_yesterday_ends_too() {
        let mut hours = hours(&[(22, 30)]);
        close_from(&mut hours, TODAY, 2 * 60);

        assert!(hours.is_open(at("01:59:59")));
        assert!(!hours.is_open(at("02:00:00")));
        assert!(!hours.is_open(at("23:00:00")));
        assert!(hours.is_open("2026-11-26T22:00:00Z".parse().unwrap()));
    }

    #[test]
    fn times_are_offered_each_half_hour_before_it_closes() {
        let hours = hours(&[(8, 17)]);
        assert_eq!(closing_times(&hours, at("15:27:00")), [930, 960, 990]);
        assert_eq!(closing_times(&hours, at("13:30:00")).len(), OFFERED_MAX);
        assert_eq!(closing_times(&hours, at("16:45:00")), [0_i64; 0]);
        assert_eq!(closing_times(&hours, at("18:00:00")), [0_i64; 0]);
    }
}
