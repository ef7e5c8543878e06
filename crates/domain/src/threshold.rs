//! Thresholds: `[thresholds]` of the configuration. A live figure beyond one gives its queue a
//! severity; a figure of the day beyond one misses its target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AgentStatus, Metric, Patterns, QueueTarget};

/// The limits where a value becomes a warning or critical, in the metric's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeverityLimits {
    /// At or above the limit.
    pub warning: Option<f64>,
    pub critical: Option<f64>,
    /// Below the limit.
    pub warning_below: Option<LimitValue>,
    pub critical_below: Option<LimitValue>,
    /// A level is left only at or below this value; with lower limits, at or above it.
    #[serde(default)]
    pub clear: Option<f64>,
    /// The fewest contacts by which a share or an average of the day is judged.
    #[serde(default)]
    pub min_sample: Option<u32>,
}

impl SeverityLimits {
    /// The limits that a lower bound of the value can reach.
    pub fn upper_limits(&self) -> Self {
        Self {
            warning: self.warning,
            critical: self.critical,
            clear: self.clear,
            ..Self::default()
        }
    }
}

/// A lower limit: a number, or a distance from the queue's target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum LimitValue {
    Value(f64),
    /// `FromTarget(-10.0)` is ten percentage points below the target.
    FromTarget(f64),
}

impl LimitValue {
    pub fn resolve_for(self, target: &QueueTarget) -> f64 {
        match self {
            Self::Value(value) => value,
            Self::FromTarget(offset) => target.service_level_percent + offset,
        }
    }
}

/// The thresholds of one pattern.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PatternThresholds {
    pub metrics: Vec<(Metric, SeverityLimits)>,
    /// How long an agent may be in a status, in milliseconds.
    pub time_in_state: Vec<(AgentStatus, i64)>,
}

impl Patterns<PatternThresholds> {
    /// Returns the limits of a queue's metric: of the most specific pattern that names it, or the
    /// defaults. A service level always has a lower limit: its target, if nothing else is set.
    pub fn limits_for(&self, queue: &str, metric: Metric) -> SeverityLimits {
        let named = self.matching_values(queue).find_map(|thresholds| {
            let mut metrics = thresholds.metrics.iter();
            metrics.find(|(named, _)| *named == metric)
        });
        let mut limits = named.map_or_else(|| default_limits(metric), |(_, limits)| *limits);
        if metric == Metric::ServiceLevel && limits.warning_below.is_none() {
            limits.warning_below = Some(LimitValue::FromTarget(0.0));
        }
        limits
    }

    /// Returns the live metrics that determine a queue's severity, in reading order.
    pub fn severity_metrics(&self, queue: &str) -> Vec<Metric> {
        let configured = self.matching_values(queue);
        let configured = configured.flat_map(|thresholds| thresholds.metrics.iter());
        let mut metrics = vec![Metric::Waiting, Metric::LongestWait];
        metrics.extend(configured.map(|(metric, _)| *metric));
        metrics.retain(|metric| !metric.is_daily());
        metrics.sort_unstable();
        metrics.dedup();
        metrics
    }

    /// Returns the shortest limit of each status that has one, in milliseconds: nobody is over a limit before.
    pub fn shortest_state_limits(&self) -> BTreeMap<AgentStatus, i64> {
        let mut shortest = BTreeMap::new();
        for (status, limit) in self.0.iter().flat_map(|(_, one)| &one.time_in_state) {
            let known = shortest.entry(*status).or_insert(*limit);
            *known = (*known).min(*limit);
        }
        shortest
    }

    /// Returns how long an agent may be in a status, in milliseconds; `None` if there is no limit.
    pub fn state_limit(&self, agent: &str, status: AgentStatus) -> Option<i64> {
        self.matching_values(agent).find_map(|thresholds| {
            let mut limits = thresholds.time_in_state.iter();
            limits
                .find(|(named, _)| *named == status)
                .map(|(_, limit)| *limit)
        })
    }
}

/// A long wait can be acted on at once.
fn default_limits(metric: Metric) -> SeverityLimits {
    match metric {
        Metric::LongestWait => SeverityLimits {
            warning: Some(60.0),
            critical: Some(120.0),
            ..SeverityLimits::default()
        },
        _ => SeverityLimits::default(),
    }
}

#[cfg(test)]
mod tests {
    use crate::Pattern;

    use super::*;

    fn warn_at(limit: f64) -> SeverityLimits {
        SeverityLimits {
            warning: Some(limit),
            ..SeverityLimits::default()
        }
    }

    fn thresholds() -> Patterns<PatternThresholds> {
        let pattern = |text: &str, metrics: &[(Metric, f64)], states: &[(AgentStatus, i64)]| {
            let metrics = metrics.iter().map(|(metric, at)| (*metric, warn_at(*at)));
            let thresholds = PatternThresholds {
                metrics: metrics.collect(),
                time_in_state: states.to_vec(),
            };
            (Pattern(text.into()), thresholds)
        };
        Patterns(vec![
            pattern(
                "*",
                &[(Metric::Waiting, 9.0), (Metric::Abandoned, 50.0)],
                &[(AgentStatus::WrapUp, 60_000), (AgentStatus::Hold, 90_000)],
            ),
            pattern(
                "chat/*",
                &[(Metric::Waiting, 5.0), (Metric::AgentsAvailable, 40.0)],
                &[(AgentStatus::WrapUp, 120_000)],
            ),
        ])
    }

    #[test]
    fn most_specific_pattern_that_names_a_metric_wins() {
        let thresholds = thresholds();
        let warning = |queue, metric| thresholds.limits_for(queue, metric).warning;

        assert_eq!(warning("chat/1", Metric::Waiting), Some(5.0));
        assert_eq!(warning("voice/1", Metric::Waiting), Some(9.0));
        assert_eq!(warning("chat/1", Metric::Abandoned), Some(50.0));
        assert_eq!(warning("chat/1", Metric::LongestWait), Some(60.0));
        assert_eq!(warning("voice/1", Metric::AgentsAvailable), None);
        let level = thresholds.limits_for("chat/1", Metric::ServiceLevel);
        assert_eq!(level.warning_below, Some(LimitValue::FromTarget(0.0)));
    }

    #[test]
    fn severity_comes_from_live_metrics_with_thresholds() {
        let metrics = thresholds().severity_metrics("chat/1");

        let expected = [
            Metric::Waiting,
            Metric::LongestWait,
            Metric::AgentsAvailable,
        ];
        assert_eq!(metrics, expected);
    }

    #[test]
    fn most_specific_pattern_that_names_a_status_wins() {
        let thresholds = thresholds();
        let limit = |agent, status| thresholds.state_limit(agent, status);

        assert_eq!(limit("chat/eva", AgentStatus::WrapUp), Some(120_000));
        assert_eq!(limit("chat/eva", AgentStatus::Hold), Some(90_000));
        assert_eq!(limit("voice/akl", AgentStatus::WrapUp), Some(60_000));
        assert_eq!(limit("voice/akl", AgentStatus::Talking), None);
    }
}
