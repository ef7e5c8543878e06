//! Queues and agents that pages of history are of, by the names that people know.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    domain::{AgentId, Id, NaturalOrder, PersonName, QueueId, SiteConfig, SourceId},
    history::report::{SubjectCatalog, SubjectEntry},
    live::LiveHandle,
    store::StoreError,
};

use super::{
    super::{WebState, links},
    query::HistoryQuery,
    scope::HistoryScope,
};

/// All queues and agents with figures, and all other names that are known.
pub(super) struct HistorySubjects {
    pub(super) subjects: SubjectCatalog,
    pub(super) site: Arc<SiteConfig>,
    live: LiveHandle,
}

impl HistorySubjects {
    pub(super) async fn load(web: &WebState) -> Result<Self, StoreError> {
        let mut known = Self {
            subjects: web.history.load_subjects().await?,
            site: web.history.config().site.clone(),
            live: web.live.clone(),
        };
        known.name_by_links();
        Ok(known)
    }

    /// A queue of which the export tells no name has that of the live one that it is
    /// linked to.
    fn name_by_links(&mut self) {
        let live = self.live.clone();
        let queues = &mut self.subjects.queues;
        for queue in queues.iter_mut().filter(|queue| !queue.is_named) {
            if let Some(name) = live_queue_name(&live, &queue.id) {
                queue.name = name;
            }
        }
        queues.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
    }

    /// The queue with figures that is meant by an id: its own, the one that its figures are
    /// kept under, or of one that `[links]` says to be the same.
    pub(super) fn find_queue(&self, id: &QueueId) -> Option<&SubjectEntry> {
        let queues = || self.subjects.queues.iter();
        let own = queues().find(|queue| queue.id == *id || queue.stored_id == *id);
        own.or_else(|| {
            let links = |queue: &&SubjectEntry| self.site.linked_queues.get(&queue.id);
            queues().find(|queue| links(queue).is_some_and(|same| same.contains(id)))
        })
    }

    /// From when on calls are kept of what the query is of; `None` where no export tells any.
    pub(super) fn calls_from(&self, query: &HistoryQuery) -> Option<Timestamp> {
        let sources = self.queried_sources(query);
        let telling = self.subjects.calls_from.iter();
        let telling = telling.filter(|(source, _)| sources.contains(source));
        telling.map(|(_, from)| *from).min()
    }

