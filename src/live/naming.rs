//! The names to show, and who is not to be shown.

use std::sync::Arc;

use crate::domain::{AgentNames, Class, Id, SourceId};

use super::picture::{Agent, Named, Picture, Queue};

impl Picture {
    /// The name to show for a queue: the configuration's, the vendor's, or its id.
    pub fn queue_name(&self, queue: &Queue) -> String {
        let id = queue.id.to_string();
        match self.site.names.get(&id) {
            Some(name) => name.clone(),
            None => queue
                .name
                .as_deref()
                .map_or_else(|| queue.id.external.to_string(), str::to_owned),
        }
    }

    /// The name to show for an agent on boards, as `[privacy] agent_names` says.
    pub fn agent_name(&self, agent: &Agent) -> String {
        if let Some(name) = self.site.names.get(&agent.id.to_string()) {
            return name.clone();
        }
        let full = agent
            .display_name
            .as_deref()
            .or(agent.name.as_deref())
            .filter(|name| !name.trim().is_empty());
        match full {
            Some(full) => self.site.agent_names.shorten(full),
            // Configured one by one, an agent's id is a name that their site chose.
            None if agent.stated.is_some() && self.site.agent_names != AgentNames::None => {
                agent.id.external.to_string()
            }
            None => "Agent without a name".to_owned(),
        }
    }

    /// The opportunity, solution or case type that a case of `source` speaks of.
    pub fn find_named(
        &self,
        class: Class,
        source: &SourceId,
        external: &Arc<str>,
    ) -> Option<&Named> {
        let id = Id {
            source: source.clone(),
            external: external.clone(),
        };
        self.named.get(&(class, id))
    }

    pub fn is_queue_hidden(&self, queue: &Queue) -> bool {
        let id = queue.id.to_string();
        queue.hidden || self.site.hidden_queues.iter().any(|p| p.matches(&id))
    }

    pub fn is_agent_hidden(&self, agent: &Agent) -> bool {
        let id = agent.id.to_string();
        agent.hidden || self.site.hidden_agents.iter().any(|p| p.matches(&id))
    }
}
