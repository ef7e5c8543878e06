//! Agents with an ID and without a name.

use wallboard_access::Right;
use wallboard_boards::presence_label;
use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section},
    web::access::visitor::Visitor,
};

pub(super) struct FoundAgent {
    /// As in the configuration: `phone/akl`.
    pub(super) id: String,
    /// The ID at the source.
    pub(super) external: String,
    pub(super) source: String,
    /// "Available"
    pub(super) status: &'static str,
}

/// Finds them among the agents of a visitor who may see and name them.
pub(super) fn find_found_agents(
    texts: &'static Texts,
    visitor: &Visitor,
    snapshot: &Snapshot,
    now: Moment,
) -> Vec<FoundAgent> {
    if !visitor.has(Right::PersonalData) {
        return Vec::new();
    }
    let site = &snapshot.site;
    let agents = snapshot.agents.values().filter_map(|agent| {
        let id = agent.id.to_string();
        let is_named = agent.name.is_some()
            || agent.display_name.is_some()
            || site.names.contains_key(&id)
            || site
                .people
                .iter()
                .any(|person| person.agents.contains(&agent.id));
        if is_named
            || snapshot.is_agent_hidden(agent)
            || !visitor.may_edit(&EntryId::new(Section::Names, &id))
        {
            return None;
        }
        Some(FoundAgent {
            external: agent.id.external.to_string(),
            source: site.source_name(&agent.id.source),
            status: presence_label(texts, &snapshot.agent_presence(agent, now)).1,
            id,
        })
    });
    let mut found: Vec<_> = agents.collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}
