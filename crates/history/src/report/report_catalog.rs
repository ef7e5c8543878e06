//! The catalog of reports: its subjects, and queues that several sources share.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{intervals::QUARTER, opening_hours};
use wallboard_domain::{AgentId, DataScope, Id, NaturalOrder, OpeningHours, QueueId, SourceId};
use wallboard_store::{
    CatalogEntry, ComputationBasis, FigureQuery, Granularity, NameClass, StoreError, StoreView,
};

use super::{ReportConfig, ReportSubject, ReportedExport, subject_entry::GroupEntry};

fn has_figures(view: &StoreView<'_>, agent: &AgentId) -> Result<bool, StoreError> {
    let mut has_rows = false;
    let query = FigureQuery {
        source: &agent.source,
        granularity: Granularity::Intervals(QUARTER),
        range: i64::MIN / 2..i64::MAX / 2,
        subject: Some(&agent.external),
    };
    view.for_each_agent(&query, |_, _, _| has_rows = true)?;
    Ok(has_rows)
}

/// The catalog of the store, read in the same view as the figures, so that both match.
pub(super) struct ReportCatalog<'a> {
    pub(super) config: &'a ReportConfig,
    /// The queues and agents in it; `None`: all.
    scope: Option<&'a DataScope>,
    pub(super) sources: Vec<ReportSource<'a>>,
    pub(super) names: BTreeMap<(NameClass, Id), CatalogEntry>,
    /// Linked queues that another queue represents.
    pub(super) duplicates: BTreeSet<QueueId>,
    /// The displayed ids of linked queues, by stored id.
    pub(super) displayed_ids: BTreeMap<QueueId, QueueId>,
}

pub(super) struct ReportSource<'a> {
    pub(super) export: &'a ReportedExport,
    pub(super) basis: Option<ComputationBasis>,
}

impl<'a> ReportCatalog<'a> {
    pub(super) fn load(
        view: &StoreView<'_>,
        config: &'a ReportConfig,
        scope: Option<&'a DataScope>,
    ) -> Result<Self, StoreError> {
        let mut catalog = Self {
            config,
            scope,
            sources: Vec::new(),
            names: BTreeMap::new(),
            duplicates: BTreeSet::new(),
            displayed_ids: BTreeMap::new(),
        };
        for export in &config.exports {
            let basis = view.load_basis(&export.id)?;
            catalog.sources.push(ReportSource { export, basis });
            for name in view.load_names(&export.id)? {
                let id = Id::new(&export.id, &name.external_id);
                if catalog.includes(name.class, &id) {
                    catalog.names.insert((name.class, id), name);
                }
            }
        }
        catalog.link_queues();
        Ok(catalog)
    }

    /// Whether it has all of the site.
    pub(super) fn is_whole_site(&self) -> bool {
        self.scope.is_none()
    }

    /// Whether a subject is in the scope. Reasons and other names aren't of anybody.
    pub(super) fn includes(&self, class: NameClass, id: &Id) -> bool {
        let site = &self.config.site;
        self.scope.is_none_or(|scope| match class {
            NameClass::Queue => scope.includes_queue(site, id),
            NameClass::Agent => scope.names_agent(site, id),
            _ => true,
        })
    }

    /// Makes the first existing queue of each link represent all its queues, under the id on
    /// the left.
    fn link_queues(&mut self) {
        let mut links: Vec<_> = self.config.site.linked_queues.iter().collect();
        links.sort();
        for (left, rights) in links {
            let mut existing = std::iter::once(left)
                .chain(rights)
                .filter(|id| self.has_queue(id));
            let Some(first) = existing.next() else {
                continue;
            };
            let duplicates: Vec<_> = existing.filter(|id| *id != first).cloned().collect();
            self.duplicates.extend(duplicates);
            self.displayed_ids.insert(first.clone(), left.clone());
        }
    }

