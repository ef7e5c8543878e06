//! Agents that may be the same person.

use wallboard_live::{AgentPresence, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    links,
    sentence::{Sentence, SentencePiece, slot},
};

/// Agents that may be the same person, with the `[people]` line that merges them.
pub(super) fn possible_matches(
    texts: &Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
) -> Vec<(Sentence, String)> {
    let [agent] = presence.agents[..] else {
        return Vec::new();
    };
    let same = snapshot
        .possible_duplicates(agent)
        .into_iter()
        .map(|other| {
            let key: String = (agent.id.external.to_lowercase().chars())
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect();
            let key = key.trim_matches('-');
            let ids = [&agent.id, &other.id].map(|id| format!("{:?}", id.to_string()));
            let line = format!(
                "[people]\n{} = {{ name = {:?}, agents = [{}] }}",
                if key.is_empty() { "somebody" } else { key },
                links::displayed_name(&snapshot.site, &presence.name),
                ids.join(", ")
            );
            let other = SentencePiece::Link(links::agent_link(snapshot, other));
            (
                Sentence::new(&texts.same_person(slot(0)), vec![other]),
                line,
            )
        });
    same.collect()
}
