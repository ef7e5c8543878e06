//! What a queue says of now: one value per metric, and where and when it was said.

use jiff::Timestamp;

use crate::domain::{Metric, Mono, Said, Value, moment};

/// A running clock's start is moved only when it differs by more than this, in
/// milliseconds: the upstream's error is some seconds, and a clock must not jitter.
const SETTLED: i64 = 6_000;

/// Where a running clock starts that is now said to start at `said`.
pub(super) fn settled(before: Option<Timestamp>, said: Timestamp) -> Timestamp {
    before
        .filter(|before| moment::millis_between(*before, said).abs() <= SETTLED)
        .unwrap_or(said)
}

/// One value, and where and when it was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub value: Said<Value>,
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    /// The newest source time that orders; an older one changes nothing.
    pub ordered: Option<Timestamp>,
    pub heard: Mono,
    pub generation: u32,
    /// Where the value is a running clock: its start on our wall clock.
    pub since: Option<Timestamp>,
}

/// What a queue can say of now, in reading order.
pub const QUEUE_METRICS: &[Metric] = &[
    Metric::Waiting,
    Metric::InConversation,
    Metric::LongestWait,
    Metric::AverageWait,
    Metric::AgentsAvailable,
];

/// The readings of a queue, each in a place of its own: this is the hot path of
/// the intake, and a map costs more than the rest of the fold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Readings([Option<Reading>; QUEUE_METRICS.len()]);

impl Readings {
    pub fn get(&self, metric: Metric) -> Option<&Reading> {
        self.0[place(metric)?].as_ref()
    }

    pub fn get_mut(&mut self, metric: Metric) -> Option<&mut Reading> {
        self.0[place(metric)?].as_mut()
    }

    /// What a queue cannot say of now is let go.
    pub fn insert(&mut self, metric: Metric, reading: Reading) {
        if let Some(place) = place(metric) {
            self.0[place] = Some(reading);
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &Reading> {
        self.0.iter().flatten()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Reading> {
        self.0.iter_mut().flatten()
    }
}

impl FromIterator<(Metric, Reading)> for Readings {
    fn from_iter<I: IntoIterator<Item = (Metric, Reading)>>(readings: I) -> Self {
        let mut all = Self::default();
        for (metric, reading) in readings {
            all.insert(metric, reading);
        }
        all
    }
}

fn place(metric: Metric) -> Option<usize> {
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
            assert_eq!(place(*metric), Some(expected));
        }
    }
}
