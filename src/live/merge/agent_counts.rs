//! How many people there are in several queues together. One may serve several, so
//! counts do not add: who is known by state is counted once, and else there is a range.

use std::collections::{HashMap, HashSet};

use crate::domain::{AgentId, AgentStatus, Metric, MetricValue, Moment, QueueId};

use crate::live::snapshot::{AgentSnapshot, Freshness, QueueSnapshot, Snapshot};

use super::{merged_value::MergedValue, merged_value::count_value, queue_selection::MergePart};

const SHARED_AGENTS_REASON: &str = "some agents work several queues";

impl Snapshot {
    pub(super) fn merge_agent_counts(
        &self,
        parts: &[&MergePart<'_>],
        metric: Metric,
        now: Moment,
    ) -> MergedValue {
        let some = parts.iter().filter_map(|part| {
            let n = count_value(part.figure.as_ref()?.value);
            Some((part.single_queue()?, n)).filter(|(_, n)| 0 < *n)
        });
        let some: Vec<(&QueueSnapshot, u64)> = some.collect();
        if some.len() <= 1 {
            return exact_value(some.first().map_or(0, |(_, n)| *n));
        }
        let persons = self.person_by_agent();
        let mut seen = HashSet::new();
        let mut unseen = Vec::new();
        for (queue, n) in &some {
            let those = self.counted_agents(queue, metric, &persons, now);
            if those.len() as u64 == *n {
                seen.extend(those);
            } else {
                unseen.push(*n);
            }
        }
        let seen = seen.len() as u64;
        let low = unseen.iter().copied().max().unwrap_or(0).max(seen);
        let sum = seen + unseen.iter().sum::<u64>();
        let high = self
            .assigned_agent_count(&some, &persons)
            .map_or(sum, |most| sum.min(most));
        if high <= low {
            return exact_value(low);
        }
        MergedValue {
            low: Some(MetricValue::Count(low)),
            high: Some(MetricValue::Count(high)),
            reason: Some(SHARED_AGENTS_REASON),
            ..MergedValue::default()
        }
    }

    /// Which person an agent is, where several agents are one.
    fn person_by_agent(&self) -> HashMap<&AgentId, &AgentId> {
        let people = self.site.people.iter();
        people
            .flat_map(|person| person.agents.iter().map(|agent| (agent, &person.id)))
            .collect()
    }

    /// Those of a queue who are known to do what the metric counts.
    fn counted_agents<'a>(
        &'a self,
        queue: &QueueSnapshot,
        metric: Metric,
        persons: &HashMap<&'a AgentId, &'a AgentId>,
        now: Moment,
    ) -> HashSet<&'a AgentId> {
        let agents = self.agents.values().filter(|agent| {
            agent.report.is_some()
                && agent.queues.contains(&queue.id)
                && is_counted(agent.status, metric)
                && self.agent_freshness(agent, now) == Freshness::UpToDate
        });
        agents
            .map(|agent| persons.get(&agent.id).copied().unwrap_or(&agent.id))
            .collect()
    }

    /// Everybody assigned to these queues. Assignments are worth something only where
    /// they can explain every count.
    fn assigned_agent_count(
        &self,
        some: &[(&QueueSnapshot, u64)],
        persons: &HashMap<&AgentId, &AgentId>,
    ) -> Option<u64> {
        let mut assigned = HashMap::<&QueueId, u64>::new();
        let mut all = HashSet::new();
        for agent in self.agents.values().filter(|agent| !agent.hidden) {
            let own = (agent.queues.iter()).filter(|id| some.iter().any(|(q, _)| q.id == **id));
            for id in own {
                *assigned.entry(id).or_default() += 1;
                all.insert(person_id(agent, persons));
            }
        }
        let is_explained = |(queue, n): &(&QueueSnapshot, u64)| {
            *n <= assigned.get(&queue.id).copied().unwrap_or(0)
        };
        some.iter().all(is_explained).then_some(all.len() as u64)
    }
}

fn person_id<'a>(
    agent: &'a AgentSnapshot,
    persons: &HashMap<&AgentId, &'a AgentId>,
) -> &'a AgentId {
    persons.get(&agent.id).copied().unwrap_or(&agent.id)
}

fn exact_value(n: u64) -> MergedValue {
    MergedValue {
        value: Some(MetricValue::Count(n)),
        ..MergedValue::default()
    }
}

fn is_counted(state: AgentStatus, metric: Metric) -> bool {
    match metric {
        Metric::AgentsAvailable => state == AgentStatus::Available,
        Metric::AgentsNotReady => state == AgentStatus::NotReady,
        Metric::AgentsInConversation => matches!(state, AgentStatus::Talking | AgentStatus::Hold),
        _ => !matches!(state, AgentStatus::LoggedOut | AgentStatus::Unknown),
    }
}
