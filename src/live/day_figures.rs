//! A day's figures from its counters.

use crate::domain::{Counter, Metric, ServiceLevelFormula};

use super::snapshot::{DayDetails, DaySnapshot, Freshness, MetricFigure};

/// A figure of a day from its counters. What the day cannot know is `None`.
pub(super) fn compute_day_figure(
    day: &DaySnapshot,
    metric: Metric,
    line: Freshness,
) -> Option<MetricFigure> {
    if !metric.is_calculated() {
        return None;
    }
    let (number, formula) = if day.entries_known {
        let formula = day.target.formula;
        (metric.calculate(&day.counters, formula), formula)
    } else {
        // Contacts that entered, and that left unseen, are known only where entries are.
        let mut counters = day.counters;
        counters.set(Counter::Offered, None);
        counters.set(Counter::Abandoned, None);
        let formula = ServiceLevelFormula::AnsweredOnly;
        (metric.calculate(&counters, formula), formula)
    };
    // A chat that is left unopened has no event, so how long it waited is not known.
    let number = number.filter(|_| metric != Metric::ShortAbandoned);
    let value = day.since.and(number).map(|number| metric.value(number));
    let trust = match day.since {
        None => Freshness::Unknown,
        Some(_) => line,
    };
    let estimated = day.entries_known && metric.includes_abandons();
    Some(MetricFigure {
        value,
        freshness: trust,
        day_details: Some(DayDetails {
            since: day.since,
            partly_before: false,
            is_complete: day.is_complete,
            gaps: day.gaps.clone(),
            is_estimated: estimated,
            formula: (metric == Metric::ServiceLevel).then(|| formula.name()),
        }),
        ..MetricFigure::default()
    })
}
