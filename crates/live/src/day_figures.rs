//! Figures of a day, computed from its counters.

use wallboard_domain::{Counter, Counters, Metric, MetricValue, RatioTerms, ServiceLevelFormula};

use super::snapshot::{DayDetails, DaySnapshot, Freshness, MetricFigure};

impl DaySnapshot {
    /// How many contacts met the service level's target, and of how many.
    pub fn service_level_counts(&self) -> Option<(i64, i64)> {
        self.known_counters().service_level_counts(self.formula())
    }

    /// Returns what its counters say of a metric that is calculated from them.
    pub fn calculate(&self, metric: Metric) -> Option<MetricValue> {
        let counters = self.known_counters();
        // A chat that leaves before it is opened has no event, so its wait is unknown.
        let number = metric
            .calculate(&counters, self.formula())
            .filter(|_| metric != Metric::ShortAbandoned)?;
        Some(metric.value(number))
    }

    /// Returns the terms of a ratio of the day.
    pub fn ratio_terms(&self, metric: Metric) -> Option<RatioTerms> {
        self.since?;
        metric.ratio_terms(&self.known_counters(), self.formula())
    }

    fn known_counters(&self) -> Counters {
        let mut counters = self.counters;
        if !self.entries_known {
            // Without entry queues, entered contacts and unseen abandons are unknown.
            counters.set(Counter::Offered, None);
            counters.set(Counter::Abandoned, None);
        }
        counters
    }

    fn formula(&self) -> ServiceLevelFormula {
        if self.entries_known {
            self.target.formula
        } else {
            ServiceLevelFormula::AnsweredOnly
        }
    }
}

/// Returns a figure of a day, or `None` if its counters don't contain it.
pub(super) fn compute_day_figure(
    day: &DaySnapshot,
    metric: Metric,
    connection: Freshness,
) -> Option<MetricFigure> {
    if !metric.is_calculated() {
        return None;
    }
    let formula = day.formula();
    let value = day.since.and_then(|_| day.calculate(metric));
    let freshness = match day.since {
        None => Freshness::Unknown,
        Some(_) => connection,
    };
    let is_estimated = day.entries_known && metric.includes_abandons();
    Some(MetricFigure {
        value,
        freshness,
        day_details: Some(Box::new(DayDetails {
            since: day.since,
            is_partly_earlier: false,
            is_complete: day.is_complete,
            gaps: day.gaps.clone(),
            is_estimated,
            formula: (metric == Metric::ServiceLevel).then_some(formula),
        })),
        ..MetricFigure::default()
    })
}
