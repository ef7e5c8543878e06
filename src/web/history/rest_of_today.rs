//! The times of today that haven't begun: what is planned for them, and what to expect by what came so far.

use wallboard_history::report::{ClosedTime, ReportRow};
use wallboard_texts::UNKNOWN;

use super::{
    choice::HistoryView, column::HistoryColumn, history_row::HistoryRow, scope::HistoryScope,
};

const COLUMNS: [HistoryColumn; 5] = [
    HistoryColumn::Forecast,
    HistoryColumn::Reforecast,
    HistoryColumn::RequiredAgents,
    HistoryColumn::ReforecastAgents,
    HistoryColumn::ScheduledAgents,
];

/// The rows of a plan that haven't begun, without those that are closed; none on other pages and in whole days.
pub(super) fn upcoming_rows(scope: &HistoryScope, rows: &[ReportRow]) -> Vec<HistoryRow> {
    let today = scope.local_date(scope.now);
    let is_upcoming = |row: &&ReportRow| {
        scope.query.view == HistoryView::Plan
            && scope.now <= row.start
            && scope.local_date(row.start) == today
            && row.closed_time != ClosedTime::All
    };
    let upcoming = rows.iter().filter(is_upcoming);
    upcoming
        .map(|row| HistoryRow {
            name: scope.time_label(row.start),
            from: Some(row.start),
            to: Some(row.end),
            is_ongoing: true,
            ..HistoryRow::default()
        })
        .collect()
}

/// A table of the rows: times, and the figures that any of them has.
#[derive(Debug)]
pub(super) struct UpcomingTable {
    pub(super) headings: Vec<String>,
    /// A time, and a value in each column.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// The rows as a table beside that of the times so far; `None` without a plan.
pub(super) fn list_upcoming(scope: &HistoryScope, rows: &[HistoryRow]) -> Option<UpcomingTable> {
    let texts = scope.texts;
    let planned: Vec<_> = rows.iter().filter(|row| row.plan.is_some()).collect();
    let has_value = |column: &HistoryColumn| planned.iter().any(|row| row.value(*column).is_some());
    let columns: Vec<_> = COLUMNS.into_iter().filter(has_value).collect();
    let write = |row: &HistoryRow, column: &HistoryColumn| {
        let value = row.value(*column);
        value.map_or_else(|| UNKNOWN.to_owned(), |value| value.write(texts))
    };
    let rows: Vec<_> = (planned.iter())
        .map(|row| {
            let values = columns.iter().map(|column| write(row, column));
            (row.name.clone(), values.collect())
        })
        .collect();
    let headings = columns.iter().map(|column| column.heading(texts, "", ""));
    (!rows.is_empty()).then(|| UpcomingTable {
        headings: headings.collect(),
        rows,
    })
}
