//! The names to display, and who is hidden.

use std::sync::Arc;

use wallboard_domain::{EntityKind, Id, PersonName, SourceId};

use super::snapshot::{AgentSnapshot, NamedEntity, QueueSnapshot, Snapshot};

impl Snapshot {
    /// Returns the name to display for a queue: the configuration's, the vendor's, or its id.
    pub fn queue_name(&self, queue: &QueueSnapshot) -> String {
        let id = queue.id.to_string();
        match self.site.names.get(&id) {
            Some(name) => name.clone(),
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
        let id = queue.id.to_string();
        queue.hidden || self.site.hidden_queues.iter().any(|p| p.matches(&id))
    }

    pub fn visible_queues(&self) -> impl Iterator<Item = &QueueSnapshot> {
        (self.queues.values()).filter(|queue| !self.is_queue_hidden(queue))
    }

    pub fn is_agent_hidden(&self, agent: &AgentSnapshot) -> bool {
        let id = agent.id.to_string();
        agent.hidden || self.site.hidden_agents.iter().any(|p| p.matches(&id))
    }
}
