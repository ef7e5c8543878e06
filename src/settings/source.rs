//! `[sources.*]`: the upstream systems. The allowed keys depend on `kind`.

use std::collections::HashMap;

use wallboard_domain::{CustomFigure, SiteConfig, SourceId, SourceSetup};
use wallboard_history::{ExportVendor, ImportContext, import};
use wallboard_sources::SourceConfig;
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

/// Prefixes of our own ids.
const RESERVED: [&str; 3] = ["group", "person", "site"];

/// All sources, and the names of all, faulty ones included.
#[derive(Default)]
pub(super) struct SourceTables {
    /// The settings of `live` that the live state needs.
    pub(super) setups: Vec<SourceSetup>,
    pub(super) live: Vec<SourceConfig>,
    pub(super) imports: Vec<import::FileSource>,
    pub(super) names: Vec<String>,
    /// Display names, where configured.
    pub(super) display_names: HashMap<SourceId, String>,
    /// The sources that don't run, with who paused each.
    pub(super) paused: HashMap<SourceId, String>,
}

pub(super) fn read_sources(
    root: &ConfigSection<'_, '_>,
    context: &ImportContext,
    figures: &[CustomFigure],
) -> SourceTables {
    let mut sources = SourceTables::default();
    // Without a source, pages say how to connect one.
    let Some(section) = root.section_at("sources") else {
        return sources;
    };
    if let Some(kind) = section
        .all_entries()
        .iter()
        .find(|entry| entry.name == "kind")
    {
        kind.report_key_fault(
            "isn't in a source",
            "give the source a name: write [sources.chat] instead of [sources]",
        );
        return sources;
    }
    for entry in section.all_entries() {
        sources.names.push(entry.name.to_owned());
        let id = SourceId::from(entry.name);
        check_id(&entry);
        let Some(section) = entry.as_section() else {
            continue;
        };
        let name = section
            .entry("name")
            .and_then(|entry| entry.read_nonempty_text());
        sources
            .display_names
            .extend(name.map(|name| (id.clone(), name)));
        let paused_by = section
            .entry("paused_by")
            .and_then(|entry| entry.read_nonempty_text());
        sources.paused.extend(paused_by.map(|by| (id.clone(), by)));
        sources.read_one(id, &entry, section, context, figures);
    }
    sources
}

impl SourceTables {
    /// The sources of a site that no file has.
    pub(super) fn of_site(site: &SiteConfig) -> Self {
        let live = site.sources.iter().map(|setup| setup.id.to_string());
        let named = site.source_names.keys().map(ToString::to_string);
        Self {
            setups: site.sources.clone(),
            names: live.chain(named).collect(),
            display_names: site.source_names.clone(),
            paused: site.paused_sources.clone(),
            ..Self::default()
        }
    }

    fn read_one(
        &mut self,
        id: SourceId,
        entry: &ConfigEntry<'_, '_>,
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
        figures: &[CustomFigure],
    ) {
        let kinds = SourceConfig::KINDS.iter().chain(ExportVendor::KINDS);
        let kinds: Vec<_> = kinds.map(|kind| kind.name).collect();
        let kind = section.required_entry("kind", r#"kind = "vngage""#);
        let Some(kind) = kind.and_then(|kind| kind.read_word(&kinds)) else {
            return;
        };
        if ExportVendor::KINDS.iter().any(|vendor| vendor.name == kind) {
            self.imports
                .extend(import::FileSource::read(kind, id, section, context));
            return;
        }
        let Some((setup, config)) = SourceConfig::read(kind, id, section, figures) else {
            return;
        };
        let other = self
            .live
            .iter()
            .find(|other| config.shares_messages_with(other));
        if let Some(other) = other {
            entry.report_key_fault(
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

fn check_id(entry: &ConfigEntry<'_, '_>) {
    if !is_plain(entry.name) {
        entry.report_key_fault(
            "isn't a valid source ID",
            "use lowercase letters, digits and `-`",
        );
    }
    if RESERVED.contains(&entry.name) {
        let fix = format!("{} are reserved", RESERVED.join(", "));
        entry.report_key_fault("can't be a source ID", &fix);
    }
}

/// Whether `id` is valid in URLs and as a prefix of ids.
pub(super) fn is_plain(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(is_plain)
}
