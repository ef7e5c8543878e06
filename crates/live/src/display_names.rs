//! The names to display, and who is hidden.

use std::sync::Arc;

use wallboard_domain::{AgentId, EntityKind, Id, PersonName, SourceId};

use super::snapshot::{AgentSnapshot, NamedEntity, QueueSnapshot, Snapshot};

impl Snapshot {
    /// Returns the name to display for a queue: the configuration's, the vendor's, or its id.
    pub fn queue_name(&self, queue: &QueueSnapshot) -> String {
        match self.site.configured_name(&queue.id) {
            Some(name) => name.to_owned(),
            None => queue
                .name
                .as_deref()
                .map_or_else(|| queue.id.external.to_string(), str::to_owned),
        }
    }

    /// Returns the name to display for an agent.
    pub fn agent_name(&self, agent: &AgentSnapshot) -> PersonName {
        let reported = [&agent.display_name, &agent.name].into_iter().flatten();
        let mut reported = reported.filter(|name| !name.trim().is_empty());
        // Where agents are configured one by one, the site chose their ids.
        let is_id_chosen = agent.report.is_some();
        let reported = reported.next().map(AsRef::as_ref);
        self.site
            .resolve_person_name(&agent.id, reported, is_id_chosen)
    }

    /// Returns the name to display for an agent or a person, also for one that no source has reported.
    pub fn agent_name_by_id(&self, id: &AgentId) -> PersonName {
        let mut people = self.site.people.iter();
        if let Some(person) = people.find(|person| person.id == *id) {
            return self.site.resolve_person_name(id, Some(&person.name), false);
        }
        match self.agents.get(id) {
            Some(agent) => self.agent_name(agent),
            None => self.site.resolve_person_name(id, None, false),
        }
    }

    /// Returns the opportunity, solution or case type that a case of `source` names.
    pub fn find_entity(
        &self,
        kind: EntityKind,
        source: &SourceId,
        external: &Arc<str>,
    ) -> Option<&NamedEntity> {
        let id = Id {
            source: source.clone(),
            external: external.clone(),
        };
        self.entities.get(&(kind, id))
    }

    pub fn is_queue_hidden(&self, queue: &QueueSnapshot) -> bool {
        queue.hidden || self.site.hides_queue(&queue.id)
    }

    pub fn visible_queues(&self) -> impl Iterator<Item = &QueueSnapshot> {
        (self.queues.values()).filter(|queue| !self.is_queue_hidden(queue))
    }

    pub fn is_agent_hidden(&self, agent: &AgentSnapshot) -> bool {
        agent.hidden || self.site.hides_agent(&agent.id)
    }

    /// The same, of an agent or a person by ID, reported or not.
    pub fn is_agent_id_hidden(&self, id: &AgentId) -> bool {
        let reported = self.agents.get(id);
        reported.is_some_and(|agent| agent.hidden) || self.site.hides_agent(id)
    }
}
