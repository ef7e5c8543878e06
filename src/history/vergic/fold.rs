//! The rows of one UTC day to figures of its hours, or of the day. Pure. The same contacts
//! are never counted twice: of one dataset and time one file holds, of two datasets that
//! say the same the first of the configuration, and a day is told by its own file only
//! where no hour of it is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{Column, Counter, Counters},
    store::OTHERS,
};

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
    /// What of that its header has. Nothing where it does not say whose its rows are.
    pub(super) here: BTreeSet<Column>,
    /// Whether there were rows of which nobody knows whose they are.
    pub(super) has_lost: bool,
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

/// Figures of one queue or agent and one period, or of all [`OTHERS`].
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

    /// What nobody who is left out has: nothing, where it is told of others in files of
    /// this length, or of any.
    pub(super) fn nothing(&self, whose: Whose, length: Option<i64>) -> Values {
        let mut values = Values::default();
        for (_, _, column) in self
            .0
            .iter()
            .filter(|(own, told, _)| *own == whose && length.is_none_or(|length| *told == length))
        {
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

    fn names(self, whose: Whose) -> bool {
        match whose {
            Whose::Queue => self.by_queue,
            Whose::Agent => self.by_agent,
        }
    }
}

/// The figures of one UTC day. `told` is what the source's files tell, `mapped` what they
/// should by the configuration: of whoever has no row and does not have all of that, the
/// figures of [`OTHERS`] say what is known.
pub(super) fn day(mut sheets: Vec<Sheet>, told: &Told, mapped: &Told) -> Vec<Figures> {
    keep_latest(&mut sheets);
    let periods = [Whose::Queue, Whose::Agent].map(|whose| periods(&sheets, whose));
    let [queues, agents] = &periods;
    let mut all = Vec::new();
    for (whose, own, beside) in [
        (Whose::Queue, queues, agents),
        (Whose::Agent, agents, queues),
    ] {
        let length = own.keys().next().map(|period| period.length);
        let expected = mapped.nothing(whose, None);
        let nothing = told.nothing(whose, length);
        let mut add = |period: &Period, rest: Values, named: BTreeMap<String, Values>| {
            let rest = (rest != expected).then(|| (OTHERS.to_owned(), rest));
            let figures = |(name, values)| Figures {
                whose,
                name,
                period: *period,
                values,
            };
            all.extend(named.into_iter().chain(rest).map(figures));
        };
        for (period, sheets) in own {
            let rest = others(sheets, whose, &nothing);
            add(period, rest, merged(sheets, whose, &rest));
        }
        // Of an hour in which only the other ones have files, it is told that these have none.
        let is_as_long = |period: &Period| length.is_none_or(|length| period.length == length);
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
fn periods(sheets: &[Sheet], whose: Whose) -> BTreeMap<Period, Vec<&Sheet>> {
    let is_theirs = |sheet: &&Sheet| sheet.kind.whose().any(|own| own == whose);
    let theirs: Vec<&Sheet> = sheets.iter().filter(is_theirs).collect();
    let is_hourly = |sheet: &&Sheet| sheet.period.length == HOUR;
    // A file that says nothing decides only where none says anything.
    let speaks = theirs.iter().any(|sheet| sheet.says_anything());
    let has_hours = theirs
        .iter()
        .any(|sheet| sheet.says_anything() == speaks && is_hourly(sheet));
    let mut periods: BTreeMap<Period, Vec<&Sheet>> = BTreeMap::new();
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
fn others(sheets: &[&Sheet], whose: Whose, nothing: &Values) -> Values {
    let mut values = *nothing;
    for column in Column::ALL {
        let expecting = sheets
            .iter()
            .filter(|sheet| sheet.kind.names(whose) && sheet.columns.contains(&column));
        let expecting: Vec<_> = expecting.collect();
        let is_lacking = !expecting.iter().any(|sheet| sheet.here.contains(&column));
        let is_lost = expecting.iter().any(|sheet| sheet.has_lost);
        if !expecting.is_empty() && (is_lacking || is_lost) {
            values.set(column, None);
        }
    }
    values
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
fn merged(sheets: &[&Sheet], whose: Whose, others: &Values) -> BTreeMap<String, Values> {
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
    // no row in a file of it has of it what all others have.
    for (name, values) in &mut all {
        for column in Column::ALL {
            let is_said = sheets
                .iter()
                .any(|sheet| sheet.columns.contains(&column) && sheet.names(name, whose));
            if !is_said {
                values.set(column, values.get(column).or(others.get(column)));
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
    /// A row that was lost may be another one of those whom the file names, where it has
    /// several of each: of them nothing is known then.
    pub(super) fn doubt(&mut self) {
        let Kind { by_queue, by_agent } = self.kind;
        let unknown = |row: &Said| Said {
            queue: row.queue.clone(),
            agent: row.agent.clone(),
            values: Values::default(),
        };
        match (by_queue, by_agent) {
            (true, true) => self
                .rows
                .extend(self.rows.iter().map(unknown).collect::<Vec<_>>()),
            (false, false) => self.rows.push(Said::default()),
            _ => {}
        }
    }

    fn says_anything(&self) -> bool {
        !self.here.is_empty()
    }

    fn name<'s>(&'s self, row: &'s Said, whose: Whose) -> Option<&'s str> {
        match whose {
            Whose::Queue if self.kind.by_queue => row.queue.as_deref(),
            Whose::Queue => Some(&self.dataset),
            Whose::Agent => row.agent.as_deref(),
        }
    }

    fn names(&self, name: &str, whose: Whose) -> bool {
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
        let value = whole(column).map(|value| value * counter.scale());
        counters.set(counter, value);
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
