//! What is said of a queue or an agent: one value per metric, and where and when it
//! was said.

use jiff::Timestamp;

use crate::domain::{Metric, Mono, Value, moment};

/// A running clock's start is moved only when it differs by more than this, in
/// milliseconds: the upstream's error is some seconds, and a clock must not jitter.
pub(super) const SETTLED: i64 = 6_000;

/// Where a running clock starts that is now said to start at `said`.
pub(super) fn settled(before: Option<Timestamp>, said: Timestamp) -> Timestamp {
    before
        .filter(|before| moment::millis_between(*before, said).abs() <= SETTLED)
        .unwrap_or(said)
}

/// One value, and where and when it was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub value: Option<Value>,
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    /// The newest source time that orders; an older one changes nothing.
    pub ordered: Option<Timestamp>,
    pub heard: Mono,
    pub generation: u32,
    /// Where the value is a running clock: its start on our wall clock. Of a day's
    /// figure: from when on its vendor has counted.
    pub since: Option<Timestamp>,
    /// From then on it is not to be trusted, however its line stands.
    pub until: Option<Mono>,
    /// How old it was when it was heard is not known.
    pub age_unknown: bool,
    /// Its vendor has no valid value now; `value` is the last.
    pub invalid: bool,
}

impl Reading {
    /// What was said, if that holds.
    pub(super) fn known(&self) -> Option<Value> {
        self.value.filter(|_| !self.invalid)
    }

    /// The same moment of the same source, without a value or a running clock.
    pub(super) fn without_value(&self) -> Reading {
        Reading {
            value: None,
            since: None,
            ..*self
        }
    }

    /// Whether it is beyond what its source trusts it for.
    pub(super) fn is_over(&self, now: Mono) -> bool {
        is_over(self.until, now)
    }
}

pub(super) fn is_over(until: Option<Mono>, now: Mono) -> bool {
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
pub struct Readings {
    places: Option<Box<Places>>,
    others: Others,
}

type Places = [Option<Reading>; QUEUE_METRICS.len()];

impl Readings {
    pub fn get(&self, metric: Metric) -> Option<&Reading> {
        match (&self.places, place(metric)) {
            (Some(places), Some(place)) => places[place].as_ref(),
            _ => self.others.get(metric),
        }
    }

    pub fn get_mut(&mut self, metric: Metric) -> Option<&mut Reading> {
        match (&mut self.places, place(metric)) {
            (Some(places), Some(place)) => places[place].as_mut(),
            _ => self.others.get_mut(metric),
        }
    }

    pub fn insert(&mut self, metric: Metric, reading: Reading) {
        match (&mut self.places, place(metric)) {
            (Some(places), Some(place)) => places[place] = Some(reading),
            _ => self.others.insert(metric, reading),
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &Reading> {
        let placed = self
            .places
            .iter()
            .flat_map(|places| places.iter().flatten());
        placed.chain(self.others.values())
    }

    /// From here on, what Vngage gives has its places.
    pub(super) fn make_places(&mut self) {
        if self.places.is_none() {
            let others = std::mem::take(&mut self.others);
            self.places = Some(Box::default());
            for (metric, reading) in others.0 {
                self.insert(metric, reading);
            }
        }
    }

    /// Of a queue whose figures a vendor states.
    pub(super) fn keep(&mut self, given: &[Metric]) {
        self.places = None;
        self.others.keep(given);
    }
}

/// Few readings, in the order of their metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Others(Vec<(Metric, Reading)>);

impl Others {
    pub fn get(&self, metric: Metric) -> Option<&Reading> {
        let place = self.place(metric).ok()?;
        Some(&self.0[place].1)
    }

    fn get_mut(&mut self, metric: Metric) -> Option<&mut Reading> {
        let place = self.place(metric).ok()?;
        Some(&mut self.0[place].1)
    }

    pub fn insert(&mut self, metric: Metric, reading: Reading) {
        match self.place(metric) {
            Ok(place) => self.0[place].1 = reading,
            Err(place) => {
                // Most subjects have few, and very many subjects have them.
                self.0.reserve_exact(1);
                self.0.insert(place, (metric, reading));
            }
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &Reading> {
        self.0.iter().map(|(_, reading)| reading)
    }

    pub(super) fn keep(&mut self, given: &[Metric]) {
        self.0.retain(|(metric, _)| given.contains(metric));
    }

    fn place(&self, metric: Metric) -> Result<usize, usize> {
        self.0.binary_search_by_key(&metric, |(known, _)| *known)
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
