//! The outlooks of queues until the end of a half hour, as the forecasts of the server say.

use std::collections::HashMap;

use jiff::Timestamp;

use wallboard_domain::{ForecastGap, QueueId};

pub type QueueOutlooks = HashMap<QueueId, QueueOutlook>;

/// The outlook of a queue or a group.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueOutlook {
    pub computed_at: Timestamp,
    /// The end of the half hour that it is about.
    pub until: Timestamp,
    /// The contacts planned today until it was computed; `None` without a plan.
    pub planned: Option<f64>,
    pub expected: Result<ExpectedService, ForecastGap>,
}

/// Service level and longest wait with the agents who are there, and what others would change.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedService {
    /// The range of contacts that arrive.
    pub contacts: [f64; 2],
    /// The range in percent; `None` if hardly any contacts are expected or the targets' formulas differ.
    pub service_level: Option<[f64; 2]>,
    /// The middle of that range.
    pub middle_level: Option<f64>,
    /// The range in seconds.
    pub longest_wait_s: [f64; 2],
    /// The service level to reach, in percent.
    pub goal_percent: f64,
    /// How many more agents reach it; `None` if forty don't.
    pub missing_agents: Option<u32>,
    /// The middle service levels with one agent fewer, one more and two more.
    pub level_with_one_less: Option<f64>,
    pub level_with_one_more: Option<f64>,
    pub level_with_two_more: Option<f64>,
    /// The agents also serve queues whose contacts aren't counted, so that less may come true.
    pub is_best_case: bool,
}
