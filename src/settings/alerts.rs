//! `[alerts.NAME]`: rules by which somebody is alerted.

use std::time::Duration;

use jiff::SignedDuration;

use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_domain::{AgentStatus, Metric, MetricOwner, Pattern};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, suggest_word};

use super::{
    channel_names::{ChannelNames, all_channels},
    site::{PATTERN_HINT, can_match},
};

/// Characters; it stands in messages.
const NAME_MAX: usize = 60;
const DEFAULT_DWELL: SignedDuration = SignedDuration::from_mins(1);
/// A screen that only loads its page again is there before that.
const DEFAULT_SCREEN_DWELL: SignedDuration = SignedDuration::from_mins(5);
const SCREEN_DWELL_MIN: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// A connection that was just lost is often there again before that.
const SOURCE_DWELL_MIN: Duration = Duration::from_secs(10);
const FOR: &str = "for";
const QUEUES: &str = "queues";
const SOURCES: &str = "sources";
const IMPORTS: &str = "imports";
const AGENTS: &str = "agents";
const FIGURES: &str = "figures";
const TARGETS: &str = "targets";
const STATUS: &str = "status";
const ONLY_OPEN: &str = "only_open";
/// The keys of a rule's subjects, of which it has one.
const WATCHED: [&str; 7] = [
    QUEUES, SOURCES, IMPORTS, "screens", AGENTS, FIGURES, TARGETS,
];
const AGAIN_MIN: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// In the order of the file.
pub(super) fn read_alerts(
    root: &ConfigSection<'_, '_>,
    channel_names: ChannelNames,
) -> Vec<AlertRule> {
    let channels = all_channels(root);
    let channels = (channel_names == ChannelNames::Existing).then_some(&*channels);
    if let Some(list) = root.entry("alerts").filter(ConfigEntry::is_list) {
        list.report_key_fault("is a list", "name each rule: [alerts.\"Long waits\"]");
        return Vec::new();
    }
    let section = root.section_at("alerts");
    let entries = section.iter().flat_map(ConfigSection::all_entries);
    let rules = entries.filter_map(|entry| read_rule(&entry, channels));
    rules.collect()
}

fn read_rule(entry: &ConfigEntry<'_, '_>, channels: Option<&[&str]>) -> Option<AlertRule> {
    let section = entry.as_section()?;
    let length = entry.name.chars().count();
    if length == 0 || NAME_MAX < length {
        let fix = format!("use 1 to {NAME_MAX} characters");
        entry.report_key_fault("isn't a name for a rule", &fix);
    }
    let scope = read_scope(entry, &section);
    let (least, usual) = match &scope {
        Some(AlertScope::Sources(_)) => (SOURCE_DWELL_MIN, DEFAULT_DWELL),
        Some(AlertScope::Screens(_)) => (SCREEN_DWELL_MIN, DEFAULT_SCREEN_DWELL),
        // The limit of a status has passed by then.
        Some(AlertScope::Agents { .. }) => (Duration::ZERO, SignedDuration::ZERO),
        Some(
            AlertScope::Queues { .. }
            | AlertScope::Imports(_)
            | AlertScope::Figures { .. }
            | AlertScope::Targets(_),
        )
        | None => (Duration::ZERO, DEFAULT_DWELL),
    };
    let dwell = section.entry(FOR).and_then(|entry| {
        let dwell = entry.read_duration(least..=HOUR)?;
        SignedDuration::try_from(dwell).ok()
    });
    let tell = section.entry("notify");
    let tell = tell.map(|entry| read_channel_names(&entry, channels));
    let again_after = section.entry("again_after").and_then(|entry| {
        let again = entry.read_duration(AGAIN_MIN..=DAY)?;
        SignedDuration::try_from(again).ok()
    });
    let tells_end = section.entry("notify_end");
    let tells_end = tells_end.and_then(|entry| entry.read_boolean());
    let is_enabled = section.entry("enabled");
    let is_enabled = is_enabled.and_then(|entry| entry.read_boolean());
    let only_open = section.entry(ONLY_OPEN);
    let only_open = only_open.and_then(|entry| entry.read_boolean());
    if let Some(AlertScope::Queues { .. } | AlertScope::Targets(_)) = &scope {
        section.reject_key(ONLY_OPEN, "remove it: a closed queue is never an alert");
    }
    // Screens are paired in the browser: one without a screen sounds nowhere.
    let sound = section.entry("sound").map(|entry| entry.read_texts());
    section.finish_section();
    Some(AlertRule {
        name: entry.name.to_owned(),
        is_enabled: is_enabled.unwrap_or(true),
        scope: scope?,
        dwell: dwell.unwrap_or(usual),
        tell: tell.unwrap_or_default(),
        again_after,
        tells_end: tells_end.unwrap_or(true),
        sound: sound.unwrap_or_default(),
        only_open: only_open.unwrap_or_default(),
    })
}

