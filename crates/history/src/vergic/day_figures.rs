//! Turns the rows of one UTC day into figures of its hours, or of the day. Pure. Contacts are never
//! counted twice: of one dataset and time, one file counts; of two datasets with the same columns,
//! the first configured one; and a day's own file counts only if no hour of it has a file.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator;

use wallboard_domain::{Counter, Counters, ImportColumn};
use wallboard_store::OTHERS;

use super::{
    column_mapping::{ColumnValues, DatasetKind, RowValues},
    layout::{ExportPeriod, HOUR},
};

/// The rows of one file.
#[derive(Clone, Debug)]
pub(super) struct VergicFileRows {
    pub(super) dataset: String,
    pub(super) period: ExportPeriod,
    /// The file's id. Of two files of one dataset and period, the later one counts.
    pub(super) file: i64,
    /// The position of its dataset in the configuration.
    pub(super) rank: usize,
    pub(super) kind: DatasetKind,
    /// Columns that the mapping counts in its rows, whether its header has them or not.
    pub(super) columns: BTreeSet<ImportColumn>,
    /// Those of them that its header has. Empty if a name column is missing.
    pub(super) present: BTreeSet<ImportColumn>,
    /// Whether it has rows of unknown subjects.
    pub(super) has_rejected: bool,
    pub(super) rows: Vec<RowValues>,
}

/// The columns that a source provides for queues and agents, in hourly and daily files. A subject
/// without a row has zero in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ProvidedColumns(BTreeSet<(SubjectKind, i64, ImportColumn)>);

/// The kind of subject that figures are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SubjectKind {
    Queue,
    Agent,
}

/// Figures of one queue or agent and one period, or of all [`OTHERS`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SubjectFigures {
    pub(super) kind: SubjectKind,
    pub(super) name: String,
    pub(super) period: ExportPeriod,
    pub(super) values: ColumnValues,
}

impl ProvidedColumns {
    pub(super) fn add_columns(
        &mut self,
        kind: DatasetKind,
        length: i64,
        columns: impl Iterator<Item = ImportColumn>,
    ) {
        for column in columns {
            for subject in kind.subject_kinds() {
                self.0.insert((subject, length, column));
            }
        }
    }

    /// Returns the values of a subject without a row: zero in columns that files of this length, or
    /// of any length, provide for others.
    pub(super) fn zero_values(&self, subject: SubjectKind, length: Option<i64>) -> ColumnValues {
        let mut values = ColumnValues::default();
        for (_, _, column) in self.0.iter().filter(|(kind, file_length, _)| {
            *kind == subject && length.is_none_or(|length| *file_length == length)
        }) {
            if *column != ImportColumn::LongestWait {
                values.set(*column, Some(0.0));
            }
        }
        values
    }
}

impl DatasetKind {
    /// Returns the kinds of subjects in a file. A file that names neither is one queue itself.
    pub(super) fn subject_kinds(self) -> impl Iterator<Item = SubjectKind> {
        let queue = (self.by_queue || !self.by_agent).then_some(SubjectKind::Queue);
        queue
            .into_iter()
            .chain(self.by_agent.then_some(SubjectKind::Agent))
    }

    fn names_subject(self, subject: SubjectKind) -> bool {
        match subject {
            SubjectKind::Queue => self.by_queue,
            SubjectKind::Agent => self.by_agent,
        }
    }
}

/// Computes the figures of one UTC day. `provided` are the columns that the source's files have,
/// `mapped` those that they should have. If subjects without a row lack some of these, the figures
/// of [`OTHERS`] hold what is known of them.
pub(super) fn compute_day(
    mut sheets: Vec<VergicFileRows>,
    provided: &ProvidedColumns,
    mapped: &ProvidedColumns,
) -> Vec<SubjectFigures> {
    retain_latest(&mut sheets);
    let periods =
        [SubjectKind::Queue, SubjectKind::Agent].map(|subject| select_periods(&sheets, subject));
    let [queues, agents] = &periods;
    let mut all = Vec::new();
    for (subject, own_periods, other_periods) in [
        (SubjectKind::Queue, queues, agents),
        (SubjectKind::Agent, agents, queues),
    ] {
        let length = own_periods.keys().next().map(|period| period.length);
        let expected = mapped.zero_values(subject, None);
        let zeros = provided.zero_values(subject, length);
        let mut add =
            |period: &ExportPeriod, rest: ColumnValues, named: BTreeMap<String, ColumnValues>| {
                let rest = (rest != expected).then(|| (OTHERS.to_owned(), rest));
                let figures = |(name, values)| SubjectFigures {
                    kind: subject,
                    name,
                    period: *period,
                    values,
                };
                all.extend(named.into_iter().chain(rest).map(figures));
            };
        for (period, sheets) in own_periods {
            let rest = values_of_others(sheets, subject, &zeros);
            add(period, rest, merge_datasets(sheets, subject, &rest));
        }
        // An hour with files of only the other kind shows that these subjects have none in it.
        let is_as_long =
            |period: &ExportPeriod| length.is_none_or(|length| period.length == length);
        for period in other_periods.keys().filter(|period| is_as_long(period)) {
            if !own_periods.contains_key(period) {
                add(period, zeros, BTreeMap::new());
            }
        }
    }
    all
}

