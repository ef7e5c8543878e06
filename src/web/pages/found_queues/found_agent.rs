//! Agents with an ID and without a name.

use wallboard_access::Right;
use wallboard_boards::presence_label;
use wallboard_domain::Moment;
use wallboard_live::{AgentPresence, Freshness, Snapshot};
use wallboard_texts::{Texts, UNKNOWN};

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
    /// "Available"; "–" while its source is disconnected.
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
        let presence = snapshot.agent_presence(agent, now);
        Some(FoundAgent {
            external: agent.id.external.to_string(),
            source: site.source_name(&agent.id.source),
            status: describe_presence(texts, &presence),
            id,
        })
    });
    let mut found: Vec<_> = agents.collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

fn describe_presence(texts: &'static Texts, presence: &AgentPresence<'_>) -> &'static str {
    match presence.freshness {
        Freshness::UpToDate | Freshness::Unknown => presence_label(texts, presence).1,
        Freshness::Disconnected(_) | Freshness::OutOfDate => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use wallboard_live::testing::{LiveScenario, chat_id, created_event, opened_event};

    use super::*;

    #[test]
    fn the_status_of_an_agent_of_a_lost_source_is_unknown() {
        let texts = Texts::english();
        let mut scenario = LiveScenario::new();
        scenario.send_case_event("1", created_event());
        scenario.send_case_event("1", opened_event("eva", "sales"));
        let describe = |scenario: &LiveScenario| {
            let snapshot = scenario.state.snapshot();
            let agent = &snapshot.agents[&chat_id("eva")];
            describe_presence(texts, &snapshot.agent_presence(agent, scenario.now))
        };
        assert_eq!(describe(&scenario), "In conversation");

        scenario.disconnect_source();
        scenario.advance_time(20_000);
        assert_eq!(describe(&scenario), UNKNOWN);
    }
}
