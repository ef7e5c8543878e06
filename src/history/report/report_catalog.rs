//! Whom and what exports speak of: names, who is hidden, and which queues are the same
//! one seen twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    domain::{AgentId, Id, NaturalOrder, PersonName, QueueId, QueueTarget, SourceId},
    history::{
        intervals::QUARTER,
        targets::{self, VendorTargets},
    },
    store::{
        CatalogEntry, ComputationBasis, FigureQuery, Granularity, NameClass, StoreError, StoreView,
    },
};

use super::{ReportConfig, ReportSubject, ReportedExport};

/// Somebody or something that there are figures of.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectEntry {
    /// The id to ask by: of a linked queue the one on the left of `[links]`.
    pub id: Id,
    pub name: String,
    /// The id that its figures are kept under.
    pub stored_id: Id,
    /// Somebody said the name; else it is the vendor's id.
    pub is_named: bool,
    /// Switched off at the vendor, or by `[hide]`.
    pub is_anonymized: bool,
    /// Switched off at the vendor.
    pub is_off: bool,
    /// Of a queue.
    pub target: Option<QueueTarget>,
    /// Of a queue: seconds and percent that its talks aim at.
    pub talk: Option<(i64, f64)>,
    /// Of a pause code: how many seconds it may last.
    pub longest: Option<i64>,
    /// Of a pause code.
    pub is_productive: Option<bool>,
}

/// By name, and without twins. Lists show those that are not hidden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubjectCatalog {
    pub queues: Vec<SubjectEntry>,
    pub agents: Vec<SubjectEntry>,
    pub pause_codes: Vec<SubjectEntry>,
    /// Of each export, up to when it tells anything.
    pub imported_until: Vec<(SourceId, Option<Timestamp>)>,
    /// Of each export that tells single calls, from when on those are kept.
    pub calls_from: Vec<(SourceId, Timestamp)>,
}

fn has_figures(view: &StoreView<'_>, agent: &AgentId) -> Result<bool, StoreError> {
    let mut has_rows = false;
    let wanted = FigureQuery {
        source: &agent.source,
        granularity: Granularity::Intervals(QUARTER),
        range: i64::MIN / 2..i64::MAX / 2,
        subject: Some(&agent.external),
    };
    view.for_each_agent(&wanted, |_, _, _| has_rows = true)?;
    Ok(has_rows)
}

fn compare_names(a: &SubjectEntry, b: &SubjectEntry) -> std::cmp::Ordering {
    (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id))
}

/// What there is in the store, read with the figures so that both fit.
pub(super) struct ReportCatalog<'a> {
    pub(super) shape: &'a ReportConfig,
    pub(super) sources: Vec<ReportSource<'a>>,
    names: BTreeMap<(NameClass, Id), CatalogEntry>,
    /// Queues that another stands for.
    twins: BTreeSet<QueueId>,
    /// Linked queues under the id that stands for them.
    shown_as: BTreeMap<QueueId, QueueId>,
}

pub(super) struct ReportSource<'a> {
    pub(super) export: &'a ReportedExport,
    pub(super) basis: Option<ComputationBasis>,
}

impl<'a> ReportCatalog<'a> {
    pub(super) fn load(view: &StoreView<'_>, shape: &'a ReportConfig) -> Result<Self, StoreError> {
        let mut catalogue = Self {
            shape,
            sources: Vec::new(),
            names: BTreeMap::new(),
            twins: BTreeSet::new(),
            shown_as: BTreeMap::new(),
        };
        for export in &shape.exports {
            let basis = view.load_basis(&export.id)?;
            catalogue.sources.push(ReportSource { export, basis });
            for name in view.load_names(&export.id)? {
                let id = Id::new(&export.id, &name.external_id);
                catalogue.names.insert((name.class, id), name);
            }
        }
        catalogue.link_queues();
        Ok(catalogue)
    }

    /// Of queues that are linked the first that is here stands for all of them, under
    /// the id on the left.
    fn link_queues(&mut self) {
        let mut links: Vec<_> = self.shape.site.linked_queues.iter().collect();
        links.sort();
        for (left, rights) in links {
            let mut here = std::iter::once(left)
                .chain(rights)
                .filter(|id| self.has_queue(id));
            let Some(first) = here.next() else { continue };
            let twins: Vec<_> = here.filter(|id| *id != first).cloned().collect();
            self.twins.extend(twins);
            self.shown_as.insert(first.clone(), left.clone());
        }
    }

