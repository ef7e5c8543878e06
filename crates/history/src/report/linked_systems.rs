//! The systems that sources belong to: a live source and an export are of the same one if `[links]` links
//! queues of theirs.

use std::collections::BTreeSet;

use wallboard_domain::{AgentId, SiteConfig, SourceId};

/// Sources that are one system.
pub(super) struct LinkedSystems<'a> {
    site: &'a SiteConfig,
    systems: Vec<BTreeSet<&'a SourceId>>,
}

impl<'a> LinkedSystems<'a> {
    pub(super) fn new(site: &'a SiteConfig) -> Self {
        let mut systems: Vec<BTreeSet<&SourceId>> = Vec::new();
        for (queue, others) in &site.linked_queues {
            let queues = std::iter::once(queue).chain(others);
            let mut linked: BTreeSet<&SourceId> = queues.map(|queue| &queue.source).collect();
            systems.retain(|system| {
                let is_other = system.is_disjoint(&linked);
                if !is_other {
                    linked.extend(system);
                }
                is_other
            });
            systems.push(linked);
        }
        Self { site, systems }
    }

    /// Returns agents by system and source, exports before live sources.
    pub(super) fn group(&self, mut agents: Vec<AgentId>) -> Vec<Vec<AgentId>> {
        let is_live = |id: &AgentId| self.site.sources.iter().any(|one| one.id == id.source);
        agents.sort_by_cached_key(|id| (is_live(id), id.clone()));
        let mut groups: Vec<Vec<AgentId>> = Vec::new();
        for agent in agents {
            let mut known = groups.iter_mut();
            match known.find(|group| self.is_same(&group[0].source, &agent.source)) {
                Some(group) => group.push(agent),
                None => groups.push(vec![agent]),
            }
        }
        groups
    }

    fn is_same(&self, one: &SourceId, other: &SourceId) -> bool {
        let mut systems = self.systems.iter();
        one == other || systems.any(|system| system.contains(one) && system.contains(other))
    }
}