    /// Exports of what the query is of that have no single calls.
    pub(super) fn sources_without_calls<'a>(
        &'a self,
        query: &'a HistoryQuery,
    ) -> BTreeSet<&'a SourceId> {
        let mut sources = self.queried_sources(query);
        sources.retain(|source| self.first_retained_at(source).is_none());
        sources
    }

    /// Whether all of a source's calls since are kept.
    pub(super) fn has_all_calls(&self, source: &SourceId, since: Timestamp) -> bool {
        self.first_retained_at(source)
            .is_some_and(|from| from <= since)
    }

    fn first_retained_at(&self, source: &SourceId) -> Option<Timestamp> {
        let mut telling = self.subjects.calls_from.iter();
        telling.find(|(id, _)| id == source).map(|(_, from)| *from)
    }

    /// The exports that have what the query is of.
    fn queried_sources<'a>(&'a self, query: &'a HistoryQuery) -> BTreeSet<&'a SourceId> {
        let kept_as = |queue: &'a SubjectEntry| &queue.stored_id.source;
        if let Some(agent) = &query.agent {
            let mut people = self.site.people.iter();
            return match people.find(|person| person.id == *agent) {
                Some(person) => person.agents.iter().map(|id| &id.source).collect(),
                None => [&agent.source].into(),
            };
        }
        if query.queues.is_empty() {
            return self.subjects.queues.iter().map(kept_as).collect();
        }
        let members = query.queues.iter().flat_map(|id| self.member_queues(id));
        members
            .filter_map(|id| self.find_queue(&id))
            .map(kept_as)
            .collect()
    }

    /// The queues that a group is made of; of a queue itself.
    pub(super) fn member_queues(&self, id: &QueueId) -> Vec<QueueId> {
        let group = self.site.groups.iter().find(|group| group.id == *id);
        group.map_or_else(|| vec![id.clone()], |group| group.queues.clone())
    }

    /// The same, under the ids that they are shown by.
    pub(super) fn shown_members(&self, id: &QueueId) -> Vec<QueueId> {
        let members = self.member_queues(id).into_iter();
        let shown = |id: QueueId| match self.find_queue(&id) {
            Some(queue) => queue.id.clone(),
            None => id,
        };
        members.map(shown).collect()
    }

    /// No export names anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.subjects.queues.is_empty() && self.subjects.agents.is_empty()
    }

    /// Queues to choose from: id and name, in order, and whether the query names it.
    pub(super) fn queue_choices(&self, query: &HistoryQuery) -> Vec<(String, String, bool)> {
        let chosen: Vec<_> = query
            .queues
            .iter()
            .map(|id| (id, self.find_queue(id)))
            .collect();
        let is_chosen = |queue: &SubjectEntry| {
            let mut meant = chosen.iter().filter_map(|(_, meant)| *meant);
            meant.any(|meant| meant.id == queue.id)
        };
        let queues = self.subjects.queues.iter();
        let listed = queues.map(|queue| (queue, is_chosen(queue)));
        let listed = listed.filter(|(queue, is_chosen)| !queue.is_anonymized || *is_chosen);
        let listed = listed.map(|(queue, is_chosen)| {
            let id = queue.id.to_string();
            (id, queue.name.clone(), is_chosen)
        });
        // Groups, and queues that no export has.
        let others = chosen.iter().filter(|(_, meant)| meant.is_none());
        let others = others.map(|(id, _)| (id.to_string(), self.queue_name(id), true));
        listed.chain(others).collect()
    }

    /// What a page is of, in words.
    pub(super) fn title(&self, query: &HistoryQuery) -> String {
        if let Some(agent) = &query.agent {
            return self.agent_name(agent);
        }
        let mut names = self.queue_choices(query);
        names.retain(|queue| queue.2);
        let names: Vec<_> = names.into_iter().map(|queue| queue.1).collect();
        match names.len() {
            0 => "All queues".to_owned(),
            1..=3 => names.join(", "),
            n => format!("{} and {} more", names[..2].join(", "), n - 2),
        }
    }

    /// Up to when each export was imported: "calls up to Fri 20 Nov 2026 00:00".
    pub(super) fn imported_until(&self, scope: &HistoryScope) -> String {
        let until = self
            .subjects
            .imported_until
            .iter()
            .map(|(source, at)| match at {
                Some(at) => {
                    let at = at.to_zoned(scope.zone().clone());
                    format!("{source}: {}", at.strftime("%a %-d %b %Y %H:%M"))
                }
                None => format!("{source}: no data yet"),
            });
        until.collect::<Vec<_>>().join(", ")
    }

    /// Of a queue or a group, known to an export or not.
    pub(super) fn queue_name(&self, id: &QueueId) -> String {
        if let Some(queue) = self.find_queue(id) {
            return queue.name.clone();
        }
        let group = self.site.groups.iter().find(|group| group.id == *id);
        let group = group.map(|group| group.name.clone());
        let name = group.or_else(|| live_queue_name(&self.live, id));
        let name = name.or_else(|| self.site.names.get(&id.to_string()).cloned());
        name.unwrap_or_else(|| id.external.to_string())
    }

    /// Of an agent, or of a person who is several.
    pub(super) fn agent_name(&self, id: &AgentId) -> String {
        let mut agents = self.subjects.agents.iter();
        if let Some(agent) = agents.find(|agent| agent.id == *id) {
            return agent.name.clone();
        }
        let person = self.site.people.iter().find(|person| person.id == *id);
        let name = person.map(|person| {
            let name = self
                .site
                .resolve_person_name(&person.id, Some(&person.name), false);
            links::displayed_name(&self.site, &name)
        });
        let name = name.or_else(|| {
            self.live.read_snapshot(|picture, _| {
                let agent = picture.agents.get(id)?;
                (!picture.is_agent_hidden(agent)).then(|| links::agent_link(picture, agent).name)
            })
        });
        name.unwrap_or_else(|| {
            links::displayed_name(&self.site, &PersonName::from_id(&id.external))
        })
    }
}

fn live_queue_name(live: &LiveHandle, id: &Id) -> Option<String> {
    live.read_snapshot(|picture, _| {
        let queue = picture.queues.get(id)?;
        (!picture.is_queue_hidden(queue)).then(|| picture.queue_name(queue))
    })
}
