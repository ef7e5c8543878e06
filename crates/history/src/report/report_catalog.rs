//! The catalog of reports: the names of subjects, hidden ones, and queues that several
//! sources share.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{intervals::QUARTER, opening_hours, targets};
use wallboard_domain::{
    AgentId, DataScope, Id, NaturalOrder, OpeningHours, PersonName, QueueId, QueueTarget, SourceId,
};
use wallboard_store::{
    CatalogEntry, ComputationBasis, FigureQuery, Granularity, NameClass, OTHERS, StoreError,
    StoreView,
};

use super::{ReportConfig, ReportSubject, ReportedExport};

/// A queue, agent or pause code that has figures.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact of a subject"
)]
pub struct SubjectEntry {
    /// The id to query by. For a linked queue, the one on the left of `[links]`.
    pub id: Id,
    pub name: String,
    /// The id that its figures are stored under.
    pub stored_id: Id,
    /// Whether it has a name; otherwise `name` is the vendor's id.
    pub is_named: bool,
    /// Disabled at the vendor, or hidden by `[hide]`.
    pub is_hidden: bool,
    /// Hidden by `[hide]`.
    pub is_hidden_by_site: bool,
    /// Disabled at the vendor.
    pub is_disabled: bool,
    /// The target of a queue.
    pub target: Option<QueueTarget>,
    /// The talk time target of a queue, in seconds and percent.
    pub talk: Option<(i64, f64)>,
    /// Whether it is a queue that isn't always open.
    pub has_opening_hours: bool,
    /// The limit of a pause code, in seconds.
    pub longest: Option<i64>,
    /// Whether a pause code is productive.
    pub is_productive: Option<bool>,
}

/// A group of queues or agents in an export.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GroupEntry {
    pub(super) id: Id,
    pub(super) name: String,
    /// Stored ids.
    pub(super) members: Vec<Id>,
}

/// All subjects, sorted by name, without duplicates of linked queues. Lists leave out the
/// hidden ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubjectCatalog {
    pub queues: Vec<SubjectEntry>,
    pub agents: Vec<SubjectEntry>,
    pub pause_codes: Vec<SubjectEntry>,
    /// The end of each export's coverage.
    pub imported_until: Vec<(SourceId, Option<Timestamp>)>,
    /// For each export with single calls, the time from which they are stored.
    pub calls_from: Vec<(SourceId, Timestamp)>,
}