/// Selects the sheets about queues, or about agents, by hour; by day only if there are no hours.
/// Sheets that name their subjects take precedence.
fn select_periods(
    sheets: &[VergicFileRows],
    subject: SubjectKind,
) -> BTreeMap<ExportPeriod, Vec<&VergicFileRows>> {
    let is_about_subject =
        |sheet: &&VergicFileRows| sheet.kind.subject_kinds().any(|kind| kind == subject);
    let matching: Vec<&VergicFileRows> = sheets.iter().filter(is_about_subject).collect();
    let is_hourly = |sheet: &&VergicFileRows| sheet.period.length == HOUR;
    // A file without counted columns decides only if no file has any.
    let any_has_columns = matching.iter().any(|sheet| sheet.has_columns());
    let has_hours = matching
        .iter()
        .any(|sheet| sheet.has_columns() == any_has_columns && is_hourly(sheet));
    let mut periods: BTreeMap<ExportPeriod, Vec<&VergicFileRows>> = BTreeMap::new();
    for sheet in matching {
        if is_hourly(&sheet) == has_hours {
            periods.entry(sheet.period).or_default().push(sheet);
        }
    }
    for sheets in periods.values_mut() {
        sheets.sort_by(|a, b| (a.rank, &a.dataset).cmp(&(b.rank, &b.dataset)));
    }
    periods
}

/// Returns the values of subjects without a row in these sheets: zero in provided columns. A column
/// is unknown if it's missing in every sheet that should have it, or if a rejected row may have
/// held it. A file about one queue says nothing about others.
fn values_of_others(
    sheets: &[&VergicFileRows],
    subject: SubjectKind,
    zeros: &ColumnValues,
) -> ColumnValues {
    let mut values = *zeros;
    for column in ImportColumn::iter() {
        let expecting = sheets
            .iter()
            .filter(|sheet| sheet.kind.names_subject(subject) && sheet.columns.contains(&column));
        let expecting: Vec<_> = expecting.collect();
        let is_lacking = !expecting
            .iter()
            .any(|sheet| sheet.present.contains(&column));
        let is_lost = expecting.iter().any(|sheet| sheet.has_rejected);
        if !expecting.is_empty() && (is_lacking || is_lost) {
            values.set(column, None);
        }
    }
    values
}

/// Retains the latest file of a dataset that occurs twice for one period (`01` and `1`, `q.csv` and
/// `q.CSV`).
fn retain_latest(sheets: &mut Vec<VergicFileRows>) {
    let mut latest: BTreeMap<(String, ExportPeriod), i64> = BTreeMap::new();
    for sheet in &*sheets {
        let key = (sheet.dataset.to_lowercase(), sheet.period);
        let file = latest.entry(key).or_default();
        *file = sheet.file.max(*file);
    }
    sheets.retain(|sheet| {
        let key = (sheet.dataset.to_lowercase(), sheet.period);
        latest.get(&key) == Some(&sheet.file)
    });
}

/// Merges datasets: a subject's column comes from the first dataset that reports it.
fn merge_datasets(
    sheets: &[&VergicFileRows],
    subject: SubjectKind,
    others: &ColumnValues,
) -> BTreeMap<String, ColumnValues> {
    let mut all: BTreeMap<String, ColumnValues> = BTreeMap::new();
    for sheet in sheets {
        for (name, values) in sum_rows(sheet, subject) {
            let known = all.entry(name).or_default();
            for column in ImportColumn::iter() {
                known.set(column, known.get(column).or(values.get(column)));
            }
        }
    }
    // A subject whose row lacks a column is unknown there. Without a row in any file of that
    // column, it has what all others have.
    for (name, values) in &mut all {
        for column in ImportColumn::iter() {
            let is_reported = sheets
                .iter()
                .any(|sheet| sheet.columns.contains(&column) && sheet.has_subject(name, subject));
            if !is_reported {
                values.set(column, values.get(column).or(others.get(column)));
            }
        }
    }
    all
}

