//! Metric readings of a queue or an agent: one value per metric, with its source time and its
//! receipt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{Metric, MetricValue, MonotonicTime, moment};

/// A running clock's start moves only when it differs by more than this, in milliseconds. The
/// upstream's error is some seconds, and a clock must not jitter.
pub(super) const START_TOLERANCE: i64 = 6_000;

/// Returns the start of a running clock that is now reported to start at `reported`.
pub(super) fn stabilize_start(before: Option<Timestamp>, reported: Timestamp) -> Timestamp {
    before
        .filter(|before| moment::millis_between(*before, reported).abs() <= START_TOLERANCE)
        .unwrap_or(reported)
}

/// One value, with its source time and its receipt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricReading {
    pub value: Option<MetricValue>,
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    /// The newest source time that defines the order. An older value is ignored.
    pub ordered_at: Option<Timestamp>,
    pub received_at: MonotonicTime,
    pub generation: u32,
    /// For a running clock: its start on our wall clock; without a value, a time before its start. For
    /// a figure of the day: the time from which its vendor counts.
    pub since: Option<Timestamp>,
    /// When it becomes out of date, regardless of the connection.
    pub valid_until: Option<MonotonicTime>,
    /// Its age when it was received is unknown.
    pub is_age_unknown: bool,
    /// The vendor has no valid value now; `value` is the last one.
    pub is_invalid: bool,
}

impl MetricReading {
    /// The value, if it is valid.
    pub(super) fn valid_value(&self) -> Option<MetricValue> {
        self.value.filter(|_| !self.is_invalid)
    }

    /// Returns a copy with the same times, without a value or a running clock.
    pub(super) fn without_value(&self) -> MetricReading {
        MetricReading {
            value: None,
            since: None,
            ..*self
        }
    }

    /// Whether it is past the time until which its source considers it valid.
    pub(super) fn is_expired(&self, now: MonotonicTime) -> bool {
        is_expired(self.valid_until, now)
    }
}

pub(super) fn is_expired(until: Option<MonotonicTime>, now: MonotonicTime) -> bool {
    until.is_some_and(|until| until <= now)
}

/// The current metrics that Vngage provides for a queue, in reading order.
pub const QUEUE_METRICS: &[Metric] = &[
    Metric::Waiting,
    Metric::InConversation,
    Metric::LongestWait,
    Metric::AverageWait,
    Metric::AgentsAvailable,
];

/// The readings of a queue. Those that Vngage provides have fixed slots: this is the hot path of
/// ingestion, and a map costs more than the rest of the fold. Queues with vendor values have no
/// fixed slots, because there are very many and each has few readings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueReadings {
    fixed: Option<Box<FixedReadings>>,
    sparse: SparseReadings,
}

type FixedReadings = [Option<MetricReading>; QUEUE_METRICS.len()];

impl QueueReadings {
    pub fn get(&self, metric: Metric) -> Option<&MetricReading> {
        match (&self.fixed, fixed_index(metric)) {
            (Some(slots), Some(index)) => slots[index].as_ref(),
            _ => self.sparse.get(metric),
        }
    }

    pub fn get_mut(&mut self, metric: Metric) -> Option<&mut MetricReading> {
        match (&mut self.fixed, fixed_index(metric)) {
            (Some(slots), Some(index)) => slots[index].as_mut(),
            _ => self.sparse.get_mut(metric),
        }
    }

    pub fn insert(&mut self, metric: Metric, reading: MetricReading) {
        match (&mut self.fixed, fixed_index(metric)) {
            (Some(slots), Some(index)) => slots[index] = Some(reading),
            _ => self.sparse.insert(metric, reading),
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &MetricReading> {
        let fixed = self.fixed.iter().flat_map(|slots| slots.iter().flatten());
        fixed.chain(self.sparse.values())
    }

    /// Switches to fixed slots for the metrics that Vngage provides.
    pub(super) fn use_fixed_slots(&mut self) {
        if self.fixed.is_none() {
            let others = std::mem::take(&mut self.sparse);
            self.fixed = Some(Box::default());
            for (metric, reading) in others.0 {
                self.insert(metric, reading);
            }
        }
    }

    /// Retains the `given` metrics, for a queue with vendor values.
    pub(super) fn retain_provided(&mut self, given: &[Metric]) {
        self.fixed = None;
        self.sparse.retain_provided(given);
    }
}

/// A few readings, in the order of their metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SparseReadings(Vec<(Metric, MetricReading)>);

impl SparseReadings {
    pub fn get(&self, metric: Metric) -> Option<&MetricReading> {
        let index = self.find_index(metric).ok()?;
        Some(&self.0[index].1)
    }

    fn get_mut(&mut self, metric: Metric) -> Option<&mut MetricReading> {
        let index = self.find_index(metric).ok()?;
        Some(&mut self.0[index].1)
    }

    pub fn insert(&mut self, metric: Metric, reading: MetricReading) {
        match self.find_index(metric) {
            Ok(index) => self.0[index].1 = reading,
            Err(index) => {
                // Exact, because very many subjects have only a few readings each.
                self.0.reserve_exact(1);
                self.0.insert(index, (metric, reading));
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
    fn every_current_metric_has_its_own_slot() {
        for (expected, metric) in QUEUE_METRICS.iter().enumerate() {
            assert_eq!(fixed_index(*metric), Some(expected));
        }
    }
}
