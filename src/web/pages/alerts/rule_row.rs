//! A rule as a sentence.

use std::collections::BTreeSet;

use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_boards::status_label;
use wallboard_domain::{AgentId, Pattern, SourceId};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::web::parts::links::form_urlencode;

/// Subjects that a sentence names.
const NAMES_MAX: usize = 4;

pub(super) struct RuleRow {
    pub(super) name: String,
    /// "When Billing or Sales is critical for 1 min"
    pub(super) sentence: String,
    /// "floor, again after 10 min", or empty.
    pub(super) tells: String,
    /// "No screen is named Hall 1.", or empty.
    pub(super) missing_screens: String,
    /// Where it's changed.
    pub(super) address: String,
    pub(super) is_enabled: bool,
    /// Whether the page turns it on and off: not one of a file.
    pub(super) has_switch: bool,
    /// "11 times"
    pub(super) fired: String,
}

impl RuleRow {
    pub(super) fn new(
        texts: &Texts,
        snapshot: &Snapshot,
        rule: &AlertRule,
        screens: Option<&BTreeSet<String>>,
        has_switch: bool,
        fired: u32,
    ) -> Self {
        let is_missing = |name: &&str| screens.is_some_and(|all| !all.contains(*name));
        let missing: BTreeSet<_> = rule.screens().filter(is_missing).collect();
        let missing: Vec<_> = missing.into_iter().collect();
        Self {
            missing_screens: match &missing[..] {
                [] => String::new(),
                names => texts.no_screen_named(names.join(", ")),
            },
            tells: describe_telling(texts, rule),
            name: rule.name.clone(),
            sentence: describe_condition(texts, snapshot, rule),
            address: format!("/alerts/rule?name={}", form_urlencode(&rule.name)),
            is_enabled: rule.is_enabled,
            has_switch,
            fired: texts.rule_fired(fired),
        }
    }
}

/// "Chat isn't connected for 1 min, in opening hours"
fn describe_condition(texts: &Texts, snapshot: &Snapshot, rule: &AlertRule) -> String {
    let condition = describe_state(texts, snapshot, rule);
    if rule.only_open {
        texts.rule_only_open(condition)
    } else {
        condition
    }
}

/// "Billing or Sales is critical for 1 min"
fn describe_state(texts: &Texts, snapshot: &Snapshot, rule: &AlertRule) -> String {
    let dwell = i64::try_from(rule.dwell.as_millis()).unwrap_or(i64::MAX);
    let dwell = (0 < dwell).then(|| texts.age(dwell));
    let source = |id: &str| snapshot.site.source_name(&SourceId::from(id));
    let subjects = |patterns: &[Pattern], any: &str, title: &dyn Fn(&str) -> String| {
        let name = |pattern: &Pattern| match pattern.0.as_str() {
            "*" => any.to_owned(),
            id => title(id),
        };
        list(texts, patterns.iter().map(name))
    };
    match &rule.scope {
        AlertScope::Queues {
            patterns,
            level,
            metric,
        } => {
            let queues = name_queues(texts, snapshot, patterns);
            let level = match level {
                AlertLevel::Warning => "warning",
                AlertLevel::Critical => "critical",
            };
            let metric = metric.map(|metric| &*texts.metric(metric).page_label);
            match (metric, dwell) {
                (None, None) => texts.rule_of_queues(queues, level),
                (None, Some(dwell)) => texts.rule_of_queues_for(queues, level, dwell),
                (Some(metric), None) => texts.rule_of_metric(metric, queues, level),
                (Some(metric), Some(dwell)) => {
                    texts.rule_of_metric_for(metric, queues, level, dwell)
                }
            }
        }
        AlertScope::Figures { patterns, level } => {
            let title = |id: &str| name_figure(texts, snapshot, id);
            let figures = subjects(patterns, texts.any_figure(), &title);
            let level = match level {
                AlertLevel::Warning => "warning",
                AlertLevel::Critical => "critical",
            };
            match dwell {
                None => texts.rule_of_queues(figures, level),
                Some(dwell) => texts.rule_of_queues_for(figures, level, dwell),
            }
        }
        AlertScope::Targets(patterns) => {
            let queues = name_queues(texts, snapshot, patterns);
            match dwell {
                None => texts.rule_of_targets(queues),
                Some(dwell) => texts.rule_of_targets_for(queues, dwell),
            }
        }
        AlertScope::Imports(patterns) => {
            let exports = subjects(patterns, texts.any_export(), &source);
            match dwell {
                None => texts.rule_file_late(exports),
                Some(dwell) => texts.rule_file_late_for(exports, dwell),
            }
        }
        AlertScope::Sources(patterns) => say_lost(
            texts,
            subjects(patterns, texts.any_source(), &source),
            dwell,
        ),
        AlertScope::Agents { patterns, status } => {
            let agents = subjects(patterns, texts.any_agent(), &|pattern| {
                name_agents(texts, snapshot, pattern)
            });
            let status = status.map(|status| status_label(texts, status).1);
            match (status, dwell) {
                (None, None) => texts.rule_of_agents(agents),
                (None, Some(dwell)) => texts.rule_of_agents_for(agents, dwell),
                (Some(status), None) => texts.rule_of_status(agents, status),
                (Some(status), Some(dwell)) => texts.rule_of_status_for(agents, status, dwell),
            }
        }
        AlertScope::Screens(patterns) => {
            let screen = |name: &str| texts.screen_named(name);
            say_lost(
                texts,
                subjects(patterns, texts.any_screen(), &screen),
                dwell,
            )
        }
    }
}

