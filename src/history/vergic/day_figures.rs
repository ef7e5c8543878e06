//! The rows of one UTC day to figures of its hours, or of the day. Pure. The same contacts
//! are never counted twice: of one dataset and time one file holds, of two datasets that
//! say the same the first of the configuration, and a day is told by its own file only
//! where no hour of it is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{Counter, Counters, ImportColumn},
    store::OTHERS,
};

use super::{
    column_mapping::{ColumnValues, DatasetKind, RowValues},
    layout::{ExportPeriod, HOUR},
};

/// One file's rows.
#[derive(Clone, Debug)]
pub(super) struct VergicFileRows {
    pub(super) dataset: String,
    pub(super) period: ExportPeriod,
    /// The later of two files of one dataset and period holds.
    pub(super) file: i64,
    /// Where its dataset stands in the configuration.
    pub(super) rank: usize,
    pub(super) kind: DatasetKind,
    /// What its rows should count by the mapping, whether its header has it or not.
    pub(super) columns: BTreeSet<ImportColumn>,
    /// What of that its header has. Nothing where it does not say whose its rows are.
    pub(super) present: BTreeSet<ImportColumn>,
    /// Whether there were rows of which nobody knows whose they are.
    pub(super) has_rejected: bool,
    pub(super) rows: Vec<RowValues>,
}

/// Which columns a source tells of queues and of agents, in files of hours and of days.
/// Who is not in a file of theirs has none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ProvidedColumns(BTreeSet<(SubjectKind, i64, ImportColumn)>);

/// Whose figures.
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
            for whose in kind.subject_kinds() {
                self.0.insert((whose, length, column));
            }
        }
    }

    /// What nobody who is left out has: nothing, where it is told of others in files of
    /// this length, or of any.
    pub(super) fn zero_values(&self, whose: SubjectKind, length: Option<i64>) -> ColumnValues {
        let mut values = ColumnValues::default();
        for (_, _, column) in self
            .0
            .iter()
            .filter(|(own, told, _)| *own == whose && length.is_none_or(|length| *told == length))
        {
            if *column != ImportColumn::LongestWait {
                values.set(*column, Some(0.0));
            }
        }
        values
    }
}

impl DatasetKind {
    /// A file that names neither is about one queue: itself.
    pub(super) fn subject_kinds(self) -> impl Iterator<Item = SubjectKind> {
        let queue = (self.by_queue || !self.by_agent).then_some(SubjectKind::Queue);
        queue
            .into_iter()
            .chain(self.by_agent.then_some(SubjectKind::Agent))
    }

    fn names_subject(self, whose: SubjectKind) -> bool {
        match whose {
            SubjectKind::Queue => self.by_queue,
            SubjectKind::Agent => self.by_agent,
        }
    }
}

/// The figures of one UTC day. `told` is what the source's files tell, `mapped` what they
/// should by the configuration: of whoever has no row and does not have all of that, the
/// figures of [`OTHERS`] say what is known.
pub(super) fn compute_day(
    mut sheets: Vec<VergicFileRows>,
    told: &ProvidedColumns,
    mapped: &ProvidedColumns,
) -> Vec<SubjectFigures> {
    retain_latest(&mut sheets);
    let periods =
        [SubjectKind::Queue, SubjectKind::Agent].map(|whose| select_periods(&sheets, whose));
    let [queues, agents] = &periods;
    let mut all = Vec::new();
    for (whose, own, beside) in [
        (SubjectKind::Queue, queues, agents),
        (SubjectKind::Agent, agents, queues),
    ] {
        let length = own.keys().next().map(|period| period.length);
        let expected = mapped.zero_values(whose, None);
        let nothing = told.zero_values(whose, length);
        let mut add =
            |period: &ExportPeriod, rest: ColumnValues, named: BTreeMap<String, ColumnValues>| {
                let rest = (rest != expected).then(|| (OTHERS.to_owned(), rest));
                let figures = |(name, values)| SubjectFigures {
                    kind: whose,
                    name,
                    period: *period,
                    values,
                };
                all.extend(named.into_iter().chain(rest).map(figures));
            };
        for (period, sheets) in own {
            let rest = values_of_others(sheets, whose, &nothing);
            add(period, rest, merge_datasets(sheets, whose, &rest));
        }
        // Of an hour in which only the other ones have files, it is told that these have none.
        let is_as_long =
            |period: &ExportPeriod| length.is_none_or(|length| period.length == length);
        for period in beside.keys().filter(|period| is_as_long(period)) {
            if !own.contains_key(period) {
                add(period, nothing, BTreeMap::new());
            }
        }
    }
    all
}

