//! Counters of today and yesterday per queue, per agent and for the site.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::fast_map::FastMap;
use wallboard_domain::{AgentId, Counters, QueueId, QueueTarget, SiteConfig, SourceId, moment};

/// How far clocks at midnight may differ, in milliseconds: those of two nodes of a cluster, or one before and
/// after a small correction.
const MIDNIGHT_TOLERANCE: i64 = 10_000;

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
    /// Yesterday's totals have all of that day, so that it can be resumed if the clock that ended it was ahead.
    #[serde(default)]
    is_yesterday_whole: bool,
    /// The latest time of a clock that was ahead: what was counted until then is in the day that was resumed.
    #[serde(default)]
    ahead_until: Option<Timestamp>,
}

/// How the day changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayChange {
    /// A new day began. What was counted until `uncounted_until` is in the day before.
    Begun { uncounted_until: Option<Timestamp> },
    /// A clock that was ahead had ended a day that continues.
    Resumed {
        /// Nothing that was counted in it is lost.
        is_whole: bool,
    },
}

/// Starts of yesterday, today and tomorrow in the site's zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct DayBounds {
    yesterday: Timestamp,
    today: Timestamp,
    tomorrow: Timestamp,
}

impl DayTotals {
    /// Moves to the day of `now`. `last` was the time before.
    pub(crate) fn follow_day(
        &mut self,
        now: Timestamp,
        last: Option<Timestamp>,
        zone: &TimeZone,
    ) -> Option<DayChange> {
        let Some(bounds) = self.bounds else {
            self.bounds = Some(DayBounds::day_containing(now, zone));
            return None;
        };
        if moment::plus_millis(now, MIDNIGHT_TOLERANCE) < bounds.today {
            return Some(self.resume_day(now, last, zone));
        }
        if now < bounds.tomorrow {
            return None;
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
        self.is_yesterday_whole = is_next_day;
        let uncounted_until = self.ahead_until.take().filter(|until| next.today < *until);
        Some(DayChange::Begun { uncounted_until })
    }

    /// Moves back to the day of `now`, with what was counted since by a clock that was ahead.
    fn resume_day(
        &mut self,
        now: Timestamp,
        last: Option<Timestamp>,
        zone: &TimeZone,
    ) -> DayChange {
        let day = DayBounds::day_containing(now, zone);
        let ended = self.bounds.replace(day).map(|bounds| bounds.yesterday);
        let is_whole = self.is_yesterday_whole && ended == Some(day.today);
        for totals in self.totals.values_mut() {
            if is_whole {
                totals.today += &totals.yesterday;
            }
            totals.yesterday = Counters::LIVE;
        }
        self.is_yesterday_whole = false;
        self.ahead_until = self.ahead_until.max(last);
        DayChange::Resumed { is_whole }
    }

    /// Replaces IDs of agents, and adds their totals to what the other ID has.
    pub(crate) fn replace_agents(&mut self, replace: &mut impl FnMut(&mut AgentId) -> bool) {
        for owner in self.totals.keys().cloned().collect::<Vec<_>>() {
            let mut other = owner.clone();
            let DayOwner::Agent(agent) = &mut other else {
                continue;
            };
            if replace(agent)
                && let Some(totals) = self.totals.remove(&owner)
            {
                let known = self.totals.entry(other);
                let known = known.or_insert_with(|| TwoDayTotals::new(totals.target));
                known.today += &totals.today;
                known.yesterday += &totals.yesterday;
            }
        }
    }

    /// Removes everything, before a recount with other settings.
    pub(crate) fn clear(&mut self, now: Timestamp, zone: &TimeZone) {
        self.totals.clear();
        self.is_yesterday_whole = false;
        self.bounds = Some(DayBounds::day_containing(now, zone));
    }

    pub(crate) fn today_start(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.today)
    }

    pub(crate) fn yesterday_start(&self) -> Option<Timestamp> {
        self.bounds.map(|bounds| bounds.yesterday)
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
        days.follow_day(now.parse().unwrap(), None, &zone);
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
        let midnight = "2026-11-20T23:00:00Z".parse().unwrap();
        let uncounted_until = None;
        assert_eq!(
            days.follow_day(midnight, None, &zone),
            Some(DayChange::Begun { uncounted_until })
        );
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
    fn a_clock_that_differs_by_seconds_at_midnight_ends_no_day_twice() {
        let (mut days, zone) = days_in_zone("UTC", "2026-11-20T00:00:01Z");

        let before = "2026-11-19T23:59:51Z".parse().unwrap();
        assert_eq!(days.follow_day(before, None, &zone), None);
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