/// "Billing or Sales is critical for 1 min: notify floor, again after 10 min."
pub(in crate::web) fn write_rule(texts: &Texts, snapshot: &Snapshot, rule: &AlertRule) -> String {
    let channels = match describe_telling(texts, rule) {
        nobody if nobody.is_empty() => texts.tells_nobody().to_owned(),
        channels => channels,
    };
    texts.rule_written(describe_condition(texts, snapshot, rule), channels)
}

/// An agent by name, as far as it's shown, and those of a source by the source's. Another pattern stays one.
pub(super) fn name_agents(texts: &Texts, snapshot: &Snapshot, pattern: &str) -> String {
    match pattern.split_once('/') {
        None if pattern == "*" => texts.every_agent().to_owned(),
        Some((source, "*")) => {
            texts.every_agent_of(snapshot.site.source_name(&SourceId::from(source)))
        }
        Some((source, id)) if !id.contains('*') => {
            let id = AgentId::new(&SourceId::from(source), id);
            snapshot.site.format_name(&snapshot.agent_name_by_id(&id))
        }
        _ => pattern.to_owned(),
    }
}

/// A custom figure by its label; a pattern of several stays a pattern.
fn name_figure(texts: &Texts, snapshot: &Snapshot, pattern: &str) -> String {
    let mut figures = snapshot.site.custom_figures.iter();
    let figure = figures.find(|figure| figure.id.as_str() == pattern);
    let label = figure.map_or(pattern, |figure| figure.label.get(texts.language()));
    label.to_owned()
}

fn say_lost(texts: &Texts, names: String, dwell: Option<String>) -> String {
    match dwell {
        None => texts.rule_not_connected(names),
        Some(dwell) => texts.rule_not_connected_for(names, dwell),
    }
}

fn describe_telling(texts: &Texts, rule: &AlertRule) -> String {
    let sound = match &rule.sound[..] {
        [] => None,
        screens => Some(texts.sound_on(screens.join(", "))),
    };
    let channels: Vec<_> = rule.tell.iter().cloned().chain(sound).collect();
    let channels = channels.join(", ");
    match rule.again_after {
        Some(again) if !rule.tell.is_empty() => {
            let millis = i64::try_from(again.as_millis()).unwrap_or(i64::MAX);
            texts.told_again_after(channels, texts.age(millis))
        }
        _ => channels,
    }
}

/// Queues by name; a pattern of several stays a pattern.
fn name_queues(texts: &Texts, snapshot: &Snapshot, patterns: &[Pattern]) -> String {
    let name = |pattern: &Pattern| {
        if pattern.0 == "*" {
            return texts.any_queue().to_owned();
        }
        let named = snapshot
            .queues
            .values()
            .find(|queue| queue.id.to_string() == pattern.0);
        named.map_or_else(|| pattern.0.clone(), |queue| snapshot.queue_name(queue))
    };
    list(texts, patterns.iter().map(name))
}

/// "A, B or C"; "…" while a form has none.
fn list(texts: &Texts, names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<_> = names.collect();
    if NAMES_MAX < names.len() {
        names.truncate(NAMES_MAX);
        return texts.names_or_others(names.join(", "));
    }
    match &names[..] {
        [] => "…".to_owned(),
        [names @ .., last] if !names.is_empty() => texts.names_or(names.join(", "), last.as_str()),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_without_a_subject_says_that_one_is_missing() {
        let write = |names: &[&str]| {
            let names = names.iter().map(|&name| name.to_owned());
            list(Texts::english(), names)
        };
        assert_eq!(write(&[]), "…");
        assert_eq!(write(&["Chat"]), "Chat");
        assert_eq!(write(&["Chat", "Voice"]), "Chat or Voice");
    }
}
