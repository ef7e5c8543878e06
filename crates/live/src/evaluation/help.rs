//! Facts that could help a queue that needs attention: who is free in another queue of its groups, and
//! who is on break for longer than allowed. Only facts that are up to date count.

use std::collections::HashSet;

use crate::{
    merge::AgentPresence,
    snapshot::{Freshness, QueueSnapshot},
};
use wallboard_domain::{AgentStatus, Metric, MetricValue, QueueId};

use super::Evaluator;

/// Facts that could help a queue.
#[derive(Clone, Debug, Default)]
pub struct QueueHelp<'a> {
    pub free: Vec<FreeAgents<'a>>,
    pub long_breaks: Vec<LongBreak<'a>>,
}

/// Available agents of another queue who don't serve this one.
#[derive(Clone, Debug)]
pub struct FreeAgents<'a> {
    pub queue: &'a QueueSnapshot,
    pub count: u64,
    /// None if only their number is known, or may be seen.
    pub agents: Vec<AgentPresence<'a>>,
}

/// An agent who is on break for longer than allowed.
#[derive(Clone, Debug)]
pub struct LongBreak<'a> {
    pub agent: AgentPresence<'a>,
    pub over_ms: i64,
}

impl<'a> Evaluator<'a> {
    /// Returns the facts that could help a queue, if it needs attention. Agents only for readers who may
    /// see them.
    pub fn find_help(&mut self, queue: &'a QueueSnapshot, shows_agents: bool) -> QueueHelp<'a> {
        if !self.evaluate_queue(queue, &[]).severity.needs_attention() {
            return QueueHelp::default();
        }
        let others = self.other_queues(queue).into_iter();
        QueueHelp {
            free: others
                .filter_map(|other| self.free_agents(queue, other, shows_agents))
                .collect(),
            long_breaks: if shows_agents {
                self.long_breaks(queue)
            } else {
                Vec::new()
            },
        }
    }

    /// The other queues of its groups that don't need attention themselves.
    fn other_queues(&mut self, queue: &QueueSnapshot) -> Vec<&'a QueueSnapshot> {
        let snapshot = self.snapshot;
        let groups = snapshot.site.groups.iter();
        let groups = groups.filter(|group| group.queues.contains(&queue.id));
        let mut known: HashSet<&QueueId> = HashSet::from([&queue.id]);
        let others = groups.flat_map(|group| &group.queues);
        let others = others.filter(|id| known.insert(*id));
        let others = others.filter_map(|id| snapshot.queues.get(id));
        let mut others: Vec<_> = others
            .filter(|other| !snapshot.is_queue_hidden(other))
            .collect();
        others.retain(|&other| !self.evaluate_queue(other, &[]).severity.needs_attention());
        others
    }

    fn free_agents(
        &mut self,
        queue: &QueueSnapshot,
        other: &'a QueueSnapshot,
        shows_agents: bool,
    ) -> Option<FreeAgents<'a>> {
        if shows_agents {
            let mut agents = self.snapshot.queue_presences(&[&other.id], self.now);
            agents.retain(|agent| {
                is_certainly(agent, AgentStatus::Available)
                    && !agent.assigned_queues().contains(&&queue.id)
            });
            if !agents.is_empty() {
                return Some(FreeAgents {
                    queue: other,
                    count: agents.len() as u64,
                    agents,
                });
            }
        }
        // A number doesn't say who: while somebody is available here, it may be the same person.
        let is_nobody_here = self.available_agents(queue) == Some(0);
        let count = self.available_agents(other).filter(|count| 0 < *count);
        count.filter(|_| is_nobody_here).map(|count| FreeAgents {
            queue: other,
            count,
            agents: Vec::new(),
        })
    }

    /// Returns how many agents are available, if that is up to date.
    fn available_agents(&mut self, queue: &QueueSnapshot) -> Option<u64> {
        let evaluated = self.evaluate_metric(queue, Metric::AgentsAvailable);
        match evaluated.value()? {
            MetricValue::Count(count) => Some(count).filter(|_| !evaluated.is_out_of_date()),
            MetricValue::Seconds(_) | MetricValue::Percent(_) => None,
        }
    }

    /// The longest first.
    fn long_breaks(&mut self, queue: &'a QueueSnapshot) -> Vec<LongBreak<'a>> {
        let snapshot = self.snapshot;
        let members = snapshot.group_members(queue).map(|member| &member.id);
        let members: Vec<_> = members.collect();
        let agents = snapshot.queue_presences(&members, self.now).into_iter();
        let on_break = agents.filter(|agent| is_certainly(agent, AgentStatus::NotReady));
        let mut breaks: Vec<_> = on_break
            .filter_map(|agent| {
                let over_ms = self.time_over_limit(&agent)?;
                Some(LongBreak { agent, over_ms })
            })
            .collect();
        breaks.sort_by_key(|long| std::cmp::Reverse(long.over_ms));
        breaks
    }
}

fn is_certainly(agent: &AgentPresence<'_>, status: AgentStatus) -> bool {
    agent.status == status && agent.freshness == Freshness::UpToDate
}
