//! The form of a rule: its fields as entered, and the rule's text in the configuration.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_domain::{Metric, Pattern};

use crate::{
    editing::{EntryId, Section},
    web::pages::settings::duration_text,
};

const QUEUE: &str = "queue ";
const SOURCE: &str = "source ";
const IMPORT: &str = "import ";
const SCREEN: &str = "screen ";
const AGENT: &str = "agent ";
const FIGURE: &str = "figure ";
const TARGET: &str = "target ";
const SOUND: &str = "sound ";
const CHANNEL: &str = "channel ";

/// The fields as entered. Durations are as the configuration writes them: "1m".
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct RuleFields {
    #[serde(default)]
    pub(super) name: String,
    /// `queues`, `sources`, `imports`, `screens`, `agents`, `figures` or `targets`.
    #[serde(default)]
    pub(super) watch: String,
    #[serde(default)]
    pub(super) severity: String,
    /// Of custom figures.
    #[serde(default)]
    pub(super) figure_severity: String,
    /// Empty: any.
    #[serde(default)]
    pub(super) metric: String,
    /// Of agents; empty: any.
    #[serde(default)]
    pub(super) status: String,
    #[serde(default, rename = "for")]
    pub(super) dwell: String,
    /// Empty: never.
    #[serde(default)]
    pub(super) again_after: String,
    /// `on` if it tells the end.
    #[serde(default)]
    pub(super) notify_end: String,
    /// `on` if it watches only while the site is open.
    #[serde(default)]
    pub(super) only_open: String,
    /// `on` if the rule is off.
    #[serde(default)]
    pub(super) disabled: String,
    /// The revision that the page showed; empty for a new rule.
    #[serde(default)]
    pub(super) began_from: String,
    #[serde(default)]
    pub(super) action: String,
    /// Checkboxes of what it watches, and of channels.
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
}

impl RuleFields {
    /// A rule of every queue, to change.
    pub(super) fn new_rule() -> Self {
        Self {
            watch: "queues".to_owned(),
            severity: "critical".to_owned(),
            figure_severity: "critical".to_owned(),
            dwell: "1m".to_owned(),
            notify_end: "on".to_owned(),
            boxes: BTreeMap::from([(format!("{QUEUE}*"), "on".to_owned())]),
            ..Self::default()
        }
    }

