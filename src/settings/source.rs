//! `[sources.*]`: the upstream systems. Which keys are allowed depends on `kind`.

use std::collections::HashMap;

use crate::{
    domain::{SourceId, SourceSetup},
    history::{ImportContext, import},
    sources::SourceConfig,
    toml_reader::{Entry, Section},
};

/// Words that ids of our own begin with.
const RESERVED: [&str; 3] = ["group", "person", "site"];

/// All sources, and the names of those too in which something is wrong.
#[derive(Default)]
pub(super) struct Sources {
    /// What the live state must know of those in `live`.
    pub(super) setups: Vec<SourceSetup>,
    pub(super) live: Vec<SourceConfig>,
    pub(super) imports: Vec<import::Source>,
    pub(super) names: Vec<String>,
    /// Display names, where they are configured.
    pub(super) display_names: HashMap<SourceId, String>,
}

pub(super) fn read(root: &Section<'_, '_>, context: &ImportContext) -> Sources {
    let mut sources = Sources::default();
    let Some(section) = root.section_at("sources") else {
        if root.entry("sources").is_none() {
            let mend = r#"write [sources.chat] with kind = "vngage", url and exchange"#;
            root.fault("sources", "there is none", mend);
        }
        return sources;
    };
    if let Some(kind) = section.entries().iter().find(|entry| entry.name == "kind") {
        kind.fault_at_key(
            "isn't in a source",
            "give the source a name: write [sources.chat] instead of [sources]",
        );
        return sources;
    }
    for entry in section.entries() {
        sources.names.push(entry.name.to_owned());
        let id = SourceId::from(entry.name);
        check_id(&entry);
        let Some(section) = entry.section() else {
            continue;
        };
        let name = section.entry("name").and_then(|entry| entry.filled());
        sources
            .display_names
            .extend(name.map(|name| (id.clone(), name)));
        sources.read_one(id, &entry, section, context);
    }
    sources
}

impl Sources {
    fn read_one(
        &mut self,
        id: SourceId,
        entry: &Entry<'_, '_>,
        section: Section<'_, '_>,
        context: &ImportContext,
    ) {
        let kinds = SourceConfig::KINDS.iter().chain(&import::KINDS);
        let kinds: Vec<_> = kinds.map(|kind| kind.name).collect();
        let kind = section.required("kind", r#"kind = "vngage""#);
        let Some(kind) = kind.and_then(|kind| kind.word(&kinds)) else {
            return;
        };
        if import::KINDS.iter().any(|import| import.name == kind) {
            self.imports
                .extend(import::Source::read(kind, id, section, context));
            return;
        }
        let Some((setup, config)) = SourceConfig::read(kind, id, section) else {
            return;
        };
        let other = self
            .live
            .iter()
            .find(|other| config.shares_messages_with(other));
        if let Some(other) = other {
            entry.fault_at_key(
                &format!(
                    "reads the same broker queue as [sources.{}], so each would get only half of the messages",
                    other.id()
                ),
                "remove one of them, or set a different `queue`",
            );
        }
        self.setups.push(setup);
        self.live.push(config);
    }
}

fn check_id(entry: &Entry<'_, '_>) {
    if !is_plain(entry.name) {
        entry.fault_at_key(
            "isn't a valid source ID",
            "use lowercase letters, digits and `-`",
        );
    }
    if RESERVED.contains(&entry.name) {
        let mend = format!("{} are reserved", RESERVED.join(", "));
        entry.fault_at_key("can't be a source ID", &mend);
    }
}

/// Whether `id` can stand in addresses and before others' ids.
pub(super) fn is_plain(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(is_plain)
}