fn sort_by_name(entries: &mut [SubjectEntry]) {
    entries.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
}

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
    names: BTreeMap<(NameClass, Id), CatalogEntry>,
    /// Linked queues that another queue represents.
    duplicates: BTreeSet<QueueId>,
    /// The displayed ids of linked queues, by stored id.
    displayed_ids: BTreeMap<QueueId, QueueId>,
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
    fn stored_queue(&self, id: &QueueId) -> Option<QueueId> {
        let linked = self.config.site.linked_queues.get(id).into_iter().flatten();
        let mut known = std::iter::once(id).chain(linked);
        known.find(|id| self.has_queue(id)).cloned()
    }

    /// The id that a queue is displayed under.
    pub(super) fn displayed_queue(&self, id: &QueueId) -> QueueId {
        self.displayed_ids.get(id).unwrap_or(id).clone()
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

    fn ids_of_class(&self, class: NameClass) -> impl Iterator<Item = &Id> {
        let of_class = move |key: &&(NameClass, Id)| key.0 == class;
        self.names.keys().filter(of_class).map(|(_, id)| id)
    }

    /// The subjects without duplicates, sorted by name.
    pub(super) fn entries_of_class(&self, class: NameClass) -> Vec<SubjectEntry> {
        let ids = self
            .ids_of_class(class)
            .filter(|id| !self.duplicates.contains(id));
        let mut entries: Vec<_> = ids.map(|id| self.subject_entry(class, id)).collect();
        sort_by_name(&mut entries);
        entries
    }

    /// Adds those of these agents that no export names.
    pub(super) fn add_unnamed_agents(
        &self,
        active: impl IntoIterator<Item = AgentId>,
        entries: &mut Vec<SubjectEntry>,
    ) {
        let class = NameClass::Agent;
        let is_unnamed = |id: &AgentId| {
            id.external.as_ref() != OTHERS
                && !self.names.contains_key(&(class, id.clone()))
                && self.includes(class, id)
        };
        let unnamed = active.into_iter().filter(is_unnamed);
        entries.extend(unnamed.map(|id| self.subject_entry(class, &id)));
        sort_by_name(entries);
    }

    fn imported_until(
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

    pub(super) fn subject_catalog(
        &self,
        view: &StoreView<'_>,
    ) -> Result<SubjectCatalog, StoreError> {
        Ok(SubjectCatalog {
            queues: self.entries_of_class(NameClass::Queue),
            agents: self.entries_of_class(NameClass::Agent),
            pause_codes: self.entries_of_class(NameClass::PauseCode),
            imported_until: self.imported_until(view)?,
            calls_from: self.calls_from().collect(),
        })
    }

    /// The entry of a subject, whether it is in the catalog or not.
    pub(super) fn subject_entry(&self, class: NameClass, id: &Id) -> SubjectEntry {
        let site = &self.config.site;
        let name = self.names.get(&(class, id.clone()));
        let shown = match class {
            NameClass::Queue => self.displayed_ids.get(id).unwrap_or(id),
            _ => id,
        };
        let patterns = match class {
            NameClass::Queue => &site.hidden_queues[..],
            NameClass::Agent => &site.hidden_agents,
            _ => &[],
        };
        let is_hidden = [id, shown].into_iter().any(|id| {
            let id = id.to_string();
            patterns.iter().any(|pattern| pattern.matches(&id))
        });
        let is_off = name.is_some_and(|name| !name.enabled);
        let reported_name = self.reported_name(class, id, shown);
        SubjectEntry {
            id: shown.clone(),
            is_named: reported_name.is_some(),
            name: reported_name.unwrap_or_else(|| self.placeholder_name(class, id)),
            stored_id: id.clone(),
            is_hidden: is_hidden || is_off,
            is_hidden_by_site: is_hidden,
            is_disabled: is_off,
            target: (class == NameClass::Queue).then(|| targets::resolve_target(site, id, name)),
            talk: name.and_then(|name| name.talk_within.zip(name.talk_level)),
            has_opening_hours: class == NameClass::Queue
                && opening_hours::resolve_hours(site, id).is_some(),
            longest: name.and_then(|name| name.longest),
            is_productive: name.and_then(|name| name.productive),
        }
    }

    fn display_name(&self, class: NameClass, id: &Id, shown: &Id) -> String {
        let reported_name = self.reported_name(class, id, shown);
        reported_name.unwrap_or_else(|| self.placeholder_name(class, id))
    }

    /// The displayed name of a subject without a name.
    fn placeholder_name(&self, class: NameClass, id: &Id) -> String {
        let external = &id.external;
        match class {
            NameClass::Agent => {
                let site = &self.config.site;
                site.format_name(&PersonName::from_id(external))
            }
            _ => external.to_string(),
        }
    }

    /// The name from the configuration, else from the vendor: verbatim, but people's names as
    /// `[privacy]` sets.
    fn reported_name(&self, class: NameClass, id: &Id, shown: &Id) -> Option<String> {
        let site = &self.config.site;
        let of_people = matches!(class, NameClass::Queue | NameClass::Agent);
        let mut configured = [shown, id].into_iter().filter(|_| of_people);
        let configured = configured.find_map(|id| site.names.get(&id.to_string()));
        let stored = self.names.get(&(class, id.clone())).map(|name| &*name.name);
        let name = configured.map(String::as_str).or(stored);
        let name = name.filter(|name| !name.trim().is_empty())?;
        Some(match class {
            NameClass::Agent => site.format_name(&PersonName::from_name(name)),
            _ => name.to_owned(),
        })
    }

    /// The displayed id and name of the requested subject.
    pub(super) fn requested_subject(&self, subject: &ReportSubject) -> (String, String) {
        let site = &self.config.site;
        match subject {
            ReportSubject::Site => ("site".to_owned(), "All queues".to_owned()),
            ReportSubject::Queues(_) => ("queues".to_owned(), "Several queues".to_owned()),
            ReportSubject::Queue(id) => {
                let group = site.groups.iter().find(|group| group.id == *id);
                let name = group.map(|group| group.name.clone());
                let name = name.unwrap_or_else(|| {
                    let stored = self.stored_queue(id).unwrap_or_else(|| id.clone());
                    self.display_name(NameClass::Queue, &stored, id)
                });
                (id.to_string(), name)
            }
            ReportSubject::Agent(id) => {
                let person = site.people.iter().find(|person| person.id == *id);
                let name = person.map(|person| {
                    let name = site.resolve_person_name(&person.id, Some(&person.name), false);
                    site.format_name(&name)
                });
                (
                    id.to_string(),
                    name.unwrap_or_else(|| self.display_name(NameClass::Agent, id, id)),
                )
            }
        }
    }
}
