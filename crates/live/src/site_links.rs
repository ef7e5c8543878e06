//! The agents who are one person and the queues that are one, found once for all readers of a snapshot.

use std::sync::Arc;

use parking_lot::Mutex;
use wallboard_domain::{AgentId, LinkedPerson, QueueId, SiteConfig};

use super::fast_map::FastMap;

/// The links of a configuration, made when they're first needed and again for another configuration.
#[derive(Debug, Default)]
pub struct SiteLinks(Mutex<Option<Arc<FoundLinks>>>);

/// The links of one configuration.
#[derive(Debug)]
pub(super) struct FoundLinks {
    site: Arc<SiteConfig>,
    /// As indexes of the site's people.
    person_by_agent: FastMap<AgentId, usize>,
    primary_by_queue: FastMap<QueueId, QueueId>,
}

impl SiteLinks {
    /// Returns the links of a configuration: those found before, if it's the same.
    pub(super) fn find(&self, site: &Arc<SiteConfig>) -> Arc<FoundLinks> {
        let mut cached = self.0.lock();
        if let Some(found) = &*cached
            && Arc::ptr_eq(&found.site, site)
        {
            return Arc::clone(found);
        }
        let people = site.people.iter().enumerate();
        let people = people.flat_map(|(index, person)| {
            let agents = person.agents.iter();
            agents.map(move |agent| (agent.clone(), index))
        });
        let queues = site.linked_queues.iter().flat_map(|(primary, others)| {
            let others = others.iter();
            others.map(|other| (other.clone(), primary.clone()))
        });
        let found = Arc::new(FoundLinks {
            // While it's held, it can't change, and no other one stands in its place.
            site: Arc::clone(site),
            person_by_agent: people.collect(),
            primary_by_queue: queues.collect(),
        });
        *cached = Some(Arc::clone(&found));
        found
    }
}

impl FoundLinks {
    /// Returns the person known to several sources who has this agent.
    pub(super) fn person_of(&self, agent: &AgentId) -> Option<&LinkedPerson> {
        Some(&self.site.people[*self.person_by_agent.get(agent)?])
    }

    /// Returns the ID of the person who has an agent, or the agent's.
    pub(super) fn person_id<'a>(&'a self, agent: &'a AgentId) -> &'a AgentId {
        self.person_of(agent).map_or(agent, |person| &person.id)
    }

    /// Returns the queue that a queue is linked to, or the queue itself.
    pub(super) fn primary_of<'a>(&'a self, queue: &'a QueueId) -> &'a QueueId {
        self.primary_by_queue.get(queue).unwrap_or(queue)
    }
}

impl Clone for SiteLinks {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.0.lock().clone()))
    }
}

/// They follow from the configuration.
impl PartialEq for SiteLinks {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Id;

    use super::*;

    #[test]
    fn links_are_those_of_the_configuration_that_is_asked_about() {
        let id = |external| Id::new(&"chat".into(), external);
        let mut site = Arc::new(SiteConfig::default());
        let links = SiteLinks::default();
        assert!(links.find(&site).person_of(&id("ann")).is_none());

        let changed = Arc::make_mut(&mut site);
        changed.people.push(LinkedPerson {
            id: id("person"),
            name: "Ann".into(),
            agents: vec![id("ann")],
        });
        changed.linked_queues = [(id("1"), vec![id("2")])].into();

        let found = links.find(&site);
        assert_eq!(found.person_id(&id("ann")), &id("person"));
        assert_eq!(found.person_id(&id("bo")), &id("bo"));
        assert_eq!(found.primary_of(&id("2")), &id("1"));
        assert_eq!(found.primary_of(&id("1")), &id("1"));
        assert!(Arc::ptr_eq(&found, &links.clone().find(&site)));
    }
}
