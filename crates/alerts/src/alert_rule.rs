//! A rule: what to watch, when it needs somebody, and whom to tell.

use jiff::SignedDuration;
use wallboard_domain::{AgentStatus, Metric, Pattern, QueueId};

use crate::{AlertLevel, AlertSubject};

/// Groups of queues are watched only where a pattern names them: their queues are watched anyway.
const GROUPS: &str = "group/";

/// A rule, as `[alerts.NAME]` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Unique among rules.
    pub name: String,
    /// One that isn't opens no alert, and tells nobody.
    pub is_enabled: bool,
    pub scope: AlertScope,
    /// How long a subject must need somebody before it is an alert.
    pub dwell: SignedDuration,
    /// The names of channels.
    pub tell: Vec<String>,
    /// How often to tell again while nobody has taken it; `None`: never.
    pub again_after: Option<SignedDuration>,
    pub tells_end: bool,
    /// The names of screens that sound when an alert opens.
    pub sound: Vec<String>,
    /// It watches only while the site is open. What has hours of its own is watched only in these anyway.
    pub only_open: bool,
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
    /// Exports whose next file is late.
    Imports(Vec<Pattern>),
    /// Paired screens that aren't connected, by name.
    Screens(Vec<Pattern>),
    /// Agents in a status for longer than allowed: in this one, or in any.
    Agents {
        patterns: Vec<Pattern>,
        status: Option<AgentStatus>,
    },
    /// Custom figures that have a severity of at least this level, by their keys.
    Figures {
        patterns: Vec<Pattern>,
        level: AlertLevel,
    },
    /// Queues whose day can't reach the target of its service level any longer.
    Targets(Vec<Pattern>),
}

impl AlertRule {
    pub fn watches(&self, subject: &AlertSubject) -> bool {
        match (&self.scope, subject) {
            (AlertScope::Queues { patterns, .. }, AlertSubject::Queue(id))
            | (AlertScope::Targets(patterns), AlertSubject::Target(id)) => {
                watches_queue(patterns, id)
            }
            (AlertScope::Figures { patterns, .. }, AlertSubject::Figure(id, _)) => {
                matches_any(patterns, id.as_str())
            }
            (AlertScope::Sources(patterns), AlertSubject::Source(id))
            | (AlertScope::Imports(patterns), AlertSubject::Import(id)) => {
                matches_any(patterns, id.as_str())
            }
            (AlertScope::Screens(patterns), AlertSubject::Screen(name)) => {
                matches_any(patterns, name)
            }
            (AlertScope::Agents { patterns, .. }, AlertSubject::Agent(id)) => {
                matches_any(patterns, &id.to_string())
            }
            _ => false,
        }
    }

    /// Whether it rests while the site is closed. Queues and groups have hours of their own.
    pub(crate) fn rests(&self, subject: &AlertSubject, is_site_open: bool) -> bool {
        self.only_open && !is_site_open && subject.queue().is_none()
    }

    /// The names of screens that it has: those that sound, and those that it watches by name.
    pub fn screens(&self) -> impl Iterator<Item = &str> {
        let watched = match &self.scope {
            AlertScope::Screens(patterns) => &patterns[..],
            _ => &[],
        };
        let watched = watched.iter().map(|pattern| pattern.0.as_str());
        let named = watched.filter(|name| !name.contains('*'));
        self.sound.iter().map(String::as_str).chain(named)
    }

    pub fn watches_agents(&self) -> bool {
        matches!(self.scope, AlertScope::Agents { .. })
    }

    pub fn watches_figures(&self) -> bool {
        matches!(self.scope, AlertScope::Figures { .. })
    }

    pub fn watches_targets(&self) -> bool {
        matches!(self.scope, AlertScope::Targets(_))
    }
}

fn watches_queue(patterns: &[Pattern], id: &QueueId) -> bool {
    let id = id.to_string();
    let is_group = id.starts_with(GROUPS);
    let mut patterns = patterns.iter();
    patterns.any(|pattern| pattern.matches(&id) && (!is_group || pattern.0.starts_with(GROUPS)))
}

fn matches_any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}
