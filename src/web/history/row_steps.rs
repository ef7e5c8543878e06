//! The steps of rows: which one fits a period, which ones are allowed, and which can be drawn.

use wallboard_history::report::ReportStep;

use super::{
    chart,
    choice::{Choice, Period, RowStep},
};

/// Maximum rows of a page; beyond that, a longer step is used.
const ROWS_MAX: i64 = 3000;

/// A step that gives a chart a few dozen bars.
pub(super) fn fitting_step(days: i64) -> RowStep {
    match days {
        ..=2 => RowStep::Interval(ReportStep::HalfHour),
        3..=8 => RowStep::Interval(ReportStep::Hour),
        9..=120 => RowStep::Interval(ReportStep::Day),
        _ => RowStep::Period(Period::Week),
    }
}

/// The shortest step that doesn't exceed the maximum number of rows.
pub(super) fn allowed_step(requested: RowStep, days: i64) -> RowStep {
    let steps = all_steps().skip_while(|step| *step != requested);
    let mut allowed = steps.filter(|step| row_count(*step, days) <= ROWS_MAX);
    allowed.next().unwrap_or(RowStep::Period(Period::Month))
}

/// The shortest step at which this many days can be charted.
pub(super) fn drawable_step(days: i64) -> Option<RowStep> {
    all_steps().find(|step| row_count(*step, days) <= chart::BARS_MAX)
}

/// From the shortest to the longest.
fn all_steps() -> impl Iterator<Item = RowStep> {
    RowStep::TABLE.iter().map(|row| row.0)
}

/// The number of rows in this many days, at most.
pub(super) fn row_count(step: RowStep, days: i64) -> i64 {
    match step {
        RowStep::Interval(step) => ReportStep::Day.seconds() / step.seconds() * days,
        // Both ends may be cut.
        RowStep::Period(period) => days / period.days() + 2,
    }
}
