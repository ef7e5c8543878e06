//! The queues that inputs have changed, with their agents: boards that show none of them needn't be
//! drawn again.

use std::collections::HashSet;

use jiff::Timestamp;

use wallboard_domain::{QueueId, SourceId};

use super::{
    live_state::LiveState,
    snapshot::{ConnectionState, Outage, Snapshot},
    tracked_map::ChangedKeys,
};

/// The subjects that inputs may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectChanges {
    /// These queues, and the agents who serve them.
    Queues(HashSet<QueueId>),
    /// Anything: names, connections, the configuration, who serves which queue.
    Everything,
}

impl Default for SubjectChanges {
    /// Nothing.
    fn default() -> Self {
        Self::Queues(HashSet::new())
    }
}

impl SubjectChanges {
    /// Adds others.
    pub(super) fn add(&mut self, others: &Self) {
        match (self, others) {
            (Self::Everything, _) => {}
            (this, Self::Everything) => *this = Self::Everything,
            (Self::Queues(queues), Self::Queues(others)) => queues.extend(others.iter().cloned()),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Queues(queues) if queues.is_empty())
    }
}

/// The state of a source's connection that boards show.
#[derive(Debug, PartialEq)]
pub(super) struct ShownConnection {
    connection: ConnectionState,
    outage: Option<Outage>,
    generation: u32,
    is_degraded: bool,
    is_clock_known: bool,
    has_reported: bool,
    /// The last message before an outage.
    last_message_at: Option<Timestamp>,
}

impl ShownConnection {
    pub(super) fn of(snapshot: &Snapshot, source: &SourceId) -> Option<Self> {
        let source = snapshot.sources.get(source)?;
        Some(Self {
            connection: source.connection,
            outage: source.outage,
            generation: source.generation,
            is_degraded: source.is_degraded,
            is_clock_known: source.is_clock_known,
            has_reported: source.last_message_at.is_some(),
            last_message_at: source.outage.and(source.last_message_at),
        })
    }
}

impl LiveState {
    /// Returns what has changed since the last call.
    pub fn take_changes(&mut self) -> SubjectChanges {
        let queues = self.snapshot.queues.take_changed();
        let agents = self.snapshot.agents.take_changed();
        let (ChangedKeys::Some(mut queues), ChangedKeys::Some(agents)) = (queues, agents) else {
            return SubjectChanges::Everything;
        };
        let links = self.snapshot.links.find(&self.snapshot.site);
        for agent in &agents {
            // An agent of a person changes the person, whichever of their queues a board shows.
            let person = links.person_of(agent);
            let agents = person.map_or(std::slice::from_ref(agent), |person| &person.agents);
            let agents = agents.iter().filter_map(|id| self.snapshot.agents.get(id));
            for queue in agents.flat_map(|agent| agent.queues.iter()) {
                if !queues.contains(queue) {
                    queues.insert(queue.clone());
                }
            }
        }
        SubjectChanges::Queues(queues)
    }

    /// Announces a change that isn't one queue's or one agent's.
    pub(super) fn mark_everything(&mut self) {
        self.snapshot.queues.mark_all();
        self.snapshot.agents.mark_all();
    }
}
