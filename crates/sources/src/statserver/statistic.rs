//! One configured statistic of one object.

use std::sync::Arc;

use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::{Metric, MetricSubject};

/// A requested statistic, and the metric that its value provides.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// The vendor's name of the statistic. For one requested by definition it is our name,
    /// for people.
    pub name: Arc<str>,
    /// `Queue`, `Agent`, `GroupAgents` and so on, as configured.
    pub object_type: Arc<str>,
    pub object: Arc<str>,
    /// The queue or agent that the value belongs to. Differs from the object if `queue` is set.
    pub subject: MetricSubject,
    pub measure: Measure,
    pub delivered: DeliveredUnit,
    /// From this value on, in the delivered unit, the vendor has no estimate.
    pub no_estimate_above: Option<f64>,
}

impl Statistic {
    /// Returns the queue that the object's values belong to, if it isn't the object itself.
    pub(super) fn booked_queue(&self) -> Option<&str> {
        match &self.subject {
            MetricSubject::Queue(id) if id.external != self.object => Some(&id.external),
            _ => None,
        }
    }
}

/// A class of object types that share statistics.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ObjectClass {
    Queue,
    Agent,
    Group,
    Other,
}

impl ObjectClass {
    pub(super) fn from_type(object_type: &str) -> Self {
        match &*object_type.to_lowercase() {
            "queue" | "routepoint" | "groupqueues" => Self::Queue,
            "agent" | "agentplace" => Self::Agent,
            "groupagents" | "groupplaces" => Self::Group,
            _ => Self::Other,
        }
    }
}

/// The metric or agent status that a statistic provides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    Figure(Metric),
    /// The agent's status: `metric = "state"`.
    State,
    /// The time in that status: `metric = "time_in_state"`.
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

/// The unit of a delivered value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum DeliveredUnit {
    Count,
    Seconds,
    Milliseconds,
    /// 0–100.
    Percent,
    /// 0–1.
    Ratio,
    /// A tree of states, or the name of one.
    State,
}
