//! A day's figures from its counters.

use crate::domain::{Counter, Formula, Metric};

use super::picture::{Day, DayMarks, Figure, Trust};

/// A figure of a day from its counters. What the day cannot know is `None`.
pub(super) fn day_figure(day: &Day, metric: Metric, line: Trust) -> Option<Figure> {
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
        let formula = Formula::AnsweredOnly;
        (metric.calculate(&counters, formula), formula)
    };
    // A chat that is left unopened has no event, so how long it waited is not known.
    let number = number.filter(|_| metric != Metric::ShortAbandoned);
    let value = day.since.and(number).map(|number| metric.value(number));
    let trust = match day.since {
        None => Trust::Unknown,
        Some(_) => line,
    };
    let estimated = day.entries_known && metric.includes_abandons();
    Some(Figure {
        value,
        trust,
        of_day: Some(DayMarks {
            since: day.since,
            partly_before: false,
            complete: day.complete,
            gaps: day.gaps.clone(),
            estimated,
            formula: (metric == Metric::ServiceLevel).then(|| formula.name()),
        }),
        ..Figure::default()
    })
}
