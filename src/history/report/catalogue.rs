//! Whom and what exports speak of: names, who is hidden, and which queues are the same
//! one seen twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    domain::{AgentId, ByName, Id, PersonName, QueueId, SourceId, Target},
    history::{
        intervals::QUARTER,
        targets::{self, Own},
    },
    store::{Basis, Name, NameClass, Over, StoreError, View, Wanted},
};

use super::{Export, Shape, Who};

/// Somebody or something that there are figures of.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The id to ask by: of a linked queue the one on the left of `[links]`.
    pub id: Id,
    pub name: String,
    /// The id that its figures are kept under.
    pub kept_as: Id,
    /// Somebody said the name; else it is the vendor's id.
    pub is_named: bool,
    /// Switched off at the vendor, or by `[hide]`.
    pub is_hidden: bool,
    /// Switched off at the vendor.
    pub is_off: bool,
    /// Of a queue.
    pub target: Option<Target>,
    /// Of a queue: seconds and percent that its talks aim at.
    pub talk: Option<(i64, f64)>,
    /// Of a pause code: how many seconds it may last.
    pub longest: Option<i64>,
    /// Of a pause code.
    pub is_productive: Option<bool>,
}

/// By name, and without twins. Lists show those that are not hidden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subjects {
    pub queues: Vec<Subject>,
    pub agents: Vec<Subject>,
    pub pause_codes: Vec<Subject>,
    /// Of each export, up to when it tells anything.
    pub told_until: Vec<(SourceId, Option<Timestamp>)>,
    /// Of each export that tells single calls, from when on those are kept.
    pub calls_from: Vec<(SourceId, Timestamp)>,
}

fn has_figures(view: &View<'_>, agent: &AgentId) -> Result<bool, StoreError> {
    let mut has_rows = false;
    let wanted = Wanted {
        source: &agent.source,
        over: Over::Intervals(QUARTER),
        range: i64::MIN / 2..i64::MAX / 2,
        only: Some(&agent.external),
    };
    view.agents(&wanted, |_, _, _| has_rows = true)?;
    Ok(has_rows)
}

fn by_name(a: &Subject, b: &Subject) -> std::cmp::Ordering {
    (ByName(&a.name), &a.id).cmp(&(ByName(&b.name), &b.id))
}

/// What there is in the store, read with the figures so that both fit.
pub(super) struct Catalogue<'a> {
    pub(super) shape: &'a Shape,
    pub(super) sources: Vec<Source<'a>>,
    names: BTreeMap<(NameClass, Id), Name>,
    /// Queues that another stands for.
    twins: BTreeSet<QueueId>,
    /// Linked queues under the id that stands for them.
    shown_as: BTreeMap<QueueId, QueueId>,
}

