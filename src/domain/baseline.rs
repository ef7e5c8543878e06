//! What is normal: a queue's day so far at this time, over the same weekday of the last
//! weeks. Made whole from history and never changed; boards read nothing else of the past.

mod baseline_builder;
mod percentile_band;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use super::{Metric, QueueId};

pub use baseline_builder::{BaselineBuilder, BaselineSample};
pub use percentile_band::{NormalRange, PercentileBand};

/// How many weeks are looked back on.
const WEEK_COUNT: usize = 8;
/// The day is told in half hours, in minutes.
const STEP_MINUTES: i64 = 30;
const STEPS_PER_DAY: usize = 48;

/// The figures of a day for which something is normal.
const BASELINE_METRICS: [Metric; 5] = [
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
    Metric::AverageSpeedOfAnswer,
];

/// What is normal on one day, for queues by the id that their history has, and for groups
/// whose queues all have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// The day that it is for, and the zone of its hours; `None`: nothing is known.
    day: Option<(Date, TimeZone)>,
    queues: HashMap<QueueId, Box<[StepBands; STEPS_PER_DAY]>>,
}

/// By the place in [`METRICS`].
type StepBands = [Option<PercentileBand>; BASELINE_METRICS.len()];
type StepValues = [Option<f64>; BASELINE_METRICS.len()];

impl Baseline {
    /// The days that a past for `day` is made of, the latest first.
    pub fn sample_days(day: Date) -> impl Iterator<Item = Date> {
        let weeks = i64::try_from(WEEK_COUNT).unwrap_or_default();
        (1..=weeks).filter_map(move |week| day.checked_sub((7 * week).days()).ok())
    }

    /// Nothing is normal at any time.
    pub fn is_empty(&self) -> bool {
        let mut bands = self
            .queues
            .values()
            .flat_map(|steps| steps.iter().flatten());
        bands.all(Option::is_none)
    }

    /// The day that it is for.
    pub fn day(&self) -> Option<Date> {
        self.day.as_ref().map(|(day, _)| *day)
    }

    /// What is normal now for a queue, by the first of its ids that has a history.
    pub fn find_range<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a QueueId>,
        metric: Metric,
        now: Timestamp,
    ) -> Option<NormalRange> {
        let (day, zone) = self.day.as_ref()?;
        let place = BASELINE_METRICS.iter().position(|known| *known == metric)?;
        let time = now.to_zoned(zone.clone());
        if time.date() != *day {
            return None;
        }
        let bands = ids.into_iter().find_map(|id| self.queues.get(id))?;
        let into = (i64::from(time.minute()) % STEP_MINUTES) * 60 + i64::from(time.second());
        let by = now.as_second() - into + STEP_MINUTES * 60;
        Some(NormalRange {
            band: bands[half_hour_index(&time)][place]?,
            ends_at: Timestamp::from_second(by).ok()?,
        })
    }
}

fn half_hour_index(time: &Zoned) -> usize {
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    usize::try_from(minutes / STEP_MINUTES).map_or(0, |step| step.min(STEPS_PER_DAY - 1))
}
