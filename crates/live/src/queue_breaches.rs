//! The breaches of one queue's thresholds.

use serde::{Deserialize, Serialize};

use wallboard_domain::{Metric, ThresholdBreach, ThresholdLevel};

/// The thresholds that a queue's figures have reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueBreaches(Vec<(Metric, ThresholdLevel, ThresholdBreach)>);

impl QueueBreaches {
    pub(super) fn find(&self, metric: Metric, level: ThresholdLevel) -> Option<ThresholdBreach> {
        let mut all = self.0.iter();
        let found = all.find(|(of, at, _)| *of == metric && *at == level);
        found.map(|(_, _, breach)| *breach)
    }

    /// Returns those of some metrics.
    pub(super) fn of_metrics(&self, is_included: impl Fn(Metric) -> bool) -> Self {
        let all = self.0.iter();
        Self(all.filter(|(of, ..)| is_included(*of)).copied().collect())
    }

    pub(super) fn active(&self) -> impl Iterator<Item = (Metric, ThresholdLevel)> {
        let active = self.0.iter().filter(|(_, _, breach)| breach.is_active());
        active.map(|(metric, level, _)| (*metric, *level))
    }

    pub(super) fn push(&mut self, metric: Metric, level: ThresholdLevel, breach: ThresholdBreach) {
        self.0.push((metric, level, breach));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
