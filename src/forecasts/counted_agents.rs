//! The agents of a queue by its own figures, where they aren't known one by one.

use wallboard_domain::{Metric, Moment};
use wallboard_forecast::{OpenContact, PoolAgent};
use wallboard_live::{QueueSnapshot, Snapshot};

use super::live_pool::current_count;

/// The agents of a queue who are signed in, by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CountedAgents {
    pub(super) available: u32,
    /// With a contact: ringing, in conversation or in wrap-up, as far as these are reported.
    pub(super) busy: u32,
    pub(super) paused: u32,
}

impl CountedAgents {
    /// Returns the agents of a queue; `None` if its figures don't say how many could answer.
    pub(super) fn find(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> Option<Self> {
        let count = |metric| current_count(snapshot, queue, metric, now);
        let available = count(Metric::AgentsAvailable)?;
        let paused = count(Metric::AgentsNotReady);
        let in_conversation = count(Metric::AgentsInConversation);
        // An agent who is neither available nor on break has a contact or its wrap-up.
        let others = count(Metric::AgentsLoggedIn)
            .zip(paused)
            .map(|(all, paused)| all.saturating_sub(available + paused));
        Some(Self {
            available,
            busy: others.max(in_conversation)?,
            paused: paused.unwrap_or_default(),
        })
    }

    /// Returns these agents as those of a queue alone.
    pub(super) fn pool_agents(self, slots: u32) -> Vec<PoolAgent> {
        let agent = PoolAgent {
            queues: 1,
            slots,
            ..PoolAgent::default()
        };
        let contact = OpenContact {
            queue: Some(0),
            elapsed_s: None,
        };
        let busy = PoolAgent {
            contacts: vec![contact],
            ..agent.clone()
        };
        let paused = PoolAgent {
            is_paused: true,
            ..agent.clone()
        };
        let mut agents = vec![agent; self.available as usize];
        agents.resize(agents.len() + self.busy as usize, busy);
        agents.resize(agents.len() + self.paused as usize, paused);
        agents
    }
}
