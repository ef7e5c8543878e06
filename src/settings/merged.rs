//! `[groups]`, `[people]` and `[links]`: what several sources have in common.

use std::collections::{BTreeSet, HashMap};

use crate::{
    domain::{Id, LinkedPerson, MetricSubject, QueueGroup, QueueId, SourceId},
    toml_reader::{ConfigEntry, ConfigSection, nearest_word},
};

use super::source::{SourceTables, is_plain};

/// What an id in the file is of.
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

/// Reads ids of queues and agents of the file's own sources.
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
        let named = sources.setups.iter();
        let known = named
            .filter(|setup| !setup.vendor.reports_contacts)
            .map(|setup| {
                let subjects = setup.provides.iter().map(|given| subject(&given.subject));
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
            self.refuse_exports(entry, &queues);
            let id = Id::new(&"group".into(), entry.name);
            Some(QueueGroup { id, name, queues })
        };
        let all = root
            .section_at("groups")
            .map(|section| section.all_entries());
        all.iter().flatten().filter_map(read).collect()
    }

    /// Nobody is two people.
    pub(super) fn read_people(&self, root: &ConfigSection<'_, '_>) -> Vec<LinkedPerson> {
        let mut taken: HashMap<Id, &str> = HashMap::new();
        let all = root
            .section_at("people")
            .map(|section| section.all_entries());
        let mut people = Vec::new();
        for entry in all.iter().flatten() {
            let Some((name, agents)) = self.read_members(entry, "agents", IdSubject::Agent) else {
                continue;
            };
            for agent in &agents {
                if let Some(other) = taken.insert(agent.clone(), entry.name) {
                    let what = format!("{:?} is also {other}", agent.to_string());
                    entry.report_key_fault(
                        &what,
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
            let own = self.parse_id(entry.name, IdSubject::Queue, |what, mend| {
                entry.report_key_fault(what, mend);
            });
            let others = self.read_ids(entry, IdSubject::Queue);
            for other in &others {
                let was = linked.insert(other.clone(), entry.name.to_owned());
                if let Some(was) = was {
                    let what = format!("{:?} is also linked to {was:?}", other.to_string());
                    entry.report_fault(
                        &what,
                        "a queue can be linked to one other: remove one of them",
                    );
                }
            }
            if let Some(own) = own {
                if others.contains(&own) {
                    entry.report_fault("links a queue to itself", "remove it from the list");
                }
                links.insert(own, others);
            }
        }
        links
    }

    /// `key = { name, <members> }`
    fn read_members(
        &self,
        entry: &ConfigEntry<'_, '_>,
        key: &'static str,
        of: IdSubject,
    ) -> Option<(String, Vec<Id>)> {
        if !is_plain(entry.name) {
            let mend = "use lowercase letters, digits and `-`";
            entry.report_key_fault("can't be part of an ID", mend);
        }
        let section = entry.as_section()?;
        let name = section.required_entry("name", "name = \"…\"");
        let name = name.and_then(|entry| entry.read_nonempty_text());
        let ids = section.required_entry(key, &format!("{key} = {}", of.id_example()));
        let ids = ids.map(|entry| self.read_ids(&entry, of));
        section.finish_section();
        name.zip(ids)
    }

    /// What an export has stands still: a group of live queues would wait for it for ever.
    fn refuse_exports(&self, entry: &ConfigEntry<'_, '_>, ids: &[Id]) {
        let is_export = |id: &&Id| self.sources.imports.iter().any(|own| own.id == id.source);
        for id in ids.iter().filter(is_export) {
            let what = format!(
                "{:?} is from an export, which has no live data",
                id.to_string()
            );
            let mend = "link it to a live queue in [links] instead";
            entry.report_fault(&what, mend);
        }
    }

    /// A list of ids, each once and at least one.
    fn read_ids(&self, entry: &ConfigEntry<'_, '_>, of: IdSubject) -> Vec<Id> {
        let items = entry.read_items(&format!("a list of ids such as {}", of.id_example()));
        if items.as_ref().is_some_and(Vec::is_empty) {
            entry.report_fault(
                "is empty",
                &format!("write ids such as {}", of.id_example()),
            );
        }
        let mut ids: Vec<Id> = Vec::new();
        for item in items.unwrap_or_default() {
            let Some(text) = item.read_text() else {
                continue;
            };
            let fault = |what: &str, mend: &str| item.report_fault(what, mend);
            if let Some(id) = self.parse_id(&text, of, fault) {
                if ids.contains(&id) {
                    item.report_fault(&format!("{text:?} is listed twice"), "remove one of them");
                }
                ids.push(id);
            }
        }
        ids
    }

    /// `source/external`, of a source that is there and, where that can be known, of
    /// something that the source has.
    fn parse_id(&self, text: &str, of: IdSubject, fault: impl Fn(&str, &str)) -> Option<Id> {
        let names = || self.sources.names.iter().map(String::as_str);
        let Some((source, external)) = text.split_once('/').filter(|(_, rest)| !rest.is_empty())
        else {
            let mend = format!("ids begin with their source: {}", of.id_example());
            fault(&format!("{text:?} isn't the ID of a {}", of.noun()), &mend);
            return None;
        };
        if !names().any(|name| name == source) {
            let near = nearest_word(source, names())
                .map(|near| format!("did you mean \"{near}/{external}\"? "))
                .unwrap_or_default();
            let all: Vec<_> = names().collect();
            let mend = format!("{near}sources in this file: {}", all.join(", "));
            fault(&format!("{text:?}: there's no source \"{source}\""), &mend);
            return None;
        }
        let source = SourceId::from(source);
        let known = self.known.get(&source);
        if let Some(known) = known.filter(|known| !known.contains(&(of.noun(), external))) {
            let all = known.iter().filter(|(word, _)| *word == of.noun());
            let near = nearest_word(external, all.map(|(_, external)| *external))
                .map(|near| format!("did you mean \"{source}/{near}\"? "))
                .unwrap_or_default();
            let mend = format!("{near}no statistic in [sources.{source}] provides values for it");
            fault(&format!("{text:?}: unknown {}", of.noun()), &mend);
            return None;
        }
        Some(Id {
            source,
            external: external.into(),
        })
    }
}
