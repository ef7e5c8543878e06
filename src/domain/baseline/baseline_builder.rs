//! The last weeks, from which a past is made: what was told of each day, added up to the
//! end of each of its half hours.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::domain::{Counters, QueueId, ServiceLevelFormula};

use super::{
    BASELINE_METRICS, Baseline, PercentileBand, STEPS_PER_DAY, StepBands, StepValues,
    half_hour_index,
};

/// Contacts of a queue in a stretch of time; unknown counters where nothing was told.
#[derive(Clone, Debug)]
pub struct BaselineSample {
    pub start: Timestamp,
    /// Seconds; up to half an hour, or whole half hours.
    pub length: i64,
    pub counters: Counters,
}

/// The last weeks, from which a past is made.
#[derive(Clone, Debug)]
pub struct BaselineBuilder {
    day: Date,
    zone: TimeZone,
    /// The figures of each of its days at the end of each half hour.
    values_by_day: HashMap<QueueId, Vec<Vec<StepValues>>>,
}

impl BaselineBuilder {
    /// Those before `day`, in the site's zone; nothing is known of them yet.
    pub fn for_day(day: Date, zone: &TimeZone) -> Self {
        Self {
            day,
            zone: zone.clone(),
            values_by_day: HashMap::new(),
        }
    }

    /// Learns one of [`Past::days`] of a queue, or of a group as one, from all that is told
    /// of it; what is told of other days is passed over. `formula` is how its service level is taken.
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
            // What was counted is known when it ends.
            let inside = (sample.length - 1).max(0);
            let last = Timestamp::from_second(sample.start.as_second() + inside);
            let (start, last) = (sample.start, last.unwrap_or(sample.start));
            let [first, last] = [start, last].map(|at| at.to_zoned(self.zone.clone()));
            if first.date() != date || last.date() != date {
                continue;
            }
            let [first, last] = [first, last].map(|at| half_hour_index(&at));
            // An hour that comes twice may end before it began.
            for step in &mut steps[first.min(last)..last] {
                step.is_inside = true;
            }
            match &mut steps[last].counters {
                Some(counters) => counters.merge(&sample.counters),
                none => *none = Some(sample.counters),
            }
        }
        let figures = accumulate_values(&steps, formula).collect();
        self.values_by_day.entry(queue).or_default().push(figures);
    }

    /// What is normal, by all of them.
    pub fn build(self) -> Baseline {
        let queues = self.values_by_day.into_iter();
        Baseline {
            queues: queues
                .map(|(id, weeks)| (id, compute_bands(&weeks)))
                .collect(),
            day: Some((self.day, self.zone)),
        }
    }
}

/// What was told of a half hour.
#[derive(Clone, Debug, Default)]
struct HalfHour {
    counters: Option<Counters>,
    /// Of something longer that ends later: how much until here is not known.
    is_inside: bool,
}

fn compute_bands(weeks: &[Vec<StepValues>]) -> Box<[StepBands; STEPS_PER_DAY]> {
    let mut bands = Box::new([StepBands::default(); STEPS_PER_DAY]);
    for (step, of_step) in bands.iter_mut().enumerate() {
        for (place, band) in of_step.iter_mut().enumerate() {
            let values = weeks.iter().filter_map(|week| week[step][place]);
            *band = PercentileBand::from_values(values.collect());
        }
    }
    bands
}

/// The figures of the day so far, at the end of each half hour.
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
