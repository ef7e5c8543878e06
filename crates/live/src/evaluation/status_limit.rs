//! How long an agent has been in a status for longer than allowed.

use std::collections::HashSet;

use crate::{
    fast_map::FastMap,
    merge::AgentPresence,
    snapshot::{AgentSnapshot, Freshness},
};
use wallboard_domain::{AgentId, LinkedPerson, moment};

use super::{Evaluator, ShownFreshness};

impl<'a> Evaluator<'a> {
    /// Returns everyone who isn't hidden and certainly is in a status for longer than allowed, each person once, with
    /// the time beyond the limit in milliseconds.
    pub fn agents_over_limit(&mut self) -> Vec<(AgentPresence<'a>, i64)> {
        let (snapshot, now) = (self.snapshot, self.now);
        let shortest = snapshot.site.thresholds.shortest_state_limits();
        if shortest.is_empty() {
            return Vec::new();
        }
        // Nearly nobody is, so most agents cost no more than this.
        let may_be_over = |agent: &&AgentSnapshot| {
            let limit = shortest.get(&agent.status).zip(agent.since);
            limit.is_some_and(|(limit, since)| *limit <= moment::millis_between(since, now.wall))
        };
        let people = snapshot.site.people.iter();
        let people: FastMap<&AgentId, &LinkedPerson> = people
            .flat_map(|person| person.agents.iter().map(move |agent| (agent, person)))
            .collect();
        let mut known = HashSet::new();
        let candidates = snapshot.agents.values().filter(may_be_over);
        let presences = candidates.filter_map(|agent| match people.get(&agent.id) {
            Some(person) if !known.insert(&person.id) => None,
            Some(person) => snapshot.person_presence(person, now),
            None if snapshot.is_agent_hidden(agent) => None,
            None => Some(snapshot.agent_presence(agent, now)),
        });
        let certain = presences.filter(|presence| presence.freshness == Freshness::UpToDate);
        let over = certain.filter_map(|presence| {
            let over_ms = self.time_over_limit(&presence)?;
            Some((presence, over_ms))
        });
        over.collect()
    }

    /// Returns the time beyond the limit for an agent's status, in milliseconds; `None` within it, or
    /// without one. Schedules the moment when the limit is reached.
    pub fn time_over_limit(&mut self, presence: &AgentPresence<'_>) -> Option<i64> {
        let site = &self.snapshot.site;
        let ids = std::iter::once(presence.id).chain(presence.agents.iter().map(|agent| &agent.id));
        let mut limits = ids.filter_map(|id| site.state_limit(id, presence.status));
        let (limit_ms, since) = limits.next().zip(presence.since)?;
        let over_ms = moment::millis_between(since, self.now.wall) - limit_ms;
        match self.shown_freshness(presence.freshness, None) {
            // How long a status lasts is unknown once its source is disconnected.
            ShownFreshness::OutOfDate | ShownFreshness::Expired => None,
            _ if 0 <= over_ms => Some(over_ms),
            ShownFreshness::UpToDate => {
                self.schedule_change(self.now.monotonic.plus_millis(-over_ms));
                None
            }
            ShownFreshness::Reconnecting | ShownFreshness::Unknown => None,
        }
    }
}
