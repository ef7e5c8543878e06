//! Opening hours: `[hours]` of the configuration. A period belongs to the day on which it begins,
//! so a night shift that begins on a closed date doesn't take place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{DAY_MINUTES, OpenPeriod};

/// Days to search for the next opening: more than a year, since a date of the configuration may
/// be the only one.
const SEARCH_DAYS: i32 = 400;
/// Days that an unbroken period may last before it counts as endless.
const ENDLESS_DAYS: usize = 15;
/// When a queue is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpeningHours {
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// Monday first.
    pub week: [Vec<OpenPeriod>; 7],
    /// Dates with hours of their own, instead of their weekday's; without periods it is closed.
    pub dates: BTreeMap<Date, Vec<OpenPeriod>>,
    /// Closed all day, unless the date has hours of its own.
    #[serde(default)]
    pub holidays: ClosedDays,
}

/// The holidays of opening hours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClosedDays {
    /// The calendars that list them, by their names.
    pub calendars: Vec<String>,
    /// The days of these calendars, as far as they are known.
    pub days: BTreeSet<Date>,
}

/// A period as two instants.
type Span = (Timestamp, Timestamp);

impl OpeningHours {
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.current_span(now).is_some()
    }

    /// Returns when it opens next; `None` while it is open, or if it doesn't open again.
    pub fn opens_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_open(now) {
            return None;
        }
        let today = self.local_date(now);
        let days = (-1..SEARCH_DAYS).map_while(|days| today.checked_add(days.days()).ok());
        let mut openings = days.filter_map(|date| {
            let starts = self.spans_of(date).map(|(start, _)| start);
            starts.filter(|start| now < *start).min()
        });
        openings.next()
    }

    /// Returns when it closes or opens next; `None` if it never does.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let Some((_, mut end)) = self.current_span(now) else {
            return self.opens_at(now);
        };
        // Periods that touch or overlap are one.
        for _ in 0..ENDLESS_DAYS {
            match self.current_span(end) {
                Some((_, later)) => end = later,
                None => return Some(end),
            }
        }
        None
    }

    /// Returns when it is open between two instants, in order; periods that touch or overlap are
    /// one.
    pub fn open_spans(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let last = self.local_date(to);
        let mut date = self.local_date(from).yesterday().ok();
        let mut spans = Vec::new();
        while let Some(day) = date.filter(|day| *day <= last) {
            spans.extend(self.spans_of(day));
            date = day.tomorrow().ok();
        }
        spans.sort_unstable();
        let mut merged: Vec<Span> = Vec::new();
        for (start, end) in spans {
            let (start, end) = (start.max(from), end.min(to));
            match merged.last_mut() {
                _ if end <= start => {}
                Some((_, last)) if start <= *last => *last = end.max(*last),
                _ => merged.push((start, end)),
            }
        }
        merged
    }

    /// Returns the period that contains `now`, the one that ends last if there are several.
    fn current_span(&self, now: Timestamp) -> Option<Span> {
        let today = self.local_date(now);
        let dates = [today.yesterday().ok(), Some(today)].into_iter().flatten();
        let spans = dates.flat_map(|date| self.spans_of(date));
        let current = spans.filter(|(start, end)| *start <= now && now < *end);
        current.max_by_key(|(_, end)| *end)
    }

    /// Returns the periods that begin on a date.
    pub fn periods_of(&self, date: Date) -> &[OpenPeriod] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        match self.dates.get(&date) {
            Some(periods) => periods,
            None if self.holidays.days.contains(&date) => &[],
            None => &self.week[weekday],
        }
    }

    fn local_date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// Returns the periods that begin on `date`. Those that a change of the clocks swallows don't
    /// take place.
    fn spans_of(&self, date: Date) -> impl Iterator<Item = Span> {
        let span = move |period: &OpenPeriod| {
            let start = self.instant(date, period.from_minute)?;
            let end = self.instant(date, period.to_minute)?;
            (start < end).then_some((start, end))
        };
        self.periods_of(date).iter().filter_map(span)
    }

    /// Returns the instant of a wall-clock time. One that the clocks skip is as much later as they
    /// skip; of one that they repeat it is the first.
    fn instant(&self, date: Date, minute: i64) -> Option<Timestamp> {
        let date = date.checked_add((minute / DAY_MINUTES).days()).ok()?;
        let minute = i8::try_from(minute % 60)
            .ok()
            .zip(i8::try_from(minute % DAY_MINUTES / 60).ok());
        let (minute, hour) = minute?;
        let zoned = date.at(hour, minute, 0, 0).to_zoned(self.zone.clone());
        zoned.ok().map(|zoned| zoned.timestamp())
    }
}

#[cfg(test)]
mod tests;
