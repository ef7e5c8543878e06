//! `[groups]`, `[people]` and `[links]`: what several sources have in common.

use std::collections::{BTreeSet, HashMap};

use crate::{
    domain::{Group, Id, Person, QueueId, SourceId, Subject},
    toml_reader::{Entry, Section, nearest},
};

use super::source::{Sources, is_plain};

/// What an id in the file is of.
#[derive(Clone, Copy)]
enum Of {
    Queue,
    Agent,
}

impl Of {
    fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Agent => "agent",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Queue => r#"["chat/3f2b…", "voice/9002@SIP_Switch"]"#,
            Self::Agent => r#"["chat/77aa…", "voice/akl"]"#,
        }
    }
}

/// Reads ids of queues and agents of the file's own sources.
pub(super) struct Merged<'s> {
    sources: &'s Sources,
    /// Ids of queues and agents that the configuration names, by source.
    known: HashMap<&'s SourceId, BTreeSet<(&'static str, &'s str)>>,
}

impl<'s> Merged<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        let subject = |subject: &'s Subject| match subject {
            Subject::Queue(id) => (Of::Queue.word(), &*id.external),
            Subject::Agent(id) => (Of::Agent.word(), &*id.external),
        };
        let named = sources.setups.iter();
        let known = named
            .filter(|setup| !setup.kind.reports_contacts)
            .map(|setup| {
                let subjects = setup.gives.iter().map(|given| subject(&given.subject));
                (&setup.id, subjects.collect())
            });
        Self {
            sources,
            known: known.collect(),
        }
    }

    pub(super) fn groups(&self, root: &Section<'_, '_>) -> Vec<Group> {
        let read = |entry: &Entry<'_, '_>| {
            let (name, queues) = self.members(entry, "queues", Of::Queue)?;
            self.refuse_exports(entry, &queues);
            let id = Id::new(&"group".into(), entry.name);
            Some(Group { id, name, queues })
        };
        let all = root.section_at("groups").map(|section| section.entries());
        all.iter().flatten().filter_map(read).collect()
    }

    /// Nobody is two people.
    pub(super) fn people(&self, root: &Section<'_, '_>) -> Vec<Person> {
        let mut taken: HashMap<Id, &str> = HashMap::new();
        let all = root.section_at("people").map(|section| section.entries());
        let mut people = Vec::new();
        for entry in all.iter().flatten() {
            let Some((name, agents)) = self.members(entry, "agents", Of::Agent) else {
                continue;
            };
            for agent in &agents {
                if let Some(other) = taken.insert(agent.clone(), entry.name) {
                    let what = format!("{:?} is also {other}", agent.to_string());
                    entry.fault_at_key(&what, "an agent belongs to one person: remove one of them");
                }
            }
            let id = Id::new(&"person".into(), entry.name);
            people.push(Person { id, name, agents });
        }
        people
    }

    pub(super) fn links(&self, root: &Section<'_, '_>) -> HashMap<QueueId, Vec<QueueId>> {
        let mut linked: HashMap<QueueId, String> = HashMap::new();
        let all = root.section_at("links").map(|section| section.entries());
        let mut links = HashMap::new();
        for entry in all.iter().flatten() {
            let own = self.id(entry.name, Of::Queue, |what, mend| {
                entry.fault_at_key(what, mend);
            });
            let others = self.ids(entry, Of::Queue);
            for other in &others {
                let was = linked.insert(other.clone(), entry.name.to_owned());
                if let Some(was) = was {
                    let what = format!("{:?} is also linked to {was:?}", other.to_string());
                    entry.fault(
                        &what,
                        "a queue can be linked to one other: remove one of them",
                    );
                }
            }
            if let Some(own) = own {
                if others.contains(&own) {
                    entry.fault("links a queue to itself", "remove it from the list");
                }
                links.insert(own, others);
            }
        }
        links
    }

    /// `key = { name, <members> }`
    fn members(
        &self,
        entry: &Entry<'_, '_>,
        key: &'static str,
        of: Of,
    ) -> Option<(String, Vec<Id>)> {
        if !is_plain(entry.name) {
            let mend = "use lowercase letters, digits and `-`";
            entry.fault_at_key("can't be part of an ID", mend);
        }
        let section = entry.section()?;
        let name = section.required("name", "name = \"…\"");
        let name = name.and_then(|entry| entry.filled());
        let ids = section.required(key, &format!("{key} = {}", of.example()));
        let ids = ids.map(|entry| self.ids(&entry, of));
        section.end();
        name.zip(ids)
    }

    /// What an export has stands still: a group of live queues would wait for it for ever.
    fn refuse_exports(&self, entry: &Entry<'_, '_>, ids: &[Id]) {
        let is_export = |id: &&Id| self.sources.imports.iter().any(|own| own.id == id.source);
        for id in ids.iter().filter(is_export) {
            let what = format!(
                "{:?} is from an export, which has no live data",
                id.to_string()
            );
            let mend = "link it to a live queue in [links] instead";
            entry.fault(&what, mend);
        }
    }

    /// A list of ids, each once and at least one.
    fn ids(&self, entry: &Entry<'_, '_>, of: Of) -> Vec<Id> {
        let items = entry.items(&format!("a list of ids such as {}", of.example()));
        if items.as_ref().is_some_and(Vec::is_empty) {
            entry.fault("is empty", &format!("write ids such as {}", of.example()));
        }
        let mut ids: Vec<Id> = Vec::new();
        for item in items.unwrap_or_default() {
            let Some(text) = item.text() else { continue };
            let fault = |what: &str, mend: &str| item.fault(what, mend);
            if let Some(id) = self.id(&text, of, fault) {
                if ids.contains(&id) {
                    item.fault(&format!("{text:?} is listed twice"), "remove one of them");
                }
                ids.push(id);
            }
        }
        ids
    }

    /// `source/external`, of a source that is there and, where that can be known, of
    /// something that the source has.
    fn id(&self, text: &str, of: Of, fault: impl Fn(&str, &str)) -> Option<Id> {
        let names = || self.sources.names.iter().map(String::as_str);
        let Some((source, external)) = text.split_once('/').filter(|(_, rest)| !rest.is_empty())
        else {
            let mend = format!("ids begin with their source: {}", of.example());
            fault(&format!("{text:?} isn't the ID of a {}", of.word()), &mend);
            return None;
        };
        if !names().any(|name| name == source) {
            let near = nearest(source, names())
                .map(|near| format!("did you mean \"{near}/{external}\"? "))
                .unwrap_or_default();
            let all: Vec<_> = names().collect();
            let mend = format!("{near}sources in this file: {}", all.join(", "));
            fault(&format!("{text:?}: there's no source \"{source}\""), &mend);
            return None;
        }
        let source = SourceId::from(source);
        let known = self.known.get(&source);
        if let Some(known) = known.filter(|known| !known.contains(&(of.word(), external))) {
            let all = known.iter().filter(|(word, _)| *word == of.word());
            let near = nearest(external, all.map(|(_, external)| *external))
                .map(|near| format!("did you mean \"{source}/{near}\"? "))
                .unwrap_or_default();
            let mend = format!("{near}no statistic in [sources.{source}] provides values for it");
            fault(&format!("{text:?}: unknown {}", of.word()), &mend);
            return None;
        }
        Some(Id {
            source,
            external: external.into(),
        })
    }
}