    /// The queues of exports that what is asked for is made of.
    pub(super) fn queue_ids(&self, who: &ReportSubject) -> Vec<QueueId> {
        match who {
            ReportSubject::Site => self
                .ids_of_class(NameClass::Queue)
                .filter(|id| !self.twins.contains(id))
                .cloned()
                .collect(),
            ReportSubject::Queue(id) => {
                let groups = self.shape.site.groups.iter();
                let group = groups.filter(|group| group.id == *id);
                let members: BTreeSet<_> = group.flat_map(|group| &group.queues).collect();
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

    /// The agents of exports that an agent or a person is.
    pub(super) fn agent_ids(&self, id: &AgentId) -> Vec<AgentId> {
        let people = self.shape.site.people.iter();
        let mut person = people.filter(|person| person.id == *id);
        match person.next() {
            Some(person) => person.agents.clone(),
            None => vec![id.clone()],
        }
    }

    /// Where the figures of a queue are kept: under its own id, else under the first it
    /// is linked to that is here.
    fn stored_queue(&self, id: &QueueId) -> Option<QueueId> {
        let linked = self.shape.site.linked_queues.get(id).into_iter().flatten();
        let mut known = std::iter::once(id).chain(linked);
        known.find(|id| self.has_queue(id)).cloned()
    }

    /// The id that a queue is shown under.
    pub(super) fn displayed_queue(&self, id: &QueueId) -> QueueId {
        self.shown_as.get(id).unwrap_or(id).clone()
    }

    fn has_queue(&self, id: &QueueId) -> bool {
        self.names.contains_key(&(NameClass::Queue, id.clone()))
    }

    /// Whether exports or the configuration name whoever is asked for. Figures may also be
    /// of an agent that no export names.
    pub(super) fn is_known(
        &self,
        view: &StoreView<'_>,
        who: &ReportSubject,
    ) -> Result<bool, StoreError> {
        let site = &self.shape.site;
        let is_queue = |id: &QueueId| {
            let mut links = site.linked_queues.iter();
            self.has_queue(id)
                || site.groups.iter().any(|group| group.id == *id)
                || links.any(|(left, rights)| left == id || rights.contains(id))
        };
        match who {
            ReportSubject::Site => Ok(true),
            ReportSubject::Queue(id) => Ok(is_queue(id)),
            ReportSubject::Queues(ids) => Ok(ids.iter().all(is_queue)),
            ReportSubject::Agent(id) => {
                let is_named = self.names.contains_key(&(NameClass::Agent, id.clone()))
                    || site.people.iter().any(|person| person.id == *id);
                Ok(is_named || has_figures(view, id)?)
            }
        }
    }

    pub(super) fn ids_of_class(&self, class: NameClass) -> impl Iterator<Item = &Id> {
        let of_class = move |key: &&(NameClass, Id)| key.0 == class;
        self.names.keys().filter(of_class).map(|(_, id)| id)
    }

    /// Who stands in lists: all but twins and the hidden, by the ids that are kept.
    pub(super) fn entries_of_class(&self, class: NameClass) -> Vec<(Id, SubjectEntry)> {
        let ids = self
            .ids_of_class(class)
            .filter(|id| !self.twins.contains(id));
        let subjects = ids.map(|id| (id.clone(), self.subject_entry(class, id)));
        let mut listed: Vec<_> = subjects
            .filter(|(_, subject)| !subject.is_anonymized)
            .collect();
        listed.sort_by(|(_, a), (_, b)| compare_names(a, b));
        listed
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

    /// Of each export that tells single calls, from when on none of them was deleted.
    pub(super) fn calls_from(&self) -> impl Iterator<Item = (SourceId, Timestamp)> {
        let telling = self.sources.iter();
        let telling = telling.filter(|source| source.export.has_calls);
        telling.map(|source| {
            let from = source.basis.as_ref().and_then(|basis| basis.facts_from);
            let from = from.and_then(|from| Timestamp::from_second(from).ok());
            (source.export.id.clone(), from.unwrap_or(Timestamp::MIN))
        })
    }

    pub(super) fn subject_catalog(&self) -> SubjectCatalog {
        let all = |class| {
            let ids = self
                .ids_of_class(class)
                .filter(|id| !self.twins.contains(id));
            let mut all: Vec<_> = ids.map(|id| self.subject_entry(class, id)).collect();
            all.sort_by(compare_names);
            all
        };
        SubjectCatalog {
            queues: all(NameClass::Queue),
            agents: all(NameClass::Agent),
            pause_codes: all(NameClass::PauseCode),
            imported_until: Vec::new(),
            calls_from: self.calls_from().collect(),
        }
    }

    /// How something is shown, known or not.
    pub(super) fn subject_entry(&self, class: NameClass, id: &Id) -> SubjectEntry {
        let site = &self.shape.site;
        let name = self.names.get(&(class, id.clone()));
        let own = VendorTargets {
            answer_within: name.and_then(|name| name.answer_within),
            service_level: name.and_then(|name| name.service_level),
            short_abandon: name.and_then(|name| name.short_abandon),
        };
        let shown = match class {
            NameClass::Queue => self.shown_as.get(id).unwrap_or(id),
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
        let said = self.reported_name(class, id, shown);
        SubjectEntry {
            id: shown.clone(),
            is_named: said.is_some(),
            name: said.unwrap_or_else(|| self.placeholder_name(class, id)),
            stored_id: id.clone(),
            is_anonymized: is_hidden || is_off,
            is_off,
            target: (class == NameClass::Queue).then(|| targets::resolve_target(site, id, own)),
            talk: name.and_then(|name| name.talk_within.zip(name.talk_level)),
            longest: name.and_then(|name| name.longest),
            is_productive: name.and_then(|name| name.productive),
        }
    }

    fn display_name(&self, class: NameClass, id: &Id, shown: &Id) -> String {
        let said = self.reported_name(class, id, shown);
        said.unwrap_or_else(|| self.placeholder_name(class, id))
    }

    /// How something without a name is shown.
    fn placeholder_name(&self, class: NameClass, id: &Id) -> String {
        let external = &id.external;
        match class {
            NameClass::Agent => {
                let site = &self.shape.site;
                site.format_name(&PersonName::from_id(external))
            }
            _ => external.to_string(),
        }
    }

    /// By the configuration, else by the vendor; to the letter, but people as `[privacy]` says.
    fn reported_name(&self, class: NameClass, id: &Id, shown: &Id) -> Option<String> {
        let site = &self.shape.site;
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

    /// The shown id and name of who was asked for.
    pub(super) fn requested_subject(&self, who: &ReportSubject) -> (String, String) {
        let site = &self.shape.site;
        match who {
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
