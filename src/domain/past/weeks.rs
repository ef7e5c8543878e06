//! The last weeks, from which a past is made: what was told of each day, added up to the
//! end of each of its half hours.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::domain::{Counters, Formula, QueueId};

use super::{Band, Bands, Figures, METRICS, Past, STEPS, step_of};

/// Contacts of a queue in a stretch of time; unknown counters where nothing was told.
#[derive(Clone, Debug)]
pub struct Sample {
    pub start: Timestamp,
    /// Seconds; up to half an hour, or whole half hours.
    pub length: i64,
    pub counters: Counters,
}

/// The last weeks, from which a past is made.
#[derive(Clone, Debug)]
pub struct Weeks {
    day: Date,
    zone: TimeZone,
    /// The figures of each of its days at the end of each half hour.
    told: HashMap<QueueId, Vec<Vec<Figures>>>,
}

impl Weeks {
    /// Those before `day`, in the site's zone; nothing is known of them yet.
    pub fn before(day: Date, zone: &TimeZone) -> Self {
        Self {
            day,
            zone: zone.clone(),
            told: HashMap::new(),
        }
    }

    /// Learns one of [`Past::days`] of a queue, or of a group as one, from all that is told
    /// of it; what is told of other days is passed over. `formula` is how its service level is taken.
    pub fn learn(
        &mut self,
        queue: QueueId,
        date: Date,
        samples: impl IntoIterator<Item = Sample>,
        formula: Formula,
    ) {
        if !Past::days(self.day).any(|day| day == date) {
            return;
        }
        let mut steps = vec![Step::default(); STEPS];
        for sample in samples {
            // What was counted is known when it ends.
            let inside = (sample.length - 1).max(0);
            let last = Timestamp::from_second(sample.start.as_second() + inside);
            let (start, last) = (sample.start, last.unwrap_or(sample.start));
            let [first, last] = [start, last].map(|at| at.to_zoned(self.zone.clone()));
            if first.date() != date || last.date() != date {
                continue;
            }
            let [first, last] = [first, last].map(|at| step_of(&at));
            // An hour that comes twice may end before it began.
            for step in &mut steps[first.min(last)..last] {
                step.is_inside = true;
            }
            match &mut steps[last].counters {
                Some(counters) => counters.merge(&sample.counters),
                none => *none = Some(sample.counters),
            }
        }
        let figures = so_far(&steps, formula).collect();
        self.told.entry(queue).or_default().push(figures);
    }

    /// What is normal, by all of them.
    pub fn past(self) -> Past {
        let queues = self.told.into_iter();
        Past {
            queues: queues.map(|(id, weeks)| (id, bands(&weeks))).collect(),
            day: Some((self.day, self.zone)),
        }
    }
}

/// What was told of a half hour.
#[derive(Clone, Debug, Default)]
struct Step {
    counters: Option<Counters>,
    /// Of something longer that ends later: how much until here is not known.
    is_inside: bool,
}

fn bands(weeks: &[Vec<Figures>]) -> Box<[Bands; STEPS]> {
    let mut bands = Box::new([Bands::default(); STEPS]);
    for (step, of_step) in bands.iter_mut().enumerate() {
        for (place, band) in of_step.iter_mut().enumerate() {
            let values = weeks.iter().filter_map(|week| week[step][place]);
            *band = Band::of(values.collect());
        }
    }
    bands
}

/// The figures of the day so far, at the end of each half hour.
fn so_far(steps: &[Step], formula: Formula) -> impl Iterator<Item = Figures> {
    let mut sum = Counters::default();
    steps.iter().map(move |step| {
        if let Some(counters) = &step.counters {
            sum.merge(counters);
        }
        if step.is_inside {
            return Figures::default();
        }
        METRICS.map(|metric| metric.calculate(&sum, formula))
    })
}
