//! Counts of agents over several queues. An agent may work several queues, so counts don't add
//! up. Agents with a known status are counted once. Otherwise the result is a range.

use wallboard_domain::{AgentId, AgentStatus, Metric, MetricValue, Moment, QueueId};

use crate::{
    FigureReason,
    fast_map::FastSet,
    site_links::FoundLinks,
    snapshot::{AgentSnapshot, Freshness, QueueSnapshot, Snapshot},
};

use super::{merged_value::MergedValue, merged_value::count_value, queue_selection::MergePart};

impl Snapshot {
    pub(super) fn merge_agent_counts(
        &self,
        parts: &[&MergePart<'_>],
        metric: Metric,
        now: Moment,
    ) -> MergedValue {
        let counts = parts.iter().filter_map(|part| {
            let n = count_value(part.figure.as_ref()?.value);
            Some((part.single_queue()?, n)).filter(|(_, n)| 0 < *n)
        });
        let counts: Vec<(&QueueSnapshot, u64)> = counts.collect();
        if counts.len() <= 1 {
            return exact_value(counts.first().map_or(0, |(_, n)| *n));
        }
        let links = self.links.find(&self.site);
        let mut known_agents = FastSet::default();
        let mut unmatched_counts = Vec::new();
        for (queue, n) in &counts {
            let agents = self.counted_agents(queue, metric, &links, now);
            if agents.len() as u64 == *n {
                known_agents.extend(agents);
            } else {
                unmatched_counts.push(*n);
            }
        }
        let known_agents = known_agents.len() as u64;
        if unmatched_counts.is_empty() {
            return exact_value(known_agents);
        }
        let low = unmatched_counts
            .iter()
            .copied()
            .max()
            .unwrap_or(0)
            .max(known_agents);
        let sum = known_agents + unmatched_counts.iter().sum::<u64>();
        let high = self
            .assigned_agent_count(&counts, &links)
            .map_or(sum, |most| sum.min(most));
        if high <= low {
            return exact_value(low);
        }
        MergedValue {
            low: Some(MetricValue::Count(low)),
            high: Some(MetricValue::Count(high)),
            reason: Some(FigureReason::SharedAgents),
            ..MergedValue::default()
        }
    }

    /// Returns the agents who serve a queue, hidden ones included.
    fn agents_of_queue(&self, queue: &QueueId) -> Vec<&AgentSnapshot> {
        let agents = self.agents.values();
        let agents = agents.map(|agent| (&agent.id, &*agent.queues));
        let all = self.agents_by_queue.find(self.agents.structure(), agents);
        let ids = all.get(queue).into_iter().flatten();
        ids.filter_map(|id| self.agents.get(id)).collect()
    }

    /// Returns the agents of a queue whose status the metric counts, as persons.
    fn counted_agents<'a>(
        &'a self,
        queue: &QueueSnapshot,
        metric: Metric,
        links: &'a FoundLinks,
        now: Moment,
    ) -> FastSet<&'a AgentId> {
        let agents = self.agents_of_queue(&queue.id).into_iter();
        let agents = agents.filter(|agent| {
            agent.report.is_some()
                && is_counted(agent.status, metric)
                && self.agent_freshness(agent, now) == Freshness::UpToDate
        });
        agents.map(|agent| links.person_id(&agent.id)).collect()
    }

    /// Counts all agents assigned to these queues. Returns `None` unless the assignments explain
    /// every count.
    fn assigned_agent_count(
        &self,
        counts: &[(&QueueSnapshot, u64)],
        links: &FoundLinks,
    ) -> Option<u64> {
        let mut all = FastSet::default();
        for (queue, n) in counts {
            let mut agents = self.agents_of_queue(&queue.id);
            agents.retain(|agent| !agent.hidden);
            if (agents.len() as u64) < *n {
                return None;
            }
            all.extend(agents.iter().map(|agent| links.person_id(&agent.id)));
        }
        Some(all.len() as u64)
    }
}

fn exact_value(n: u64) -> MergedValue {
    MergedValue {
        value: Some(MetricValue::Count(n)),
        ..MergedValue::default()
    }
}

fn is_counted(status: AgentStatus, metric: Metric) -> bool {
    match metric {
        Metric::AgentsAvailable => status == AgentStatus::Available,
        Metric::AgentsNotReady => status == AgentStatus::NotReady,
        Metric::AgentsInConversation => matches!(status, AgentStatus::Talking | AgentStatus::Hold),
        _ => !matches!(status, AgentStatus::LoggedOut | AgentStatus::Unknown),
    }
}