    /// The stored queues that a subject consists of.
    pub(super) fn queue_ids(&self, subject: &ReportSubject) -> Vec<QueueId> {
        match subject {
            ReportSubject::Site => self
                .ids_of_class(NameClass::Queue)
                .filter(|id| !self.duplicates.contains(id))
                .cloned()
                .collect(),
            ReportSubject::Queue(id) => {
                let groups = self.config.site.groups.iter();
                let group = groups.filter(|group| group.id == *id);
                let members: BTreeSet<_> = group.flat_map(|group| &group.queues).collect();
                if !self.includes(NameClass::Queue, id) {
                    return Vec::new();
                }
                if members.is_empty() {
                    return self.stored_queue(id).into_iter().collect();
                }
                let stored = members.into_iter().filter_map(|id| self.stored_queue(id));
                let each_once: BTreeSet<_> = stored.collect();
                each_once.into_iter().collect()
            }
            ReportSubject::Queues(ids) => {
                let one = |id: &QueueId| self.queue_ids(&ReportSubject::Queue(id.clone()));
                let each_once: BTreeSet<_> = ids.iter().flat_map(one).collect();
                each_once.into_iter().collect()
            }
            ReportSubject::Agent(_) => Vec::new(),
        }
    }

    /// The agents that an agent or a person consists of.
    pub(super) fn agent_ids(&self, id: &AgentId) -> Vec<AgentId> {
        let people = self.config.site.people.iter();
        let mut person = people.filter(|person| person.id == *id);
        let mut agents = match person.next() {
            Some(person) => person.agents.clone(),
            None => vec![id.clone()],
        };
        agents.retain(|agent| self.includes(NameClass::Agent, agent));
        agents
    }

    /// The exports that a subject's figures come from.
    pub(super) fn exports_of(
        &self,
        subject: &ReportSubject,
    ) -> impl Iterator<Item = &ReportedExport> {
        let ids = match subject {
            ReportSubject::Agent(id) => self.agent_ids(id),
            queues => self.queue_ids(queues),
        };
        let exports = self.sources.iter().map(|source| source.export);
        exports.filter(move |export| ids.iter().any(|id| id.source == export.id))
    }

    /// The id that a queue's figures are stored under: its own, else that of the first existing
    /// queue that it is linked to.
    pub(super) fn stored_queue(&self, id: &QueueId) -> Option<QueueId> {
        let linked = self.config.site.linked_queues.get(id).into_iter().flatten();
        let mut known = std::iter::once(id).chain(linked);
        known.find(|id| self.has_queue(id)).cloned()
    }

    /// The id that a queue is displayed under.
    pub(super) fn displayed_queue(&self, id: &QueueId) -> QueueId {
        self.displayed_ids.get(id).unwrap_or(id).clone()
    }

    /// The id that a queue or group has on pages, whichever of its ids it is.
    pub(super) fn shown_queue(&self, id: &QueueId) -> QueueId {
        let is_same =
            |(left, rights): &(&QueueId, &Vec<QueueId>)| *left == id || rights.contains(id);
        let mut links = self.config.site.linked_queues.iter();
        links.find(is_same).map_or(id, |(left, _)| left).clone()
    }

    fn has_queue(&self, id: &QueueId) -> bool {
        self.names.contains_key(&(NameClass::Queue, id.clone()))
    }

    /// Returns whether exports or the configuration name a subject. An agent that no export
    /// names may have figures too.
    pub(super) fn is_known(
        &self,
        view: &StoreView<'_>,
        subject: &ReportSubject,
    ) -> Result<bool, StoreError> {
        let site = &self.config.site;
        let is_queue = |id: &QueueId| {
            let mut links = site.linked_queues.iter();
            let is_configured = site.groups.iter().any(|group| group.id == *id)
                || links.any(|(left, rights)| left == id || rights.contains(id));
            self.has_queue(id) || (is_configured && self.includes(NameClass::Queue, id))
        };
        match subject {
            ReportSubject::Site => Ok(true),
            ReportSubject::Queue(id) => Ok(is_queue(id)),
            ReportSubject::Queues(ids) => Ok(ids.iter().all(is_queue)),
            ReportSubject::Agent(id) if !self.includes(NameClass::Agent, id) => Ok(false),
            ReportSubject::Agent(id) => {
                let is_named = self.names.contains_key(&(NameClass::Agent, id.clone()))
                    || site.people.iter().any(|person| person.id == *id);
                Ok(is_named || has_figures(view, id)?)
            }
        }
    }

