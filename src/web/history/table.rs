//! The history table that pages and files share: rows, columns and a total.

use std::cmp::Ordering;

use crate::web::{parts::case_listing, plan::PlanFigures};
use wallboard_domain::{CountBy, NaturalOrder};
use wallboard_history::report::{ReportStep, RowFigures};
use wallboard_texts::Texts;

use super::{
    choice::{Choice, HistoryView, Period, RowKind, RowStep},
    column::{HistoryColumn, RatioRules},
    history_data::HistoryData,
    history_row::HistoryRow,
    number::{self, HistoryNumber},
    plan_rows::has_reforecast,
    query::{HistoryQuery, SortOrder},
    scope::HistoryScope,
};

#[derive(Clone, Debug)]
pub(super) struct HistoryTable {
    pub(super) columns: Vec<HistoryColumn>,
    pub(super) rows: Vec<HistoryRow>,
    /// Of the rows shown; `None` if a queue or agent is in several of them.
    pub(super) total: Option<HistoryRow>,
}

/// A heading with a sort link.
pub(super) struct SortHeading {
    pub(super) word: String,
    pub(super) href: String,
    /// The value of `aria-sort`; empty if not sorted by this column.
    pub(super) sorted: &'static str,
    pub(super) arrow: &'static str,
    /// Of the time that it's compared with.
    pub(super) is_before: bool,
}

/// A value with a link to its calls.
pub(super) struct TableCell {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) is_level: bool,
    pub(super) is_before: bool,
}

impl HistoryTable {
    /// The table that a page and its files share.
    pub(super) fn new(scope: &HistoryScope, data: &HistoryData) -> Self {
        let query = &scope.query;
        let rows = data.subjects.as_ref().unwrap_or(data.shown_times()).clone();
        let is_of_agent = |row: &HistoryRow| matches!(row.figures, Some(RowFigures::Agent(_)));
        let columns = if query.view == HistoryView::Adherence {
            HistoryColumn::adherence_columns()
        } else if query.rows.code_dimension().is_some() {
            HistoryColumn::coded_columns()
        } else if query.is_of_handled_calls() {
            HistoryColumn::handled_columns()
        } else if query.rows.is_of_agents() || rows.iter().any(is_of_agent) {
            HistoryColumn::agent_columns()
        } else if query.view == HistoryView::Plan {
            let is_of_intervals = scope.period.is_none() && scope.step != ReportStep::Day;
            let is_scheduled =
                |row: &HistoryRow| row.plan.is_some_and(|one| one.scheduled.is_some());
            let mut columns = HistoryColumn::plan_columns(
                is_of_intervals && query.rows == RowKind::Time,
                rows.iter().any(is_scheduled),
            );
            if has_reforecast(&rows) {
                HistoryColumn::add_reforecast(&mut columns);
            }
            columns
        } else {
            let is_full = query.view == HistoryView::Table;
            let mut columns = HistoryColumn::queue_columns(is_full, scope.before.is_some());
            if matches!(query.rows, RowKind::Queue | RowKind::QueueGroup) {
                HistoryColumn::add_targets(&mut columns, &data.terms.target);
            }
            if rows.iter().any(|row| row.half_hours.is_some()) {
                HistoryColumn::add_half_hours(&mut columns);
            }
            columns
        };
        let mut table = Self::from_rows(rows, columns, query, data.terms.rules);
        table.total = table.total.filter(|_| !data.has_shared_members);
        if let Some(total) = &mut table.total {
            scope.texts.total_row().clone_into(&mut total.name);
        }
        table
    }

    /// Sorts rows if the query asks for it, and keeps only missed ones if it asks for those.
    pub(super) fn from_rows(
        mut rows: Vec<HistoryRow>,
        columns: Vec<HistoryColumn>,
        query: &HistoryQuery,
        rules: RatioRules,
    ) -> Self {
        rows.retain(|row| !query.only_missed || row.is_missed());
        if let Some(sort) = &query.sort {
            let mut columns = columns.iter().copied();
            let column = columns.find(|column| column.key() == sort.column);
            rows.sort_by(|a, b| compare_rows(a, b, column, sort.is_descending));
        }
        let mut total = HistoryRow::sum_rows(&rows, rules);
        if let Some(figures) = total
            .figures
            .as_mut()
            .filter(|_| query.rows != RowKind::Time)
        {
            // An agent of two queues would count twice.
            figures.clear_staffing();
            let has_contacts = |row: &HistoryRow| {
                let figures = row.figures.as_ref();
                figures.is_some_and(|figures| !figures.is_zero())
            };
            let queues = rows.iter().map(|row| (row.plan, has_contacts(row)));
            total.plan = PlanFigures::merge_queues(queues);
        }
        Self {
            columns,
            total: Some(HistoryRow {
                // A list of calls has all days of the week and all hours.
                has_calls: total.has_calls && query.includes_all_times(),
                ..total
            }),
            rows,
        }
    }

