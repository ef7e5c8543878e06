//! A rule as a sentence.

use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_boards::format;
use wallboard_domain::{Pattern, SourceId};
use wallboard_live::Snapshot;

use crate::web::parts::links::form_urlencode;

/// Subjects that a sentence names.
const NAMES_MAX: usize = 4;

pub(super) struct RuleRow {
    pub(super) name: String,
    /// "When Billing or Sales is critical for 1 min"
    pub(super) sentence: String,
    /// "floor, again after 10 min", or empty.
    pub(super) tells: String,
    /// Where it's changed.
    pub(super) address: String,
}

impl RuleRow {
    pub(super) fn new(snapshot: &Snapshot, rule: &AlertRule) -> Self {
        let dwell = i64::try_from(rule.dwell.as_millis()).unwrap_or(i64::MAX);
        let dwell = match dwell {
            0 => String::new(),
            millis => format!(" for {}", format::age(millis)),
        };
        let sentence = match &rule.scope {
            AlertScope::Queues {
                patterns,
                level,
                metric,
            } => {
                let queues = name_queues(snapshot, patterns);
                let level = match level {
                    AlertLevel::Warning => "at least a warning",
                    AlertLevel::Critical => "critical",
                };
                match metric {
                    Some(metric) => {
                        format!("{} of {queues} is {level}{dwell}", metric.label())
                    }
                    None => format!("{queues} is {level}{dwell}"),
                }
            }
            AlertScope::Sources(patterns) => {
                let name = |pattern: &Pattern| match pattern.0.as_str() {
                    "*" => "Any data source".to_owned(),
                    id => snapshot.site.source_name(&SourceId::from(id)),
                };
                format!("{} isn’t connected{dwell}", list(patterns.iter().map(name)))
            }
            AlertScope::Imports(patterns) => {
                let name = |pattern: &Pattern| match pattern.0.as_str() {
                    "*" => "any export".to_owned(),
                    id => snapshot.site.source_name(&SourceId::from(id)),
                };
                format!(
                    "A file of {} is late{dwell}",
                    list(patterns.iter().map(name))
                )
            }
            AlertScope::Screens(patterns) => {
                let name = |pattern: &Pattern| match pattern.0.as_str() {
                    "*" => "Any screen".to_owned(),
                    name => format!("Screen {name}"),
                };
                format!("{} isn’t connected{dwell}", list(patterns.iter().map(name)))
            }
        };
        Self {
            tells: describe_telling(rule),
            name: rule.name.clone(),
            sentence,
            address: format!("/alerts/rule?name={}", form_urlencode(&rule.name)),
        }
    }
}

fn describe_telling(rule: &AlertRule) -> String {
    let sound = match &rule.sound[..] {
        [] => None,
        screens => Some(format!("sound on {}", screens.join(", "))),
    };
    let channels: Vec<_> = rule.tell.iter().cloned().chain(sound).collect();
    let channels = channels.join(", ");
    match rule.again_after {
        Some(again) if !rule.tell.is_empty() => {
            let millis = i64::try_from(again.as_millis()).unwrap_or(i64::MAX);
            format!("{channels}, again after {}", format::age(millis))
        }
        _ => channels,
    }
}

/// Queues by name; a pattern of several stays a pattern.
fn name_queues(snapshot: &Snapshot, patterns: &[Pattern]) -> String {
    let name = |pattern: &Pattern| {
        if pattern.0 == "*" {
            return "Any queue".to_owned();
        }
        let named = snapshot
            .queues
            .values()
            .find(|queue| queue.id.to_string() == pattern.0);
        named.map_or_else(|| pattern.0.clone(), |queue| snapshot.queue_name(queue))
    };
    list(patterns.iter().map(name))
}

/// "A, B or C"
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let count = names.len();
    let mut text = String::new();
    for (index, name) in names.take(NAMES_MAX).enumerate() {
        if 0 < index {
            let is_last = index + 1 == count;
            text.push_str(if is_last { " or " } else { ", " });
        }
        text.push_str(&name);
    }
    if NAMES_MAX < count {
        text.push_str(" or others");
    }
    text
}
