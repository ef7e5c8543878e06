//! The times of today that haven't begun: what is planned for them, and what to expect by what came so far.

use wallboard_history::report::{ClosedTime, ReportRow};

use crate::web::parts::links::PageLink;

use super::{
    choice::HistoryView,
    column::HistoryColumn,
    export_facts::{FactRow, FactTable},
    history_row::HistoryRow,
    scope::HistoryScope,
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

/// The rows as a table beside that of the times so far; `None` without a plan.
pub(super) fn list_upcoming(scope: &HistoryScope, rows: &[HistoryRow]) -> Option<FactTable> {
    let texts = scope.texts;
    let describe = |row: &HistoryRow| {
        let figures = COLUMNS.into_iter().filter_map(|column| {
            let value = row.value(column)?;
            let heading = column.heading(texts, "", "");
            Some(format!("{heading}: {}", value.write(texts)))
        });
        figures.collect::<Vec<_>>().join(" · ")
    };
    let planned = rows.iter().filter(|row| row.plan.is_some());
    let rows: Vec<_> = planned
        .map(|row| FactRow {
            name: PageLink::new(&*row.name, ""),
            links: Vec::new(),
            text: describe(row),
        })
        .collect();
    (!rows.is_empty()).then(|| FactTable {
        key: "upcoming",
        title: texts.rest_of_today(),
        rows,
    })
}
