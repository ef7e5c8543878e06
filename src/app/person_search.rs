//! Finds the one person that somebody means.

use std::collections::BTreeSet;

use wallboard_access::UserRecords;
use wallboard_domain::{AgentId, Id, SiteConfig, SourceId};
use wallboard_store::AgentNames;

/// The prefix of user names where agents may have the same.
const USER_PREFIX: &str = "user/";

/// A person that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FoundPerson {
    Agents(Vec<AgentId>),
    User(UserRecords),
}

/// Why nobody was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonSearchError {
    #[error(
        "nobody here is called {0:?}; use an agent's ID such as chat/1234, a key of [people], an exact name or email address, or a user's name"
    )]
    Unknown(String),
    #[error("{text:?} is more than one person; say which: {}", candidates.join(", "))]
    Ambiguous {
        text: String,
        candidates: Vec<String>,
    },
}

/// Where to look for a person.
#[derive(Debug)]
pub(super) struct PersonSearch<'s> {
    pub(super) site: &'s SiteConfig,
    /// All configured sources.
    pub(super) sources: BTreeSet<&'s SourceId>,
    pub(super) agents: &'s AgentNames,
    /// The users with that name.
    pub(super) users: Vec<UserRecords>,
}

impl PersonSearch<'_> {
    /// Finds a person by an ID, a key, a name or an address.
    pub(super) fn find(self, text: &str) -> Result<FoundPerson, PersonSearchError> {
        let unknown = || PersonSearchError::Unknown(text.to_owned());
        let mut candidates: Vec<(String, FoundPerson)> = Vec::new();
        let mut add = |label: String, person| {
            if !candidates.iter().any(|(known, _)| *known == label) {
                candidates.push((label, person));
            }
        };
        if let Some(id) = self.find_id(text) {
            return Ok(FoundPerson::Agents(vec![id]));
        }
        if !text.starts_with(USER_PREFIX) {
            for person in &self.site.people {
                if *person.id.external == *text || person.id.to_string() == text {
                    let agents = FoundPerson::Agents(person.agents.clone());
                    add(person.id.to_string(), agents);
                }
            }
            for id in self.agents_named(text) {
                match self
                    .site
                    .people
                    .iter()
                    .find(|person| person.agents.contains(id))
                {
                    Some(person) => {
                        let agents = FoundPerson::Agents(person.agents.clone());
                        add(person.id.to_string(), agents);
                    }
                    None => add(id.to_string(), FoundPerson::Agents(vec![id.clone()])),
                }
            }
        }
        for user in self.users {
            add(
                format!("{USER_PREFIX}{}", user.name),
                FoundPerson::User(user),
            );
        }
        match (candidates.pop(), candidates.is_empty()) {
            (None, _) => Err(unknown()),
            (Some((_, only)), true) => Ok(only),
            (Some((last, _)), false) => Err(PersonSearchError::Ambiguous {
                text: text.to_owned(),
                candidates: (candidates.into_iter().map(|(label, _)| label))
                    .chain([last])
                    .collect(),
            }),
        }
    }

    /// An agent's ID, of a source that is configured or was.
    fn find_id(&self, text: &str) -> Option<AgentId> {
        let (source, external) = text.split_once('/')?;
        let id = Id::new(&source.into(), external);
        let is_known =
            self.sources.contains(&id.source) || self.agents.iter().any(|(agent, _)| *agent == id);
        (is_known && !external.is_empty()).then_some(id)
    }

    fn agents_named(&self, text: &str) -> impl Iterator<Item = &AgentId> {
        let folded = text.trim().to_lowercase();
        let agents = self.agents.iter();
        let named =
            agents.filter(move |(_, names)| names.iter().any(|name| name.to_lowercase() == folded));
        named.map(|(id, _)| id)
    }
}

/// Returns the name to find users with.
pub(super) fn user_name(text: &str) -> &str {
    text.strip_prefix(USER_PREFIX).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wallboard_domain::LinkedPerson;

    fn id(text: &str) -> AgentId {
        let (source, external) = text.split_once('/').unwrap();
        Id::new(&source.into(), external)
    }

    fn user(name: &str) -> UserRecords {
        UserRecords {
            name: name.to_owned(),
            is_last_admin: false,
            is_of_provider: false,
            deleted: Vec::new(),
            changed: Vec::new(),
        }
    }

    fn find(text: &str, users: &[&str]) -> Result<FoundPerson, PersonSearchError> {
        let mut agents = AgentNames::default();
        for (agent, name) in [
            ("chat/1", "Anna Karlsson"),
            ("voice/7001", "anna.karlsson@example.org"),
            ("chat/2", "Bo Ek"),
            ("calls/9", "Bo Ek"),
            ("calls/8", "cilla"),
        ] {
            agents.insert(id(agent), name);
        }
        let site = SiteConfig {
            people: vec![LinkedPerson {
                id: id("person/anna"),
                name: "Anna K".to_owned(),
                agents: vec![id("chat/1"), id("voice/7001")],
            }],
            ..SiteConfig::default()
        };
        let chat = SourceId::from("chat");
        let search = PersonSearch {
            site: &site,
            sources: [&chat].into(),
            agents: &agents,
            users: users.iter().map(|name| user(name)).collect(),
        };
        search.find(text)
    }

    #[test]
    fn a_person_is_found_by_id_key_name_and_address() {
        let anna = Ok(FoundPerson::Agents(vec![id("chat/1"), id("voice/7001")]));
        for text in [
            "anna",
            "person/anna",
            "anna karlsson",
            "Anna.Karlsson@example.org",
        ] {
            assert_eq!(find(text, &[]), anna, "{text}");
        }
        for agent in ["chat/1", "calls/9", "chat/never seen"] {
            assert_eq!(find(agent, &[]), Ok(FoundPerson::Agents(vec![id(agent)])));
        }
        assert_eq!(
            find("user/cilla", &["cilla"]),
            Ok(FoundPerson::User(user("cilla")))
        );
    }

    #[test]
    fn whoever_is_meant_by_no_name_or_several_is_not_found() {
        let candidates = |text: &str, users: &[&str]| match find(text, users) {
            Err(PersonSearchError::Ambiguous { candidates, .. }) => candidates,
            other => panic!("{other:?}"),
        };
        assert_eq!(candidates("Bo Ek", &[]), ["calls/9", "chat/2"]);
        assert_eq!(candidates("cilla", &["cilla"]), ["calls/8", "user/cilla"]);
        for text in ["Anna", "other/1", "chat/", ""] {
            let unknown = PersonSearchError::Unknown(text.to_owned());
            assert_eq!(find(text, &[]).unwrap_err(), unknown);
        }
    }
}
