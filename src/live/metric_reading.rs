//! What is said of a queue or an agent: one value per metric, and where and when it
//! was said.

use jiff::Timestamp;

use crate::domain::{Metric, MetricValue, MonotonicTime, moment};

/// A running clock's start is moved only when it differs by more than this, in
/// milliseconds: the upstream's error is some seconds, and a clock must not jitter.
pub(super) const START_TOLERANCE: i64 = 6_000;

/// Where a running clock starts that is now said to start at `said`.
pub(super) fn stabilize_start(before: Option<Timestamp>, said: Timestamp) -> Timestamp {
    before
        .filter(|before| moment::millis_between(*before, said).abs() <= START_TOLERANCE)
        .unwrap_or(said)
}

/// One value, and where and when it was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricReading {
    pub value: Option<MetricValue>,
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    /// The newest source time that orders; an older one changes nothing.
    pub ordered_at: Option<Timestamp>,
    pub received_at: MonotonicTime,
    pub generation: u32,
    /// Where the value is a running clock: its start on our wall clock. Of a day's
    /// figure: from when on its vendor has counted.
    pub since: Option<Timestamp>,
    /// From then on it is not to be trusted, however its line stands.
    pub valid_until: Option<MonotonicTime>,
    /// How old it was when it was heard is not known.
    pub is_age_unknown: bool,
    /// Its vendor has no valid value now; `value` is the last.
    pub is_invalid: bool,
}

impl MetricReading {
    /// What was said, if that holds.
    pub(super) fn valid_value(&self) -> Option<MetricValue> {
        self.value.filter(|_| !self.is_invalid)
    }

    /// The same moment of the same source, without a value or a running clock.
    pub(super) fn without_value(&self) -> MetricReading {
        MetricReading {
            value: None,
            since: None,
            ..*self
        }
    }

    /// Whether it is beyond what its source trusts it for.
    pub(super) fn is_expired(&self, now: MonotonicTime) -> bool {
        is_expired(self.valid_until, now)
    }
}

pub(super) fn is_expired(until: Option<MonotonicTime>, now: MonotonicTime) -> bool {
    until.is_some_and(|until| until <= now)
}

/// What a queue of Vngage can say of now, in reading order.
pub const QUEUE_METRICS: &[Metric] = &[
    Metric::Waiting,
    Metric::InConversation,
    Metric::LongestWait,
    Metric::AverageWait,
    Metric::AgentsAvailable,
];

/// The readings of a queue. Those that Vngage gives have a place of their own each:
/// this is the hot path of the intake, and a map costs more than the rest of the fold.
/// Where a vendor states figures, very many queues have few, and there are no places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueReadings {
    fixed: Option<Box<FixedReadings>>,
    sparse: SparseReadings,
}

type FixedReadings = [Option<MetricReading>; QUEUE_METRICS.len()];

impl QueueReadings {
    pub fn get(&self, metric: Metric) -> Option<&MetricReading> {
        match (&self.fixed, fixed_index(metric)) {
            (Some(places), Some(place)) => places[place].as_ref(),
            _ => self.sparse.get(metric),
        }
    }

    pub fn get_mut(&mut self, metric: Metric) -> Option<&mut MetricReading> {
        match (&mut self.fixed, fixed_index(metric)) {
            (Some(places), Some(place)) => places[place].as_mut(),
            _ => self.sparse.get_mut(metric),
        }
    }

    pub fn insert(&mut self, metric: Metric, reading: MetricReading) {
        match (&mut self.fixed, fixed_index(metric)) {
            (Some(places), Some(place)) => places[place] = Some(reading),
            _ => self.sparse.insert(metric, reading),
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &MetricReading> {
        let placed = self.fixed.iter().flat_map(|places| places.iter().flatten());
        placed.chain(self.sparse.values())
    }

    /// From here on, what Vngage gives has its places.
    pub(super) fn use_fixed_slots(&mut self) {
        if self.fixed.is_none() {
            let others = std::mem::take(&mut self.sparse);
            self.fixed = Some(Box::default());
            for (metric, reading) in others.0 {
                self.insert(metric, reading);
            }
        }
    }

    /// Of a queue whose figures a vendor states.
    pub(super) fn retain_provided(&mut self, given: &[Metric]) {
        self.fixed = None;
        self.sparse.retain_provided(given);
    }
}

/// Few readings, in the order of their metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseReadings(Vec<(Metric, MetricReading)>);

impl SparseReadings {
    pub fn get(&self, metric: Metric) -> Option<&MetricReading> {
        let place = self.find_index(metric).ok()?;
        Some(&self.0[place].1)
    }

    fn get_mut(&mut self, metric: Metric) -> Option<&mut MetricReading> {
        let place = self.find_index(metric).ok()?;
        Some(&mut self.0[place].1)
    }

    pub fn insert(&mut self, metric: Metric, reading: MetricReading) {
        match self.find_index(metric) {
            Ok(place) => self.0[place].1 = reading,
            Err(place) => {
                // Most subjects have few, and very many subjects have them.
                self.0.reserve_exact(1);
                self.0.insert(place, (metric, reading));
            }
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &MetricReading> {
        self.0.iter().map(|(_, reading)| reading)
    }

    pub(super) fn retain_provided(&mut self, given: &[Metric]) {
        self.0.retain(|(metric, _)| given.contains(metric));
    }

    fn find_index(&self, metric: Metric) -> Result<usize, usize> {
        self.0.binary_search_by_key(&metric, |(known, _)| *known)
    }
}

impl FromIterator<(Metric, MetricReading)> for QueueReadings {
    fn from_iter<I: IntoIterator<Item = (Metric, MetricReading)>>(readings: I) -> Self {
        let mut all = Self::default();
        for (metric, reading) in readings {
            all.insert(metric, reading);
        }
        all
    }
}

fn fixed_index(metric: Metric) -> Option<usize> {
    match metric {
        Metric::Waiting => Some(0),
        Metric::InConversation => Some(1),
        Metric::LongestWait => Some(2),
        Metric::AverageWait => Some(3),
        Metric::AgentsAvailable => Some(4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_now_has_its_own_place() {
        for (expected, metric) in QUEUE_METRICS.iter().enumerate() {
            assert_eq!(fixed_index(*metric), Some(expected));
        }
    }
}
