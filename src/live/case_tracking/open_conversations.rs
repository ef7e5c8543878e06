//! Who talks with whom now: the open cases of each agent and of each queue,
//! kept so that nobody has to look through them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::{AgentId, CaseId, QueueId};
use crate::live::snapshot::FastMap;

use super::case_timeline::CaseConversation;

/// What an agent has on their hands.
#[derive(Debug, Default)]
pub(crate) struct AgentConversations {
    /// The longest first, by our clock.
    cases: BTreeSet<(Timestamp, CaseId)>,
    queues: BTreeMap<QueueId, u32>,
}

#[derive(Debug, Default)]
pub(crate) struct OpenConversations {
    agents: FastMap<AgentId, AgentConversations>,
    /// The longest first, by the source's own time.
    queues: FastMap<QueueId, BTreeSet<(Timestamp, CaseId)>>,
}

impl AgentConversations {
    pub(crate) fn case_count(&self) -> usize {
        self.cases.len()
    }

    /// The queues of the cases, each once, in order.
    pub(crate) fn queues(&self) -> impl Iterator<Item = &QueueId> {
        self.queues.keys()
    }

    pub(crate) fn longest_since(&self) -> Option<Timestamp> {
        self.cases.first().map(|(since, _)| *since)
    }
}

impl OpenConversations {
    pub(crate) fn start_conversation(&mut self, case: &CaseId, leg: &CaseConversation) {
        if let Some(agent) = &leg.agent {
            let hand = self.agents.entry(agent.clone()).or_default();
            hand.cases.insert((leg.opened, case.clone()));
            if let Some(queue) = &leg.queue {
                *hand.queues.entry(queue.clone()).or_default() += 1;
            }
        }
        if let Some(queue) = &leg.queue {
            let open = self.queues.entry(queue.clone()).or_default();
            open.insert((leg.opened_at, case.clone()));
        }
    }

    /// Takes back what `begin` did with the same leg.
    pub(crate) fn end_conversation(&mut self, case: &CaseId, leg: &CaseConversation) {
        if let Some(agent) = &leg.agent
            && let Some(hand) = self.agents.get_mut(agent)
        {
            hand.cases.remove(&(leg.opened, case.clone()));
            if let Some(queue) = &leg.queue
                && let Some(count) = hand.queues.get_mut(queue)
            {
                *count -= 1;
                if *count == 0 {
                    hand.queues.remove(queue);
                }
            }
            if hand.cases.is_empty() {
                self.agents.remove(agent);
            }
        }
        if let Some(queue) = &leg.queue
            && let Some(open) = self.queues.get_mut(queue)
        {
            open.remove(&(leg.opened_at, case.clone()));
            if open.is_empty() {
                self.queues.remove(queue);
            }
        }
    }

    pub(crate) fn find_agent(&self, agent: &AgentId) -> Option<&AgentConversations> {
        self.agents.get(agent)
    }

    /// How many of those that are open in a queue were so at a time of its source.
    pub(crate) fn count_open_at(&self, queue: &QueueId, at: Timestamp) -> usize {
        let Some(open) = self.queues.get(queue) else {
            return 0;
        };
        let later = open.iter().rev().take_while(|(opened, _)| at < *opened);
        open.len() - later.count()
    }

    /// Those cases themselves.
    pub(crate) fn open_cases_at(&self, queue: &QueueId, at: Timestamp) -> Vec<CaseId> {
        let open = self.queues.get(queue).into_iter().flatten();
        let open = open.take_while(|(opened, _)| *opened <= at);
        open.map(|(_, case)| case.clone()).collect()
    }

    pub(crate) fn is_queue_empty(&self, queue: &QueueId) -> bool {
        !self.queues.contains_key(queue)
    }
}
