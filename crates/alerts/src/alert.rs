//! An alert, from its first moment to its end.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use wallboard_domain::{
    AgentId, AgentStatus, CustomFigure, CustomFigureId, CustomValue, Metric, MetricValue, QueueId,
    QueueTarget, SeverityLimits, SourceId, ThresholdLevel,
};

/// Identifies an alert, in messages too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(pub Uuid);

/// In rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    Warning,
    Critical,
}

/// The subject of an alert. It has at most one open alert, whatever rules watch it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSubject {
    /// A queue or a group of queues.
    Queue(QueueId),
    /// A data source that isn't connected.
    Source(SourceId),
    /// An export whose next file is late.
    Import(SourceId),
    /// A paired screen that isn't connected, by its name.
    Screen(String),
    /// An agent or a person who is in a status for longer than allowed.
    Agent(AgentId),
    /// A custom figure of the site, or of a queue.
    Figure(CustomFigureId, Option<QueueId>),
    /// The day's service level of a queue or a group, which can't reach its target any longer.
    Target(QueueId),
}

/// A figure that has reached a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertFigure {
    pub metric: Metric,
    pub level: AlertLevel,
    pub value: MetricValue,
    /// The threshold is a minimum.
    pub is_low: bool,
}

/// A value of a custom figure that has a severity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertValue {
    pub value: CustomValue,
    pub level: AlertLevel,
    /// The threshold is a minimum.
    pub is_low: bool,
}

/// The person who has taken an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertOwner {
    pub name: String,
    pub since: Timestamp,
}

/// A sound on screens, when an alert opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSound {
    pub at: Timestamp,
    /// The names of the screens.
    pub screens: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNote {
    pub by: String,
    pub at: Timestamp,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertClosing {
    pub at: Timestamp,
    /// The person who closed it; `None`: what it was about is over.
    pub by: Option<String>,
    /// Its day is over, and it never became well.
    #[serde(default)]
    pub has_lapsed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub subject: AlertSubject,
    /// The names of the rules that it fulfills, or did last.
    pub rules: Vec<String>,
    /// As it is now, or was last.
    pub level: AlertLevel,
    /// The highest that it had before.
    #[serde(default)]
    pub(crate) earlier_level_max: Option<AlertLevel>,
    #[serde(default)]
    pub(crate) level_since: Option<Timestamp>,
    /// An agent's, that lasts or lasted too long.
    #[serde(default)]
    pub status: Option<AgentStatus>,
    /// When the subject began to need somebody; the dwell is after it.
    pub since: Timestamp,
    /// The worst values so far; of a target, the last one.
    pub figures: Vec<AlertFigure>,
    /// A custom figure's worst value so far.
    #[serde(default)]
    pub custom: Option<AlertValue>,
    /// Since when its subject's data is out of date, so that nobody knows whether it is over.
    pub unconfirmed_since: Option<Timestamp>,
    /// Since when it could be over.
    pub(crate) calm_since: Option<Timestamp>,
    pub owner: Option<AlertOwner>,
    pub snoozed_until: Option<Timestamp>,
    pub notes: Vec<AlertNote>,
    pub closing: Option<AlertClosing>,
    /// When its end is to be told, if that wasn't done.
    #[serde(default)]
    pub(crate) end_due_at: Option<Timestamp>,
    /// When there was something to tell about it, or about its subject before.
    #[serde(default)]
    pub(crate) last_told_at: Option<Timestamp>,
    /// There was something to tell about its subject less than an hour before it opened.
    #[serde(default)]
    pub(crate) is_flapping: bool,
    /// The level that was told since it opened; `None` if nothing was yet.
    pub(crate) told_level: Option<AlertLevel>,
    /// The last sound when it opened.
    #[serde(default)]
    pub sound: Option<AlertSound>,
    /// How many notices it had.
    pub(crate) notices: u32,
}

impl From<ThresholdLevel> for AlertLevel {
    fn from(level: ThresholdLevel) -> Self {
        match level {
            ThresholdLevel::Warning => Self::Warning,
            ThresholdLevel::Critical => Self::Critical,
        }
    }
}

impl fmt::Display for AlertSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue(id) | Self::Agent(id) | Self::Target(id) => id.fmt(f),
            Self::Figure(id, None) => id.fmt(f),
            Self::Figure(id, Some(queue)) => write!(f, "{id}/{queue}"),
            Self::Source(id) | Self::Import(id) => id.fmt(f),
            Self::Screen(name) => name.fmt(f),
        }
    }
}

