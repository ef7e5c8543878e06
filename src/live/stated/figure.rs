//! Figures of the day that a vendor counts: from when on, and whether that is all of it.

use jiff::Timestamp;

use crate::domain::{Metric, Moment, moment};

use crate::live::{
    freshness::{trust_until, unless_invalid},
    picture::{Conduct, DayMarks, Figure, Picture, Queue, Source},
    reading::Reading,
};

/// A vendor's day that begins so close to ours is ours, in milliseconds.
const MIDNIGHT: i64 = 10 * 60_000;

/// From when on the totals of a subject are counted: the latest, where one has begun anew.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) struct Totals(Option<Timestamp>);

impl Queue {
    pub(in crate::live) fn totals(&self) -> Totals {
        let given = self.gives.as_deref().unwrap_or_default();
        latest(given, |metric| self.readings.get(metric))
    }
}

impl Conduct {
    pub(in crate::live) fn totals(&self) -> Totals {
        latest(&self.gives, |metric| self.readings.get(metric))
    }
}

fn latest<'a>(given: &[Metric], reading: impl Fn(Metric) -> Option<&'a Reading>) -> Totals {
    let totals = given.iter().filter(|metric| metric.is_total());
    Totals(totals.filter_map(|metric| reading(*metric)?.since).max())
}

impl Picture {
    pub(in crate::live) fn stated_of_day(
        &self,
        source: Option<&Source>,
        metric: Metric,
        reading: &Reading,
        totals: Totals,
        now: Moment,
    ) -> Figure {
        let trust = trust_until(source, reading.generation, reading.until, now);
        // A share or an average says of itself not when it began.
        let since = if metric.is_total() {
            reading.since
        } else {
            reading.since.max(totals.0)
        };
        Figure {
            value: reading.known(),
            at: reading.at,
            trust: unless_invalid(trust, reading.known().is_none()),
            age_unknown: reading.age_unknown,
            of_day: Some(DayMarks {
                since,
                partly_before: false,
                complete: self.is_whole_day(since),
                gaps: Vec::new(),
                estimated: false,
                formula: None,
            }),
            ..Figure::default()
        }
    }

    fn is_whole_day(&self, since: Option<Timestamp>) -> bool {
        let (Some(since), Some(starts)) = (since, self.day_starts) else {
            return false;
        };
        moment::millis_between(starts, since).abs() <= MIDNIGHT
    }
}
