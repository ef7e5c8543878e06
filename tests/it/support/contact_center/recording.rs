//! Records what is true of the contact center, for the history that displayed values are judged by.

use parking_lot::MutexGuard;

use super::{Case, ContactCenter};
use crate::support::truth_history::TruthHistory;

impl ContactCenter {
    pub(super) fn history(&self) -> MutexGuard<'_, TruthHistory> {
        self.history.lock()
    }

    /// Records what is true of a group, and of all agents.
    pub(super) fn record_history(&self, group: usize, at: i64) {
        let open_cases = (0..self.agents.len()).map(|agent| self.open_cases(agent));
        let open_cases: Vec<_> = open_cases.collect();
        let talking_agents = open_cases.iter().filter(|open| **open > 0).count();
        let (waiting, talking) = (self.waiting(group), self.talking(group));
        let mut history = self.history();
        let id = &self.groups[group].id;
        let group_history = history.groups.entry(id.clone()).or_default();
        group_history.waiting.record(at, waiting as u64);
        group_history.talking.record(at, talking as u64);
        (group_history.available).record(at, self.groups[group].available);
        // A sum of what has been reported of each group.
        let groups = self.groups.iter();
        let groups = groups.filter_map(|group| history.groups.get(&group.id));
        let (waiting, talking) = groups.fold((0, 0), |(waiting, talking), group| {
            (
                waiting + group.waiting.last(),
                talking + group.talking.last(),
            )
        });
        history.all.waiting.record(at, waiting);
        history.all.talking.record(at, talking);
        for (agent, open) in self.agents.iter().zip(open_cases) {
            let timeline = history.agents.entry(agent.id.clone()).or_default();
            timeline.record(at, open as u64);
        }
        history.talking_agents.record(at, talking_agents as u64);
    }

    /// Records that a case waits from now on.
    pub(super) fn record_wait(&self, id: &str, at: i64) {
        let mut history = self.history();
        let states = history.states_of(id);
        states.end(at);
        states.begin("waiting", at);
    }

    /// Records that an agent has opened a case. Its time is that of its first opening that is known.
    pub(super) fn record_opening(&self, id: &str, case: &Case, at: i64) {
        let mut history = self.history();
        let states = history.states_of(id);
        states.end(at);
        for opened in &case.openings {
            states.begin("open", *opened);
        }
        if let Some(agent) = case.agent {
            (history.states_of(&self.agents[agent].id)).begin("talking", at);
        }
    }

    /// Records that a case leaves its agent, if it has one, and its state.
    pub(super) fn record_end(&self, id: &str, case: &Case, at: i64) {
        let mut history = self.history();
        history.states_of(id).end(at);
        if let Some((agent, opened)) = case.agent.zip(case.openings.last()) {
            (history.states_of(&self.agents[agent].id)).end_of(*opened, at);
        }
    }
}