/// The sheets that are about queues, or about agents, by the hour; only where there is none
/// of an hour, those of the day. What says whose its rows are comes before what does not.
fn select_periods(
    sheets: &[VergicFileRows],
    whose: SubjectKind,
) -> BTreeMap<ExportPeriod, Vec<&VergicFileRows>> {
    let is_theirs = |sheet: &&VergicFileRows| sheet.kind.subject_kinds().any(|own| own == whose);
    let theirs: Vec<&VergicFileRows> = sheets.iter().filter(is_theirs).collect();
    let is_hourly = |sheet: &&VergicFileRows| sheet.period.length == HOUR;
    // A file that says nothing decides only where none says anything.
    let speaks = theirs.iter().any(|sheet| sheet.has_columns());
    let has_hours = theirs
        .iter()
        .any(|sheet| sheet.has_columns() == speaks && is_hourly(sheet));
    let mut periods: BTreeMap<ExportPeriod, Vec<&VergicFileRows>> = BTreeMap::new();
    for sheet in theirs {
        if is_hourly(&sheet) == has_hours {
            periods.entry(sheet.period).or_default().push(sheet);
        }
    }
    for sheets in periods.values_mut() {
        sheets.sort_by(|a, b| (a.rank, &a.dataset).cmp(&(b.rank, &b.dataset)));
    }
    periods
}

/// What they have who have no row in any of these: nothing of what is told, but what no
/// file here has that should, or what a row may have said that was lost, is not known.
/// A file that is about one queue says nothing of others.
fn values_of_others(
    sheets: &[&VergicFileRows],
    whose: SubjectKind,
    nothing: &ColumnValues,
) -> ColumnValues {
    let mut values = *nothing;
    for column in ImportColumn::ALL {
        let expecting = sheets
            .iter()
            .filter(|sheet| sheet.kind.names_subject(whose) && sheet.columns.contains(&column));
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

/// Of a dataset that stands twice for one time (`01` and `1`, `q.csv` and `q.CSV`) the
/// file that came last.
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

/// Of several datasets each column from the first that says it of somebody.
fn merge_datasets(
    sheets: &[&VergicFileRows],
    whose: SubjectKind,
    others: &ColumnValues,
) -> BTreeMap<String, ColumnValues> {
    let mut all: BTreeMap<String, ColumnValues> = BTreeMap::new();
    for sheet in sheets {
        for (name, values) in sum_rows(sheet, whose) {
            let known = all.entry(name).or_default();
            for column in ImportColumn::ALL {
                known.set(column, known.get(column).or(values.get(column)));
            }
        }
    }
    // Whose row is there but says nothing of a column, of them it is not known; who has
    // no row in a file of it has of it what all others have.
    for (name, values) in &mut all {
        for column in ImportColumn::ALL {
            let is_said = sheets
                .iter()
                .any(|sheet| sheet.columns.contains(&column) && sheet.has_subject(name, whose));
            if !is_said {
                values.set(column, values.get(column).or(others.get(column)));
            }
        }
    }
    all
}

/// Several rows of one queue or agent in one file are parts of it.
fn sum_rows(sheet: &VergicFileRows, whose: SubjectKind) -> BTreeMap<String, ColumnValues> {
    let mut sums: BTreeMap<String, ColumnValues> = BTreeMap::new();
    for row in &sheet.rows {
        let Some(name) = sheet.subject_name(row, whose) else {
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
    /// A row that was lost may be another one of those whom the file names, where it has
    /// several of each: of them nothing is known then.
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

    fn subject_name<'s>(&'s self, row: &'s RowValues, whose: SubjectKind) -> Option<&'s str> {
        match whose {
            SubjectKind::Queue if self.kind.by_queue => row.queue.as_deref(),
            SubjectKind::Queue => Some(&self.dataset),
            SubjectKind::Agent => row.agent.as_deref(),
        }
    }

    fn has_subject(&self, name: &str, whose: SubjectKind) -> bool {
        self.rows
            .iter()
            .any(|row| self.subject_name(row, whose) == Some(name))
    }
}

/// As the counters of a queue. Unless something `counts_handled`, the answered ones are
/// taken as handled.
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
    // Of what is answered the wait is known where anything is said of it.
    let waits = [ImportColumn::WaitTime, ImportColumn::AnsweredWithin];
    if waits.iter().any(|column| values.get(*column).is_some()) {
        counters.set(Counter::Waits, whole(ImportColumn::Answered));
    }
    counters.set(Counter::Handled, handled_count(values, counts_handled));
    counters
}

/// How many were handled, by itself or as they were answered.
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
