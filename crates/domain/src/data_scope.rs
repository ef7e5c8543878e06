//! The part of the site's queues and agents that somebody may see.

use super::{AgentId, Pattern, QueueId, SiteConfig, pattern::matches_any};

/// Queues and agents by pattern. Agents who serve one of the queues are in it, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataScope {
    pub queues: Vec<Pattern>,
    pub agents: Vec<Pattern>,
}

impl DataScope {
    /// Decides by the queue's ID, those that it's linked to, and the groups that it's in. A group is
    /// in the scope if all its queues are.
    pub fn includes_queue(&self, site: &SiteConfig, id: &QueueId) -> bool {
        if let Some(group) = site.groups.iter().find(|group| group.id == *id) {
            let mut queues = group.queues.iter();
            return !group.queues.is_empty()
                && queues.all(|queue| self.includes_single_queue(site, queue));
        }
        self.includes_single_queue(site, id)
    }

    fn includes_single_queue(&self, site: &SiteConfig, id: &QueueId) -> bool {
        let mut links = site.linked_queues.iter();
        let mut groups = site.groups.iter();
        matches_any(&self.queues, id)
            || links.any(|(left, others)| {
                (left == id || others.contains(id))
                    && (std::iter::once(left).chain(others)).any(|id| matches_any(&self.queues, id))
            })
            || groups.any(|group| group.queues.contains(id) && self.names_group(&group.id))
    }

    /// Like boards, `*` means queues of sources.
    fn names_group(&self, id: &QueueId) -> bool {
        let prefix = format!("{}/", id.source);
        let mut naming = (self.queues.iter()).filter(|pattern| pattern.0.starts_with(&prefix));
        let id = id.to_string();
        naming.any(|pattern| pattern.matches(&id))
    }

    /// Whether an agent, or the person that the agent belongs to, is named.
    pub fn names_agent(&self, site: &SiteConfig, id: &AgentId) -> bool {
        let mut people = site.people.iter();
        matches_any(&self.agents, id)
            || people.any(|person| {
                (person.id == *id || person.agents.contains(id))
                    && (std::iter::once(&person.id).chain(&person.agents))
                        .any(|id| matches_any(&self.agents, id))
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{Id, LinkedPerson, QueueGroup, SourceId};

    fn id(text: &str) -> Id {
        let (source, external) = text.split_once('/').unwrap();
        Id::new(&SourceId::from(source), external)
    }

    fn scope(queues: &[&str], agents: &[&str]) -> DataScope {
        let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern((*text).into())).collect();
        DataScope {
            queues: patterns(queues),
            agents: patterns(agents),
        }
    }

    fn site() -> SiteConfig {
        SiteConfig {
            groups: vec![QueueGroup {
                id: id("group/sales"),
                name: "Sales".into(),
                queues: vec![id("chat/1"), id("voice/1")],
            }],
            people: vec![LinkedPerson {
                id: id("person/anna"),
                name: "Anna".into(),
                agents: vec![id("chat/7"), id("voice/anna")],
            }],
            linked_queues: HashMap::from([(id("chat/2"), vec![id("vergic/Two")])]),
            ..SiteConfig::default()
        }
    }

    #[test]
    fn a_queue_is_included_by_its_links_and_groups() {
        let includes = |patterns: &[&str], queue: &str| {
            scope(patterns, &[]).includes_queue(&site(), &id(queue))
        };
        assert!(includes(&["chat/1"], "chat/1"));
        assert!(!includes(&["chat/1"], "chat/12"));
        assert!(includes(&["chat/2"], "vergic/Two"));
        assert!(includes(&["vergic/*"], "chat/2"));
        assert!(includes(&["group/sales"], "voice/1"));
        assert!(includes(&["group/sales"], "group/sales"));
        assert!(!includes(&["group/sales"], "voice/2"));
        assert!(!includes(&["chat/*"], "group/sales"), "half of it");
        assert!(includes(&["chat/*", "voice/1"], "group/sales"));
        assert!(!includes(&[], "chat/1"));
    }

    #[test]
    fn an_agent_is_named_together_with_the_person() {
        let names =
            |patterns: &[&str], agent: &str| scope(&[], patterns).names_agent(&site(), &id(agent));
        assert!(names(&["chat/7"], "voice/anna"));
        assert!(names(&["person/anna"], "chat/7"));
        assert!(names(&["voice/*"], "person/anna"));
        assert!(!names(&["chat/8"], "person/anna"));
        assert!(!names(&[], "chat/7"));
    }
}
