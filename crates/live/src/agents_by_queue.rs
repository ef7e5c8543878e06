//! The agents of each queue, found once for all readers of a snapshot.

use std::sync::Arc;

use parking_lot::Mutex;
use wallboard_domain::{AgentId, QueueId};

use super::fast_map::FastMap;

type AgentsOfQueue = FastMap<QueueId, Vec<AgentId>>;

/// The agents by queue, made when it's first needed and again after a change of who serves what.
#[derive(Debug, Default)]
pub struct AgentsByQueue(Mutex<Option<(u64, Arc<AgentsOfQueue>)>>);

impl AgentsByQueue {
    /// Returns the agents by queue: those found before, or in another `structure`, those of `agents`.
    pub(super) fn find<'a>(
        &self,
        structure: u64,
        agents: impl Iterator<Item = (&'a AgentId, &'a [QueueId])>,
    ) -> Arc<AgentsOfQueue> {
        let mut cached = self.0.lock();
        if let Some((made_of, all)) = &*cached
            && *made_of == structure
        {
            return Arc::clone(all);
        }
        let mut all = AgentsOfQueue::default();
        for (agent, queues) in agents {
            for queue in queues {
                all.entry(queue.clone()).or_default().push(agent.clone());
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
