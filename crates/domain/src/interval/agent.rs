//! Counters of agents' contacts and time.

use std::collections::BTreeMap;

use strum::{EnumCount, EnumIter, IntoEnumIterator, VariantNames};

use super::super::counters::quotient;
use super::CountBy;

/// A sum for one agent. Times are in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumCount, EnumIter, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AgentCounter {
    /// By the start of the contact; the next one by its end.
    Handled,
    HandledByEvent,
    Transferred,
    TransferredByEvent,
    /// Attempts that were not answered.
    Missed,
    LoggedIn,
    /// Logged in without any other activity.
    Ready,
    Ringing,
    Talk,
    WrapUp,
    /// Calls outside of queues.
    Other,
    /// Talk, wrap-up and other calls; overlaps count once.
    Busy,
    /// Busy or ringing; overlaps count once.
    Engaged,
}

/// Sums over one agent's contacts and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCounters {
    counters: [Option<i64>; AgentCounter::COUNT],
    /// Seconds by pause code.
    pub not_ready: BTreeMap<i64, i64>,
}

impl Default for AgentCounters {
    /// All counters known and 0.
    fn default() -> Self {
        Self {
            counters: [Some(0); AgentCounter::COUNT],
            not_ready: BTreeMap::new(),
        }
    }
}

impl AgentCounters {
    /// All counters unknown.
    pub fn unknown() -> Self {
        Self {
            counters: [None; AgentCounter::COUNT],
            not_ready: BTreeMap::new(),
        }
    }

    pub fn known(&self, counter: AgentCounter) -> Option<i64> {
        self.counters[counter as usize]
    }

    pub fn set(&mut self, counter: AgentCounter, value: Option<i64>) {
        self.counters[counter as usize] = value;
    }

    /// Adds to a counter if it is known.
    pub fn add(&mut self, counter: AgentCounter, more: i64) {
        if let Some(value) = &mut self.counters[counter as usize] {
            *value += more;
        }
    }

    /// Adds the counters of another interval or agent.
    pub fn merge(&mut self, other: &Self) {
        for counter in AgentCounter::iter() {
            let both = self.known(counter).zip(other.known(counter));
            self.set(counter, both.map(|(mine, theirs)| mine + theirs));
        }
        for (code, seconds) in &other.not_ready {
            *self.not_ready.entry(*code).or_default() += seconds;
        }
    }

    pub fn handled(&self, by: CountBy) -> Option<i64> {
        self.known(match by {
            CountBy::Start => AgentCounter::Handled,
            CountBy::Event => AgentCounter::HandledByEvent,
        })
    }

    pub fn transferred(&self, by: CountBy) -> Option<i64> {
        self.known(match by {
            CountBy::Start => AgentCounter::Transferred,
            CountBy::Event => AgentCounter::TransferredByEvent,
        })
    }

    /// Percent busy of the time that was busy, ringing or ready.
    pub fn occupancy(&self) -> Option<f64> {
        quotient(
            self.known(AgentCounter::Busy)? * 100,
            self.known(AgentCounter::Engaged)? + self.known(AgentCounter::Ready)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_agents_keeps_unknown_counters_unknown() {
        let mut total = AgentCounters::default();
        total.add(AgentCounter::Handled, 3);
        total.add(AgentCounter::LoggedIn, 600);
        let mut partly = AgentCounters::unknown();
        partly.set(AgentCounter::Handled, Some(2));

        total.merge(&partly);

        assert_eq!(total.known(AgentCounter::Handled), Some(5));
        assert_eq!(total.known(AgentCounter::LoggedIn), None);
        assert_eq!(partly.occupancy(), None);
    }

    #[test]
    fn ringing_counts_as_neither_idle_nor_busy() {
        let mut agent = AgentCounters::default();
        agent.add(AgentCounter::Busy, 600);
        agent.add(AgentCounter::Engaged, 700);
        agent.add(AgentCounter::Ready, 300);

        assert_eq!(agent.occupancy(), Some(60.0));
    }
}
