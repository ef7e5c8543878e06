//! Agent presence: what an agent of one source, or a person whom several sources know, does now.
//! A person shows the status that occupies them most. If they talk in one system, an available
//! status in another doesn't matter.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{
    AgentId, AgentStatus, Counter, LinkedPerson, Metric, MetricValue, Moment, PersonName, QueueId,
    Unit,
};

use crate::{
    FigureReason,
    snapshot::{AgentSnapshot, Freshness, MetricFigure, Snapshot},
};

use super::merged_value::count_value;

/// A person's status is the first of these that any source reports.
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

/// An agent or a person, once.
#[derive(Clone, Debug)]
pub struct AgentPresence<'a> {
    pub id: &'a AgentId,
    pub name: PersonName,
    pub status: AgentStatus,
    pub since: Option<Timestamp>,
    pub freshness: Freshness,
    /// Freshness of the open cases, apart from whether one was missed. Only a person's differs: who talks on
    /// the phone does so also while chat is disconnected.
    pub cases_freshness: Freshness,
    /// The agents of a person in each source, or the agent itself.
    pub agents: Vec<&'a AgentSnapshot>,
}

impl Snapshot {
    pub fn agent_presence<'a>(
        &'a self,
        agent: &'a AgentSnapshot,
        now: Moment,
    ) -> AgentPresence<'a> {
        let freshness = self.agent_freshness(agent, now);
        AgentPresence {
            id: &agent.id,
            name: self.agent_name(agent),
            status: agent.status,
            since: agent.since,
            freshness,
            cases_freshness: freshness,
            agents: vec![agent],
        }
    }

    /// `None` if no source has reported them, or they are hidden.
    pub fn person_presence<'a>(
        &'a self,
        person: &'a LinkedPerson,
        now: Moment,
    ) -> Option<AgentPresence<'a>> {
        let agents = person.agents.iter().filter_map(|id| self.agents.get(id));
        let agents: Vec<&AgentSnapshot> = agents
            .filter(|agent| !self.is_agent_hidden(agent))
            .collect();
        if self.site.hides_agent(&person.id) {
            return None;
        }
        let status = agents
            .iter()
            .map(|agent| agent.status)
            .min_by_key(|s| status_rank(*s))?;
        let has_status = |agent: &&&AgentSnapshot| agent.status == status;
        let in_status = agents.iter().filter(has_status);
        let is_up_to_date =
            |agent: &&AgentSnapshot| self.agent_freshness(agent, now) == Freshness::UpToDate;
        // No other source's status outranks a conversation.
        let is_talking = status_rank(status) == 0 && in_status.clone().any(is_up_to_date);
        let worst_of = |wanted: fn(&AgentSnapshot) -> bool| {
            let wanted = agents.iter().filter(|agent| wanted(agent));
            let freshness = wanted.map(|agent| self.agent_freshness(agent, now));
            freshness.max_by_key(|freshness| freshness_rank(*freshness))
        };
        let worst = worst_of(|_| true)?;
        let cases_freshness = worst_of(|agent| agent.report.is_none());
        Some(AgentPresence {
            id: &person.id,
            name: self
                .site
                .resolve_person_name(&person.id, Some(&person.name), false),
            status,
            since: in_status.filter_map(|agent| agent.since).min(),
            freshness: if is_talking {
                Freshness::UpToDate
            } else {
                worst
            },
            cases_freshness: cases_freshness.unwrap_or(Freshness::Unknown),
            agents,
        })
    }

    /// Returns a person, or an agent who is no person's. `None` if no source has reported them, or they are hidden.
    pub fn find_presence<'a>(&'a self, id: &AgentId, now: Moment) -> Option<AgentPresence<'a>> {
        for person in &self.site.people {
            if person.id == *id {
                return self.person_presence(person, now);
            }
            if person.agents.contains(id) {
                return None;
            }
        }
        let agent = self.agents.get(id)?;
        (!self.is_agent_hidden(agent)).then(|| self.agent_presence(agent, now))
    }

    /// Returns everyone who is not hidden, each person once.
    pub fn all_presences(&self, now: Moment) -> Vec<AgentPresence<'_>> {
        self.presences_of(now, |_| true)
    }

    /// Returns who is assigned to one of these queues or has a case in one, unless they are hidden,
    /// each person once.
    pub fn queue_presences(&self, queues: &[&QueueId], now: Moment) -> Vec<AgentPresence<'_>> {
        self.presences_of(now, |agent| {
            let mut served = agent.queues.iter().chain(&agent.case_queues);
            served.any(|id| queues.contains(&id))
        })
    }

    /// Returns everyone with an agent who is wanted and not hidden, each person once.
    fn presences_of(
        &self,
        now: Moment,
        is_wanted: impl Fn(&AgentSnapshot) -> bool,
    ) -> Vec<AgentPresence<'_>> {
        let is_shown = |agent: &AgentSnapshot| is_wanted(agent) && !self.is_agent_hidden(agent);
        let agents = self.unlinked_agents().filter(|agent| is_wanted(agent));
        let agents = agents.map(|agent| self.agent_presence(agent, now));
        let people = self.site.people.iter().filter(|person| {
            let mut agents = person.agents.iter().filter_map(|id| self.agents.get(id));
            agents.any(is_shown)
        });
        let people = people.filter_map(|person| self.person_presence(person, now));
        people.chain(agents).collect()
    }

    /// Returns the agents who are not hidden, without those of a person known to several
    /// sources.
    pub fn unlinked_agents(&self) -> impl Iterator<Item = &AgentSnapshot> {
        let links = self.links.find(&self.site);
        let agents = self.agents.values();
        agents.filter(move |agent| {
            links.person_of(&agent.id).is_none() && !self.is_agent_hidden(agent)
        })
    }

    /// Returns a figure of an agent or a person; `None` if no source provides that metric.
    pub fn presence_figure(
        &self,
        presence: &AgentPresence<'_>,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        let agents = presence.agents.iter();
        let mut figures: Vec<MetricFigure> = agents
            .filter_map(|agent| self.agent_figure(agent, metric, now))
            .collect();
        if figures.len() <= 1 {
            return figures.pop();
        }
        let worst = figures
            .iter()
            .map(|figure| figure.freshness)
            .max_by_key(|t| freshness_rank(*t))?;
        let at = figures.iter().filter_map(|figure| figure.at).min();
        let day_details = figures.iter().find_map(|figure| figure.day_details.clone());
        let figure = MetricFigure {
            at,
            freshness: worst,
            day_details,
            ..MetricFigure::default()
        };
        if metric.unit() != Unit::Count {
            return Some(MetricFigure {
                reason: Some(FigureReason::Overlap),
                ..figure
            });
        }
        let sum = |parts: &[&MetricFigure]| {
            MetricValue::Count(parts.iter().map(|f| count_value(f.value)).sum())
        };
        let all: Vec<&MetricFigure> = figures.iter().collect();
        let is_up_to_date =
            |f: &&&MetricFigure| f.freshness == Freshness::UpToDate && f.value.is_some();
        let up_to_date: Vec<&MetricFigure> = all.iter().filter(is_up_to_date).copied().collect();
        let is_complete = up_to_date.len() == all.len();
        Some(MetricFigure {
            value: all.iter().all(|f| f.value.is_some()).then(|| sum(&all)),
            low: (!is_complete && !up_to_date.is_empty()).then(|| sum(&up_to_date)),
            reason: (!is_complete && !up_to_date.is_empty()).then_some(FigureReason::SourceMissing),
            ..figure
        })
    }
}

