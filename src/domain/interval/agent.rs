//! What is counted of agents' contacts and time.

use std::collections::BTreeMap;

use super::{CountBy, counters, quotient};

counters! {
    /// What is summed of one agent. Times are in whole seconds.
    AgentCounter {
        /// By the start of the contact; the next by its end.
        Handled = "handled",
        HandledByEvent = "handled_by_event",
        Transferred = "transferred",
        TransferredByEvent = "transferred_by_event",
        /// Attempts that were not answered.
        Missed = "missed",
        LoggedIn = "logged_in",
        /// Logged in and nothing else.
        Ready = "ready",
        Ringing = "ringing",
        Talk = "talk",
        WrapUp = "wrap_up",
        /// Calls outside of queues.
        Other = "other",
        /// Talk, wrap-up and other calls, what overlaps counted once.
        Busy = "busy",
        /// Busy or ringing, what overlaps counted once.
        Engaged = "engaged",
    }
}

/// Sums over one agent's contacts and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCounters {
    counters: [Option<i64>; AgentCounter::ALL.len()],
    /// Seconds by pause code.
    pub not_ready: BTreeMap<i64, i64>,
}

impl Default for AgentCounters {
    /// Everything known, and nothing happened.
    fn default() -> Self {
        Self {
            counters: [Some(0); AgentCounter::ALL.len()],
            not_ready: BTreeMap::new(),
        }
    }
}

impl AgentCounters {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self {
            counters: [None; AgentCounter::ALL.len()],
            not_ready: BTreeMap::new(),
        }
    }

    pub fn known(&self, counter: AgentCounter) -> Option<i64> {
        self.counters[counter as usize]
    }

    pub fn set(&mut self, counter: AgentCounter, value: Option<i64>) {
        self.counters[counter as usize] = value;
    }

    /// Adds to a counter that is known.
    pub fn add(&mut self, counter: AgentCounter, more: i64) {
        if let Some(value) = &mut self.counters[counter as usize] {
            *value += more;
        }
    }

    /// Adds those of another interval or agent.
    pub fn merge(&mut self, other: &Self) {
        for &counter in AgentCounter::ALL {
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
    fn what_is_not_known_of_an_agent_is_not_known_of_two() {
        let mut told = AgentCounters::default();
        told.add(AgentCounter::Handled, 3);
        told.add(AgentCounter::LoggedIn, 600);
        let mut partly = AgentCounters::unknown();
        partly.set(AgentCounter::Handled, Some(2));

        told.merge(&partly);

        assert_eq!(told.known(AgentCounter::Handled), Some(5));
        assert_eq!(told.known(AgentCounter::LoggedIn), None);
        assert_eq!(partly.occupancy(), None);
    }

    #[test]
    fn ringing_is_not_idle_and_not_busy_either() {
        let mut agent = AgentCounters::default();
        agent.add(AgentCounter::Busy, 600);
        agent.add(AgentCounter::Engaged, 700);
        agent.add(AgentCounter::Ready, 300);

        assert_eq!(agent.occupancy(), Some(60.0));
    }
}
