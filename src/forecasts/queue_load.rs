//! The agents of a queue whose source reports how many are available and how many contacts are in
//! conversation, but nobody's status: agents show by their contacts alone.

use wallboard_domain::{Metric, Moment, QueueId};
use wallboard_forecast::{OpenContact, PoolAgent};
use wallboard_live::{QueueSnapshot, Snapshot};

use super::live_pool::{PresentAgent, current_count};

/// A queue's load, as Vngage's group.loadChanged reports it.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueLoad {
    /// Agents who can take a contact, with or without others.
    available: usize,
    /// Contacts in conversation.
    in_conversation: usize,
}

impl QueueLoad {
    /// `None` if the source doesn't report it.
    pub(super) fn find(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> Option<Self> {
        let count = |metric| Some(current_count(snapshot, queue, metric, now)? as usize);
        Some(Self {
            available: count(Metric::AgentsAvailable)?,
            in_conversation: count(Metric::InConversation)?,
        })
    }

    /// Returns these agents as those of a queue alone. Those with fewer than `slots` contacts are taken
    /// to be the available ones, and available ones beyond them to have none.
    pub(super) fn pool_agents(
        self,
        queue: &QueueId,
        agents: &[PresentAgent],
        slots: u32,
    ) -> Vec<PoolAgent> {
        let mine = agents.iter().filter(|agent| agent.has_only_contacts());
        let mut loads: Vec<ContactLoad> = mine
            .map(|agent| ContactLoad {
                here: agent.contacts_in(queue),
                in_all: agent.contact_count(),
            })
            .filter(|load| 0 < load.here)
            .collect();
        let known: usize = loads.iter().map(|load| load.here).sum();
        let unknown = self.in_conversation.saturating_sub(known);
        loads.resize(loads.len() + unknown, ContactLoad { here: 1, in_all: 1 });
        let slots = slots as usize;
        let partly_busy = loads.iter().filter(|load| load.in_all < slots).count();
        let mut takers = self.available.min(partly_busy);
        loads.resize(
            loads.len() + self.available - takers,
            ContactLoad::default(),
        );
        let agents = loads.into_iter().map(|load| {
            let takes_more = load.in_all < slots && (load.in_all == 0 || 0 < takers);
            takers -= usize::from(takes_more && 0 < load.in_all);
            load.agent(if takes_more { slots } else { load.in_all })
        });
        agents.collect()
    }
}

/// An agent's contacts: those of the queue, and all.
#[derive(Clone, Copy, Debug, Default)]
struct ContactLoad {
    here: usize,
    in_all: usize,
}

impl ContactLoad {
    fn agent(self, slots: usize) -> PoolAgent {
        let contact = |index| OpenContact {
            queue: (index < self.here).then_some(0),
            elapsed_s: None,
        };
        PoolAgent {
            queues: 1,
            slots: u32::try_from(slots).unwrap_or(u32::MAX),
            contacts: (0..self.in_all).map(contact).collect(),
            ..PoolAgent::default()
        }
    }
}