impl AgentPresence<'_> {
    /// Whether this is a person with agents in several sources.
    pub fn is_person(&self) -> bool {
        self.agents.first().is_none_or(|agent| agent.id != *self.id)
    }

    /// Open cases; `None` if no source reports cases.
    pub fn open_cases(&self) -> Option<u32> {
        let counts = self.event_based_agents().map(|agent| agent.cases);
        counts.reduce(u32::saturating_add)
    }

    /// Open cases, if their number is certain now.
    pub fn certain_cases(&self) -> Option<u32> {
        let is_certain = self.is_reconciled() && self.cases_freshness == Freshness::UpToDate;
        self.open_cases().filter(|_| is_certain)
    }

    /// Whether the number of open cases is out of date although the status isn't, so that it has no mark.
    pub fn has_unmarked_old_cases(&self) -> bool {
        self.cases_freshness.is_out_of_date() && !self.freshness.is_out_of_date()
    }

    /// Whether no case can have been missed.
    pub fn is_reconciled(&self) -> bool {
        self.event_based_agents().all(|agent| agent.is_reconciled)
    }

    /// Contacts handled today, as counted here.
    pub fn handled_today(&self) -> i64 {
        self.event_based_agents()
            .map(|agent| agent.today.counters.count(Counter::Handled))
            .sum()
    }

    /// Returns the queues of their cases, each once.
    pub fn case_queues(&self) -> Vec<&QueueId> {
        let queues = self.agents.iter().flat_map(|agent| &agent.case_queues);
        deduplicate_queues(queues)
    }

    /// Returns the queues they are assigned to.
    pub fn assigned_queues(&self) -> Vec<&QueueId> {
        deduplicate_queues(self.agents.iter().flat_map(|agent| agent.queues.iter()))
    }

    /// Whether a source reports their status, and not only their cases.
    pub fn has_reported_status(&self) -> bool {
        let mut reports = self.agents.iter().filter_map(|agent| agent.report.as_ref());
        reports.any(|reports| reports.provides_status)
    }

    /// Returns the status on each medium, if there are several and they differ.
    pub fn media_statuses(&self) -> &[(Arc<str>, AgentStatus)] {
        let reports = self
            .agents_in_status()
            .filter_map(|agent| agent.report.as_ref());
        let mut media = reports.map(|reports| reports.media.as_slice());
        let differ = |media: &&[(Arc<str>, AgentStatus)]| {
            media.iter().any(|(_, status)| *status != media[0].1)
        };
        media.find(differ).unwrap_or_default()
    }

    /// Returns why they are not ready, as text.
    pub fn not_ready_reason(&self) -> Option<&str> {
        self.agents_in_status()
            .find_map(|agent| agent.report.as_ref()?.reason.as_deref())
    }

    /// The vendor's name for the status, if ours is less specific.
    pub fn vendor_status(&self) -> Option<&str> {
        self.agents_in_status()
            .find_map(|agent| agent.report.as_ref()?.vendor_status.as_deref())
    }

    /// Returns the agents whose sources report cases instead of a status.
    fn event_based_agents(&self) -> impl Iterator<Item = &AgentSnapshot> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.report.is_none())
    }

    /// Returns the agents that have the displayed status.
    fn agents_in_status(&self) -> impl Iterator<Item = &AgentSnapshot> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.status == self.status)
    }
}

fn deduplicate_queues<'a>(queues: impl Iterator<Item = &'a QueueId>) -> Vec<&'a QueueId> {
    let mut unique: Vec<&QueueId> = Vec::new();
    for queue in queues {
        if !unique.contains(&queue) {
            unique.push(queue);
        }
    }
    unique
}

fn status_rank(status: AgentStatus) -> usize {
    let rank = STATUS_PRIORITY.iter().position(|known| *known == status);
    rank.unwrap_or(STATUS_PRIORITY.len())
}

fn freshness_rank(freshness: Freshness) -> u8 {
    match freshness {
        Freshness::UpToDate => 0,
        Freshness::Unknown => 1,
        Freshness::Disconnected(_) => 2,
        Freshness::OutOfDate => 3,
    }
}
