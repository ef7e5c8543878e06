//! Figures of a day, computed from its counters.

use crate::domain::{Counter, Metric, ServiceLevelFormula};

use super::snapshot::{DayDetails, DaySnapshot, Freshness, MetricFigure};

/// Returns a figure of a day, or `None` if its counters don't contain it.
pub(super) fn compute_day_figure(
    day: &DaySnapshot,
    metric: Metric,
    connection: Freshness,
) -> Option<MetricFigure> {
    if !metric.is_calculated() {
        return None;
    }
    let (number, formula) = if day.entries_known {
        let formula = day.target.formula;
        (metric.calculate(&day.counters, formula), formula)
    } else {
        // Without entry queues, entered contacts and unseen abandons are unknown.
        let mut counters = day.counters;
        counters.set(Counter::Offered, None);
        counters.set(Counter::Abandoned, None);
        let formula = ServiceLevelFormula::AnsweredOnly;
        (metric.calculate(&counters, formula), formula)
    };
    // A chat that leaves before it is opened has no event, so its wait is unknown.
    let number = number.filter(|_| metric != Metric::ShortAbandoned);
    let value = day.since.and(number).map(|number| metric.value(number));
    let freshness = match day.since {
        None => Freshness::Unknown,
        Some(_) => connection,
    };
    let is_estimated = day.entries_known && metric.includes_abandons();
    Some(MetricFigure {
        value,
        freshness,
        day_details: Some(DayDetails {
            since: day.since,
            is_partly_earlier: false,
            is_complete: day.is_complete,
            gaps: day.gaps.clone(),
            is_estimated,
            formula: (metric == Metric::ServiceLevel).then(|| formula.into_str()),
        }),
        ..MetricFigure::default()
    })
}
