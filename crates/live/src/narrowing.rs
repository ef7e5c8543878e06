//! Narrows a snapshot to what somebody may see, so that no page made of it can show more.

use std::{collections::HashSet, sync::Arc};

use wallboard_domain::{AgentId, DataScope, QueueId, SiteConfig};

use super::{
    agents_by_queue::AgentsByQueue,
    site_links::SiteLinks,
    snapshot::{AgentSnapshot, CaseSnapshot, CaseTransfer, QueueSnapshot, Snapshot},
};

impl Snapshot {
    /// Returns a copy with the queues of a scope, the agents that it names or that serve these queues,
    /// and the contacts in these queues.
    pub(super) fn narrow_to(&self, scope: &DataScope) -> Self {
        let narrowing = Narrowing::new(self, scope);
        let has_queue = |id: &QueueId| narrowing.queues.contains(id);
        let has_agent = |id: &AgentId| narrowing.agents.contains(id);
        let queues = self.queues.iter().filter(|(id, _)| has_queue(id));
        let agents = self.agents.iter().filter(|(id, _)| has_agent(id));
        let breaches = self.breaches.iter().filter(|(id, _)| has_queue(id));
        let cases = self.cases.iter();
        let cases = cases.filter(|(_, case)| case.queue.as_ref().is_some_and(has_queue));
        Self {
            site: Arc::new(narrowing.narrow_site(&self.site)),
            sources: self.sources.clone(),
            queues: queues
                .map(|(id, queue)| (id.clone(), queue.clone()))
                .collect(),
            agents: agents
                .map(|(id, agent)| (id.clone(), narrowing.narrow_agent(agent)))
                .collect(),
            cases: cases
                .map(|(id, case)| (id.clone(), narrowing.narrow_case(case)))
                .collect(),
            breaches: breaches
                .map(|(id, breach)| (id.clone(), breach.clone()))
                .collect(),
            entities: self.entities.clone(),
            today: self.today.clone(),
            custom_readings: self.custom_readings.of_queues(has_queue),
            held_levels: self.held_levels.of_queues(has_queue),
            status_history: self.status_history.of_agents(has_agent),
            incidents: self.incidents.of_queues(has_queue),
            warnings: self.warnings.of_queues(has_queue),
            day_start: self.day_start,
            profile_revision: self.profile_revision,
            leader_lost_at: self.leader_lost_at,
            is_narrowed: true,
            small_teams: None,
            agents_by_queue: AgentsByQueue::default(),
            links: SiteLinks::default(),
        }
    }
}

impl Snapshot {
    /// Whether a scope includes an agent or a person: it names them, or a queue that they serve is in it.
    pub fn is_agent_within(&self, scope: &DataScope, id: &AgentId) -> bool {
        let people = self.site.people.iter();
        let agents = people
            .filter(|person| person.id == *id)
            .flat_map(|person| &person.agents);
        let agents = agents
            .chain([id])
            .filter_map(|agent| self.agents.get(agent));
        let mut served = agents.flat_map(|agent| agent.queues.iter().chain(&agent.case_queues));
        scope.names_agent(&self.site, id)
            || served.any(|queue| scope.includes_queue(&self.site, queue))
    }
}

/// The subjects of a snapshot that a scope includes.
struct Narrowing {
    queues: HashSet<QueueId>,
    /// Of a person, all agents or none: some alone would show another status.
    agents: HashSet<AgentId>,
}

impl Narrowing {
    fn new(snapshot: &Snapshot, scope: &DataScope) -> Self {
        let site = &snapshot.site;
        let included = |queue: &&QueueSnapshot| scope.includes_queue(site, &queue.id);
        let queues = snapshot.queues.values().filter(included);
        let mut queues: HashSet<_> = queues.map(|queue| queue.id.clone()).collect();
        // Agents may serve queues that nothing was reported about yet.
        let assigned = (snapshot.agents.values()).flat_map(|agent| agent.queues.iter());
        let unreported: HashSet<_> = assigned
            .filter(|id| !snapshot.queues.contains_key(id))
            .collect();
        let unreported = unreported.into_iter();
        queues.extend(
            unreported
                .filter(|id| scope.includes_queue(site, id))
                .cloned(),
        );
        let serves = |agent: &AgentSnapshot| {
            let mut assigned = agent.queues.iter().chain(&agent.case_queues);
            assigned.any(|queue| queues.contains(queue))
        };
        let agents = snapshot.agents.values();
        let agents = agents.filter(|agent| serves(agent) || scope.names_agent(site, &agent.id));
        let mut agents: HashSet<_> = agents.map(|agent| agent.id.clone()).collect();
        for person in &site.people {
            let is_included = person.agents.iter().any(|id| agents.contains(id))
                || scope.names_agent(site, &person.id);
            if is_included {
                agents.extend(person.agents.iter().cloned());
                agents.insert(person.id.clone());
            }
        }
        Self { queues, agents }
    }

    fn narrow_site(&self, site: &SiteConfig) -> SiteConfig {
        let mut site = site.clone();
        site.groups.retain(|group| self.queues.contains(&group.id));
        site.people
            .retain(|person| self.agents.contains(&person.id));
        site
    }

    fn narrow_agent(&self, agent: &AgentSnapshot) -> AgentSnapshot {
        let is_included = |queue: &&QueueId| self.queues.contains(queue);
        let mut narrowed = agent.clone();
        narrowed.queues = agent.queues.iter().filter(is_included).cloned().collect();
        narrowed
            .case_queues
            .retain(|queue| self.queues.contains(queue));
        narrowed
    }

    fn narrow_case(&self, case: &CaseSnapshot) -> CaseSnapshot {
        let queue = |id: &Option<QueueId>| id.clone().filter(|id| self.queues.contains(id));
        let agent = |id: &Option<AgentId>| id.clone().filter(|id| self.agents.contains(id));
        let transfers = case.transfers.iter().map(|transfer| CaseTransfer {
            at: transfer.at,
            from_agent: agent(&transfer.from_agent),
            from_queue: queue(&transfer.from_queue),
            to_queue: queue(&transfer.to_queue),
        });
        CaseSnapshot {
            agent: agent(&case.agent),
            transfers: transfers.collect(),
            ..case.clone()
        }
    }
}