    /// All agents, including hidden ones.
    pub(super) fn all_agent_ids(&self) -> Vec<AgentId> {
        self.ids_of_class(NameClass::Agent).cloned().collect()
    }

    /// The export's groups of queues or agents, sorted by name, with the members that lists show.
    pub(super) fn groups(
        &self,
        view: &StoreView<'_>,
        class: NameClass,
    ) -> Result<Vec<GroupEntry>, StoreError> {
        let member_class = match class {
            NameClass::AgentGroup => NameClass::Agent,
            _ => NameClass::Queue,
        };
        let mut groups: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        for source in &self.sources {
            let id = |external: &str| Id::new(&source.export.id, external);
            for member in view.load_members(&source.export.id)? {
                if member.whole.0 == class {
                    let members = groups.entry(id(&member.whole.1)).or_default();
                    members.push(id(&member.member.1));
                }
            }
        }
        // Part of a group would have the name of all.
        groups.retain(|_, members| members.iter().all(|id| self.includes(member_class, id)));
        let entry = |(id, mut members): (Id, Vec<Id>)| {
            members.retain(|member| !self.duplicates.contains(member));
            GroupEntry {
                name: self.subject_entry(class, &id).name,
                id,
                members,
            }
        };
        let mut groups: Vec<_> = groups.into_iter().map(entry).collect();
        groups.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
        Ok(groups)
    }

    /// The opening hours of every stored queue that has any, also of those that only a group names.
    pub(super) fn opening_hours(
        &self,
        view: &StoreView<'_>,
    ) -> Result<Vec<(QueueId, &OpeningHours)>, StoreError> {
        let groups = self.groups(view, NameClass::QueueGroup)?.into_iter();
        let queues = self.ids_of_class(NameClass::Queue).cloned();
        let queues: BTreeSet<_> = queues
            .chain(groups.flat_map(|group| group.members))
            .collect();
        let site = &self.config.site;
        let with_hours = queues.into_iter().filter_map(|id| {
            let hours = opening_hours::resolve_hours(site, &id)?;
            Some((id, hours))
        });
        Ok(with_hours.collect())
    }

    pub(super) fn ids_of_class(&self, class: NameClass) -> impl Iterator<Item = &Id> {
        let of_class = move |key: &&(NameClass, Id)| key.0 == class;
        self.names.keys().filter(of_class).map(|(_, id)| id)
    }

    pub(super) fn imported_until(
        &self,
        view: &StoreView<'_>,
    ) -> Result<Vec<(SourceId, Option<Timestamp>)>, StoreError> {
        let until = |source: &ReportSource<'_>| {
            let id = &source.export.id;
            let cover = view.load_coverage(id, i64::MIN / 2, i64::MAX / 2)?;
            let last = cover.last().map(|(_, until)| *until);
            Ok((
                id.clone(),
                last.and_then(|last| Timestamp::from_second(last).ok()),
            ))
        };
        self.sources.iter().map(until).collect()
    }

    /// For each export with single calls, the time from which none was deleted.
    pub(super) fn calls_from(&self) -> impl Iterator<Item = (SourceId, Timestamp)> {
        let exports = self.sources.iter();
        let exports = exports.filter(|source| source.export.has_calls);
        exports.map(|source| {
            let from = source.basis.as_ref().and_then(|basis| basis.facts_from);
            let from = from.and_then(|from| Timestamp::from_second(from).ok());
            (source.export.id.clone(), from.unwrap_or(Timestamp::MIN))
        })
    }
}