fn read_scope(entry: &ConfigEntry<'_, '_>, section: &ConfigSection<'_, '_>) -> Option<AlertScope> {
    let level = section.entry("severity").and_then(|entry| {
        match entry.read_word(&["critical", "warning"])? {
            "warning" => Some(AlertLevel::Warning),
            _ => Some(AlertLevel::Critical),
        }
    });
    let metric = section
        .entry("metric")
        .and_then(|entry| read_metric(&entry));
    let watched = WATCHED.map(|key| Some((key, section.entry(key)?)));
    let mut watched = watched.into_iter().flatten();
    let Some((key, names)) = watched.next() else {
        let fix = "add queues = [\"chat/*\"], sources, imports, screens, agents, figures or targets = [\"*\"]";
        entry.report_key_fault("watches nothing", fix);
        return None;
    };
    if let Some((_, other)) = watched.next() {
        other.report_key_fault(&format!("is next to {key}"), "make two rules");
        return None;
    }
    if key != AGENTS {
        section.reject_key(STATUS, "use it only with agents");
    }
    if key == QUEUES {
        return Some(AlertScope::Queues {
            patterns: read_patterns(&names),
            level: level.unwrap_or(AlertLevel::Critical),
            metric,
        });
    }
    section.reject_key("metric", "use it only with queues");
    if key == FIGURES {
        return Some(AlertScope::Figures {
            patterns: names.read_texts().into_iter().map(Pattern).collect(),
            level: level.unwrap_or(AlertLevel::Critical),
        });
    }
    section.reject_key("severity", "use it only with queues or figures");
    if key == TARGETS {
        return Some(AlertScope::Targets(read_patterns(&names)));
    }
    if key == AGENTS {
        let status = section.entry(STATUS);
        return Some(AlertScope::Agents {
            patterns: read_patterns(&names),
            status: status.and_then(|entry| read_status(&entry)),
        });
    }
    let patterns = names.read_texts().into_iter().map(Pattern).collect();
    Some(match key {
        SOURCES => AlertScope::Sources(patterns),
        IMPORTS => AlertScope::Imports(patterns),
        _ => AlertScope::Screens(patterns),
    })
}

fn read_patterns(entry: &ConfigEntry<'_, '_>) -> Vec<Pattern> {
    let texts = entry.read_texts();
    for text in texts.iter().filter(|text| !can_match(text)) {
        entry.report_fault(&format!("{text:?} matches nothing"), PATTERN_HINT);
    }
    texts.into_iter().map(Pattern).collect()
}

/// A status that can have a limit.
fn read_status(entry: &ConfigEntry<'_, '_>) -> Option<AgentStatus> {
    let word = entry.read_word(&AgentStatus::LIMITED.map(|status| status.into_str()))?;
    word.parse().ok()
}

/// Names of channels, of those that exist if these are known.
fn read_channel_names(entry: &ConfigEntry<'_, '_>, channels: Option<&[&str]>) -> Vec<String> {
    let names = entry.read_texts();
    let Some(channels) = channels else {
        return names;
    };
    for name in names
        .iter()
        .filter(|name| !channels.contains(&name.as_str()))
    {
        let near = suggest_word(name, channels);
        let fix = format!("{near}add [channels.{name}], or make it in the browser");
        entry.report_fault(&format!("there is no channel {name:?}"), &fix);
    }
    names
}

