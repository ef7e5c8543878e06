//! Readings of agents: who is in a status for longer than allowed.

use std::collections::BTreeMap;

use wallboard_domain::{AgentId, AgentStatus, Moment, moment};
use wallboard_live::{Evaluator, Freshness, Snapshot};

use crate::{AlertLevel, AlertRule, AlertSubject, Reading};

/// The agents that rules watch.
pub(crate) struct AgentReadings<'s> {
    snapshot: &'s Snapshot,
    now: Moment,
    /// The status, and the time beyond its limit in milliseconds.
    over_limit: BTreeMap<AgentId, (AgentStatus, i64)>,
}

impl<'s> AgentReadings<'s> {
    /// Costs nothing if no rule watches agents.
    pub(crate) fn read(snapshot: &'s Snapshot, now: Moment, rules: &[AlertRule]) -> Self {
        let mut over_limit = BTreeMap::new();
        if rules.iter().any(AlertRule::watches_agents) {
            let found = Evaluator::new(snapshot, now)
                .agents_over_limit()
                .into_iter();
            over_limit.extend(found.map(|(one, over_ms)| (one.id.clone(), (one.status, over_ms))));
        }
        Self {
            snapshot,
            now,
            over_limit,
        }
    }

    pub(crate) fn over_limit(&self) -> impl Iterator<Item = &AgentId> {
        self.over_limit.keys()
    }

    /// The state of an agent, to a rule about one status or any.
    pub(crate) fn find_reading(&self, id: &AgentId, watched: Option<AgentStatus>) -> Reading {
        if let Some((status, over_ms)) = self.over_limit.get(id) {
            if watched.is_some_and(|watched| watched != *status) {
                return Reading::Calm;
            }
            return Reading::Burning {
                level: AlertLevel::Warning,
                figures: Vec::new(),
                status: Some(*status),
                custom: None,
                since: Some(moment::plus_millis(self.now.wall, -over_ms)),
                is_partial: false,
            };
        }
        match self.snapshot.find_presence(id, self.now) {
            Some(presence) if presence.freshness == Freshness::UpToDate => Reading::Calm,
            Some(_) => Reading::Unknown,
            None => missing_agent(self.snapshot, id),
        }
    }
}

/// An agent without a report is gone if each of their sources is live; otherwise unknown.
fn missing_agent(snapshot: &Snapshot, id: &AgentId) -> Reading {
    if snapshot.is_agent_id_hidden(id) {
        return Reading::Calm;
    }
    let mut sources = agents_of(snapshot, id).filter_map(|id| snapshot.sources.get(&id.source));
    if sources.any(|source| !source.is_live()) {
        Reading::Unknown
    } else {
        Reading::Calm
    }
}

/// Whether a rule watches an agent, or a person by one of their agents.
pub(crate) fn watches_agent(snapshot: &Snapshot, rule: &AlertRule, id: &AgentId) -> bool {
    agents_of(snapshot, id).any(|id| rule.watches(&AlertSubject::Agent(id.clone())))
}

/// Whether an agent or a person is gone for good: their sources would report them.
pub fn is_agent_gone(snapshot: &Snapshot, id: &AgentId, now: Moment) -> bool {
    snapshot.find_presence(id, now).is_none()
        && !snapshot.is_agent_id_hidden(id)
        && missing_agent(snapshot, id) == Reading::Calm
}

/// An agent alone, or a person with all of theirs.
fn agents_of<'a>(snapshot: &'a Snapshot, id: &'a AgentId) -> impl Iterator<Item = &'a AgentId> {
    let people = snapshot.site.people.iter();
    let people = people.filter(move |person| person.id == *id);
    people.flat_map(|person| &person.agents).chain([id])
}