/// Sums the rows of each subject: several rows of one queue or agent are parts of it.
fn sum_rows(sheet: &VergicFileRows, subject: SubjectKind) -> BTreeMap<String, ColumnValues> {
    let mut sums: BTreeMap<String, ColumnValues> = BTreeMap::new();
    for row in &sheet.rows {
        let Some(name) = sheet.subject_name(row, subject) else {
            continue;
        };
        match sums.get_mut(name) {
            Some(sum) => sum.add_row(&row.values),
            None => {
                sums.insert(name.to_owned(), row.values);
            }
        }
    }
    sums
}

impl VergicFileRows {
    /// A lost row may be another row of the subjects that the file names, if they can have several
    /// each. Their values are then unknown.
    pub(super) fn add_unknown_rows(&mut self) {
        let DatasetKind { by_queue, by_agent } = self.kind;
        let unknown = |row: &RowValues| RowValues {
            queue: row.queue.clone(),
            agent: row.agent.clone(),
            values: ColumnValues::default(),
        };
        match (by_queue, by_agent) {
            (true, true) => self
                .rows
                .extend(self.rows.iter().map(unknown).collect::<Vec<_>>()),
            (false, false) => self.rows.push(RowValues::default()),
            _ => {}
        }
    }

    fn has_columns(&self) -> bool {
        !self.present.is_empty()
    }

    fn subject_name<'s>(&'s self, row: &'s RowValues, subject: SubjectKind) -> Option<&'s str> {
        match subject {
            SubjectKind::Queue if self.kind.by_queue => row.queue.as_deref(),
            SubjectKind::Queue => Some(&self.dataset),
            SubjectKind::Agent => row.agent.as_deref(),
        }
    }

    fn has_subject(&self, name: &str, subject: SubjectKind) -> bool {
        self.rows
            .iter()
            .any(|row| self.subject_name(row, subject) == Some(name))
    }
}

/// Converts values to the counters of a queue. Unless `counts_handled`, answered contacts count as
/// handled.
pub(super) fn queue_counters(values: &ColumnValues, counts_handled: bool) -> Counters {
    let mut counters = Counters::UNKNOWN;
    let whole = |column| values.get(column).map(round_count);
    for (counter, column) in [
        (Counter::Offered, ImportColumn::Offered),
        (Counter::Answered, ImportColumn::Answered),
        (Counter::AnsweredWithin, ImportColumn::AnsweredWithin),
        (Counter::Abandoned, ImportColumn::Abandoned),
        (Counter::ShortAbandoned, ImportColumn::ShortAbandoned),
        (Counter::FlowOuts, ImportColumn::FlowOuts),
        (Counter::WaitTime, ImportColumn::WaitTime),
        (Counter::TalkTime, ImportColumn::TalkTime),
        (Counter::WrapUpTime, ImportColumn::WrapUpTime),
        (Counter::HandleTime, ImportColumn::HandleTime),
        (Counter::Transferred, ImportColumn::Transferred),
        (Counter::LongestWait, ImportColumn::LongestWait),
        (Counter::CsatSum, ImportColumn::Csat),
        (Counter::CsatAnswers, ImportColumn::CsatAnswers),
        (Counter::Promoters, ImportColumn::Promoters),
        (Counter::Detractors, ImportColumn::Detractors),
        (Counter::NpsAnswers, ImportColumn::NpsAnswers),
    ] {
        let value = whole(column).map(|value| value * counter.scale());
        counters.set(counter, value);
    }
    // Waits of answered contacts are known if any column reports them.
    let waits = [ImportColumn::WaitTime, ImportColumn::AnsweredWithin];
    if waits.iter().any(|column| values.get(*column).is_some()) {
        counters.set(Counter::Waits, whole(ImportColumn::Answered));
    }
    counters.set(Counter::Handled, handled_count(values, counts_handled));
    counters
}

/// Returns the handled count; unless `counts_handled`, the answered count.
pub(super) fn handled_count(values: &ColumnValues, counts_handled: bool) -> Option<i64> {
    let column = if counts_handled {
        ImportColumn::Handled
    } else {
        ImportColumn::Answered
    };
    values.get(column).map(round_count)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "cells above 1e12 are refused"
)]
pub(super) fn round_count(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests;
