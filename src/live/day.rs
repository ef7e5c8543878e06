//! A day's figures from its counters.

use crate::domain::{Formula, Metric, Value};

use super::picture::{Day, DayMarks, Figure, Trust};

/// A figure of a day from its counters. What the day cannot know is `None`.
pub(super) fn day_figure(day: &Day, metric: Metric, line: Trust) -> Option<Figure> {
    let tally = &day.tally;
    let count = |n: i64| Some(Value::Count(u64::try_from(n).unwrap_or(0)));
    // Who entered and who left unseen is known only where entries are.
    let entry = |n: i64| day.entries_known.then(|| count(n)).flatten();
    let formula = if day.entries_known {
        day.target.formula
    } else {
        Formula::AnsweredOnly
    };
    let value = match metric {
        Metric::Offered => entry(tally.offered),
        Metric::Answered => count(tally.answered),
        Metric::Abandoned => entry(tally.abandoned),
        // A chat that is left unopened has no event, so how long it waited is not known.
        Metric::ShortAbandoned => None,
        Metric::FlowOuts => count(tally.flow_outs),
        Metric::AbandonRate => entry(0).and(tally.abandon_rate().map(Value::Percent)),
        Metric::ServiceLevel => tally.service_level(formula).map(Value::Percent),
        Metric::AverageSpeedOfAnswer => tally.average_speed_of_answer().map(Value::Seconds),
        Metric::AverageHandleTime => tally.average_handle_time().map(Value::Seconds),
        Metric::FirstResponseTime => tally.first_response_time().map(Value::Seconds),
        Metric::Transferred => count(tally.transferred),
        Metric::OutcomePositive => count(tally.positive),
        Metric::OutcomeNegative => count(tally.negative),
        Metric::OutcomeNeutral => count(tally.neutral),
        Metric::OutcomeUnresolved => count(tally.unresolved),
        Metric::Handled => count(tally.handled),
        _ => return None,
    };
    let value = day.since.and(value);
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
