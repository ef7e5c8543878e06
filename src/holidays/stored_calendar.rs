//! A calendar's days as a record of all nodes, with what became of the last attempt to read it.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use data_encoding::HEXLOWER;
use wallboard_store::{RecordId, RecordKind};

use super::{
    calendar_plan::CalendarDays, calendar_problem::CalendarProblem,
    holiday_calendar::HolidayCalendar,
};

pub(super) const CALENDARS: RecordKind = RecordKind::new("holidays");
/// A calendar that was read is read again after this time.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// One that couldn't be read is tried again after this time.
const RETRIED_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// The most names of events that aren't whole days.
const SKIPPED_MAX: usize = 20;

/// A calendar as it was read last.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct StoredCalendar {
    pub name: String,
    /// A hash of its address: at another one it begins again.
    pub(super) address: String,
    /// When it was read last; `None`: never.
    pub read_at: Option<Timestamp>,
    pub days: CalendarDays,
    /// Events that aren't whole days, by their names.
    pub skipped: Vec<String>,
    pub(super) tried_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub problem: Option<CalendarProblem>,
}

impl StoredCalendar {
    /// Nothing is known of an address yet.
    pub(super) fn new(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: hash(url),
            ..Self::default()
        }
    }

    pub(super) fn is_of(&self, url: &str) -> bool {
        self.address == hash(url)
    }

    /// Whether it should be read now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let pause = match self.problem {
            Some(_) => RETRIED_AFTER,
            None => RENEWED_AFTER,
        };
        self.tried_at
            .is_none_or(|tried| tried > now || pause <= now.duration_since(tried))
    }

    /// Takes what was read. A holiday that has been stays, although calendars drop old years.
    pub(super) fn take(
        &mut self,
        read: Result<HolidayCalendar, CalendarProblem>,
        today: Date,
        now: Timestamp,
    ) {
        self.tried_at = Some(now);
        match read {
            Ok(mut calendar) => {
                let past = self.days.range(..today);
                for (date, name) in past {
                    let entry = calendar.days.entry(*date);
                    entry.or_insert_with(|| name.clone());
                }
                calendar.others.truncate(SKIPPED_MAX);
                self.read_at = Some(now);
                self.days = calendar.days;
                self.skipped = calendar.others;
                self.problem = None;
            }
            Err(problem) => self.problem = Some(problem),
        }
    }
}

/// The ID of a calendar's record, which shows no name.
pub(super) fn record_id(name: &str) -> RecordId {
    RecordId::parse(&hash(name)).expect("digits are a valid ID")
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 28);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn calendar(days: &[(Date, &str)]) -> HolidayCalendar {
        let days = days.iter().map(|(date, name)| (*date, (*name).to_owned()));
        HolidayCalendar {
            days: days.collect(),
            others: Vec::new(),
        }
    }

    #[test]
    fn a_calendar_that_cannot_be_read_keeps_its_days_and_says_why() {
        let mut stored = StoredCalendar::new("sweden", "https://x.test/a.ics");
        let first = at("2026-11-28T04:00:00Z");
        assert!(stored.is_due(first) && stored.is_of("https://x.test/a.ics"));
        assert!(!stored.is_of("https://x.test/b.ics"));
        let christmas = Date::constant(2026, 12, 25);
        stored.take(Ok(calendar(&[(christmas, "Juldagen")])), TODAY, first);
        assert!(!stored.is_due(at("2026-11-29T03:59:00Z")));
        let next = at("2026-11-29T04:00:00Z");
        assert!(stored.is_due(next));

        stored.take(Err(CalendarProblem::TooLarge), TODAY, next);

        assert_eq!(stored.days.len(), 1);
        assert_eq!(stored.read_at, Some(first));
        assert_eq!(stored.problem, Some(CalendarProblem::TooLarge));
        assert!(!stored.is_due(at("2026-11-29T04:59:00Z")));
        assert!(stored.is_due(at("2026-11-29T05:00:00Z")));
        // A clock that was ahead doesn't stop it.
        assert!(stored.is_due(at("2026-11-28T00:00:00Z")));
    }

    #[test]
    fn a_holiday_that_has_been_stays_and_one_to_come_can_go() {
        let mut stored = StoredCalendar::new("sweden", "https://x.test/a.ics");
        let (past, moved) = (Date::constant(2026, 6, 6), Date::constant(2026, 12, 23));
        let now = at("2026-11-28T04:00:00Z");
        stored.take(Ok(calendar(&[(past, "Old"), (moved, "Moved")])), TODAY, now);
        let christmas = Date::constant(2026, 12, 25);
        stored.take(Ok(calendar(&[(christmas, "New")])), TODAY, now);
        let dates: Vec<_> = stored.days.keys().copied().collect();
        assert_eq!(dates, [past, christmas]);
    }
}
