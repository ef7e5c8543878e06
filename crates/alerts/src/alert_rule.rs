//! A rule: what to watch, when it needs somebody, and whom to tell.

use jiff::SignedDuration;
use wallboard_domain::{Metric, Pattern, QueueId, SourceId};

use crate::{AlertLevel, AlertSubject};

/// Groups of queues are watched only where a pattern names them: their queues are watched anyway.
const GROUPS: &str = "group/";

/// A rule, as `[alerts.NAME]` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Unique among rules.
    pub name: String,
    pub scope: AlertScope,
    /// How long a subject must need somebody before it is an alert.
    pub dwell: SignedDuration,
    /// The names of channels.
    pub tell: Vec<String>,
    /// How often to tell again while nobody has taken it; `None`: never.
    pub again_after: Option<SignedDuration>,
    pub tells_end: bool,
}

/// The subjects of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertScope {
    /// Queues that have reached a threshold of at least this level: of one metric, or of any.
    Queues {
        patterns: Vec<Pattern>,
        level: AlertLevel,
        metric: Option<Metric>,
    },
    /// Data sources that aren't connected.
    Sources(Vec<Pattern>),
}

impl AlertRule {
    pub fn watches(&self, subject: &AlertSubject) -> bool {
        match (&self.scope, subject) {
            (AlertScope::Queues { .. }, AlertSubject::Queue(id)) => self.watches_queue(id),
            (AlertScope::Sources(_), AlertSubject::Source(id)) => self.watches_source(id),
            _ => false,
        }
    }

    fn watches_queue(&self, id: &QueueId) -> bool {
        let AlertScope::Queues { patterns, .. } = &self.scope else {
            return false;
        };
        let id = id.to_string();
        let is_group = id.starts_with(GROUPS);
        let mut patterns = patterns.iter();
        patterns.any(|pattern| pattern.matches(&id) && (!is_group || pattern.0.starts_with(GROUPS)))
    }

    fn watches_source(&self, id: &SourceId) -> bool {
        let AlertScope::Sources(patterns) = &self.scope else {
            return false;
        };
        patterns.iter().any(|pattern| pattern.matches(id.as_str()))
    }
}
