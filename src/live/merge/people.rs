//! How many people there are in several queues together. One may serve several, so
//! counts do not add: who is known by state is counted once, and else there is a range.

use std::collections::{HashMap, HashSet};

use crate::domain::{AgentId, AgentState, Metric, Moment, QueueId, Value};

use crate::live::picture::{Agent, Picture, Queue, Trust};

use super::{over::Part, sum::Sum, sum::count};

const SEVERAL: &str = "some agents work several queues";

impl Picture {
    pub(super) fn people(&self, parts: &[&Part<'_>], metric: Metric, now: Moment) -> Sum {
        let some = parts.iter().filter_map(|part| {
            let n = count(part.figure.as_ref()?.value);
            Some((part.queue()?, n)).filter(|(_, n)| 0 < *n)
        });
        let some: Vec<(&Queue, u64)> = some.collect();
        if some.len() <= 1 {
            return exactly(some.first().map_or(0, |(_, n)| *n));
        }
        let persons = self.persons();
        let mut seen = HashSet::new();
        let mut unseen = Vec::new();
        for (queue, n) in &some {
            let those = self.those(queue, metric, &persons, now);
            if those.len() as u64 == *n {
                seen.extend(those);
            } else {
                unseen.push(*n);
            }
        }
        let seen = seen.len() as u64;
        let low = unseen.iter().copied().max().unwrap_or(0).max(seen);
        let sum = seen + unseen.iter().sum::<u64>();
        let high = self.most(&some, &persons).map_or(sum, |most| sum.min(most));
        if high <= low {
            return exactly(low);
        }
        Sum {
            low: Some(Value::Count(low)),
            high: Some(Value::Count(high)),
            reason: Some(SEVERAL),
            ..Sum::default()
        }
    }

    /// Which person an agent is, where several agents are one.
    fn persons(&self) -> HashMap<&AgentId, &AgentId> {
        let people = self.site.people.iter();
        people
            .flat_map(|person| person.agents.iter().map(|agent| (agent, &person.id)))
            .collect()
    }

    /// Those of a queue who are known to do what the metric counts.
    fn those<'a>(
        &'a self,
        queue: &Queue,
        metric: Metric,
        persons: &HashMap<&'a AgentId, &'a AgentId>,
        now: Moment,
    ) -> HashSet<&'a AgentId> {
        let agents = self.agents.values().filter(|agent| {
            agent.stated.is_some()
                && agent.queues.contains(&queue.id)
                && is_counted(agent.state, metric)
                && self.agent_trust(agent, now) == Trust::Fresh
        });
        agents
            .map(|agent| persons.get(&agent.id).copied().unwrap_or(&agent.id))
            .collect()
    }

    /// Everybody assigned to these queues. Assignments are worth something only where
    /// they can explain every count.
    fn most(&self, some: &[(&Queue, u64)], persons: &HashMap<&AgentId, &AgentId>) -> Option<u64> {
        let mut assigned = HashMap::<&QueueId, u64>::new();
        let mut all = HashSet::new();
        for agent in self.agents.values().filter(|agent| !agent.hidden) {
            let own = (agent.queues.iter()).filter(|id| some.iter().any(|(q, _)| q.id == **id));
            for id in own {
                *assigned.entry(id).or_default() += 1;
                all.insert(who(agent, persons));
            }
        }
        let is_explained =
            |(queue, n): &(&Queue, u64)| *n <= assigned.get(&queue.id).copied().unwrap_or(0);
        some.iter().all(is_explained).then_some(all.len() as u64)
    }
}

fn who<'a>(agent: &'a Agent, persons: &HashMap<&AgentId, &'a AgentId>) -> &'a AgentId {
    persons.get(&agent.id).copied().unwrap_or(&agent.id)
}

fn exactly(n: u64) -> Sum {
    Sum {
        value: Some(Value::Count(n)),
        ..Sum::default()
    }
}

fn is_counted(state: AgentState, metric: Metric) -> bool {
    match metric {
        Metric::AgentsAvailable => state == AgentState::Available,
        Metric::AgentsNotReady => state == AgentState::NotReady,
        Metric::AgentsInConversation => matches!(state, AgentState::Talking | AgentState::Hold),
        _ => !matches!(state, AgentState::LoggedOut | AgentState::Unknown),
    }
}
