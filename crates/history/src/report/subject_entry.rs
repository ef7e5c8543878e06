//! The subjects of reports: their names, and whether they are hidden.

use jiff::Timestamp;

use crate::{opening_hours, targets};
use wallboard_domain::{AgentId, Id, NaturalOrder, PersonName, QueueTarget, SourceId};
use wallboard_store::{NameClass, OTHERS, StoreError, StoreView};

use super::{ReportSubject, report_catalog::ReportCatalog};

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

impl ReportCatalog<'_> {
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
        let is_hidden = [id, shown].into_iter().any(|id| match class {
            NameClass::Queue => site.hides_queue(id),
            NameClass::Agent => site.hides_agent(id),
            _ => false,
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
        let configured = configured.find_map(|id| site.configured_name(id));
        let stored = self.names.get(&(class, id.clone())).map(|name| &*name.name);
        let name = configured.or(stored);
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
