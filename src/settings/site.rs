//! `time_zone`, `language`, `[targets]`, `[thresholds]`, `[hours]`, `[names]`, `[hide]`, `[privacy]`, `[brand]`:
//! the site's settings.

use std::{collections::HashMap, path::Path, time::Duration};

use jiff::tz::TimeZone;
use toml::de::DeTable;

use wallboard_boards::board_file::check_name_length;
use wallboard_domain::{NameVisibility, Pattern, Patterns, QueueTarget, SiteConfig};
use wallboard_toml_reader::{ConfigReader, ConfigSection};

use super::{brand::read_brand, hours::read_hours, thresholds::read_thresholds};

/// Reads the site, without its sources, and whether to store contacts' data from exports. Its zone is `usual` unless
/// it names one.
pub(super) fn read_site(root: &ConfigSection<'_, '_>, usual: &TimeZone) -> (SiteConfig, bool) {
    let (hidden_queues, hidden_agents) = read_hidden(root.section_at("hide"));
    let privacy = read_privacy(root.section_at("privacy"));
    let zone = root.entry("time_zone");
    let zone = zone.and_then(|entry| entry.read_time_zone());
    let zone = zone.unwrap_or_else(|| usual.clone());
    let language = root.entry("language");
    let language = language.and_then(|entry| entry.read_variant());
    let site = SiteConfig {
        sources: Vec::new(),
        targets: read_targets(root),
        thresholds: read_thresholds(root),
        hours: read_hours(root, &zone),
        zone,
        names: read_names(root),
        hidden_queues,
        hidden_agents,
        agent_names: privacy.agent_names,
        smallest_team: privacy.smallest_team,
        brand: read_brand(root),
        language: language.unwrap_or_default(),
        ..SiteConfig::default()
    };
    (site, privacy.keeps_contacts)
}

/// Reads the site of a text that has nothing else; `None` if it has faults. Its zone is `usual` unless it names one.
pub fn parse_site(text: &str, usual: &TimeZone) -> Option<SiteConfig> {
    let table = DeTable::parse(text).ok()?;
    let reader = ConfigReader::new(text, Path::new(""), |_| None, &[]);
    let (site, _) = read_site(&reader.root_section(&table), usual);
    reader.is_clean().then_some(site)
}

/// More than any agreement asks for.
const SMALLEST_TEAM_MAX: u32 = 100;

/// Explains the syntax of patterns.
pub(super) const PATTERN_HINT: &str =
    "use IDs such as \"chat/3f2b…\"; * stands for any characters: \"chat/*\"";

/// Whether a pattern can match an id: all ids have a slash.
pub(super) fn can_match(pattern: &str) -> bool {
    pattern.contains(['*', '/'])
}

fn read_targets(root: &ConfigSection<'_, '_>) -> Patterns<QueueTarget> {
    let Some(section) = root.section_at("targets") else {
        return Patterns::default();
    };
    let targets = section.all_entries().into_iter().filter_map(|entry| {
        if TARGET_KEYS.contains(&entry.name) {
            let fix = format!("write \"*\" = {{ {} = … }}", entry.name);
            entry.report_key_fault("isn't under a pattern", &fix);
            return None;
        }
        if !can_match(entry.name) {
            entry.report_key_fault("matches nothing", PATTERN_HINT);
        }
        let pattern = Pattern(entry.name.to_owned());
        Some((pattern, read_target(entry.as_section()?)))
    });
    Patterns(targets.collect())
}

/// The keys of a target.
const TARGET_KEYS: [&str; 4] = ["answer_within", "service_level", "short_abandon", "formula"];

fn read_target(section: ConfigSection<'_, '_>) -> QueueTarget {
    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    let default = QueueTarget::default();
    let answer_within = section
        .entry("answer_within")
        .and_then(|entry| entry.read_duration(Duration::from_secs(1)..=DAY));
    let short_abandon = section
        .entry("short_abandon")
        .and_then(|entry| entry.read_duration(Duration::ZERO..=HOUR));
    let service_level = section
        .entry("service_level")
        .and_then(|entry| entry.read_percent());
    let formula = section
        .entry("formula")
        .and_then(|entry| entry.read_variant());
    section.finish_section();
    QueueTarget {
        threshold_ms: answer_within.map_or(default.threshold_ms, to_millis),
        service_level_percent: service_level.unwrap_or(default.service_level_percent),
        short_abandon_ms: short_abandon.map_or(default.short_abandon_ms, to_millis),
        formula: formula.unwrap_or_default(),
    }
}

fn to_millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

fn read_names(root: &ConfigSection<'_, '_>) -> HashMap<String, String> {
    let Some(section) = root.section_at("names") else {
        return HashMap::new();
    };
    let names = section.all_entries().into_iter().filter_map(|entry| {
        let name = entry.parse_with("a name with at least one letter", |name| {
            let name = name.trim();
            (!name.is_empty()).then(|| name.to_owned())
        })?;
        check_name_length(&entry, &name);
        if !entry.name.contains('/') {
            entry.report_key_fault(
                "isn't the ID of a queue or an agent",
                "ids begin with their source: \"chat/3f2b…\"",
            );
        }
        Some((entry.name.to_owned(), name))
    });
    names.collect()
}

fn read_hidden(section: Option<ConfigSection<'_, '_>>) -> (Vec<Pattern>, Vec<Pattern>) {
    let Some(section) = section else {
        return (Vec::new(), Vec::new());
    };
    let hidden = (
        read_patterns(&section, "queues"),
        read_patterns(&section, "agents"),
    );
    section.finish_section();
    hidden
}

/// Reads patterns of queues' or agents' IDs.
pub(super) fn read_patterns(section: &ConfigSection<'_, '_>, key: &'static str) -> Vec<Pattern> {
    let Some(entry) = section.entry(key) else {
        return Vec::new();
    };
    let texts = entry.read_texts();
    for text in texts.iter().filter(|text| !can_match(text)) {
        entry.report_fault(&format!("{text:?} matches nothing"), PATTERN_HINT);
    }
    texts.into_iter().map(Pattern).collect()
}

/// The table `[privacy]`.
struct PrivacySettings {
    agent_names: NameVisibility,
    smallest_team: u32,
    keeps_contacts: bool,
}

fn read_privacy(section: Option<ConfigSection<'_, '_>>) -> PrivacySettings {
    let (mut names, mut smallest_team, mut keeps_contacts) = (None, None, None);
    if let Some(section) = section {
        let entry = section.entry("agent_names");
        names = entry.and_then(|entry| entry.read_variant());
        let entry = section.entry("smallest_team");
        smallest_team = entry.and_then(|entry| entry.read_whole(1..=SMALLEST_TEAM_MAX));
        let entry = section.entry("keep_contacts");
        keeps_contacts = entry.and_then(|entry| entry.read_boolean());
        section.finish_section();
    }
    PrivacySettings {
        agent_names: names.unwrap_or_default(),
        smallest_team: smallest_team.unwrap_or(1),
        keeps_contacts: keeps_contacts.unwrap_or(false),
    }
}