/// A metric that has a severity: a live one of queues.
fn read_metric(entry: &ConfigEntry<'_, '_>) -> Option<Metric> {
    let is_allowed = |metric: &Metric| metric.owner() != MetricOwner::Agent && !metric.is_daily();
    let name = entry.read_text()?;
    let found = Metric::from_name(&name).filter(is_allowed);
    if found.is_none() {
        let names: Vec<_> = Metric::all().filter(is_allowed).map(Metric::name).collect();
        let near = suggest_word(&name, &names);
        let fix = format!("{near}allowed here: {}", names.join(", "));
        entry.report_fault("isn't a live metric of queues", &fix);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{ConfigFaults, parse_with_entries, test_file::OPEN_CHAT};

    use super::*;

    fn read(text: &str) -> Result<Vec<AlertRule>, ConfigFaults> {
        let text = format!("{text}\n{OPEN_CHAT}");
        let settings = parse_with_entries(&text, Path::new("w.toml"), &[], |_| None);
        settings.map(|settings| settings.alerts)
    }

    #[test]
    fn a_rule_watches_queues_or_sources() {
        let rules = read(
            r#"
            [alerts."Long waits"]
            queues = ["chat/*", "group/sales"]
            severity = "warning"
            metric = "longest_wait"
            for = "2m"
            notify = ["floor"]
            again_after = "10m"
            sound = ["Hall 1"]
            [channels.floor]
            kind = "slack"
            url = "https://hooks.example.com/x"
            [alerts.lost]
            enabled = false
            sources = ["*"]
            "#,
        )
        .unwrap();

        let enabled: Vec<_> = rules.iter().map(|rule| rule.is_enabled).collect();
        assert_eq!(enabled, [true, false]);
        let AlertScope::Queues {
            patterns,
            level,
            metric,
        } = &rules[0].scope
        else {
            panic!("{rules:?}");
        };
        assert_eq!((patterns.len(), *level), (2, AlertLevel::Warning));
        assert_eq!(*metric, Some(Metric::LongestWait));
        assert_eq!(rules[0].dwell, SignedDuration::from_mins(2));
        assert_eq!(rules[0].tell, ["floor"]);
        assert_eq!(rules[0].sound, ["Hall 1"]);
        assert_eq!(rules[0].again_after, Some(SignedDuration::from_mins(10)));
        assert_eq!(rules[1].name, "lost");
        assert_eq!(rules[1].dwell, SignedDuration::from_mins(1));
    }

    #[test]
    fn a_rule_watches_files_screens_or_agents() {
        let rules = read(
            r#"
            [alerts.late]
            imports = ["*"]
            [alerts.dark]
            screens = ["Hall *"]
            only_open = true
            [alerts."Long breaks"]
            agents = ["chat/*"]
            status = "not_ready"
            "#,
        )
        .unwrap();

        let patterns = |text: &str| vec![Pattern(text.to_owned())];
        assert_eq!(rules[0].scope, AlertScope::Imports(patterns("*")));
        assert_eq!(rules[1].scope, AlertScope::Screens(patterns("Hall *")));
        assert_eq!(rules[1].dwell, SignedDuration::from_mins(5));
        assert_eq!((rules[0].only_open, rules[1].only_open), (false, true));
        let agents = AlertScope::Agents {
            patterns: patterns("chat/*"),
            status: Some(AgentStatus::NotReady),
        };
        assert_eq!(rules[2].scope, agents);
        assert_eq!(rules[2].dwell, SignedDuration::ZERO);
    }

    #[test]
    fn a_rule_watches_custom_figures_or_the_targets_of_a_day() {
        let rules = read(
            r#"
            [alerts.shop]
            figures = ["orders", "stock-*"]
            severity = "warning"
            [alerts.day]
            targets = ["group/sales"]
            "#,
        )
        .unwrap();

        let patterns = |texts: &[&str]| -> Vec<_> {
            texts
                .iter()
                .map(|text| Pattern((*text).to_owned()))
                .collect()
        };
        let figures = AlertScope::Figures {
            patterns: patterns(&["orders", "stock-*"]),
            level: AlertLevel::Warning,
        };
        assert_eq!(rules[0].scope, figures);
        assert_eq!(
            rules[1].scope,
            AlertScope::Targets(patterns(&["group/sales"]))
        );
    }

    #[test]
    fn faults_name_their_position_and_the_fix() {
        for (text, expected) in [
            (
                "[alerts.a]\nfor = \"1m\"",
                "1:9: alerts.a: watches nothing; add queues = [\"chat/*\"], sources, imports, screens, agents, figures or targets = [\"*\"]",
            ),
            (
                "[alerts.a]\nqueues = [\"chat/*\"]\nsources = [\"*\"]",
                "3:1: alerts.a.sources: is next to queues; make two rules",
            ),
            (
                "[alerts.a]\nimports = [\"*\"]\nscreens = [\"*\"]",
                "3:1: alerts.a.screens: is next to imports; make two rules",
            ),
            (
                "[alerts.a]\nscreens = [\"*\"]\nfor = \"30s\"",
                "3:7: alerts.a.for: ",
            ),
            (
                "[alerts.a]\nsources = [\"*\"]\nfor = \"5s\"",
                "3:7: alerts.a.for: ",
            ),
            (
                "[alerts.a]\nqueues = [\"chat/*\"]\nmetric = \"longest_wiat\"",
                "3:10: alerts.a.metric: isn't a live metric of queues; did you mean `longest_wait`? allowed here: ",
            ),
            (
                "[alerts.a]\nqueues = [\"chat/*\"]\nnotify = [\"flor\"]",
                "3:10: alerts.a.notify: there is no channel \"flor\"; add [channels.flor], or make it in the browser",
            ),
            (
                "[alerts.a]\nqueues = [\"sales\"]",
                "2:10: alerts.a.queues: \"sales\" matches nothing; ",
            ),
            (
                "[alerts.a]\nagents = [\"*\"]\nstatus = \"brek\"",
                "3:10: alerts.a.status: ",
            ),
            (
                "[alerts.a]\nsources = [\"*\"]\nstatus = \"not_ready\"",
                "3:1: alerts.a.status: ",
            ),
            (
                "[alerts.a]\nsources = [\"*\"]\nseverity = \"warning\"",
                "3:1: alerts.a.severity: ",
            ),
            (
                "[alerts.a]\nfigures = [\"*\"]\nmetric = \"waiting\"",
                "3:1: alerts.a.metric: ",
            ),
            (
                "[alerts.a]\ntargets = [\"*\"]\nseverity = \"warning\"",
                "3:1: alerts.a.severity: ",
            ),
        ] {
            let faults = read(text).unwrap_err().to_string();
            assert!(
                faults.starts_with(&format!("w.toml:{expected}")),
                "{faults}"
            );
        }
    }
}
