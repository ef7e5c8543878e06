//! `time_zone`, `[targets]`, `[names]`, `[hide]`, `[privacy]`: what the site is like.

use std::{collections::HashMap, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    domain::{AgentNames, Formula, Pattern, Patterns, Site, Target},
    toml_reader::Section,
};

/// What the file says of the site, whose sources are still missing, and whether it says
/// to keep what exports tell of contacts.
pub(super) fn read(root: &Section<'_, '_>) -> (Site, bool) {
    let (hidden_queues, hidden_agents) = hide(root.section_at("hide"));
    let (agent_names, keeps_contacts) = privacy(root.section_at("privacy"));
    let site = Site {
        zone: root
            .entry("time_zone")
            .and_then(|entry| entry.time_zone())
            .unwrap_or(TimeZone::UTC),
        sources: Vec::new(),
        targets: targets(root),
        names: names(root),
        hidden_queues,
        hidden_agents,
        agent_names,
        ..Site::default()
    };
    (site, keeps_contacts)
}

/// How ids are matched.
const PATTERN: &str = "use IDs such as \"chat/3f2b…\"; * stands for any characters: \"chat/*\"";

/// Whether there can be an id of this form: all have a slash.
fn can_match(pattern: &str) -> bool {
    pattern.contains(['*', '/'])
}

fn targets(root: &Section<'_, '_>) -> Patterns<Target> {
    let Some(section) = root.section_at("targets") else {
        return Patterns::default();
    };
    let targets = section.entries().into_iter().filter_map(|entry| {
        if TARGET.contains(&entry.name) {
            let mend = format!("write \"*\" = {{ {} = … }}", entry.name);
            entry.fault_at_key("isn't under a pattern", &mend);
            return None;
        }
        if !can_match(entry.name) {
            entry.fault_at_key("matches nothing", PATTERN);
        }
        let pattern = Pattern(entry.name.to_owned());
        Some((pattern, target(entry.section()?)))
    });
    Patterns(targets.collect())
}

/// What a target says.
const TARGET: [&str; 4] = ["answer_within", "service_level", "short_abandon", "formula"];

fn target(section: Section<'_, '_>) -> Target {
    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    let default = Target::default();
    let answer_within = section
        .entry("answer_within")
        .and_then(|entry| entry.duration(Duration::from_secs(1)..=DAY));
    let short_abandon = section
        .entry("short_abandon")
        .and_then(|entry| entry.duration(Duration::ZERO..=HOUR));
    let service_level = section
        .entry("service_level")
        .and_then(|entry| entry.percent());
    let formula = section
        .entry("formula")
        .and_then(|entry| entry.word(&Formula::ALL.map(Formula::name)))
        .and_then(Formula::from_name);
    section.end();
    Target {
        answer_within: answer_within.map_or(default.answer_within, millis),
        service_level: service_level.unwrap_or(default.service_level),
        short_abandon: short_abandon.map_or(default.short_abandon, millis),
        formula: formula.unwrap_or_default(),
    }
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

fn names(root: &Section<'_, '_>) -> HashMap<String, String> {
    let Some(section) = root.section_at("names") else {
        return HashMap::new();
    };
    let named = section.entries().into_iter().filter_map(|entry| {
        let name = entry.parsed("a name with at least one letter", |name| {
            let name = name.trim();
            (!name.is_empty()).then(|| name.to_owned())
        })?;
        if !entry.name.contains('/') {
            entry.fault_at_key(
                "isn't the ID of a queue or an agent",
                "ids begin with their source: \"chat/3f2b…\"",
            );
        }
        Some((entry.name.to_owned(), name))
    });
    named.collect()
}

fn hide(section: Option<Section<'_, '_>>) -> (Vec<Pattern>, Vec<Pattern>) {
    let Some(section) = section else {
        return (Vec::new(), Vec::new());
    };
    let patterns = |key| {
        let Some(entry) = section.entry(key) else {
            return Vec::new();
        };
        let texts = entry.texts();
        for text in texts.iter().filter(|text| !can_match(text)) {
            entry.fault(&format!("{text:?} matches nothing"), PATTERN);
        }
        texts.into_iter().map(Pattern).collect()
    };
    let hidden = (patterns("queues"), patterns("agents"));
    section.end();
    hidden
}

fn privacy(section: Option<Section<'_, '_>>) -> (AgentNames, bool) {
    let Some(section) = section else {
        return (AgentNames::default(), false);
    };
    let word = section
        .entry("agent_names")
        .and_then(|entry| entry.word(&["full", "first-initial", "initials", "none"]));
    let keeps_contacts = section.entry("keep_contacts").and_then(|e| e.boolean());
    section.end();
    let names = match word {
        Some("full") => AgentNames::Full,
        Some("initials") => AgentNames::Initials,
        Some("none") => AgentNames::None,
        _ => AgentNames::FirstInitial,
    };
    (names, keeps_contacts.unwrap_or(false))
}