    pub(super) fn missed_rows(&self) -> impl Iterator<Item = &HistoryRow> {
        self.rows.iter().filter(|row| row.is_missed())
    }

    /// Headings without units.
    pub(super) fn headings(&self, scope: &HistoryScope, data: &HistoryData) -> Vec<String> {
        let texts = scope.texts;
        let (level, before) = (data.terms.level_label(texts), scope.before_name());
        let columns = self.columns.iter();
        columns
            .map(|column| column.heading(texts, &level, before))
            .collect()
    }

    /// The unit of a column of plain numbers.
    pub(super) fn unit_of(&self, column: HistoryColumn) -> &'static str {
        let mut rows = self.total.iter().chain(&self.rows);
        let value = rows.find_map(|row| row.value(column));
        value.map_or("", HistoryNumber::unit)
    }

    /// The heading of the first column.
    pub(super) fn row_header(scope: &HistoryScope) -> &'static str {
        let texts = scope.texts;
        match (scope.query.rows, scope.row_step()) {
            (RowKind::Time, RowStep::Interval(ReportStep::Day)) => texts.day_column(),
            (RowKind::Time, RowStep::Period(Period::Week)) => texts.week_column(),
            (RowKind::Time, RowStep::Period(Period::Month)) => texts.month_column(),
            (kind, _) => kind.word(texts),
        }
    }

    pub(super) fn build_caption(scope: &HistoryScope) -> String {
        let (texts, first, period) = (
            scope.texts,
            Self::row_header(scope),
            scope.describe_period(),
        );
        match scope.query.rows {
            RowKind::Time => texts.times_caption(first, scope.row_step().word(texts), period),
            _ => texts.names_caption(first, period),
        }
    }

    pub(super) fn sort_headings(
        &self,
        scope: &HistoryScope,
        data: &HistoryData,
    ) -> Vec<SortHeading> {
        let first = build_sort_heading(scope, "", Self::row_header(scope).to_owned());
        let others = self.columns.iter().zip(self.headings(scope, data));
        let others = others.map(|(column, word)| SortHeading {
            is_before: column.is_comparison(),
            ..build_sort_heading(scope, column.key(), word)
        });
        std::iter::once(first).chain(others).collect()
    }

    pub(super) fn cells(&self, scope: &HistoryScope, row: &HistoryRow) -> Vec<TableCell> {
        let cell = |column: &HistoryColumn| {
            let value = row.value(*column);
            TableCell {
                text: number::format_or_unknown(scope.texts, value),
                href: value
                    .and_then(|value| calls_path(scope, *column, value, row))
                    .unwrap_or_default(),
                is_level: *column == HistoryColumn::ServiceLevel,
                is_before: column.is_comparison(),
            }
        };
        self.columns.iter().map(cell).collect()
    }
}

impl HistoryRow {
    /// Its labels as text for the page.
    pub(super) fn page_marks(&self, texts: &Texts) -> String {
        self.page_labels(texts).collect::<Vec<_>>().join(", ")
    }
}

/// Unknown values come last in both directions.
fn compare_rows(
    a: &HistoryRow,
    b: &HistoryRow,
    column: Option<HistoryColumn>,
    is_descending: bool,
) -> Ordering {
    let order = match column.map(|column| (a.value(column), b.value(column))) {
        None => {
            let by_time = a.from.cmp(&b.from);
            by_time.then_with(|| NaturalOrder(&a.name).cmp(&NaturalOrder(&b.name)))
        }
        Some((Some(a), Some(b))) => a.value().total_cmp(&b.value()),
        Some((a, b)) => return b.is_some().cmp(&a.is_some()),
    };
    if is_descending {
        order.reverse()
    } else {
        order
    }
}

/// The link reverses rows that are already sorted by this column.
fn build_sort_heading(scope: &HistoryScope, key: &str, word: String) -> SortHeading {
    let here = match &scope.query.sort {
        None if key.is_empty() => Some(false),
        Some(sort) if sort.column == key => Some(sort.is_descending),
        _ => None,
    };
    let href = scope.path_with(|query| {
        // The first click sorts values descending and names ascending.
        let is_descending = here.map_or(!key.is_empty(), |is_descending| !is_descending);
        let is_default = key.is_empty() && !is_descending;
        query.sort = (!is_default).then(|| SortOrder {
            column: key.to_owned(),
            is_descending,
        });
    });
    let (sorted, arrow) = match here {
        Some(true) => ("descending", "↓"),
        Some(false) => ("ascending", "↑"),
        None => ("", ""),
    };
    SortHeading {
        word,
        href,
        sorted,
        arrow,
        is_before: false,
    }
}

