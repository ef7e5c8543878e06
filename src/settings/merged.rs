//! `[groups]`, `[people]` and `[links]`: relations between several sources.

use std::collections::{BTreeSet, HashMap};

use wallboard_boards::board_file::check_name_length;
use wallboard_domain::{Id, LinkedPerson, MetricSubject, QueueGroup, QueueId, SourceId};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, nearest_word};

use super::source::{SourceTables, is_plain};

/// The kind of entity that an id identifies.
#[derive(Clone, Copy)]
enum IdSubject {
    Queue,
    Agent,
}

impl IdSubject {
    fn noun(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Agent => "agent",
        }
    }

    fn id_example(self) -> &'static str {
        match self {
            Self::Queue => r#"["chat/3f2b…", "voice/9002@SIP_Switch"]"#,
            Self::Agent => r#"["chat/77aa…", "voice/akl"]"#,
        }
    }
}

/// Reads ids of queues and agents of the file's sources.
pub(super) struct MergedIds<'s> {
    sources: &'s SourceTables,
    /// Ids of queues and agents that the configuration names, by source.
    known: HashMap<&'s SourceId, BTreeSet<(&'static str, &'s str)>>,
}

impl<'s> MergedIds<'s> {
    pub(super) fn new(sources: &'s SourceTables) -> Self {
        let subject = |subject: &'s MetricSubject| match subject {
            MetricSubject::Queue(id) => (IdSubject::Queue.noun(), &*id.external),
            MetricSubject::Agent(id) => (IdSubject::Agent.noun(), &*id.external),
        };
        let setups = sources.setups.iter();
        let known = setups
            .filter(|setup| !setup.vendor.reports_contacts && !setup.vendor.is_pushed)
            .map(|setup| {
                let subjects = setup
                    .provides
                    .iter()
                    .map(|provided| subject(&provided.subject));
                (&setup.id, subjects.collect())
            });
        Self {
            sources,
            known: known.collect(),
        }
    }

    pub(super) fn read_groups(&self, root: &ConfigSection<'_, '_>) -> Vec<QueueGroup> {
        let read = |entry: &ConfigEntry<'_, '_>| {
            let (name, queues) = self.read_members(entry, "queues", IdSubject::Queue)?;
            self.reject_exports(entry, &queues);
            let id = Id::new(&"group".into(), entry.name);
            Some(QueueGroup { id, name, queues })
        };
        let all = root
            .section_at("groups")
            .map(|section| section.all_entries());
        all.iter().flatten().filter_map(read).collect()
    }

    /// Reads `[people]`. An agent belongs to at most one person.
    pub(super) fn read_people(&self, root: &ConfigSection<'_, '_>) -> Vec<LinkedPerson> {
        let mut person_by_agent: HashMap<Id, &str> = HashMap::new();
        let all = root
            .section_at("people")
            .map(|section| section.all_entries());
        let mut people = Vec::new();
        for entry in all.iter().flatten() {
            let Some((name, agents)) = self.read_members(entry, "agents", IdSubject::Agent) else {
                continue;
            };
            for agent in &agents {
                if let Some(other) = person_by_agent.insert(agent.clone(), entry.name) {
                    let message = format!("{:?} is also {other}", agent.to_string());
                    entry.report_key_fault(
                        &message,
                        "an agent belongs to one person: remove one of them",
                    );
                }
            }
            let id = Id::new(&"person".into(), entry.name);
            people.push(LinkedPerson { id, name, agents });
        }
        people
    }

    pub(super) fn read_links(
        &self,
        root: &ConfigSection<'_, '_>,
    ) -> HashMap<QueueId, Vec<QueueId>> {
        let mut linked: HashMap<QueueId, String> = HashMap::new();
        let all = root
            .section_at("links")
            .map(|section| section.all_entries());
        let mut links = HashMap::new();
        for entry in all.iter().flatten() {
            let queue = self.parse_id(entry.name, IdSubject::Queue, |message, fix| {
                entry.report_key_fault(message, fix);
            });
            let others = self.read_ids(entry, IdSubject::Queue);
            for other in &others {
                let previous = linked.insert(other.clone(), entry.name.to_owned());
                if let Some(previous) = previous {
                    let message = format!("{:?} is also linked to {previous:?}", other.to_string());
                    entry.report_fault(
                        &message,
                        "a queue can be linked to one other: remove one of them",
                    );
                }
            }
            if let Some(queue) = queue {
                if others.contains(&queue) {
                    entry.report_fault("links a queue to itself", "remove it from the list");
                }
                links.insert(queue, others);
            }
        }
        links
    }

    /// Reads `key = { name, <members> }`.
    fn read_members(
        &self,
        entry: &ConfigEntry<'_, '_>,
        key: &'static str,
        subject: IdSubject,
    ) -> Option<(String, Vec<Id>)> {
        if !is_plain(entry.name) {
            let fix = "use lowercase letters, digits and `-`";
            entry.report_key_fault("can't be part of an ID", fix);
        }
        let section = entry.as_section()?;
        let name = section.required_entry("name", "name = \"…\"");
        let name = name.and_then(|entry| {
            let name = entry.read_nonempty_text()?;
            check_name_length(&entry, &name);
            Some(name)
        });
        let ids = section.required_entry(key, &format!("{key} = {}", subject.id_example()));
        let ids = ids.map(|entry| self.read_ids(&entry, subject));
        section.finish_section();
        name.zip(ids)
    }

    /// Rejects queues of exports: an export isn't live, and a group would wait for it forever.
    fn reject_exports(&self, entry: &ConfigEntry<'_, '_>, ids: &[Id]) {
        let is_export = |id: &&Id| {
            self.sources
                .imports
                .iter()
                .any(|import| import.id == id.source)
        };
        for id in ids.iter().filter(is_export) {
            let message = format!(
                "{:?} is from an export, which has no live data",
                id.to_string()
            );
            let fix = "link it to a live queue in [links] instead";
            entry.report_fault(&message, fix);
        }
    }

    /// Reads a list of ids: not empty, each id once.
    fn read_ids(&self, entry: &ConfigEntry<'_, '_>, subject: IdSubject) -> Vec<Id> {
        let items = entry.read_items(&format!("a list of ids such as {}", subject.id_example()));
        if items.as_ref().is_some_and(Vec::is_empty) {
            entry.report_fault(
                "is empty",
                &format!("write ids such as {}", subject.id_example()),
            );
        }
        let mut ids: Vec<Id> = Vec::new();
        for item in items.unwrap_or_default() {
            let Some(text) = item.read_text() else {
                continue;
            };
            let fault = |message: &str, fix: &str| item.report_fault(message, fix);
            if let Some(id) = self.parse_id(&text, subject, fault) {
                if ids.contains(&id) {
                    item.report_fault(&format!("{text:?} is listed twice"), "remove one of them");
                }
                ids.push(id);
            }
        }
        ids
    }

    /// Parses `source/external`. The source must exist and, where the configuration lists its ids,
    /// so must the id.
    fn parse_id(&self, text: &str, subject: IdSubject, fault: impl Fn(&str, &str)) -> Option<Id> {
        let names = || self.sources.names.iter().map(String::as_str);
        let Some((source, external)) = text.split_once('/').filter(|(_, rest)| !rest.is_empty())
        else {
            let fix = format!("ids begin with their source: {}", subject.id_example());
            fault(
                &format!("{text:?} isn't the ID of a {}", subject.noun()),
                &fix,
            );
            return None;
        };
        if !names().any(|name| name == source) {
            // One merged subject isn't part of another, so there are no circles.
            let merged = match source {
                "group" => Some(("a queue group", "name its queues")),
                "person" => Some(("a person", "name the agents")),
                _ => None,
            };
            if let Some((kind, fix)) = merged {
                fault(&format!("{text:?} is {kind}"), fix);
                return None;
            }
            let near = nearest_word(source, names())
                .map(|near| format!("did you mean \"{near}/{external}\"? "))
                .unwrap_or_default();
            let all: Vec<_> = names().collect();
            let fix = format!("{near}sources in this file: {}", all.join(", "));
            fault(&format!("{text:?}: there's no source \"{source}\""), &fix);
            return None;
        }
        let source = SourceId::from(source);
        let known = self.known.get(&source);
        if let Some(known) = known.filter(|known| !known.contains(&(subject.noun(), external))) {
            let all = known.iter().filter(|(noun, _)| *noun == subject.noun());
            let near = nearest_word(external, all.map(|(_, external)| *external))
                .map(|near| format!("did you mean \"{source}/{near}\"? "))
                .unwrap_or_default();
            let fix = format!("{near}no statistic in [sources.{source}] provides values for it");
            fault(&format!("{text:?}: unknown {}", subject.noun()), &fix);
            return None;
        }
        Some(Id {
            source,
            external: external.into(),
        })
    }
}
