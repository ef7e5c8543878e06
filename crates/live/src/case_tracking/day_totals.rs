//! Counters of today and yesterday per queue, per agent and for the site.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::snapshot::FastMap;
use wallboard_domain::{AgentId, Counters, QueueId, QueueTarget, SiteConfig, SourceId};

/// The owner of a day's counters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum DayOwner {
    Site,
    Queue(QueueId),
    Agent(AgentId),
    /// Contacts of a source whose queue was unknown when they entered.
    Unassigned(SourceId),
}

/// The counts of one contact for one owner, on the day of an instant.
#[derive(Clone, Debug)]
pub(crate) struct DayEntry {
    pub(crate) owner: DayOwner,
    pub(crate) counted_at: Timestamp,
    pub(crate) counters: Counters,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct TwoDayTotals {
    target: QueueTarget,
    today: Counters,
    yesterday: Counters,
}

impl TwoDayTotals {
    fn new(target: QueueTarget) -> Self {
        Self {
            target,
            today: Counters::LIVE,
            yesterday: Counters::LIVE,
        }
    }
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DayTotals {
    totals: FastMap<DayOwner, TwoDayTotals>,
    bounds: Option<DayBounds>,
}

/// Starts of yesterday, today and tomorrow in the site's zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct DayBounds {
    yesterday: Timestamp,
    today: Timestamp,
    tomorrow: Timestamp,
}

impl DayTotals {
    /// Moves on to the day of `now` if it is later. The day never moves back with the clock.
    /// Returns whether a day ended.
    pub(crate) fn roll_over(&mut self, now: Timestamp, zone: &TimeZone) -> bool {
        let Some(bounds) = self.bounds else {
            self.bounds = Some(DayBounds::day_containing(now, zone));
            return false;
        };
        if now < bounds.tomorrow {
            return false;
        }
        let next = DayBounds::day_containing(now, zone);
        let is_next_day = next.today == bounds.tomorrow;
        for totals in self.totals.values_mut() {
            totals.yesterday = if is_next_day {
                totals.today
            } else {
                Counters::LIVE
            };
            totals.today = Counters::LIVE;
        }
        self.totals
            .retain(|key, totals| totals.yesterday != Counters::LIVE || *key == DayOwner::Site);
        self.bounds = Some(next);
        true
    }

    /// Removes everything, before a recount with other settings.
    pub(crate) fn clear(&mut self, now: Timestamp, zone: &TimeZone) {
        self.totals.clear();
        self.bounds = Some(DayBounds::day_containing(now, zone));
    }

    pub(crate) fn today_start(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.today)
    }

    pub(crate) fn tomorrow_start(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.tomorrow)
    }

    pub(crate) fn target_for(&mut self, key: &DayOwner, site: &SiteConfig) -> QueueTarget {
        self.owner_totals(key, site).target
    }

    pub(crate) fn today_totals(&self, key: &DayOwner) -> Counters {
        self.totals
            .get(key)
            .map_or(Counters::LIVE, |totals| totals.today)
    }

    pub(crate) fn add_entry(&mut self, entry: &DayEntry, site: &SiteConfig) {
        if let Some(counters) = self.open_counters(entry, site) {
            *counters += &entry.counters;
        }
    }

    pub(crate) fn subtract_entry(&mut self, entry: &DayEntry, site: &SiteConfig) {
        if let Some(counters) = self.open_counters(entry, site) {
            *counters -= &entry.counters;
        }
    }

    /// Returns the counters of the entry's day. Days before yesterday no longer change.
    fn open_counters(&mut self, entry: &DayEntry, site: &SiteConfig) -> Option<&mut Counters> {
        let bounds = self.bounds?;
        let totals = self.owner_totals(&entry.owner, site);
        if bounds.today <= entry.counted_at {
            Some(&mut totals.today)
        } else if bounds.yesterday <= entry.counted_at {
            Some(&mut totals.yesterday)
        } else {
            None
        }
    }

    fn owner_totals(&mut self, key: &DayOwner, site: &SiteConfig) -> &mut TwoDayTotals {
        if !self.totals.contains_key(key) {
            let target = match key {
                DayOwner::Queue(id) => site.target_for(&id.to_string()),
                DayOwner::Site | DayOwner::Agent(_) | DayOwner::Unassigned(_) => {
                    site.target_for("site")
                }
            };
            self.totals.insert(key.clone(), TwoDayTotals::new(target));
        }
        let totals = self.totals.entry(key.clone());
        totals.or_insert_with(|| TwoDayTotals::new(QueueTarget::default()))
    }
}

impl DayBounds {
    fn day_containing(now: Timestamp, zone: &TimeZone) -> Self {
        let today = now.to_zoned(zone.clone());
        let start = |days: i64| {
            // A day with a clock change has 23 or 25 hours, so midnight is looked up, not
            // computed.
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
    use wallboard_domain::Counter;

    fn offered_entry(at: &str, offered: i64) -> DayEntry {
        DayEntry {
            owner: DayOwner::Site,
            counted_at: at.parse().unwrap(),
            counters: Counters::LIVE.with(Counter::Offered, offered),
        }
    }

    fn days_in_zone(zone: &str, now: &str) -> (DayTotals, TimeZone) {
        let zone = TimeZone::get(zone).unwrap();
        let mut days = DayTotals::default();
        days.roll_over(now.parse().unwrap(), &zone);
        (days, zone)
    }

    #[test]
    fn today_becomes_yesterday_at_the_sites_midnight() {
        let (mut days, zone) = days_in_zone("Europe/Stockholm", "2026-11-20T22:59:00Z");
        days.add_entry(
            &offered_entry("2026-11-20T22:58:00Z", 3),
            &SiteConfig::default(),
        );

        assert_eq!(
            days.today_totals(&DayOwner::Site).count(Counter::Offered),
            3
        );
        assert!(days.roll_over("2026-11-20T23:00:00Z".parse().unwrap(), &zone));
        assert_eq!(
            days.today_totals(&DayOwner::Site).count(Counter::Offered),
            0
        );

        // Yesterday's contact can still be subtracted, without an effect on today.
        days.subtract_entry(
            &offered_entry("2026-11-20T22:58:00Z", 3),
            &SiteConfig::default(),
        );
        assert_eq!(
            days.today_totals(&DayOwner::Site).count(Counter::Offered),
            0
        );
    }

    #[test]
    fn the_day_never_moves_back_with_the_clock() {
        let (mut days, zone) = days_in_zone("UTC", "2026-11-20T00:01:00Z");

        assert!(!days.roll_over("2026-11-19T23:59:00Z".parse().unwrap(), &zone));
        assert_eq!(
            days.today_start(),
            Some("2026-11-20T00:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn a_day_with_a_clock_change_has_23_or_25_hours() {
        let (autumn, _) = days_in_zone("Europe/Stockholm", "2026-10-25T10:00:00Z");
        let (spring, _) = days_in_zone("Europe/Stockholm", "2026-03-29T10:00:00Z");
        let hours = |days: &DayTotals| {
            let (from, to) = (days.today_start().unwrap(), days.tomorrow_start().unwrap());
            (to.as_second() - from.as_second()) / 3600
        };

        assert_eq!(hours(&autumn), 25);
        assert_eq!(hours(&spring), 23);
    }
}
