//! Suggests agents of several sources who may be one person. They are never merged automatically,
//! only suggested for `[people]`.

use crate::snapshot::{AgentSnapshot, Snapshot};
use wallboard_domain::Id;

/// The most suggestions for one agent; more would mean an id that everyone shares.
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
        let mut duplicates: Vec<_> = others.collect();
        duplicates.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        duplicates.truncate(MAX_SUGGESTIONS);
        duplicates
    }
}

/// Whether two agents share an id or an e-mail address.
fn shares_identity(a: &AgentSnapshot, b: &AgentSnapshot) -> bool {
    let [a, b] = [a, b].map(|agent| {
        let external_ids = agent.external_ids.iter().map(|(_, id)| id.to_lowercase());
        let email = agent.email.iter().map(|email| email.to_lowercase());
        let vendor_id = std::iter::once(agent.id.external.to_lowercase());
        vendor_id
            .chain(email)
            .chain(external_ids)
            .collect::<Vec<_>>()
    });
    a.iter()
        .any(|name| !name.trim().is_empty() && b.contains(name))
}
