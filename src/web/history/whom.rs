//! Whom pages of history are of, by the names that people know them by.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    domain::{AgentId, ByName, Id, PersonName, QueueId, Site, SourceId},
    history::report::{Subject, Subjects},
    live::Live,
    store::StoreError,
};

use super::{
    super::{Web, names},
    asked::Asked,
};

/// Everybody whom there are figures of, and all other names that are known.
pub(super) struct Whom {
    pub(super) subjects: Subjects,
    pub(super) site: Arc<Site>,
    live: Live,
}

impl Whom {
    pub(super) async fn read(web: &Web) -> Result<Self, StoreError> {
        let mut whom = Self {
            subjects: web.history.subjects().await?,
            site: web.history.shape().site.clone(),
            live: web.live.clone(),
        };
        whom.name_by_twins();
        Ok(whom)
    }

    /// A queue of which the export tells no name has that of the live one that it is
    /// linked to.
    fn name_by_twins(&mut self) {
        let live = self.live.clone();
        let queues = &mut self.subjects.queues;
        for queue in queues.iter_mut().filter(|queue| !queue.is_named) {
            if let Some(name) = live_queue(&live, &queue.id) {
                queue.name = name;
            }
        }
        queues.sort_by(|a, b| (ByName(&a.name), &a.id).cmp(&(ByName(&b.name), &b.id)));
    }

    /// The queue with figures that is meant by an id: its own, the one that its figures are
    /// kept under, or of one that `[links]` says to be the same.
    pub(super) fn meant(&self, id: &QueueId) -> Option<&Subject> {
        let queues = || self.subjects.queues.iter();
        let own = queues().find(|queue| queue.id == *id || queue.kept_as == *id);
        own.or_else(|| {
            let links = |queue: &&Subject| self.site.links.get(&queue.id);
            queues().find(|queue| links(queue).is_some_and(|same| same.contains(id)))
        })
    }

    /// From when on calls are kept of whom is asked for; `None` where no export tells any.
    pub(super) fn calls_from(&self, asked: &Asked) -> Option<Timestamp> {
        let sources = self.sources(asked);
        let telling = self.subjects.calls_from.iter();
        let telling = telling.filter(|(source, _)| sources.contains(source));
        telling.map(|(_, from)| *from).min()
    }

    /// Those of whom is asked for that tell no single calls.
    pub(super) fn silent<'a>(&'a self, asked: &'a Asked) -> BTreeSet<&'a SourceId> {
        let mut sources = self.sources(asked);
        sources.retain(|source| self.kept_from(source).is_none());
        sources
    }

    /// Whether all of a source's calls since are kept.
    pub(super) fn has_all_calls(&self, source: &SourceId, since: Timestamp) -> bool {
        self.kept_from(source).is_some_and(|from| from <= since)
    }

    fn kept_from(&self, source: &SourceId) -> Option<Timestamp> {
        let mut telling = self.subjects.calls_from.iter();
        telling.find(|(id, _)| id == source).map(|(_, from)| *from)
    }

    /// What tells of whom is asked for.
    fn sources<'a>(&'a self, asked: &'a Asked) -> BTreeSet<&'a SourceId> {
        let kept_as = |queue: &'a Subject| &queue.kept_as.source;
        if let Some(agent) = &asked.agent {
            let mut people = self.site.people.iter();
            return match people.find(|person| person.id == *agent) {
                Some(person) => person.agents.iter().map(|id| &id.source).collect(),
                None => [&agent.source].into(),
            };
        }
        if asked.queues.is_empty() {
            return self.subjects.queues.iter().map(kept_as).collect();
        }
        let members = asked.queues.iter().flat_map(|id| self.members(id));
        members
            .filter_map(|id| self.meant(&id))
            .map(kept_as)
            .collect()
    }

    /// The queues that a group is made of; of a queue itself.
    pub(super) fn members(&self, id: &QueueId) -> Vec<QueueId> {
        let group = self.site.groups.iter().find(|group| group.id == *id);
        group.map_or_else(|| vec![id.clone()], |group| group.queues.clone())
    }

    /// Of a queue or a group, known to an export or not.
    pub(super) fn queue(&self, id: &QueueId) -> String {
        if let Some(queue) = self.meant(id) {
            return queue.name.clone();
        }
        let group = self.site.groups.iter().find(|group| group.id == *id);
        let group = group.map(|group| group.name.clone());
        let name = group.or_else(|| live_queue(&self.live, id));
        let name = name.or_else(|| self.site.names.get(&id.to_string()).cloned());
        name.unwrap_or_else(|| id.external.to_string())
    }

    /// Of an agent, or of a person who is several.
    pub(super) fn agent(&self, id: &AgentId) -> String {
        let mut agents = self.subjects.agents.iter();
        if let Some(agent) = agents.find(|agent| agent.id == *id) {
            return agent.name.clone();
        }
        let person = self.site.people.iter().find(|person| person.id == *id);
        let name = person.map(|person| {
            let name = self.site.person_name(&person.id, Some(&person.name), false);
            names::shown(&self.site, &name)
        });
        let name = name.or_else(|| {
            self.live.read(|picture, _| {
                let agent = picture.agents.get(id)?;
                (!picture.is_agent_hidden(agent)).then(|| names::agent(picture, agent).name)
            })
        });
        name.unwrap_or_else(|| names::shown(&self.site, &PersonName::id(&id.external)))
    }
}

fn live_queue(live: &Live, id: &Id) -> Option<String> {
    live.read(|picture, _| {
        let queue = picture.queues.get(id)?;
        (!picture.is_queue_hidden(queue)).then(|| picture.queue_name(queue))
    })
}
