//! One configured statistic of one object.

use std::sync::Arc;

use crate::domain::{Metric, MetricSubject};

/// What is asked for, and which figure of ours the answer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// The statistic's name at the vendor, also where it is asked for by definition
    /// (then it is ours, for people).
    pub name: Arc<str>,
    /// `Queue`, `Agent`, `GroupAgents` …, as configured.
    pub object_type: Arc<str>,
    pub object: Arc<str>,
    /// Whose figure it is: not the object's own where that is booked on a queue.
    pub subject: MetricSubject,
    pub measure: Measure,
    pub delivered: DeliveredUnit,
    /// At or above it, as delivered, there is no estimate.
    pub no_estimate_above: Option<f64>,
}

/// What of ours a statistic gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    Figure(Metric),
    /// What an agent does: `metric = "state"`.
    State,
    /// Since when they do it: `metric = "time_in_state"`.
    TimeInState,
}

impl Measure {
    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Figure(metric) => metric.name(),
            Self::State => "state",
            Self::TimeInState => "time_in_state",
        }
    }
}

/// In what a value comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveredUnit {
    Count,
    Seconds,
    Milliseconds,
    /// 0–100.
    Percent,
    /// 0–1.
    Ratio,
    /// A tree or a name of states.
    State,
}
