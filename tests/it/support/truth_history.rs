//! The truth in the contact center at each time, from which the age of a displayed value follows.

use std::collections::BTreeMap;

/// The values of one figure, each with the time from which it was true, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Vec<(i64, u64)>);

impl Timeline {
    pub fn record(&mut self, at: i64, value: u64) {
        if self.0.last().is_none_or(|last| last.1 != value) {
            self.0.push((at, value));
        }
    }

    /// Returns how long ago, at `at`, a value that matches was last true, in microseconds. `None` if
    /// it never was.
    pub fn age(&self, matches: impl Fn(u64) -> bool, at: i64) -> Option<i64> {
        let last = self.0.iter().rposition(|(_, value)| matches(*value))?;
        let end = self.0.get(last + 1).map_or(i64::MAX, |next| next.0);
        Some(at.saturating_sub(end).max(0))
    }
}

#[derive(Clone, Debug, Default)]
pub struct GroupHistory {
    pub waiting: Timeline,
    pub talking: Timeline,
    pub available: Timeline,
}

/// When a contact was created, and answered for the first time, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct ContactTimes {
    pub created: i64,
    pub answered: Option<i64>,
}

/// Groups, agents (their open cases) and contacts by ID.
#[derive(Debug, Default)]
pub struct TruthHistory {
    pub groups: BTreeMap<String, GroupHistory>,
    pub agents: BTreeMap<String, Timeline>,
    pub contacts: BTreeMap<String, ContactTimes>,
}
