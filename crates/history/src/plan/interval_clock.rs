//! Reads when an interval begins: dates and times of day as planning systems write them.

use std::collections::HashSet;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use crate::intervals::day_from_date;

use super::configuration::DateOrder;

/// The start of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IntervalStart {
    /// Unix seconds.
    pub(super) at: i64,
    /// The local day, as days since 1970.
    pub(super) day: i64,
}

/// Reads the starts of a file's intervals, in its order.
#[derive(Debug)]
pub(super) struct IntervalClock {
    zone: TimeZone,
    date_order: Option<DateOrder>,
    step_seconds: i64,
    /// The times of the hour that occurs twice, by queue: the second time is the later one.
    repeated: HashSet<(String, DateTime)>,
}

impl IntervalClock {
    pub(super) fn new(zone: TimeZone, date_order: Option<DateOrder>, step_seconds: i64) -> Self {
        Self {
            zone,
            date_order,
            step_seconds,
            repeated: HashSet::new(),
        }
    }

    /// Reads the start of a queue's interval from the cells of its date, if that is a column of its
    /// own, and its time. An error is a clause about the row.
    pub(super) fn read_start(
        &mut self,
        queue: &str,
        date: Option<&str>,
        time: &str,
    ) -> Result<IntervalStart, String> {
        let time = time.trim();
        // In 2026-11-27 08:30-09:00, the interval's end isn't an offset.
        let has_offset = time.contains(['T', 'Z', '+']) || time.matches(':').count() == 3;
        if date.is_none()
            && has_offset
            && let Ok(at) = time.parse::<Timestamp>()
        {
            let local = at.to_zoned(self.zone.clone()).datetime();
            self.check_step(local, time)?;
            return Ok(interval_start(at, local));
        }
        let local = self.read_local(date, time)?;
        self.check_step(local, time)?;
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let offset = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { .. } => {
                return Err(format!("{local} doesn't exist: clocks skip it"));
            }
            AmbiguousOffset::Fold { before, after } => {
                let is_first = self.repeated.insert((queue.to_owned(), local));
                if is_first { before } else { after }
            }
        };
        let at = offset.to_timestamp(local);
        let at = at.map_err(|_| format!("{time:?} isn't a time of our calendar"))?;
        Ok(interval_start(at, local))
    }

    fn read_local(&self, date: Option<&str>, time: &str) -> Result<DateTime, String> {
        let whole = |date: &str, time: &str| {
            let day = self.read_date(date.trim())?;
            let clock = parse_time_of_day(time);
            let clock = clock.ok_or_else(|| format!("{time:?} isn't a time such as 08:30"))?;
            Ok(day.to_datetime(clock))
        };
        match (date, time.split_once([' ', 'T'])) {
            // A date with its own time of day, 00:00, beside a time: exports of spreadsheets.
            (Some(date), _) => whole(first_word(date), time),
            (None, Some((date, time))) => whole(date, time),
            (None, None) => Err(format!(
                "{time:?} isn't a date and time such as 2026-11-27 08:30; assign `date` if the date has a column of its own"
            )),
        }
    }

    fn read_date(&self, text: &str) -> Result<Date, String> {
        let wrong = || format!("{text:?} isn't a date");
        let number = |part: &str| {
            let is_digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_digits.then(|| part.parse::<i16>().ok())?
        };
        let marks = ['-', '/', '.'];
        let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            // In 20112026, the year can't be at the start: 20 is no month.
            if self.date_order.is_none() || ("01"..="12").contains(&&text[4..6]) {
                vec![&text[..4], &text[4..6], &text[6..]]
            } else {
                vec![&text[..2], &text[2..4], &text[4..]]
            }
        } else {
            text.split(marks).collect()
        };
        let [first, second, third] = parts[..] else {
            return Err(wrong());
        };
        let numbers = (number(first)).zip(number(second)).zip(number(third));
        let ((one, two), three) = numbers.ok_or_else(wrong)?;
        let (year, month, day) = if first.len() == 4 {
            (one, two, three)
        } else {
            let order = match self.date_order {
                Some(order) => order,
                None if text.contains('.') => DateOrder::DayMonth,
                None => {
                    return Err(format!(
                        "{text:?} may begin with the day or the month: set date_order = \"day-month\" or \"month-day\""
                    ));
                }
            };
            let year = if third.len() == 2 {
                2_000 + three
            } else {
                three
            };
            match order {
                DateOrder::DayMonth => (year, two, one),
                DateOrder::MonthDay => (year, one, two),
            }
        };
        let small = |number: i16| i8::try_from(number).ok();
        let date = small(month)
            .zip(small(day))
            .and_then(|(month, day)| Date::new(year, month, day).ok());
        date.filter(|date| (1970..=2199).contains(&date.year()))
            .ok_or_else(wrong)
    }

    fn check_step(&self, local: DateTime, time: &str) -> Result<(), String> {
        let clock = local.time();
        let minutes = i64::from(clock.hour()) * 60 + i64::from(clock.minute());
        let seconds = minutes * 60 + i64::from(clock.second());
        if seconds % self.step_seconds == 0 {
            return Ok(());
        }
        Err(format!(
            "{time:?} doesn't begin an interval of {} minutes: set `step` to the length of the file's intervals",
            self.step_seconds / 60
        ))
    }
}

