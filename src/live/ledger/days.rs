//! The books of today and yesterday: counters per queue, agent and the site.

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::domain::{AgentId, Counters, QueueId, Site, SourceId, Target};
use crate::live::picture::Map;

/// Whose day it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Site,
    Queue(QueueId),
    Agent(AgentId),
    /// Contacts of a source whose queue was not known when they entered.
    Unplaced(SourceId),
}

/// What one contact adds to one book on the day of an instant.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) on: Timestamp,
    pub(crate) counters: Counters,
}

#[derive(Clone, Copy, Debug)]
struct Book {
    target: Target,
    today: Counters,
    yesterday: Counters,
}

impl Book {
    fn new(target: Target) -> Self {
        Self {
            target,
            today: Counters::LIVE,
            yesterday: Counters::LIVE,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Days {
    books: Map<Key, Book>,
    bounds: Option<Bounds>,
}

/// Starts of yesterday, today and tomorrow in the site's zone.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    yesterday: Timestamp,
    today: Timestamp,
    tomorrow: Timestamp,
}

impl Days {
    /// Turns to the day of `now`, if it is a later one. The day never goes back
    /// when the clock does. Returns whether a day was closed.
    pub(crate) fn turn(&mut self, now: Timestamp, zone: &TimeZone) -> bool {
        let Some(bounds) = self.bounds else {
            self.bounds = Some(Bounds::around(now, zone));
            return false;
        };
        if now < bounds.tomorrow {
            return false;
        }
        let next = Bounds::around(now, zone);
        let follows = next.today == bounds.tomorrow;
        for book in self.books.values_mut() {
            book.yesterday = if follows { book.today } else { Counters::LIVE };
            book.today = Counters::LIVE;
        }
        self.books
            .retain(|key, book| book.yesterday != Counters::LIVE || *key == Key::Site);
        self.bounds = Some(next);
        true
    }

    /// Forgets everything, to be counted again with other settings.
    pub(crate) fn clear(&mut self, now: Timestamp, zone: &TimeZone) {
        self.books.clear();
        self.bounds = Some(Bounds::around(now, zone));
    }

    pub(crate) fn today_starts(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.today)
    }

    pub(crate) fn tomorrow_starts(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.tomorrow)
    }

    pub(crate) fn target(&mut self, key: &Key, site: &Site) -> Target {
        self.book(key, site).target
    }

    pub(crate) fn today(&self, key: &Key) -> Counters {
        self.books
            .get(key)
            .map_or(Counters::LIVE, |book| book.today)
    }

    pub(crate) fn add(&mut self, entry: &Entry, site: &Site) {
        if let Some(counters) = self.open_counters(entry, site) {
            *counters += &entry.counters;
        }
    }

    pub(crate) fn take_back(&mut self, entry: &Entry, site: &Site) {
        if let Some(counters) = self.open_counters(entry, site) {
            *counters -= &entry.counters;
        }
    }

    /// The open counters of the entry's day; closed days no longer change.
    fn open_counters(&mut self, entry: &Entry, site: &Site) -> Option<&mut Counters> {
        let bounds = self.bounds?;
        let book = self.book(&entry.key, site);
        if bounds.today <= entry.on {
            Some(&mut book.today)
        } else if bounds.yesterday <= entry.on {
            Some(&mut book.yesterday)
        } else {
            None
        }
    }

    fn book(&mut self, key: &Key, site: &Site) -> &mut Book {
        if !self.books.contains_key(key) {
            let target = match key {
                Key::Queue(id) => site.target(&id.to_string()),
                Key::Site | Key::Agent(_) | Key::Unplaced(_) => site.target("site"),
            };
            self.books.insert(key.clone(), Book::new(target));
        }
        let book = self.books.entry(key.clone());
        book.or_insert_with(|| Book::new(Target::default()))
    }
}

impl Bounds {
    fn around(now: Timestamp, zone: &TimeZone) -> Self {
        let today = now.to_zoned(zone.clone());
        let start = |days: i64| {
            // A day of a clock change has 23 or 25 hours: midnight is looked up, not reckoned.
            today
                .date()
                .saturating_add(days.days())
                .to_zoned(zone.clone())
                .map_or(now, |midnight| midnight.timestamp())
        };
        Self {
            yesterday: start(-1),
            today: start(0),
            tomorrow: start(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Counter;

    fn entry(on: &str, offered: i64) -> Entry {
        Entry {
            key: Key::Site,
            on: on.parse().unwrap(),
            counters: Counters::LIVE.with(Counter::Offered, offered),
        }
    }

    fn days(zone: &str, now: &str) -> (Days, TimeZone) {
        let zone = TimeZone::get(zone).unwrap();
        let mut days = Days::default();
        days.turn(now.parse().unwrap(), &zone);
        (days, zone)
    }

    #[test]
    fn today_turns_into_yesterday_at_the_sites_midnight() {
        let (mut days, zone) = days("Europe/Stockholm", "2026-11-20T22:59:00Z");
        days.add(&entry("2026-11-20T22:58:00Z", 3), &Site::default());

        assert_eq!(days.today(&Key::Site).count(Counter::Offered), 3);
        assert!(days.turn("2026-11-20T23:00:00Z".parse().unwrap(), &zone));
        assert_eq!(days.today(&Key::Site).count(Counter::Offered), 0);

        // Yesterday's contact can still be taken back, and does not harm today.
        days.take_back(&entry("2026-11-20T22:58:00Z", 3), &Site::default());
        assert_eq!(days.today(&Key::Site).count(Counter::Offered), 0);
    }

    #[test]
    fn the_day_never_goes_back_when_the_clock_does() {
        let (mut days, zone) = days("UTC", "2026-11-20T00:01:00Z");

        assert!(!days.turn("2026-11-19T23:59:00Z".parse().unwrap(), &zone));
        assert_eq!(
            days.today_starts(),
            Some("2026-11-20T00:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn a_day_with_a_clock_change_has_its_own_length() {
        let (autumn, _) = days("Europe/Stockholm", "2026-10-25T10:00:00Z");
        let (spring, _) = days("Europe/Stockholm", "2026-03-29T10:00:00Z");
        let hours = |days: &Days| {
            let (from, to) = (
                days.today_starts().unwrap(),
                days.tomorrow_starts().unwrap(),
            );
            (to.as_second() - from.as_second()) / 3600
        };

        assert_eq!(hours(&autumn), 25);
        assert_eq!(hours(&spring), 23);
    }
}
