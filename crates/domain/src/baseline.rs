//! Baseline: the normal values of a queue's day so far at this time, and the most that usually wait,
//! from the same weekday of the last weeks. Built in one go from history and immutable. Boards read no other history.

mod baseline_builder;
mod half_hour_peaks;
mod percentile_band;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use super::{Metric, QueueId};

pub use baseline_builder::{BaselineBuilder, BaselineSample};
pub use percentile_band::{NormalRange, PercentileBand};

/// Weeks of history in the baseline.
const WEEK_COUNT: usize = 8;
/// The length of a step; a day has 48 half-hour steps.
const STEP_MINUTES: i64 = 30;
const STEPS_PER_DAY: usize = 48;

/// The daily metrics that have a baseline.
const BASELINE_METRICS: [Metric; 5] = [
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
    Metric::AverageSpeedOfAnswer,
];

/// The baseline of one day, for queues by the id that their history has, and for queue groups
/// whose queues all have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// The baseline's day and the zone of its hours; `None` if there is no history.
    day: Option<(Date, TimeZone)>,
    queues: HashMap<QueueId, Box<[StepBands; STEPS_PER_DAY]>>,
    /// By the id of the live queue.
    usual_peaks: HashMap<QueueId, Box<[Option<f64>; STEPS_PER_DAY]>>,
}

/// Indexed like [`BASELINE_METRICS`].
type StepBands = [Option<PercentileBand>; BASELINE_METRICS.len()];
type StepValues = [Option<f64>; BASELINE_METRICS.len()];

impl Baseline {
    /// Returns the days that the baseline of `day` samples, latest first.
    pub fn sample_days(day: Date) -> impl Iterator<Item = Date> {
        let weeks = i64::try_from(WEEK_COUNT).unwrap_or_default();
        (1..=weeks).filter_map(move |week| day.checked_sub((7 * week).days()).ok())
    }

    /// Whether no step of any queue has a band.
    pub fn is_empty(&self) -> bool {
        let mut bands = self
            .queues
            .values()
            .flat_map(|steps| steps.iter().flatten());
        bands.all(Option::is_none)
    }

    /// Returns the most that usually wait in a queue in the half hour of `at`: in a tenth of the weeks, more
    /// waited. `None` on other days.
    pub fn usual_peak(&self, queue: &QueueId, at: Timestamp) -> Option<f64> {
        let (day, zone) = self.day.as_ref()?;
        let time = at.to_zoned(zone.clone());
        let peaks = self.usual_peaks.get(queue)?;
        (time.date() == *day).then(|| peaks[half_hour_index(&time)])?
    }

    pub fn day(&self) -> Option<Date> {
        self.day.as_ref().map(|(day, _)| *day)
    }

    /// Returns the normal range of a queue at `now`, from the first of its ids that has history.
    pub fn find_range<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a QueueId>,
        metric: Metric,
        now: Timestamp,
    ) -> Option<NormalRange> {
        let (day, zone) = self.day.as_ref()?;
        let index = BASELINE_METRICS.iter().position(|known| *known == metric)?;
        let time = now.to_zoned(zone.clone());
        if time.date() != *day {
            return None;
        }
        let bands = ids.into_iter().find_map(|id| self.queues.get(id))?;
        let seconds_into_step =
            (i64::from(time.minute()) % STEP_MINUTES) * 60 + i64::from(time.second());
        let ends_at = now.as_second() - seconds_into_step + STEP_MINUTES * 60;
        Some(NormalRange {
            band: bands[half_hour_index(&time)][index]?,
            ends_at: Timestamp::from_second(ends_at).ok()?,
        })
    }
}

impl Baseline {
    /// Returns the normal ranges of a queue over the baseline's day, by half hours, from the first
    /// of its ids that has history. Half hours without one are omitted.
    pub fn day_ranges<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a QueueId>,
        metric: Metric,
    ) -> Vec<NormalRange> {
        let index = BASELINE_METRICS.iter().position(|known| *known == metric);
        let bands = ids.into_iter().find_map(|id| self.queues.get(id));
        let Some((((day, zone), index), bands)) = self.day.as_ref().zip(index).zip(bands) else {
            return Vec::new();
        };
        let range = |(minutes, step): (i64, &StepBands)| {
            let at = day.to_datetime(jiff::civil::Time::MIN) + minutes.minutes();
            let ends_at = at.to_zoned(zone.clone()).ok()?.timestamp();
            let band = step[index]?;
            Some(NormalRange { band, ends_at })
        };
        (1..)
            .map(|step| step * STEP_MINUTES)
            .zip(bands.iter())
            .filter_map(range)
            .collect()
    }
}

fn half_hour_index(time: &Zoned) -> usize {
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    usize::try_from(minutes / STEP_MINUTES).map_or(0, |step| step.min(STEPS_PER_DAY - 1))
}
