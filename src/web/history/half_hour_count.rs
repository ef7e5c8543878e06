//! Counts the half-hours of each day that met the target.

use wallboard_history::report::{ReportError, ReportStep, SERIES_INTERVALS_MAX};

use super::{
    history_row::HistoryRow,
    met_half_hours::MetHalfHours,
    scope::{HistoryScope, TargetTerms},
    series_reader::{SeriesReader, single_rows},
    time_rows::time_rows,
};

const HALF_HOURS_OF_DAY: usize = 48;

/// Sets the count of each day, if there is one target for all, and not too many days.
pub(super) async fn set_half_hours(
    reader: &SeriesReader<'_>,
    terms: &TargetTerms,
    days: &mut [HistoryRow],
) -> Result<(), ReportError> {
    let scope = reader.scope;
    let is_short = days.len() * HALF_HOURS_OF_DAY < SERIES_INTERVALS_MAX;
    if terms.target.miss_limits.is_none() || !is_short {
        return Ok(());
    }
    let read = reader.read_series(&scope.window, ReportStep::HalfHour);
    let half_hours = time_rows(scope, &single_rows(read.await?), terms, None);
    count_by_day(scope, &half_hours, days);
    Ok(())
}

fn count_by_day(scope: &HistoryScope, half_hours: &[HistoryRow], days: &mut [HistoryRow]) {
    let date = |row: &HistoryRow| row.from.map(|from| scope.local_date(from));
    for day in days {
        let of_day = half_hours.iter().filter(|row| date(row) == date(day));
        day.half_hours = Some(count(of_day));
    }
}

fn count<'a>(half_hours: impl Iterator<Item = &'a HistoryRow>) -> MetHalfHours {
    let judged = half_hours.filter(|row| row.service_level().is_some() && row.is_judged());
    judged.fold(MetHalfHours::default(), |sum, row| {
        sum.merge(MetHalfHours {
            met: u32::from(!row.is_missed()),
            judged: 1,
        })
    })
}
