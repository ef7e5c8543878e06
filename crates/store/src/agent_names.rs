//! The names of all agents that the database knows, to find one by any of them.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_domain::{AgentId, Id, SourceId};

use super::{StoreError, StoreView};

/// An agent's names, and email and sign-in addresses at the vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentNames(BTreeMap<AgentId, BTreeSet<String>>);

/// The source and the ID of an agent, and three columns that may have a name.
const QUERIES: [&str; 3] = [
    "SELECT source, external_id, name, display_name, email FROM profile WHERE class = 'agent'",
    "SELECT source, external_id, name, NULL, NULL FROM history_name WHERE class = 'agent'",
    "SELECT source, CAST(agent_id AS TEXT), name, login_name, email FROM sangoma_agent_details
         JOIN import_file ON import_file.id = sangoma_agent_details.id >> 32
         WHERE agent_id IS NOT NULL",
];

impl AgentNames {
    /// Returns all names of an agent.
    pub fn names(&self, agent: &AgentId) -> impl Iterator<Item = &str> {
        let names = self.0.get(agent).into_iter().flatten();
        names.map(String::as_str)
    }

    /// Returns every agent with its names.
    pub fn iter(&self) -> impl Iterator<Item = (&AgentId, &BTreeSet<String>)> {
        self.0.iter()
    }

    /// Adds a name of an agent, from elsewhere.
    pub fn insert(&mut self, agent: AgentId, name: &str) {
        self.0.entry(agent).or_default().insert(name.to_owned());
    }
}

impl StoreView<'_> {
    /// Loads the names of all agents.
    pub fn load_agent_names(&self) -> Result<AgentNames, StoreError> {
        let mut agents = AgentNames::default();
        for query in QUERIES {
            self.for_each_row(query, [], |row| {
                let (source, external): (_, String) = (SourceId(row.get(0)?), row.get(1)?);
                let names = agents.0.entry(Id::new(&source, &external)).or_default();
                for column in 2..=4 {
                    let name: Option<String> = row.get(column)?;
                    let name = name.map(|name| name.trim().to_owned());
                    names.extend(name.filter(|name| !name.is_empty()));
                }
                Ok(())
            })?;
        }
        Ok(agents)
    }
}
