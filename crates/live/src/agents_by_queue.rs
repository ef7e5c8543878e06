//! The agents of each queue, found once for all readers of a snapshot.

use std::sync::{Arc, Mutex, PoisonError};

use wallboard_domain::{AgentId, QueueId};

use super::snapshot::{AgentSnapshot, FastMap, Snapshot};

type AgentsOfQueue = FastMap<QueueId, Vec<AgentId>>;

/// The agents by queue, made when it's first needed and again after a change of who serves what.
#[derive(Debug, Default)]
pub struct AgentsByQueue(Mutex<Option<(u64, Arc<AgentsOfQueue>)>>);

impl Snapshot {
    /// Returns the agents who serve a queue, hidden ones included.
    pub(super) fn agents_of_queue(&self, queue: &QueueId) -> Vec<&AgentSnapshot> {
        let all = self.agents_by_queue();
        let ids = all.get(queue).into_iter().flatten();
        ids.filter_map(|id| self.agents.get(id)).collect()
    }

    fn agents_by_queue(&self) -> Arc<AgentsOfQueue> {
        let cached = self.agents_by_queue.0.lock();
        let mut cached = cached.unwrap_or_else(PoisonError::into_inner);
        let structure = self.agents.structure();
        if let Some((made_of, all)) = &*cached
            && *made_of == structure
        {
            return Arc::clone(all);
        }
        let mut all = AgentsOfQueue::default();
        for agent in self.agents.values() {
            for queue in agent.queues.iter() {
                all.entry(queue.clone()).or_default().push(agent.id.clone());
            }
        }
        let all = Arc::new(all);
        *cached = Some((structure, Arc::clone(&all)));
        all
    }
}

/// A copy may change in its own way.
impl Clone for AgentsByQueue {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// It follows from the agents.
impl PartialEq for AgentsByQueue {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
