//! Builds a baseline from the last weeks: accumulates each day up to the end of each of its half
//! hours.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{Counters, QueueId, ServiceLevelFormula};

use super::{
    BASELINE_METRICS, Baseline, PercentileBand, STEPS_PER_DAY, StepBands, StepValues,
    half_hour_index, half_hour_peaks::HalfHourPeaks,
};

/// Counters of a queue in a period; counters are unknown where nothing was reported.
#[derive(Clone, Debug)]
pub struct BaselineSample {
    pub start: Timestamp,
    /// In seconds: up to half an hour, or whole half hours.
    pub length: i64,
    pub counters: Counters,
}

/// Collects the days of the last weeks and builds the [`Baseline`].
#[derive(Clone, Debug)]
pub struct BaselineBuilder {
    day: Date,
    zone: TimeZone,
    /// The values of each sampled day at the end of each half hour.
    values_by_day: HashMap<QueueId, Vec<Vec<StepValues>>>,
    peaks: HashMap<QueueId, HalfHourPeaks>,
}

impl BaselineBuilder {
    /// Creates an empty builder for the baseline of `day`, in the site's zone.
    pub fn for_day(day: Date, zone: &TimeZone) -> Self {
        Self {
            day,
            zone: zone.clone(),
            values_by_day: HashMap::new(),
            peaks: HashMap::new(),
        }
    }

    /// Adds the most that waited in a quarter of an hour of one of [`Baseline::sample_days`].
    pub fn add_peak(&mut self, queue: QueueId, start: Timestamp, waiting: u32) {
        let peaks = self.peaks.entry(queue).or_default();
        peaks.add_quarter(start, waiting, &self.zone);
    }

    /// Adds one of [`Baseline::sample_days`] of a queue, or of a group as one, from all its
    /// samples. Skips samples of other days. `formula` computes the service level.
    pub fn add_day(
        &mut self,
        queue: QueueId,
        date: Date,
        samples: impl IntoIterator<Item = BaselineSample>,
        formula: ServiceLevelFormula,
    ) {
        if !Baseline::sample_days(self.day).any(|day| day == date) {
            return;
        }
        let mut steps = vec![HalfHour::default(); STEPS_PER_DAY];
        for sample in samples {
            // The counts of a sample are known when it ends.
            let inside = (sample.length - 1).max(0);
            let last = Timestamp::from_second(sample.start.as_second() + inside);
            let (start, last) = (sample.start, last.unwrap_or(sample.start));
            let [first, last] = [start, last].map(|at| at.to_zoned(self.zone.clone()));
            if first.date() != date || last.date() != date {
                continue;
            }
            let [first, last] = [first, last].map(|at| half_hour_index(&at));
            // With a repeated hour, a sample may end before it began.
            for step in &mut steps[first.min(last)..last] {
                step.is_inside = true;
            }
            match &mut steps[last].counters {
                Some(counters) => counters.merge(&sample.counters),
                none => *none = Some(sample.counters),
            }
        }
        let values = accumulate_values(&steps, formula).collect();
        self.values_by_day.entry(queue).or_default().push(values);
    }

    /// Builds the baseline from all added days.
    pub fn build(self) -> Baseline {
        let queues = self.values_by_day.into_iter();
        Baseline {
            queues: queues
                .map(|(id, weeks)| (id, compute_bands(&weeks)))
                .collect(),
            usual_peaks: (self.peaks.into_iter())
                .map(|(id, peaks)| (id, peaks.usual_peaks()))
                .collect(),
            day: Some((self.day, self.zone)),
        }
    }
}

/// Counters of one half hour.
#[derive(Clone, Debug, Default)]
struct HalfHour {
    counters: Option<Counters>,
    /// Whether a longer sample spans this step and ends later: the values up to here are unknown.
    is_inside: bool,
}

fn compute_bands(weeks: &[Vec<StepValues>]) -> Box<[StepBands; STEPS_PER_DAY]> {
    let mut bands = Box::new([StepBands::default(); STEPS_PER_DAY]);
    for (step, step_bands) in bands.iter_mut().enumerate() {
        for (index, band) in step_bands.iter_mut().enumerate() {
            let values = weeks.iter().filter_map(|week| week[step][index]);
            *band = PercentileBand::from_values(values.collect());
        }
    }
    bands
}

/// Returns the values of the day so far, at the end of each half hour.
fn accumulate_values(
    steps: &[HalfHour],
    formula: ServiceLevelFormula,
) -> impl Iterator<Item = StepValues> {
    let mut sum = Counters::default();
    steps.iter().map(move |step| {
        if let Some(counters) = &step.counters {
            sum.merge(counters);
        }
        if step.is_inside {
            return StepValues::default();
        }
        BASELINE_METRICS.map(|metric| metric.calculate(&sum, formula))
    })
}