impl AlertSubject {
    pub fn is_agent(&self) -> bool {
        matches!(self, Self::Agent(_))
    }

    /// The queue that it is, or is a figure of.
    pub fn queue(&self) -> Option<&QueueId> {
        match self {
            Self::Queue(id) | Self::Target(id) => Some(id),
            Self::Figure(_, queue) => queue.as_ref(),
            Self::Source(_) | Self::Import(_) | Self::Screen(_) | Self::Agent(_) => None,
        }
    }
}

impl Alert {
    /// Whether its subject still needs somebody, or nobody knows.
    pub fn is_open(&self) -> bool {
        self.closing.is_none()
    }

    /// When it ended, or now.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        self.closing.as_ref().map_or(now, |closing| closing.at)
    }

    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        self.snoozed_until.is_some_and(|until| now < until)
    }

    /// Keeps the worst value of each figure. Returns whether one is worse. The best that a day can still be is no
    /// measurement: only the last one holds.
    pub(crate) fn worsen(&mut self, figures: &[AlertFigure]) -> bool {
        if matches!(self.subject, AlertSubject::Target(_)) {
            let is_other = self.figures != figures;
            self.figures = figures.to_vec();
            return is_other;
        }
        let mut is_worse = false;
        for figure in figures {
            let known = self.figures.iter_mut();
            match known.into_iter().find(|old| old.metric == figure.metric) {
                Some(old) if !figure.is_worse_than(old) => continue,
                Some(old) => *old = *figure,
                None => self.figures.push(*figure),
            }
            is_worse = true;
        }
        is_worse
    }

    /// Keeps the worst value of a custom figure. Returns whether this one is worse.
    pub(crate) fn worsen_value(&mut self, value: Option<&AlertValue>) -> bool {
        let known = self.custom.as_ref();
        let Some(value) = value.filter(|new| known.is_none_or(|old| new.is_worse_than(old))) else {
            return false;
        };
        self.custom = Some(value.clone());
        true
    }
}

impl AlertValue {
    /// Judges a value of this severity by the figure's own thresholds; `None`: it has no severity.
    pub(crate) fn judge(
        figure: &CustomFigure,
        value: CustomValue,
        level: Option<ThresholdLevel>,
    ) -> Option<Self> {
        let level = level?;
        let is_low = match &value {
            CustomValue::Number(number) => {
                is_below(&figure.limits, level, *number, &QueueTarget::default())
            }
            CustomValue::State(_) => false,
        };
        Some(Self {
            value,
            level: level.into(),
            is_low,
        })
    }

    /// The worse one of this value and another.
    #[must_use]
    pub fn or_worse(&self, value: CustomValue) -> Self {
        let other = Self {
            value,
            ..self.clone()
        };
        let is_number = matches!(other.value, CustomValue::Number(_));
        if is_number && other.is_worse_than(self) {
            other
        } else {
            self.clone()
        }
    }

    fn is_worse_than(&self, old: &Self) -> bool {
        let is_further = match (&self.value, &old.value) {
            (CustomValue::Number(new), CustomValue::Number(old)) if self.is_low => new < old,
            (CustomValue::Number(new), CustomValue::Number(old)) => old < new,
            // A configuration may have changed its kind since.
            (new, old) => new != old,
        };
        old.level < self.level || (old.level == self.level && is_further)
    }
}

impl AlertFigure {
    /// The worse one of its value and another.
    #[must_use]
    pub fn or_worse(self, value: MetricValue) -> Self {
        let other = Self { value, ..self };
        if other.is_worse_than(&self) {
            other
        } else {
            self
        }
    }

    fn is_worse_than(&self, old: &Self) -> bool {
        let (new_value, old_value) = (self.value.as_number(), old.value.as_number());
        let is_worse = if self.is_low {
            new_value < old_value
        } else {
            old_value < new_value
        };
        old.level < self.level || is_worse
    }
}

/// Whether a number that has reached a level did so by its lower limit: of two, the nearer one, since a severity lasts for a
/// while when its number is back between them.
pub(crate) fn is_below(
    limits: &SeverityLimits,
    level: ThresholdLevel,
    number: f64,
    target: &QueueTarget,
) -> bool {
    let (upper, lower) = limits.at_level(level);
    match (upper, lower.map(|limit| limit.resolve_for(target))) {
        (Some(upper), Some(lower)) => number - lower < upper - number,
        (_, lower) => lower.is_some(),
    }
}