pub(super) struct Source<'a> {
    pub(super) export: &'a Export,
    pub(super) basis: Option<Basis>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn read(view: &View<'_>, shape: &'a Shape) -> Result<Self, StoreError> {
        let mut catalogue = Self {
            shape,
            sources: Vec::new(),
            names: BTreeMap::new(),
            twins: BTreeSet::new(),
            shown_as: BTreeMap::new(),
        };
        for export in &shape.exports {
            let basis = view.basis(&export.id)?;
            catalogue.sources.push(Source { export, basis });
            for name in view.names(&export.id)? {
                let id = Id::new(&export.id, &name.external_id);
                catalogue.names.insert((name.class, id), name);
            }
        }
        catalogue.link();
        Ok(catalogue)
    }

    /// Of queues that are linked the first that is here stands for all of them, under
    /// the id on the left.
    fn link(&mut self) {
        let mut links: Vec<_> = self.shape.site.links.iter().collect();
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
    pub(super) fn queues(&self, who: &Who) -> Vec<QueueId> {
        match who {
            Who::Site => self
                .all(NameClass::Queue)
                .filter(|id| !self.twins.contains(id))
                .cloned()
                .collect(),
            Who::Queue(id) => {
                let groups = self.shape.site.groups.iter();
                let group = groups.filter(|group| group.id == *id);
                let members: BTreeSet<_> = group.flat_map(|group| &group.queues).collect();
                if members.is_empty() {
                    return self.stored(id).into_iter().collect();
                }
                let stored = members.into_iter().filter_map(|id| self.stored(id));
                let each_once: BTreeSet<_> = stored.collect();
                each_once.into_iter().collect()
            }
            Who::Queues(ids) => {
                let one = |id: &QueueId| self.queues(&Who::Queue(id.clone()));
                let each_once: BTreeSet<_> = ids.iter().flat_map(one).collect();
                each_once.into_iter().collect()
            }
            Who::Agent(_) => Vec::new(),
        }
    }

    /// The agents of exports that an agent or a person is.
    pub(super) fn agents(&self, id: &AgentId) -> Vec<AgentId> {
        let people = self.shape.site.people.iter();
        let mut person = people.filter(|person| person.id == *id);
        match person.next() {
            Some(person) => person.agents.clone(),
            None => vec![id.clone()],
        }
    }

    /// Where the figures of a queue are kept: under its own id, else under the first it
    /// is linked to that is here.
    fn stored(&self, id: &QueueId) -> Option<QueueId> {
        let linked = self.shape.site.links.get(id).into_iter().flatten();
        let mut known = std::iter::once(id).chain(linked);
        known.find(|id| self.has_queue(id)).cloned()
    }

    /// The id that a queue is shown under.
    pub(super) fn shown_as(&self, id: &QueueId) -> QueueId {
        self.shown_as.get(id).unwrap_or(id).clone()
    }

    fn has_queue(&self, id: &QueueId) -> bool {
        self.names.contains_key(&(NameClass::Queue, id.clone()))
    }

    /// Whether exports or the configuration name whoever is asked for. Figures may also be
    /// of an agent that no export names.
    pub(super) fn knows(&self, view: &View<'_>, who: &Who) -> Result<bool, StoreError> {
        let site = &self.shape.site;
        let is_queue = |id: &QueueId| {
            let mut links = site.links.iter();
            self.has_queue(id)
                || site.groups.iter().any(|group| group.id == *id)
                || links.any(|(left, rights)| left == id || rights.contains(id))
        };
        match who {
            Who::Site => Ok(true),
            Who::Queue(id) => Ok(is_queue(id)),
            Who::Queues(ids) => Ok(ids.iter().all(is_queue)),
            Who::Agent(id) => {
                let is_named = self.names.contains_key(&(NameClass::Agent, id.clone()))
                    || site.people.iter().any(|person| person.id == *id);
                Ok(is_named || has_figures(view, id)?)
            }
        }
    }

    pub(super) fn all(&self, class: NameClass) -> impl Iterator<Item = &Id> {
        let of_class = move |key: &&(NameClass, Id)| key.0 == class;
        self.names.keys().filter(of_class).map(|(_, id)| id)
    }

    /// Who stands in lists: all but twins and the hidden, by the ids that are kept.
    pub(super) fn listed(&self, class: NameClass) -> Vec<(Id, Subject)> {
        let ids = self.all(class).filter(|id| !self.twins.contains(id));
        let subjects = ids.map(|id| (id.clone(), self.subject(class, id)));
        let mut listed: Vec<_> = subjects.filter(|(_, subject)| !subject.is_hidden).collect();
        listed.sort_by(|(_, a), (_, b)| by_name(a, b));
        listed
    }

    pub(super) fn told_until(
        &self,
        view: &View<'_>,
    ) -> Result<Vec<(SourceId, Option<Timestamp>)>, StoreError> {
        let until = |source: &Source<'_>| {
            let id = &source.export.id;
            let cover = view.cover(id, i64::MIN / 2, i64::MAX / 2)?;
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
        let telling = telling.filter(|source| source.export.tells_calls);
        telling.map(|source| {
            let from = source.basis.as_ref().and_then(|basis| basis.facts_from);
            let from = from.and_then(|from| Timestamp::from_second(from).ok());
            (source.export.id.clone(), from.unwrap_or(Timestamp::MIN))
        })
    }

    pub(super) fn subjects(&self) -> Subjects {
        let all = |class| {
            let ids = self.all(class).filter(|id| !self.twins.contains(id));
            let mut all: Vec<_> = ids.map(|id| self.subject(class, id)).collect();
            all.sort_by(by_name);
            all
        };
        Subjects {
            queues: all(NameClass::Queue),
            agents: all(NameClass::Agent),
            pause_codes: all(NameClass::PauseCode),
            told_until: Vec::new(),
            calls_from: self.calls_from().collect(),
        }
    }

    /// How something is shown, known or not.
    pub(super) fn subject(&self, class: NameClass, id: &Id) -> Subject {
        let site = &self.shape.site;
        let name = self.names.get(&(class, id.clone()));
        let own = Own {
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
        let said = self.said(class, id, shown);
        Subject {
            id: shown.clone(),
            is_named: said.is_some(),
            name: said.unwrap_or_else(|| self.unnamed(class, id)),
            kept_as: id.clone(),
            is_hidden: is_hidden || is_off,
            is_off,
            target: (class == NameClass::Queue).then(|| targets::target(site, id, own)),
            talk: name.and_then(|name| name.talk_within.zip(name.talk_level)),
            longest: name.and_then(|name| name.longest),
            is_productive: name.and_then(|name| name.productive),
        }
    }

    fn name(&self, class: NameClass, id: &Id, shown: &Id) -> String {
        let said = self.said(class, id, shown);
        said.unwrap_or_else(|| self.unnamed(class, id))
    }

    /// How something without a name is shown.
    fn unnamed(&self, class: NameClass, id: &Id) -> String {
        let external = &id.external;
        match class {
            NameClass::Agent => {
                let site = &self.shape.site;
                site.show_name(&PersonName::id(external))
            }
            _ => external.to_string(),
        }
    }

    /// By the configuration, else by the vendor; to the letter, but people as `[privacy]` says.
    fn said(&self, class: NameClass, id: &Id, shown: &Id) -> Option<String> {
        let site = &self.shape.site;
        let of_people = matches!(class, NameClass::Queue | NameClass::Agent);
        let mut configured = [shown, id].into_iter().filter(|_| of_people);
        let configured = configured.find_map(|id| site.names.get(&id.to_string()));
        let stored = self.names.get(&(class, id.clone())).map(|name| &*name.name);
        let name = configured.map(String::as_str).or(stored);
        let name = name.filter(|name| !name.trim().is_empty())?;
        Some(match class {
            NameClass::Agent => site.show_name(&PersonName::name(name)),
            _ => name.to_owned(),
        })
    }

    /// The shown id and name of who was asked for.
    pub(super) fn asked(&self, who: &Who) -> (String, String) {
        let site = &self.shape.site;
        match who {
            Who::Site => ("site".to_owned(), "All queues".to_owned()),
            Who::Queues(_) => ("queues".to_owned(), "Several queues".to_owned()),
            Who::Queue(id) => {
                let group = site.groups.iter().find(|group| group.id == *id);
                let name = group.map(|group| group.name.clone());
                let name = name.unwrap_or_else(|| {
                    let stored = self.stored(id).unwrap_or_else(|| id.clone());
                    self.name(NameClass::Queue, &stored, id)
                });
                (id.to_string(), name)
            }
            Who::Agent(id) => {
                let person = site.people.iter().find(|person| person.id == *id);
                let name = person.map(|person| {
                    let name = site.person_name(&person.id, Some(&person.name), false);
                    site.show_name(&name)
                });
                (
                    id.to_string(),
                    name.unwrap_or_else(|| self.name(NameClass::Agent, id, id)),
                )
            }
        }
    }
}