/// The calls behind a value, if it counts calls and there are any.
fn calls_path(
    scope: &HistoryScope,
    column: HistoryColumn,
    value: HistoryNumber,
    row: &HistoryRow,
) -> Option<String> {
    let is_nothing = value.value() == 0.0 && value.unit().is_empty();
    // A list has calls by the time they joined the queue.
    let is_at_join = scope.query.count_by == CountBy::Start || column == HistoryColumn::Offered;
    let is_listed = column.is_call_count() && is_at_join;
    if !row.has_calls || row.is_live || is_nothing || !is_listed {
        return None;
    }
    let mut query = scope.query.clone();
    let id = case_listing::parse_id(&row.id);
    query.coded = query.rows.code_dimension().zip(id.clone());
    match query.rows {
        RowKind::Queue => query.queues = id.map(|id| vec![id]).unwrap_or(query.queues),
        RowKind::Agent => query.agent = id.or(query.agent),
        _ => {}
    }
    Some(query.calls_path(row.from?, row.to?, column.call_outcome()))
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Counter, Counters, Metric, SiteConfig};
    use wallboard_history::report::RowFigures;

    use super::*;

    fn counts(offered: i64, within: i64, abandoned: i64) -> RowFigures {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, offered);
        counters.add(Counter::Answered, offered - abandoned);
        counters.add(Counter::AnsweredWithin, within);
        counters.add(Counter::Abandoned, abandoned);
        RowFigures::Contacts(counters.into())
    }

    fn row(name: &str, figures: Option<RowFigures>) -> HistoryRow {
        HistoryRow {
            name: name.to_owned(),
            figures,
            target: SiteConfig::default().target_in_force("calls/1", Metric::ServiceLevel),
            ..HistoryRow::default()
        }
    }

    fn table(sort: Option<&str>, only_missed: bool) -> HistoryTable {
        let rows = vec![
            row("09:00", Some(counts(10, 5, 2))),
            row("09:30", None),
            row("10:00", Some(counts(100, 95, 1))),
            HistoryRow {
                is_ongoing: true,
                ..row("10:30", Some(counts(4, 0, 1)))
            },
        ];
        let sort = sort.map(|column| SortOrder {
            column: column.trim_start_matches('-').to_owned(),
            is_descending: column.starts_with('-'),
        });
        let columns = vec![HistoryColumn::Offered, HistoryColumn::ServiceLevel];
        let query = HistoryQuery {
            sort,
            only_missed,
            ..HistoryQuery::default()
        };
        HistoryTable::from_rows(rows, columns, &query, RatioRules::default())
    }

    fn names(table: &HistoryTable) -> Vec<&str> {
        table.rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn totals_sum_counters_before_computing_ratios() {
        let total = table(None, false).total.unwrap();

        assert_eq!(
            total.value(HistoryColumn::Offered),
            Some(HistoryNumber::Count(114))
        );
        let Some(HistoryNumber::Percent(level)) = total.value(HistoryColumn::ServiceLevel) else {
            panic!("{total:?}")
        };
        assert!((level - 100.0 * 100.0 / 114.0).abs() < 1e-9, "{level}");
    }

    #[test]
    fn missed_rows_are_marked_and_unfinished_ones_are_not_judged() {
        let missed: Vec<_> = table(None, false)
            .missed_rows()
            .map(|row| row.name.clone())
            .collect();

        assert_eq!(missed, ["09:00"]);
        assert_eq!(names(&table(None, true)), ["09:00"]);
        assert_eq!(
            table(None, true)
                .total
                .unwrap()
                .value(HistoryColumn::Offered),
            Some(HistoryNumber::Count(10))
        );
    }

    #[test]
    fn rows_sort_by_any_column_with_unknown_values_last() {
        assert_eq!(
            names(&table(Some("offered"), false)),
            ["10:30", "09:00", "10:00", "09:30"]
        );
        assert_eq!(
            names(&table(Some("-offered"), false)),
            ["10:00", "09:00", "10:30", "09:30"]
        );
        assert_eq!(
            names(&table(Some("-what"), false)),
            ["10:30", "10:00", "09:30", "09:00"]
        );
    }
}
