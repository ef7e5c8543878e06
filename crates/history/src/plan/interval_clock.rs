//! Reads when an interval or an activity begins and ends: dates and times of day as planning systems
//! write them.

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
    /// The times of the hour that occurs twice, by queue or activity: the second time is the later one.
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
        let (at, local) = self.read_moment(queue, date, time)?;
        self.check_step(local, time.trim())?;
        Ok(interval_start(at, local))
    }

    /// Reads when an activity of somebody begins, on any minute.
    pub(super) fn read_begin(
        &mut self,
        activity: &str,
        date: Option<&str>,
        time: &str,
    ) -> Result<Timestamp, String> {
        Ok(self.read_moment(activity, date, time)?.0)
    }

    /// Reads when an activity ends: a time of day is the first after its start.
    pub(super) fn read_end(&self, start: Timestamp, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        let at = match parse_with_offset(text) {
            Some(at) => Some(at),
            None => self.read_local_end(start, text)?,
        };
        at.filter(|at| start < *at)
            .ok_or_else(|| format!("{text:?} isn't after the start"))
    }

    /// Reads an end without an offset; `None` if it isn't after the start.
    fn read_local_end(&self, start: Timestamp, text: &str) -> Result<Option<Timestamp>, String> {
        let dated = text.split_once([' ', 'T']);
        let dated = dated.and_then(|(date, time)| Some((self.read_date(date).ok()?, time)));
        let begin = start.to_zoned(self.zone.clone()).datetime();
        let (first, time) = dated.unwrap_or((begin.date(), text));
        let (time, is_next_day) = match time.trim() {
            "24:00" | "24:00:00" => (Time::midnight(), true),
            time => {
                let clock = parse_time_of_day(time);
                let clock = clock.ok_or_else(|| format!("{text:?} isn't a time such as 17:30"))?;
                (clock, false)
            }
        };
        let first = if is_next_day {
            first.tomorrow().unwrap_or(first)
        } else {
            first
        };
        // Nothing lasts from 08:00 to 08:00, but a whole day does from 00:00.
        let may_be_next = dated.is_none() && (time != begin.time() || time == Time::midnight());
        let days = [
            Some(first),
            may_be_next.then(|| first.tomorrow().ok()).flatten(),
        ];
        for day in days.into_iter().flatten() {
            let local = day.to_datetime(time);
            let offsets = match self.zone.to_ambiguous_timestamp(local).offset() {
                AmbiguousOffset::Unambiguous { offset } => [offset; 2],
                AmbiguousOffset::Gap { .. } => {
                    return Err(format!("{local} doesn't exist: clocks skip it"));
                }
                AmbiguousOffset::Fold { before, after } => [before, after],
            };
            for offset in offsets {
                let at = offset.to_timestamp(local);
                let at = at.map_err(|_| format!("{text:?} isn't a time of our calendar"))?;
                if start < at {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    fn read_moment(
        &mut self,
        subject: &str,
        date: Option<&str>,
        time: &str,
    ) -> Result<(Timestamp, DateTime), String> {
        let time = time.trim();
        if date.is_none()
            && let Some(at) = parse_with_offset(time)
        {
            return Ok((at, at.to_zoned(self.zone.clone()).datetime()));
        }
        let local = self.read_local(date, time)?;
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let offset = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { .. } => {
                return Err(format!("{local} doesn't exist: clocks skip it"));
            }
            AmbiguousOffset::Fold { before, after } => {
                let is_first = self.repeated.insert((subject.to_owned(), local));
                if is_first { before } else { after }
            }
        };
        let at = offset.to_timestamp(local);
        let at = at.map_err(|_| format!("{time:?} isn't a time of our calendar"))?;
        Ok((at, local))
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

fn parse_with_offset(time: &str) -> Option<Timestamp> {
    // In 2026-11-27 08:30-09:00, the interval's end isn't an offset.
    let has_offset = time.contains(['T', 'Z', '+']) || time.matches(':').count() == 3;
    has_offset.then(|| time.parse().ok())?
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
    #[test]
    fn an_activity_ends_on_the_day_of_its_start_or_at_night_on_the_next() {
        let table = [
            ("2026-11-27T08:00:00Z", "17:30", "2026-11-27T16:30:00Z"),
            ("2026-11-27T21:00:00Z", "06:00", "2026-11-28T05:00:00Z"),
            ("2026-11-27T08:00:00Z", "24:00", "2026-11-27T23:00:00Z"),
            ("2026-11-26T23:00:00Z", "00:00", "2026-11-27T23:00:00Z"),
            ("2026-11-27T08:00:00Z", "5:30 PM", "2026-11-27T16:30:00Z"),
            (
                "2026-11-27T08:00:00Z",
                "2026-11-27 17:30",
                "2026-11-27T16:30:00Z",
            ),
            (
                "2026-11-27T08:00:00Z",
                "2026-11-27T16:30:00Z",
                "2026-11-27T16:30:00Z",
            ),
            // Breaks in the hour that occurs twice, and nights of both clock changes.
            ("2026-10-25T00:45:00Z", "02:15", "2026-10-25T01:15:00Z"),
            ("2026-10-25T00:15:00Z", "02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-24T20:00:00Z", "06:00", "2026-10-25T05:00:00Z"),
            ("2026-03-28T21:00:00Z", "06:00", "2026-03-29T04:00:00Z"),
        ];
        for (start, end, expected) in table {
            let end = clock(None).read_end(start.parse().unwrap(), end).unwrap();
            assert_eq!(end.to_string(), expected, "{start}");
        }
        for (end, expected) in [
            ("2026-11-27 08:00", "isn't after the start"),
            ("09:00", "isn't after the start"),
            ("late", "isn't a time such as 17:30"),
        ] {
            let reason = clock(None).read_end("2026-11-27T08:00:00Z".parse().unwrap(), end);
            assert!(reason.unwrap_err().contains(expected), "{end}");
        }
        let night = "2026-03-28T21:00:00Z".parse().unwrap();
        assert!(
            clock(None)
                .read_end(night, "02:30")
                .unwrap_err()
                .contains("clocks skip it")
        );
    }
}
