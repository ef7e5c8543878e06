//! What somebody does now: an agent as one source knows them, or a person whom several
//! know. Of a person the state that binds them most is shown: whoever talks in one place
//! is not free because another place says so.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AgentId, AgentStatus, Counter, LinkedPerson, Metric, MetricValue, Moment, PersonName, QueueId,
    Unit,
};

use crate::live::snapshot::{AgentSnapshot, Freshness, MetricFigure, Snapshot};

use super::merged_value::count_value;

/// Of several states the first that any source says.
const STATUS_PRIORITY: [AgentStatus; 9] = [
    AgentStatus::Talking,
    AgentStatus::Hold,
    AgentStatus::Ringing,
    AgentStatus::WrapUp,
    AgentStatus::Busy,
    AgentStatus::NotReady,
    AgentStatus::Available,
    AgentStatus::Unknown,
    AgentStatus::LoggedOut,
];
const OVERLAP_REASON: &str = "times from different systems overlap";

/// Somebody, once.
#[derive(Clone, Debug)]
pub struct AgentPresence<'a> {
    pub id: &'a AgentId,
    pub name: PersonName,
    pub status: AgentStatus,
    pub since: Option<Timestamp>,
    pub freshness: Freshness,
    /// As each source knows them; of an agent itself.
    pub agents: Vec<&'a AgentSnapshot>,
}

impl Snapshot {
    pub fn agent_presence<'a>(
        &'a self,
        agent: &'a AgentSnapshot,
        now: Moment,
    ) -> AgentPresence<'a> {
        AgentPresence {
            id: &agent.id,
            name: self.agent_name(agent),
            status: agent.status,
            since: agent.since,
            freshness: self.agent_freshness(agent, now),
            agents: vec![agent],
        }
    }

    /// `None` where no source has spoken of them, or they are hidden.
    pub fn person_presence<'a>(
        &'a self,
        person: &'a LinkedPerson,
        now: Moment,
    ) -> Option<AgentPresence<'a>> {
        let agents = person.agents.iter().filter_map(|id| self.agents.get(id));
        let agents: Vec<&AgentSnapshot> = agents
            .filter(|agent| !self.is_agent_hidden(agent))
            .collect();
        let hidden = &self.site.hidden_agents;
        let id = person.id.to_string();
        if hidden.iter().any(|pattern| pattern.matches(&id)) {
            return None;
        }
        let state = agents
            .iter()
            .map(|agent| agent.status)
            .min_by_key(|s| status_rank(*s))?;
        let is_so = |agent: &&&AgentSnapshot| agent.status == state;
        let told = agents.iter().filter(is_so);
        let is_sure =
            |agent: &&AgentSnapshot| self.agent_freshness(agent, now) == Freshness::UpToDate;
        // Nothing that another source may say outranks a conversation.
        let talks = status_rank(state) == 0 && told.clone().any(is_sure);
        let trust = agents.iter().map(|agent| self.agent_freshness(agent, now));
        let worst = trust.max_by_key(|trust| freshness_rank(*trust))?;
        Some(AgentPresence {
            id: &person.id,
            name: self
                .site
                .resolve_person_name(&person.id, Some(&person.name), false),
            status: state,
            since: told.filter_map(|agent| agent.since).min(),
            freshness: if talks { Freshness::UpToDate } else { worst },
            agents,
        })
    }

    /// Everybody who is not hidden, each person once.
    pub fn all_presences(&self, now: Moment) -> Vec<AgentPresence<'_>> {
        let people = &self.site.people;
        let of_people: std::collections::HashSet<&AgentId> =
            people.iter().flat_map(|person| &person.agents).collect();
        let agents = self
            .agents
            .values()
            .filter(|agent| !of_people.contains(&agent.id) && !self.is_agent_hidden(agent));
        let agents = agents.map(|agent| self.agent_presence(agent, now));
        let people = people
            .iter()
            .filter_map(|person| self.person_presence(person, now));
        people.chain(agents).collect()
    }

    /// A figure of somebody; `None` where no source gives that metric.
    pub fn presence_figure(
        &self,
        presence: &AgentPresence<'_>,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        let agents = presence.agents.iter();
        let mut given: Vec<MetricFigure> = agents
            .filter_map(|agent| self.agent_figure(agent, metric, now))
            .collect();
        if given.len() <= 1 {
            return given.pop();
        }
        let worst = given
            .iter()
            .map(|figure| figure.freshness)
            .max_by_key(|t| freshness_rank(*t))?;
        let at = given.iter().filter_map(|figure| figure.at).min();
        let of_day = given.iter().find_map(|figure| figure.day_details.clone());
        let figure = MetricFigure {
            at,
            freshness: worst,
            day_details: of_day,
            ..MetricFigure::default()
        };
        if metric.unit() != Unit::Count {
            return Some(MetricFigure {
                reason: Some(OVERLAP_REASON.to_owned()),
                ..figure
            });
        }
        let sum = |of: &[&MetricFigure]| {
            MetricValue::Count(of.iter().map(|f| count_value(f.value)).sum())
        };
        let all: Vec<&MetricFigure> = given.iter().collect();
        let is_sure = |f: &&&MetricFigure| f.freshness == Freshness::UpToDate && f.value.is_some();
        let sure: Vec<&MetricFigure> = all.iter().filter(is_sure).copied().collect();
        let is_whole = sure.len() == all.len();
        Some(MetricFigure {
            value: all.iter().all(|f| f.value.is_some()).then(|| sum(&all)),
            low: (!is_whole && !sure.is_empty()).then(|| sum(&sure)),
            reason: (!is_whole && !sure.is_empty()).then(|| "one source has no data".to_owned()),
            ..figure
        })
    }
}