    pub(super) fn of_rule(rule: &AlertRule) -> Self {
        let mut fields = Self {
            name: rule.name.clone(),
            dwell: duration_text(rule.dwell.as_secs()),
            again_after: (rule.again_after)
                .map_or_else(String::new, |again| duration_text(again.as_secs())),
            notify_end: if rule.tells_end { "on" } else { "" }.to_owned(),
            severity: "critical".to_owned(),
            figure_severity: "critical".to_owned(),
            only_open: if rule.only_open { "on" } else { "" }.to_owned(),
            disabled: if rule.is_enabled { "" } else { "on" }.to_owned(),
            ..Self::default()
        };
        let mut check = |prefix: &str, names: Vec<&str>| {
            let boxes = names
                .into_iter()
                .map(|name| (format!("{prefix}{name}"), "on".to_owned()));
            fields.boxes.extend(boxes);
        };
        let names = |patterns: &'_ [Pattern]| -> Vec<String> {
            patterns.iter().map(|pattern| pattern.0.clone()).collect()
        };
        check(CHANNEL, rule.tell.iter().map(String::as_str).collect());
        check(SOUND, rule.sound.iter().map(String::as_str).collect());
        match &rule.scope {
            AlertScope::Queues {
                patterns,
                level,
                metric,
            } => {
                let patterns = names(patterns);
                check(QUEUE, patterns.iter().map(String::as_str).collect());
                fields.watch = "queues".into();
                if *level == AlertLevel::Warning {
                    fields.severity = "warning".into();
                }
                fields.metric = metric.map_or("", Metric::name).into();
            }
            AlertScope::Agents { patterns, status } => {
                let patterns = names(patterns);
                check(AGENT, patterns.iter().map(String::as_str).collect());
                fields.watch = "agents".into();
                fields.status = status.map_or("", |status| status.into_str()).into();
            }
            AlertScope::Figures { patterns, level } => {
                let patterns = names(patterns);
                check(FIGURE, patterns.iter().map(String::as_str).collect());
                fields.watch = "figures".into();
                if *level == AlertLevel::Warning {
                    fields.figure_severity = "warning".into();
                }
            }
            AlertScope::Sources(patterns)
            | AlertScope::Imports(patterns)
            | AlertScope::Screens(patterns)
            | AlertScope::Targets(patterns) => {
                let (watch, prefix) = match &rule.scope {
                    AlertScope::Imports(_) => ("imports", IMPORT),
                    AlertScope::Screens(_) => ("screens", SCREEN),
                    AlertScope::Targets(_) => ("targets", TARGET),
                    _ => ("sources", SOURCE),
                };
                let patterns = names(patterns);
                check(prefix, patterns.iter().map(String::as_str).collect());
                fields.watch = watch.into();
            }
        }
        fields
    }

    pub(super) fn entry(&self) -> EntryId {
        EntryId::new(Section::Alerts, self.name.trim())
    }

    pub(super) fn queues(&self) -> Vec<&str> {
        self.checked(QUEUE)
    }

    pub(super) fn sources(&self) -> Vec<&str> {
        self.checked(SOURCE)
    }

    pub(super) fn imports(&self) -> Vec<&str> {
        self.checked(IMPORT)
    }

    pub(super) fn screens(&self) -> Vec<&str> {
        self.checked(SCREEN)
    }

    pub(super) fn agents(&self) -> Vec<&str> {
        self.checked(AGENT)
    }

    pub(super) fn figures(&self) -> Vec<&str> {
        self.checked(FIGURE)
    }

    pub(super) fn targets(&self) -> Vec<&str> {
        self.checked(TARGET)
    }

    pub(super) fn sound(&self) -> Vec<&str> {
        self.checked(SOUND)
    }

    pub(super) fn channels(&self) -> Vec<&str> {
        self.checked(CHANNEL)
    }

    fn checked(&self, prefix: &str) -> Vec<&str> {
        let boxes = self.boxes.keys();
        boxes
            .filter_map(|field| field.strip_prefix(prefix))
            .collect()
    }

    /// Writes the rule as the configuration has it; its parser judges it.
    pub(super) fn write(&self) -> String {
        let list = |names: Vec<&str>| Value::from(names);
        let mut rule = Table::new();
        let mut set = |key: &str, value: Value| drop(rule.insert(key.to_owned(), value));
        if !self.disabled.is_empty() {
            set("enabled", false.into());
        }
        match self.watch.as_str() {
            "sources" => set("sources", list(self.sources())),
            "imports" => set("imports", list(self.imports())),
            "screens" => set("screens", list(self.screens())),
            "targets" => set("targets", list(self.targets())),
            "figures" => {
                set("figures", list(self.figures()));
                set("severity", self.figure_severity.as_str().into());
            }
            "agents" => {
                set("agents", list(self.agents()));
                if !self.status.is_empty() {
                    set("status", self.status.as_str().into());
                }
            }
            _ => {
                set("queues", list(self.queues()));
                set("severity", self.severity.as_str().into());
                if !self.metric.is_empty() {
                    set("metric", self.metric.as_str().into());
                }
            }
        }
        set("for", self.dwell.as_str().into());
        if !self.channels().is_empty() {
            set("notify", list(self.channels()));
        }
        if !self.sound().is_empty() {
            set("sound", list(self.sound()));
        }
        if !self.again_after.is_empty() {
            set("again_after", self.again_after.as_str().into());
        }
        // Each queue has hours of its own.
        let has_hours = matches!(&*self.watch, "queues" | "targets");
        if !self.only_open.is_empty() && !has_hours {
            set("only_open", true.into());
        }
        if self.notify_end.is_empty() {
            set("notify_end", false.into());
        }
        let rules = Table::from_iter([(self.name.trim().to_owned(), Value::Table(rule))]);
        let section: &str = Section::Alerts.into();
        Table::from_iter([(section.to_owned(), Value::Table(rules))]).to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{
        parse_configuration,
        test_file::{OPEN_CHAT, keys_of, known_keys},
    };

    use super::*;

    #[test]
    fn a_rule_is_the_same_after_its_form() {
        let text = r#"
            [alerts."Long \"waits\""]
            queues = ["chat/*", "group/sales"]
            severity = "warning"
            metric = "longest_wait"
            for = "90s"
            notify = ["floor"]
            again_after = "2h"
            notify_end = false
            sound = ["Hall 1"]
            [alerts.lost]
            enabled = false
            sources = ["*"]
            [alerts.late]
            imports = ["*"]
            only_open = true
            [alerts.dark]
            screens = ["Hall 1", "Kitchen *"]
            for = "10m"
            [alerts.breaks]
            agents = ["chat/*", "chat/77aa"]
            [alerts."wrap-up"]
            agents = ["*"]
            status = "wrap_up"
            [alerts.shop]
            figures = ["orders", "stock-*"]
            severity = "warning"
            [alerts.day]
            targets = ["chat/*", "group/sales"]
            [channels.floor]
            kind = "slack"
            url = "https://hooks.example.com/x"
        "#;
        let parse = |text: &str| {
            let text = format!("{text}\n{OPEN_CHAT}");
            let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
            settings.unwrap().alerts
        };
        let rules = parse(text);
        let all: Table = text.parse().unwrap();
        let of_agents = known_keys("[alerts.a]\nagents = [\"*\"]\nno_such_key = 1\n");
        let mut known = known_keys("[alerts.a]\nqueues = [\"*\"]\nno_such_key = 1\n");
        known.extend(of_agents);
        let rules_of = all["alerts"].as_table().unwrap();
        assert_eq!(keys_of(rules_of.values()), known, "each key has a field");

        let (_, channels) = text.split_once("[channels").unwrap();
        let written = rules.iter().map(|rule| RuleFields::of_rule(rule).write());
        let written = format!("{}[channels{channels}", written.collect::<String>());

        assert_eq!(parse(&written), rules, "{written}");
    }
}
