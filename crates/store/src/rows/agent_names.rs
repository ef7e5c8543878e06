//! The names of all agents that the database knows, to find one by any of them.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_domain::{AgentId, Id, SiteConfig, SourceId};

use crate::{FactTable, PeopleColumns, StoreError, StoreView};

/// An agent's names, and email and sign-in addresses at the vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentNames(BTreeMap<AgentId, BTreeSet<String>>);

/// The source and the ID of an agent, and columns that may have a name.
const QUERIES: [&str; 2] = [
    "SELECT source, external_id, name, display_name, email FROM profile WHERE class = 'agent'",
    "SELECT source, external_id, name FROM history_name WHERE class = 'agent'",
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

    /// Adds the names that a configuration gives agents and people.
    pub fn add_configured(&mut self, site: &SiteConfig) {
        for (id, names) in &mut self.0 {
            names.extend(site.configured_name(id).map(str::to_owned));
        }
        for person in &site.people {
            for id in &person.agents {
                self.insert(id.clone(), &person.name);
            }
        }
    }
}

impl StoreView<'_> {
    /// Loads the names of all agents, also of those in these tables.
    pub fn load_agent_names(&self, tables: &[&FactTable]) -> Result<AgentNames, StoreError> {
        let mut agents = AgentNames::default();
        let of_tables = tables.iter().filter_map(|table| agent_query(table));
        for query in QUERIES.map(str::to_owned).into_iter().chain(of_tables) {
            self.for_each_row(&query, [], |row| {
                let (source, external): (_, String) = (SourceId(row.get(0)?), row.get(1)?);
                let names = agents.0.entry(Id::new(&source, &external)).or_default();
                for column in 2..row.as_ref().column_count() {
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

/// The query of a table with agents' names.
fn agent_query(table: &FactTable) -> Option<String> {
    let PeopleColumns::Agent { id, names, .. } = table.people else {
        return None;
    };
    let (name, names) = (table.name, names.join(", "));
    (!names.is_empty()).then(|| {
        format!(
            "SELECT source, CAST({id} AS TEXT), {names} FROM {name}
             JOIN import_file ON import_file.id = {name}.id >> 32 WHERE {id} IS NOT NULL"
        )
    })
}
