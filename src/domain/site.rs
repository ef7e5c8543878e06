//! The site: what the configuration says that the live state must know.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::{Pattern, Patterns, SourceId, Target};

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The business day starts at midnight here.
    pub zone: TimeZone,
    pub sources: Vec<SourceSetup>,
    /// By queue id.
    pub targets: Patterns<Target>,
    /// Shown names by id of a queue or an agent.
    pub names: HashMap<String, String>,
    pub hidden_queues: Vec<Pattern>,
    pub hidden_agents: Vec<Pattern>,
    pub agent_names: AgentNames,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            sources: Vec::new(),
            targets: Patterns::default(),
            names: HashMap::new(),
            hidden_queues: Vec::new(),
            hidden_agents: Vec::new(),
            agent_names: AgentNames::default(),
        }
    }
}

impl Site {
    pub fn target(&self, queue: &str) -> Target {
        self.targets.get(queue).copied().unwrap_or_default()
    }

    pub fn source(&self, id: &SourceId) -> Option<&SourceSetup> {
        self.sources.iter().find(|setup| setup.id == *id)
    }
}

/// One configured source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSetup {
    pub id: SourceId,
    /// `vngage`, as in the configuration.
    pub kind: &'static str,
    /// Simulated: pages say so.
    pub demo: bool,
    /// Vendor ids: solution or case type → group, where one always leads to the other.
    pub queue_of: HashMap<String, String>,
    /// Vendor ids of solutions that never queue (forms).
    pub not_queued: Vec<String>,
}

/// How agents' names are shown on boards: `[privacy] agent_names`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentNames {
    Full,
    #[default]
    FirstInitial,
    Initials,
    None,
}
