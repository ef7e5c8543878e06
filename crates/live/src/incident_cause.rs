//! Why a queue is critical in an incident, or has a warning.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{Metric, MetricValue};

/// A metric past a limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentCause {
    pub metric: Metric,
    /// The limit is a minimum.
    pub(super) is_low: bool,
    pub worst: MetricValue,
    /// When it first was past the limit in this incident; `None`: with the incident, in older logs.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// When it no longer was; `None`: until the incident's end.
    #[serde(default)]
    pub to: Option<Timestamp>,
}

impl IncidentCause {
    /// Whether the limit is a minimum.
    pub fn is_low(&self) -> bool {
        self.is_low
    }

    pub(super) fn is_worse_than(&self, other: &Self) -> bool {
        let (ours, others) = (self.worst.as_number(), other.worst.as_number());
        if self.is_low {
            ours < others
        } else {
            others < ours
        }
    }
}