impl AgentPresence<'_> {
    /// Whether several sources know them.
    pub fn is_person(&self) -> bool {
        self.agents.first().is_none_or(|agent| agent.id != *self.id)
    }

    /// Open cases; `None` where no source tells them.
    pub fn open_cases(&self) -> Option<u32> {
        let told = self.event_based_agents().map(|agent| agent.cases);
        told.reduce(u32::saturating_add)
    }

    /// No case can have been missed.
    pub fn is_reconciled(&self) -> bool {
        self.event_based_agents().all(|agent| agent.is_reconciled)
    }

    /// Contacts that ended here today, as counted here.
    pub fn handled_today(&self) -> i64 {
        self.event_based_agents()
            .map(|agent| agent.today.counters.count(Counter::Handled))
            .sum()
    }

    /// Where their cases are, each queue once.
    pub fn case_queues(&self) -> Vec<&QueueId> {
        let queues = self.agents.iter().flat_map(|agent| &agent.case_queues);
        deduplicate_queues(queues)
    }

    /// The queues they serve.
    pub fn assigned_queues(&self) -> Vec<&QueueId> {
        deduplicate_queues(self.agents.iter().flat_map(|agent| agent.queues.iter()))
    }

    /// Whether a source tells their state, and not only which cases they have.
    pub fn has_reported_status(&self) -> bool {
        let mut stated = self.agents.iter().filter_map(|agent| agent.report.as_ref());
        stated.any(|stated| stated.provides_status)
    }

    /// The state on each medium, where there are several and they differ.
    pub fn media_statuses(&self) -> &[(Arc<str>, AgentStatus)] {
        let stated = self
            .agents_in_status()
            .filter_map(|agent| agent.report.as_ref());
        let mut media = stated.map(|stated| stated.media.as_slice());
        let differ = |media: &&[(Arc<str>, AgentStatus)]| {
            media.iter().any(|(_, state)| *state != media[0].1)
        };
        media.find(differ).unwrap_or_default()
    }

    /// Why they are not ready, in words.
    pub fn not_ready_reason(&self) -> Option<&str> {
        self.agents_in_status()
            .find_map(|agent| agent.report.as_ref()?.reason.as_deref())
    }

    /// The vendor's own word for the state, where ours does not say all.
    pub fn vendor_status(&self) -> Option<&str> {
        self.agents_in_status()
            .find_map(|agent| agent.report.as_ref()?.vendor_status.as_deref())
    }

    /// Those whose sources tell cases, not states.
    fn event_based_agents(&self) -> impl Iterator<Item = &AgentSnapshot> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.report.is_none())
    }

    /// Those whose state is the one that is shown.
    fn agents_in_status(&self) -> impl Iterator<Item = &AgentSnapshot> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.status == self.status)
    }
}

fn deduplicate_queues<'a>(queues: impl Iterator<Item = &'a QueueId>) -> Vec<&'a QueueId> {
    let mut once: Vec<&QueueId> = Vec::new();
    for queue in queues {
        if !once.contains(&queue) {
            once.push(queue);
        }
    }
    once
}

fn status_rank(state: AgentStatus) -> usize {
    let place = STATUS_PRIORITY.iter().position(|known| *known == state);
    place.unwrap_or(STATUS_PRIORITY.len())
}

fn freshness_rank(trust: Freshness) -> u8 {
    match trust {
        Freshness::UpToDate => 0,
        Freshness::Unknown => 1,
        Freshness::Disconnected(_) => 2,
        Freshness::OutOfDate => 3,
    }
}
