//! What somebody does now: an agent as one source knows them, or a person whom several
//! know. Of a person the state that binds them most is shown: whoever talks in one place
//! is not free because another place says so.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AgentId, AgentState, Counter, Metric, Moment, Person, PersonName, QueueId, Unit, Value,
};

use crate::live::picture::{Agent, Figure, Picture, Trust};

use super::sum::count;

/// Of several states the first that any source says.
const ORDER: [AgentState; 9] = [
    AgentState::Talking,
    AgentState::Hold,
    AgentState::Ringing,
    AgentState::WrapUp,
    AgentState::Busy,
    AgentState::NotReady,
    AgentState::Available,
    AgentState::Unknown,
    AgentState::LoggedOut,
];
const UNLIKE: &str = "times from different systems overlap";

/// Somebody, once.
#[derive(Clone, Debug)]
pub struct Presence<'a> {
    pub id: &'a AgentId,
    pub name: PersonName,
    pub state: AgentState,
    pub since: Option<Timestamp>,
    pub trust: Trust,
    /// As each source knows them; of an agent itself.
    pub agents: Vec<&'a Agent>,
}

impl Picture {
    pub fn presence<'a>(&'a self, agent: &'a Agent, now: Moment) -> Presence<'a> {
        Presence {
            id: &agent.id,
            name: self.agent_name(agent),
            state: agent.state,
            since: agent.since,
            trust: self.agent_trust(agent, now),
            agents: vec![agent],
        }
    }

    /// `None` where no source has spoken of them, or they are hidden.
    pub fn person<'a>(&'a self, person: &'a Person, now: Moment) -> Option<Presence<'a>> {
        let agents = person.agents.iter().filter_map(|id| self.agents.get(id));
        let agents: Vec<&Agent> = agents
            .filter(|agent| !self.is_agent_hidden(agent))
            .collect();
        let hidden = &self.site.hidden_agents;
        let id = person.id.to_string();
        if hidden.iter().any(|pattern| pattern.matches(&id)) {
            return None;
        }
        let state = agents
            .iter()
            .map(|agent| agent.state)
            .min_by_key(|s| rank(*s))?;
        let is_so = |agent: &&&Agent| agent.state == state;
        let told = agents.iter().filter(is_so);
        let is_sure = |agent: &&Agent| self.agent_trust(agent, now) == Trust::Fresh;
        // Nothing that another source may say outranks a conversation.
        let talks = rank(state) == 0 && told.clone().any(is_sure);
        let trust = agents.iter().map(|agent| self.agent_trust(agent, now));
        let worst = trust.max_by_key(|trust| badness(*trust))?;
        Some(Presence {
            id: &person.id,
            name: self.site.person_name(&person.id, Some(&person.name), false),
            state,
            since: told.filter_map(|agent| agent.since).min(),
            trust: if talks { Trust::Fresh } else { worst },
            agents,
        })
    }

    /// Everybody who is not hidden, each person once.
    pub fn presences(&self, now: Moment) -> Vec<Presence<'_>> {
        let people = &self.site.people;
        let of_people: std::collections::HashSet<&AgentId> =
            people.iter().flat_map(|person| &person.agents).collect();
        let agents = self
            .agents
            .values()
            .filter(|agent| !of_people.contains(&agent.id) && !self.is_agent_hidden(agent));
        let agents = agents.map(|agent| self.presence(agent, now));
        let people = people.iter().filter_map(|person| self.person(person, now));
        people.chain(agents).collect()
    }

    /// A figure of somebody; `None` where no source gives that metric.
    pub fn presence_figure(
        &self,
        presence: &Presence<'_>,
        metric: Metric,
        now: Moment,
    ) -> Option<Figure> {
        let agents = presence.agents.iter();
        let mut given: Vec<Figure> = agents
            .filter_map(|agent| self.agent_figure(agent, metric, now))
            .collect();
        if given.len() <= 1 {
            return given.pop();
        }
        let worst = given
            .iter()
            .map(|figure| figure.trust)
            .max_by_key(|t| badness(*t))?;
        let at = given.iter().filter_map(|figure| figure.at).min();
        let of_day = given.iter().find_map(|figure| figure.of_day.clone());
        let figure = Figure {
            at,
            trust: worst,
            of_day,
            ..Figure::default()
        };
        if metric.unit() != Unit::Count {
            return Some(Figure {
                reason: Some(UNLIKE.to_owned()),
                ..figure
            });
        }
        let sum = |of: &[&Figure]| Value::Count(of.iter().map(|f| count(f.value)).sum());
        let all: Vec<&Figure> = given.iter().collect();
        let is_sure = |f: &&&Figure| f.trust == Trust::Fresh && f.value.is_some();
        let sure: Vec<&Figure> = all.iter().filter(is_sure).copied().collect();
        let is_whole = sure.len() == all.len();
        Some(Figure {
            value: all.iter().all(|f| f.value.is_some()).then(|| sum(&all)),
            low: (!is_whole && !sure.is_empty()).then(|| sum(&sure)),
            reason: (!is_whole && !sure.is_empty()).then(|| "one source has no data".to_owned()),
            ..figure
        })
    }
}

