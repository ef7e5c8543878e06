//! The queues and agents of history pages, with their display names.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{AgentId, Id, NaturalOrder, PersonName, QueueId, SiteConfig, SourceId};
use wallboard_history::report::{SubjectCatalog, SubjectEntry};
use wallboard_live::LiveHandle;
use wallboard_store::StoreError;
use wallboard_texts::Texts;

use super::{choice::RowKind, query::HistoryQuery, scope::HistoryScope};
use crate::web::{WebState, parts::links};

/// All queues and agents with history, and all other known names.
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

    /// A queue without a name in its export gets the name of the live queue it is linked to.
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

    /// The queue that an ID refers to: by its ID, by the ID its history is stored under, or by
    /// `[links]`.
    pub(super) fn find_queue(&self, id: &QueueId) -> Option<&SubjectEntry> {
        let queues = || self.subjects.queues.iter();
        let direct = queues().find(|queue| queue.id == *id || queue.stored_id == *id);
        direct.or_else(|| {
            let links = |queue: &&SubjectEntry| self.site.linked_queues.get(&queue.id);
            queues().find(|queue| links(queue).is_some_and(|same| same.contains(id)))
        })
    }

    /// When stored calls of the query's subjects begin; `None` if no export has any.
    pub(super) fn calls_from(&self, query: &HistoryQuery) -> Option<Timestamp> {
        let sources = self.queried_sources(query);
        let starts = self.subjects.calls_from.iter();
        let starts = starts.filter(|(source, _)| sources.contains(source));
        starts.map(|(_, from)| *from).min()
    }

    /// Exports of the query's subjects without single calls.
    pub(super) fn sources_without_calls<'a>(
        &'a self,
        query: &'a HistoryQuery,
    ) -> BTreeSet<&'a SourceId> {
        let mut sources = self.queried_sources(query);
        sources.retain(|source| self.first_retained_at(source).is_none());
        sources
    }

    /// Whether all of a source's calls since then are stored.
    pub(super) fn has_all_calls(&self, source: &SourceId, since: Timestamp) -> bool {
        self.first_retained_at(source)
            .is_some_and(|from| from <= since)
    }

    fn first_retained_at(&self, source: &SourceId) -> Option<Timestamp> {
        let mut starts = self.subjects.calls_from.iter();
        starts.find(|(id, _)| id == source).map(|(_, from)| *from)
    }

    /// The exports of the query's subjects.
    pub(super) fn queried_sources<'a>(&'a self, query: &'a HistoryQuery) -> BTreeSet<&'a SourceId> {
        let stored_source = |queue: &'a SubjectEntry| &queue.stored_id.source;
        if let Some(agent) = &query.agent {
            let mut people = self.site.people.iter();
            return match people.find(|person| person.id == *agent) {
                Some(person) => person.agents.iter().map(|id| &id.source).collect(),
                None => [&agent.source].into(),
            };
        }
        if query.queues.is_empty() {
            return self.subjects.queues.iter().map(stored_source).collect();
        }
        let members = query.queues.iter().flat_map(|id| self.member_queues(id));
        members
            .filter_map(|id| self.find_queue(&id))
            .map(stored_source)
            .collect()
    }

    /// The queues of a group; a queue itself.
    pub(super) fn member_queues(&self, id: &QueueId) -> Vec<QueueId> {
        let group = self.site.groups.iter().find(|group| group.id == *id);
        group.map_or_else(|| vec![id.clone()], |group| group.queues.clone())
    }

    /// The same, by display ID.
    pub(super) fn shown_members(&self, id: &QueueId) -> Vec<QueueId> {
        let members = self.member_queues(id).into_iter();
        let shown = |id: QueueId| match self.find_queue(&id) {
            Some(queue) => queue.id.clone(),
            None => id,
        };
        members.map(shown).collect()
    }

    /// How many queues or agents `[hide]` keeps out of rows, of all or of these.
    pub(super) fn count_hidden(&self, rows: RowKind, only: &[Id]) -> usize {
        let subjects = match rows {
            RowKind::Queue => &self.subjects.queues,
            RowKind::Agent => &self.subjects.agents,
            _ => return 0,
        };
        let hidden = subjects.iter().filter(|subject| subject.is_hidden_by_site);
        let hidden = hidden.filter(|subject| only.is_empty() || only.contains(&subject.id));
        hidden.count()
    }

    /// Whether any queue of the query isn't always open.
    pub(super) fn have_opening_hours(&self, query: &HistoryQuery) -> bool {
        if query.agent.is_some() {
            return false;
        }
        if query.queues.is_empty() {
            let mut queues = self.subjects.queues.iter();
            return queues.any(|queue| queue.has_opening_hours);
        }
        let members = query.queues.iter().flat_map(|id| self.member_queues(id));
        let mut queues = members.filter_map(|id| self.find_queue(&id).cloned());
        queues.any(|queue| queue.has_opening_hours)
    }

    /// No export has any queue or agent.
    pub(super) fn is_empty(&self) -> bool {
        self.subjects.queues.is_empty() && self.subjects.agents.is_empty()
    }

    /// Queues to choose from: ID, name, and whether the query selects it.
    pub(super) fn queue_choices(&self, query: &HistoryQuery) -> Vec<(String, String, bool)> {
        let chosen: Vec<_> = query
            .queues
            .iter()
            .map(|id| (id, self.find_queue(id)))
            .collect();
        let is_chosen = |queue: &SubjectEntry| {
            let mut matched = chosen.iter().filter_map(|(_, matched)| *matched);
            matched.any(|matched| matched.id == queue.id)
        };
        let queues = self.subjects.queues.iter();
        let listed = queues.map(|queue| (queue, is_chosen(queue)));
        let listed = listed.filter(|(queue, is_chosen)| !queue.is_hidden || *is_chosen);
        let listed = listed.map(|(queue, is_chosen)| {
            let id = queue.id.to_string();
            (id, queue.name.clone(), is_chosen)
        });
        // Groups, and queues that no export has.
        let others = chosen.iter().filter(|(_, matched)| matched.is_none());
        let others = others.map(|(id, _)| (id.to_string(), self.queue_name(id), true));
        listed.chain(others).collect()
    }

    /// The subjects of a page as text.
    pub(super) fn title(&self, texts: &Texts, query: &HistoryQuery) -> String {
        let mut names = self.queue_choices(query);
        names.retain(|queue| queue.2);
        let names: Vec<_> = names.into_iter().map(|queue| queue.1).collect();
        let queues = match names.len() {
            0 => texts.all_queues_chosen().to_owned(),
            1..=3 => names.join(", "),
            n => texts.names_and_more(names[..2].join(", "), n - 2),
        };
        match &query.agent {
            None => queues,
            Some(agent) if query.queues.is_empty() => self.agent_name(agent),
            // Only a list of calls has both.
            Some(agent) => format!("{}, {queues}", self.agent_name(agent)),
        }
    }

    /// When each export's data ends: "Calls: Fri 20 Nov 2026 00:00".
    pub(super) fn imported_until(&self, scope: &HistoryScope) -> String {
        let texts = scope.texts;
        let until = self.subjects.imported_until.iter().map(|(source, at)| {
            let source = self.site.source_name(source);
            match at {
                Some(at) => {
                    let date = scope.local_date(*at);
                    let day = texts.dated_year(texts.short_day(date), date.year().to_string());
                    format!("{source}: {day} {}", texts.time(*at, scope.zone()))
                }
                None => texts.source_without_data(source),
            }
        });
        until.collect::<Vec<_>>().join(", ")
    }

    /// The name of a queue or a group, known to an export or not.
    pub(super) fn queue_name(&self, id: &QueueId) -> String {
        if let Some(queue) = self.find_queue(id) {
            return queue.name.clone();
        }
        let group = self.site.groups.iter().find(|group| group.id == *id);
        let group = group.map(|group| group.name.clone());
        let name = group.or_else(|| live_queue_name(&self.live, id));
        let name = name.or_else(|| self.site.configured_name(id).map(str::to_owned));
        name.unwrap_or_else(|| id.external.to_string())
    }

    /// The name of an agent, or of a person with several agents.
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
            self.live.read_snapshot(|snapshot, _| {
                let agent = snapshot.agents.get(id)?;
                (!snapshot.is_agent_hidden(agent)).then(|| links::agent_link(snapshot, agent).name)
            })
        });
        name.unwrap_or_else(|| {
            links::displayed_name(&self.site, &PersonName::from_id(&id.external))
        })
    }
}

fn live_queue_name(live: &LiveHandle, id: &Id) -> Option<String> {
    live.read_snapshot(|snapshot, _| {
        let queue = snapshot.queues.get(id)?;
        (!snapshot.is_queue_hidden(queue)).then(|| snapshot.queue_name(queue))
    })
}
