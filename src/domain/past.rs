//! What is normal: a queue's day so far at this time, over the same weekday of the last
//! weeks. Made whole from history and never changed; boards read nothing else of the past.

mod band;
#[cfg(test)]
mod tests;
mod weeks;

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use super::{Metric, QueueId};

pub use band::{Band, Normal};
pub use weeks::{Sample, Weeks};

/// How many weeks are looked back on.
const WEEKS: usize = 8;
/// The day is told in half hours, in minutes.
const STEP: i64 = 30;
const STEPS: usize = 48;

/// The figures of a day for which something is normal.
const METRICS: [Metric; 5] = [
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
    Metric::AverageSpeedOfAnswer,
];

/// What is normal on one day, for queues by the id that their history has, and for groups
/// whose queues all have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// The day that it is for, and the zone of its hours; `None`: nothing is known.
    day: Option<(Date, TimeZone)>,
    queues: HashMap<QueueId, Box<[Bands; STEPS]>>,
}

/// By the place in [`METRICS`].
type Bands = [Option<Band>; METRICS.len()];
type Figures = [Option<f64>; METRICS.len()];

impl Past {
    /// The days that a past for `day` is made of, the latest first.
    pub fn days(day: Date) -> impl Iterator<Item = Date> {
        let weeks = i64::try_from(WEEKS).unwrap_or_default();
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
    pub fn normal<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a QueueId>,
        metric: Metric,
        now: Timestamp,
    ) -> Option<Normal> {
        let (day, zone) = self.day.as_ref()?;
        let place = METRICS.iter().position(|known| *known == metric)?;
        let time = now.to_zoned(zone.clone());
        if time.date() != *day {
            return None;
        }
        let bands = ids.into_iter().find_map(|id| self.queues.get(id))?;
        let into = (i64::from(time.minute()) % STEP) * 60 + i64::from(time.second());
        let by = now.as_second() - into + STEP * 60;
        Some(Normal {
            band: bands[step_of(&time)][place]?,
            by: Timestamp::from_second(by).ok()?,
        })
    }
}

fn step_of(time: &Zoned) -> usize {
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    usize::try_from(minutes / STEP).map_or(0, |step| step.min(STEPS - 1))
}