impl Presence<'_> {
    /// Whether several sources know them.
    pub fn is_person(&self) -> bool {
        self.agents.first().is_none_or(|agent| agent.id != *self.id)
    }

    /// Open cases; `None` where no source tells them.
    pub fn cases(&self) -> Option<u32> {
        let told = self.telling().map(|agent| agent.cases);
        told.reduce(u32::saturating_add)
    }

    /// No case can have been missed.
    pub fn is_accounted(&self) -> bool {
        self.telling().all(|agent| agent.accounted)
    }

    /// Contacts that ended here today, as counted here.
    pub fn handled(&self) -> i64 {
        self.telling()
            .map(|agent| agent.today.counters.count(Counter::Handled))
            .sum()
    }

    /// Where their cases are, each queue once.
    pub fn case_queues(&self) -> Vec<&QueueId> {
        let queues = self.agents.iter().flat_map(|agent| &agent.case_queues);
        once(queues)
    }

    /// The queues they serve.
    pub fn queues(&self) -> Vec<&QueueId> {
        once(self.agents.iter().flat_map(|agent| agent.queues.iter()))
    }

    /// Whether a source tells their state, and not only which cases they have.
    pub fn is_state_told(&self) -> bool {
        let mut stated = self.agents.iter().filter_map(|agent| agent.stated.as_ref());
        stated.any(|stated| stated.gives_state)
    }

    /// The state on each medium, where there are several and they differ.
    pub fn media(&self) -> &[(Arc<str>, AgentState)] {
        let stated = self.saying().filter_map(|agent| agent.stated.as_ref());
        let mut media = stated.map(|stated| stated.media.as_slice());
        let differ =
            |media: &&[(Arc<str>, AgentState)]| media.iter().any(|(_, state)| *state != media[0].1);
        media.find(differ).unwrap_or_default()
    }

    /// Why they are not ready, in words.
    pub fn reason(&self) -> Option<&str> {
        self.saying()
            .find_map(|agent| agent.stated.as_ref()?.reason.as_deref())
    }

    /// The vendor's own word for the state, where ours does not say all.
    pub fn raw(&self) -> Option<&str> {
        self.saying()
            .find_map(|agent| agent.stated.as_ref()?.raw.as_deref())
    }

    /// Those whose sources tell cases, not states.
    fn telling(&self) -> impl Iterator<Item = &Agent> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.stated.is_none())
    }

    /// Those whose state is the one that is shown.
    fn saying(&self) -> impl Iterator<Item = &Agent> {
        self.agents
            .iter()
            .copied()
            .filter(|agent| agent.state == self.state)
    }
}

fn once<'a>(queues: impl Iterator<Item = &'a QueueId>) -> Vec<&'a QueueId> {
    let mut once: Vec<&QueueId> = Vec::new();
    for queue in queues {
        if !once.contains(&queue) {
            once.push(queue);
        }
    }
    once
}

fn rank(state: AgentState) -> usize {
    let place = ORDER.iter().position(|known| *known == state);
    place.unwrap_or(ORDER.len())
}

fn badness(trust: Trust) -> u8 {
    match trust {
        Trust::Fresh => 0,
        Trust::Unknown => 1,
        Trust::Lost(_) => 2,
        Trust::Stale => 3,
    }
}
