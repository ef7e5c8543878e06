//! The times of a report.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// Days of the week and a time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSchedule {
    /// In the order of the week; never empty.
    pub days: Vec<Weekday>,
    pub time: Time,
    /// `None`: the site's.
    pub zone: Option<TimeZone>,
}

impl ReportSchedule {
    /// Returns the last time that is over. `site` is the zone of one without its own.
    pub(super) fn last_due(&self, now: Timestamp, site: &TimeZone) -> Option<Timestamp> {
        let zone = self.zone.as_ref().unwrap_or(site);
        let mut days = (0..=7).map(|days| today(now, zone).saturating_sub(days.days()));
        days.find_map(|day| self.due_on(day, zone).filter(|at| *at <= now))
    }

    /// Returns the next time.
    pub fn next_due(&self, now: Timestamp, site: &TimeZone) -> Option<Timestamp> {
        let zone = self.zone.as_ref().unwrap_or(site);
        let mut days = (0..=7).map(|days| today(now, zone).saturating_add(days.days()));
        days.find_map(|day| self.due_on(day, zone).filter(|at| now < *at))
    }

    /// A time that a change of the clock leaves out is as much later.
    fn due_on(&self, day: Date, zone: &TimeZone) -> Option<Timestamp> {
        let is_due = self.days.contains(&day.weekday());
        let at = is_due.then(|| day.to_datetime(self.time))?;
        Some(at.to_zoned(zone.clone()).ok()?.timestamp())
    }
}

fn today(now: Timestamp, zone: &TimeZone) -> Date {
    now.to_zoned(zone.clone()).date()
}
