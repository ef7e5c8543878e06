//! Who may be one person though several sources know them: never merged by themselves,
//! only proposed to whoever writes `[people]`.

use crate::{
    domain::Id,
    live::snapshot::{AgentSnapshot, Snapshot},
};

/// Proposals for one agent; more would be a sign of an id that everybody has.
const MAX_SUGGESTIONS: usize = 5;

impl Snapshot {
    /// Agents of other sources that share an e-mail address or an id with this one.
    pub fn possible_duplicates<'a>(&'a self, agent: &AgentSnapshot) -> Vec<&'a AgentSnapshot> {
        let is_person = |id: &Id| {
            let mut people = self.site.people.iter();
            people.any(|person| person.agents.contains(id))
        };
        if is_person(&agent.id) {
            return Vec::new();
        }
        let others = self.agents.values().filter(|other| {
            other.id.source != agent.id.source
                && shares_identity(agent, other)
                && !is_person(&other.id)
                && !self.is_agent_hidden(other)
        });
        let mut same: Vec<_> = others.collect();
        same.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        same.truncate(MAX_SUGGESTIONS);
        same
    }
}

/// Whether one is called by something that the other is called by too.
fn shares_identity(a: &AgentSnapshot, b: &AgentSnapshot) -> bool {
    let [a, b] = [a, b].map(|agent| {
        let others = agent.external_ids.iter().map(|(_, id)| id.to_lowercase());
        let email = agent.email.iter().map(|email| email.to_lowercase());
        let own = std::iter::once(agent.id.external.to_lowercase());
        own.chain(email).chain(others).collect::<Vec<_>>()
    });
    a.iter()
        .any(|name| !name.trim().is_empty() && b.contains(name))
}
