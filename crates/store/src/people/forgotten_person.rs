//! A person to forget, with what takes their place. Who was forgotten is in `forgotten`.

use std::{collections::BTreeSet, ops::Range};

use wallboard_domain::{AgentId, Id, SourceId};

use crate::AgentNames;

use super::forgotten::ForgottenPeople;

/// Far from the IDs of vendors, and exact in every format.
const PSEUDONYMS: Range<i64> = 1 << 40..1 << 52;
/// The text in place of a name.
pub(super) const NOBODY: &str = "forgotten";

/// A person to forget: who it is, and what takes their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgottenPerson {
    pub agents: Vec<ForgottenAgent>,
    /// Their names and email addresses that nobody else has.
    pub texts: Vec<String>,
    /// The kinds and IDs of the records of a user and their sessions.
    pub records: Vec<(String, String)>,
    /// Records that mention a user, with what they become.
    pub changed_records: Vec<(String, String, Vec<u8>)>,
    /// The name of a user.
    pub user: Option<String>,
}

/// An agent and the number that takes the place of their ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgottenAgent {
    pub id: AgentId,
    /// Below 0, like no ID of a vendor.
    pub pseudonym: i64,
}

impl ForgottenAgent {
    /// The ID that takes the place of theirs.
    pub(crate) fn other_id(&self) -> AgentId {
        Id::new(&self.id.source, &format_pseudonym(self.pseudonym))
    }
}

impl ForgottenPerson {
    /// Makes a person of agents, with the names that are only theirs. A person who was forgotten before
    /// keeps the pseudonym.
    pub fn of_agents(
        ids: &[AgentId],
        known: &AgentNames,
        earlier: Option<&ForgottenPeople>,
    ) -> Self {
        let names: BTreeSet<&str> = ids.iter().flat_map(|id| known.names(id)).collect();
        let others = known.iter().filter(|(id, _)| !ids.contains(id));
        let others: BTreeSet<String> = others
            .flat_map(|(_, names)| names)
            .map(|name| fold_name(name))
            .collect();
        // A single word may be anything, and a name that others have is theirs too: what has only
        // those is found by the ID.
        let is_own = |name: &&&str| name.contains([' ', '@']) && !others.contains(&fold_name(name));
        let pseudonym = |id: &AgentId| {
            let earlier = earlier.and_then(|people| people.find_agent(&id.source, &id.external));
            earlier.unwrap_or_else(|| -rand::random_range(PSEUDONYMS))
        };
        let agent = |id: &AgentId| ForgottenAgent {
            id: id.clone(),
            pseudonym: pseudonym(id),
        };
        let texts = names.iter().filter(is_own);
        Self {
            agents: ids.iter().map(agent).collect(),
            texts: texts.map(|name| (*name).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Returns who it is for the audit trail, which doesn't name the person.
    pub fn audit_subject(&self) -> String {
        let agents = self.agents.iter();
        let agents: Vec<_> = agents
            .map(|agent| format!("{}/{}", agent.id.source, format_pseudonym(agent.pseudonym)))
            .collect();
        match &self.user {
            Some(_) => "a user".to_owned(),
            None => agents.join(", "),
        }
    }

    /// Whether one of their agents is of a source.
    pub fn has_agent_of(&self, source: &SourceId) -> bool {
        self.agents.iter().any(|agent| agent.id.source == *source)
    }

    /// Returns what takes the place of a text that is the ID of one of their agents, or their name
    /// or address.
    pub fn find_text(&self, source: &SourceId, text: &str) -> Option<String> {
        let is_named = |agent: &&ForgottenAgent| {
            agent.id.source == *source && *agent.id.external == *text.trim()
        };
        let agent = self.agents.iter().find(is_named);
        agent
            .map(|agent| format_pseudonym(agent.pseudonym))
            .or_else(|| self.has_name(text).then(|| NOBODY.to_owned()))
    }

    /// Whether a text names them: by the ID of an agent, with its source or without, or by a name or
    /// an address that only they have.
    pub(super) fn is_named_by(&self, text: &str) -> bool {
        let text = text.trim();
        let is_id =
            |agent: &ForgottenAgent| *agent.id.external == *text || agent.id.to_string() == text;
        self.agents.iter().any(is_id) || self.has_name(text)
    }

    fn has_name(&self, text: &str) -> bool {
        let folded = fold_name(text);
        self.texts.iter().any(|name| fold_name(name) == folded)
    }

    /// Whether the text of a row, of whatever separator, has them in a cell.
    pub(super) fn is_in_row(&self, source: &SourceId, row: &str) -> bool {
        self.has_agent_of(source) && cells(row).any(|cell| self.find_text(source, cell).is_some())
    }

    /// Their names and addresses as a JSON array.
    pub(super) fn texts_json(&self) -> String {
        serde_json::json!(self.texts).to_string()
    }
}

/// The cells of a row, whatever separates them.
pub(super) fn cells(row: &str) -> impl Iterator<Item = &str> {
    let cells = row.split(['\t', '|', ',', ';', '"']);
    cells.map(str::trim).filter(|cell| !cell.is_empty())
}

/// A name however it's written.
pub(super) fn fold_name(text: &str) -> String {
    text.trim().to_lowercase()
}

/// "forgotten-3f2a91"
pub(super) fn format_pseudonym(pseudonym: i64) -> String {
    format!("forgotten-{:x}", pseudonym.unsigned_abs())
}
