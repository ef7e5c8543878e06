//! The rows of one UTC day to figures of its hours, or of the day. Pure. The same contacts
//! are never counted twice: of one dataset and time one file holds, of two datasets that
//! say the same the first of the configuration, and a day is told by its own file only
//! where no hour of it is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Column, Counter, Counters};

use super::{
    columns::{Kind, Said, Values},
    layout::{HOUR, Period},
};

/// One file's rows.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) dataset: String,
    pub(super) period: Period,
    /// The later of two files of one dataset and period holds.
    pub(super) file: i64,
    /// Where its dataset stands in the configuration.
    pub(super) rank: usize,
    pub(super) kind: Kind,
    /// What its rows should count by the mapping, whether its header has it or not.
    pub(super) columns: BTreeSet<Column>,
    pub(super) rows: Vec<Said>,
}

/// Which columns a source tells of queues and of agents, in files of hours and of days.
/// Who is not in a file of theirs has none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told(BTreeSet<(Whose, i64, Column)>);

/// Whose figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    Queue,
    Agent,
}

/// Figures of one queue or agent and one period.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) whose: Whose,
    pub(super) name: String,
    pub(super) period: Period,
    pub(super) values: Values,
}

impl Told {
    pub(super) fn add(&mut self, kind: Kind, length: i64, columns: impl Iterator<Item = Column>) {
        for column in columns {
            for whose in kind.whose() {
                self.0.insert((whose, length, column));
            }
        }
    }

    /// What nobody who is left out has: nothing, where it is told of others.
    pub(super) fn nothing(&self, whose: Whose, length: i64) -> Values {
        let mut values = Values::default();
        let is_theirs = |told: &&(Whose, i64, Column)| (told.0, told.1) == (whose, length);
        for (_, _, column) in self.0.iter().filter(is_theirs) {
            if *column != Column::LongestWait {
                values.set(*column, Some(0.0));
            }
        }
        values
    }
}

impl Kind {
    /// A file that names neither is about one queue: itself.
    pub(super) fn whose(self) -> impl Iterator<Item = Whose> {
        let queue = (self.by_queue || !self.by_agent).then_some(Whose::Queue);
        queue
            .into_iter()
            .chain(self.by_agent.then_some(Whose::Agent))
    }
}

/// The figures of one UTC day.
pub(super) fn day(mut sheets: Vec<Sheet>, told: &Told) -> Vec<Figures> {
    keep_latest(&mut sheets);
    let mut all = Vec::new();
    for whose in [Whose::Queue, Whose::Agent] {
        let is_theirs = |sheet: &&Sheet| sheet.kind.whose().any(|own| own == whose);
        let hourly = |sheet: &&Sheet| sheet.period.length == HOUR;
        let has_hours = sheets.iter().filter(is_theirs).any(|sheet| hourly(&sheet));
        let mut by_period: BTreeMap<Period, Vec<&Sheet>> = BTreeMap::new();
        for sheet in sheets.iter().filter(is_theirs) {
            if hourly(&sheet) == has_hours {
                by_period.entry(sheet.period).or_default().push(sheet);
            }
        }
        for (period, mut sheets) in by_period {
            sheets.sort_by(|a, b| (a.rank, &a.dataset).cmp(&(b.rank, &b.dataset)));
            let nothing = told.nothing(whose, period.length);
            for (name, values) in merged(&sheets, whose, &nothing) {
                all.push(Figures {
                    whose,
                    name,
                    period,
                    values,
                });
            }
        }
    }
    all
}

/// Of a dataset that stands twice for one time (`01` and `1`, `q.csv` and `q.CSV`) the
/// file that came last.
fn keep_latest(sheets: &mut Vec<Sheet>) {
    let mut latest: BTreeMap<(String, Period), i64> = BTreeMap::new();
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
fn merged(sheets: &[&Sheet], whose: Whose, nothing: &Values) -> BTreeMap<String, Values> {
    let mut all: BTreeMap<String, Values> = BTreeMap::new();
    for sheet in sheets {
        for (name, values) in summed(sheet, whose) {
            let known = all.entry(name).or_default();
            for column in Column::ALL {
                known.set(column, known.get(column).or(values.get(column)));
            }
        }
    }
    // Whose row is there but says nothing of a column, of them it is not known; who has
    // no row in a file of it has none.
    for (name, values) in &mut all {
        for column in Column::ALL {
            let is_said = sheets
                .iter()
                .any(|sheet| sheet.columns.contains(&column) && sheet.names(name, whose));
            if !is_said {
                values.set(column, values.get(column).or(nothing.get(column)));
            }
        }
    }
    all
}

/// Several rows of one queue or agent in one file are parts of it.
fn summed(sheet: &Sheet, whose: Whose) -> BTreeMap<String, Values> {
    let mut sums: BTreeMap<String, Values> = BTreeMap::new();
    for row in &sheet.rows {
        let Some(name) = sheet.name(row, whose) else {
            continue;
        };
        match sums.get_mut(name) {
            Some(sum) => sum.add(&row.values),
            None => {
                sums.insert(name.to_owned(), row.values);
            }
        }
    }
    sums
}

impl Sheet {
    fn name<'s>(&'s self, row: &'s Said, whose: Whose) -> Option<&'s str> {
        match whose {
            Whose::Queue if self.kind.by_queue => row.queue.as_deref(),
            Whose::Queue => Some(&self.dataset),
            Whose::Agent => row.agent.as_deref(),
        }
    }

    pub(super) fn names(&self, name: &str, whose: Whose) -> bool {
        self.rows
            .iter()
            .any(|row| self.name(row, whose) == Some(name))
    }
}

/// As the counters of a queue. Unless something `counts_handled`, the answered ones are
/// taken as handled.
pub(super) fn counters(values: &Values, counts_handled: bool) -> Counters {
    let mut counters = Counters::UNKNOWN;
    let whole = |column| values.get(column).map(rounded);
    for (counter, column) in [
        (Counter::Offered, Column::Offered),
        (Counter::Answered, Column::Answered),
        (Counter::AnsweredWithin, Column::AnsweredWithin),
        (Counter::Abandoned, Column::Abandoned),
        (Counter::ShortAbandoned, Column::ShortAbandoned),
        (Counter::FlowOuts, Column::FlowOuts),
        (Counter::WaitTime, Column::WaitTime),
        (Counter::TalkTime, Column::TalkTime),
        (Counter::WrapUpTime, Column::WrapUpTime),
        (Counter::HandleTime, Column::HandleTime),
        (Counter::Transferred, Column::Transferred),
        (Counter::LongestWait, Column::LongestWait),
        (Counter::CsatSum, Column::Csat),
        (Counter::CsatAnswers, Column::CsatAnswers),
        (Counter::Promoters, Column::Promoters),
        (Counter::Detractors, Column::Detractors),
        (Counter::NpsAnswers, Column::NpsAnswers),
    ] {
        counters.set(counter, whole(column));
    }
    // Of what is answered the wait is known where anything is said of it.
    let waits = [Column::WaitTime, Column::AnsweredWithin];
    if waits.iter().any(|column| values.get(*column).is_some()) {
        counters.set(Counter::Waits, whole(Column::Answered));
    }
    counters.set(Counter::Handled, handled(values, counts_handled));
    counters
}

/// How many were handled, by itself or as they were answered.
pub(super) fn handled(values: &Values, counts_handled: bool) -> Option<i64> {
    let column = if counts_handled {
        Column::Handled
    } else {
        Column::Answered
    };
    values.get(column).map(rounded)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "cells above 1e12 are refused"
)]
pub(super) fn rounded(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests;
