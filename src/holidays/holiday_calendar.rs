//! The holidays of a calendar.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};

use super::{
    calendar_event::{CalendarEvent, EventDays, InvalidLine},
    content_line::read_lines,
};

/// More than any calendar of holidays has.
const EVENTS_MAX: usize = 1_000;
/// Of all events together.
const DAYS_MAX: usize = 100_000;

/// The whole days of a calendar.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct HolidayCalendar {
    /// With the name of the event; of several, the first one.
    pub days: BTreeMap<Date, String>,
    /// Events that have times, or repeat in another way than each year.
    pub others: Vec<String>,
}

/// Why a calendar can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    NotACalendar,
    /// It ends within an event.
    CutOff,
    TooManyEvents,
    InvalidLine(usize),
}

impl From<InvalidLine> for CalendarFault {
    fn from(InvalidLine(number): InvalidLine) -> Self {
        Self::InvalidLine(number)
    }
}

/// Reads the whole days of a calendar from `first` to `last`.
///
/// # Errors
///
/// Says what isn't as the format has it.
pub fn read_holidays(
    text: &str,
    zone: &TimeZone,
    first: Date,
    last: Date,
) -> Result<HolidayCalendar, CalendarFault> {
    let events = read_events(text)?;
    // A changed repetition is an event of its own.
    let replaced = events.iter();
    let replaced = replaced.filter_map(|event| Some((event.uid()?, event.replaced_date(zone)?)));
    let replaced: BTreeSet<_> = replaced.collect();
    let (mut calendar, mut tried) = (HolidayCalendar::default(), 0);
    for event in events.iter().filter(|event| !event.is_canceled()) {
        let (starts, length) = match event.days(zone, first, last)? {
            EventDays::Whole { starts, length } => (starts, length),
            EventDays::Other { until } => {
                let name = event.name();
                let is_over = until.is_some_and(|until| until < first);
                if !is_over && !calendar.others.contains(&name) {
                    calendar.others.push(name);
                }
                continue;
            }
        };
        tried += starts.len() * length;
        if DAYS_MAX < tried {
            return Err(CalendarFault::TooManyEvents);
        }
        let is_repetition = event.replaced_date(zone).is_none();
        for start in starts {
            let uid = event.uid().unwrap_or_default();
            if is_repetition && replaced.contains(&(uid, start)) {
                continue;
            }
            let following = std::iter::successors(Some(start), |day| day.tomorrow().ok());
            for date in following.take(length) {
                if first <= date && date <= last {
                    let name = || event.name();
                    calendar.days.entry(date).or_insert_with(name);
                }
            }
        }
    }
    Ok(calendar)
}

fn read_events(text: &str) -> Result<Vec<CalendarEvent>, CalendarFault> {
    let lines = read_lines(text);
    let is_begin = |value: &str, of: &str| value.eq_ignore_ascii_case(of);
    let first = lines.first().filter(|line| line.name == "BEGIN");
    if first.is_none_or(|line| !is_begin(&line.value, "VCALENDAR")) {
        return Err(CalendarFault::NotACalendar);
    }
    let mut events = Vec::new();
    let (mut event, mut depth): (Option<CalendarEvent>, usize) = (None, 0);
    for line in lines {
        match (&mut event, line.name.as_str()) {
            (None, "BEGIN") if is_begin(&line.value, "VEVENT") => {
                event = Some(CalendarEvent {
                    line: line.number,
                    properties: Vec::new(),
                });
            }
            // An alarm within an event has lines of its own.
            (Some(_), "BEGIN") => depth += 1,
            (Some(_), "END") if 0 < depth => depth -= 1,
            (Some(_), "END") => {
                events.extend(event.take());
                if EVENTS_MAX < events.len() {
                    return Err(CalendarFault::TooManyEvents);
                }
            }
            (Some(event), _) if depth == 0 => event.properties.push(line),
            (None | Some(_), _) => {}
        }
    }
    match event {
        Some(_) => Err(CalendarFault::CutOff),
        None => Ok(events),
    }
}
