//! Indexes of the open cases of each agent and each queue, so that nothing has to search all
//! cases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::fast_map::FastMap;
use wallboard_domain::{AgentId, CaseId, QueueId};

use super::case_timeline::CaseTimeline;

/// A conversation that is or may be open, by its source's own time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenConversation {
    agent: Option<AgentId>,
    queue: Option<QueueId>,
    opened_at: Timestamp,
    /// When the first of the agents who took it over from each other in this queue opened it: for a load, it has
    /// been one conversation since.
    in_queue_since: Timestamp,
}

impl OpenConversation {
    /// `None`: nobody talks.
    pub(crate) fn of(timeline: &CaseTimeline) -> Option<Self> {
        let current = timeline.current_conversation()?;
        let mut first = current;
        for before in timeline.conversations.iter().rev().skip(1) {
            if before.queue != first.queue || before.ended_at != Some(first.opened_at) {
                break;
            }
            first = before;
        }
        Some(Self {
            agent: current.agent.clone(),
            queue: current.queue.clone(),
            opened_at: current.opened_at,
            in_queue_since: first.opened_at,
        })
    }
}

/// The open conversations of an agent.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct AgentConversations {
    /// The longest first, by the source's own time, which no correction of our clock moves.
    cases: BTreeSet<(Timestamp, CaseId)>,
    queues: BTreeMap<QueueId, u32>,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct OpenConversations {
    agents: FastMap<AgentId, AgentConversations>,
    /// The longest in conversation there first, no matter which agents had them.
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

    /// By the source's own time.
    pub(crate) fn longest_since(&self) -> Option<Timestamp> {
        self.cases.first().map(|(since, _)| *since)
    }
}

impl OpenConversations {
    pub(crate) fn start_conversation(&mut self, case: &CaseId, conversation: &OpenConversation) {
        if let Some(agent) = &conversation.agent {
            let agent_conversations = self.agents.entry(agent.clone()).or_default();
            agent_conversations
                .cases
                .insert((conversation.opened_at, case.clone()));
            if let Some(queue) = &conversation.queue {
                *agent_conversations.queues.entry(queue.clone()).or_default() += 1;
            }
        }
        if let Some(queue) = &conversation.queue {
            let open = self.queues.entry(queue.clone()).or_default();
            open.insert((conversation.in_queue_since, case.clone()));
        }
    }

    /// Undoes [`Self::start_conversation`] for the same conversation.
    pub(crate) fn end_conversation(&mut self, case: &CaseId, conversation: &OpenConversation) {
        if let Some(agent) = &conversation.agent
            && let Some(agent_conversations) = self.agents.get_mut(agent)
        {
            agent_conversations
                .cases
                .remove(&(conversation.opened_at, case.clone()));
            if let Some(queue) = &conversation.queue
                && let Some(count) = agent_conversations.queues.get_mut(queue)
            {
                *count -= 1;
                if *count == 0 {
                    agent_conversations.queues.remove(queue);
                }
            }
            if agent_conversations.cases.is_empty() {
                self.agents.remove(agent);
            }
        }
        if let Some(queue) = &conversation.queue
            && let Some(open) = self.queues.get_mut(queue)
        {
            open.remove(&(conversation.in_queue_since, case.clone()));
            if open.is_empty() {
                self.queues.remove(queue);
            }
        }
    }

    pub(crate) fn find_agent(&self, agent: &AgentId) -> Option<&AgentConversations> {
        self.agents.get(agent)
    }

    /// Counts the open cases of a queue that were already open there at a time of its source.
    pub(crate) fn count_open_at(&self, queue: &QueueId, at: Timestamp) -> usize {
        let Some(open) = self.queues.get(queue) else {
            return 0;
        };
        let later = open.iter().rev().take_while(|(opened, _)| at < *opened);
        open.len() - later.count()
    }

    /// Returns those cases.
    pub(crate) fn open_cases_at(&self, queue: &QueueId, at: Timestamp) -> Vec<CaseId> {
        let open = self.queues.get(queue).into_iter().flatten();
        let open = open.take_while(|(opened, _)| *opened <= at);
        open.map(|(_, case)| case.clone()).collect()
    }

    pub(crate) fn is_queue_empty(&self, queue: &QueueId) -> bool {
        !self.queues.contains_key(queue)
    }
}