fn interval_start(at: Timestamp, local: DateTime) -> IntervalStart {
    IntervalStart {
        at: at.as_second(),
        day: day_from_date(local.date()),
    }
}

fn first_word(text: &str) -> &str {
    let text = text.trim();
    text.split([' ', 'T']).next().unwrap_or(text)
}

/// Parses `08:30`, `8:30:00`, `0830` or `8:30 AM`, or the start of `08:30-09:00`.
fn parse_time_of_day(text: &str) -> Option<Time> {
    let text = text.trim();
    let text = text.split(['-', '–']).next().unwrap_or(text).trim();
    let formats = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H%M"];
    formats
        .iter()
        .find_map(|format| Time::strptime(format, text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(order: Option<DateOrder>) -> IntervalClock {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        IntervalClock::new(zone, order, 1_800)
    }

    fn read(order: Option<DateOrder>, date: Option<&str>, time: &str) -> Result<String, String> {
        let start = clock(order).read_start("Sales", date, time)?;
        Ok(Timestamp::from_second(start.at).unwrap().to_string())
    }

    #[test]
    fn starts_are_read_as_planning_systems_write_them() {
        let (day_month, month_day) = (Some(DateOrder::DayMonth), Some(DateOrder::MonthDay));
        let table = [
            (None, None, "2026-11-27 08:30"),
            (None, None, "2026-11-27T08:30:00"),
            (None, None, "2026-11-27T07:30:00Z"),
            (None, None, "2026-11-27T09:30:00+02:00"),
            (None, None, "27.11.2026 08:30"),
            (None, None, "2026-11-27 08:30-09:00"),
            (None, Some("2026-11-27"), "08:30"),
            (None, Some("20261127"), "8:30 AM"),
            (None, Some("2026-11-27 00:00:00"), "08:30:00"),
            (day_month, None, "27/11/2026 08:30"),
            (month_day, None, "11/27/2026 8:30 AM"),
            (month_day, Some("11/27/26"), "08:30 – 09:00"),
            (month_day, Some("11272026"), "0830"),
            (month_day, Some("20261127"), "08:30"),
        ];
        for (order, date, time) in table {
            let expected = Ok("2026-11-27T07:30:00Z".to_owned());
            assert_eq!(read(order, date, time), expected, "{date:?} {time}");
        }
    }

    #[test]
    fn what_is_no_start_is_explained() {
        let table = [
            (
                None,
                "11/05/2026 08:30",
                "may begin with the day or the month",
            ),
            (None, "08:30", "assign `date`"),
            (None, "2026-11-27 25:00", "isn't a time such as 08:30"),
            (None, "2026-13-27 08:30", "isn't a date"),
            (
                None,
                "2026-11-27 08:15",
                "an interval of 30 minutes: set `step`",
            ),
            (None, "2026-03-29 02:30", "clocks skip it"),
            (Some("soon"), "08:30", "isn't a date"),
        ];
        for (date, time, expected) in table {
            let reason = read(None, date, time).unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn the_hour_that_occurs_twice_is_read_in_its_order_for_each_queue() {
        let mut clock = clock(None);
        let mut read = |queue| {
            let start = clock.read_start(queue, None, "2026-10-25 02:30").unwrap();
            Timestamp::from_second(start.at).unwrap().to_string()
        };

        assert_eq!(read("Sales"), "2026-10-25T00:30:00Z");
        assert_eq!(read("Help"), "2026-10-25T00:30:00Z");
        assert_eq!(read("Sales"), "2026-10-25T01:30:00Z");
    }
}
