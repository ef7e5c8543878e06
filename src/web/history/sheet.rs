//! A table of history, before it is a page, a CSV file or a spreadsheet: all three show
//! the same rows, columns and totals.

use jiff::Timestamp;

use crate::domain::{ByName, Formula};

use super::{
    asked::Sort,
    column::{Column, Counts, Rules, float},
    number::Number,
};

/// What becomes a row.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is told of a row by itself"
)]
pub(super) struct Entry {
    /// `10:00`, or who the row is of.
    pub(super) name: String,
    /// In files: an instant with its offset, or an id.
    pub(super) id: String,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// `None` where nothing was taken in.
    pub(super) counts: Option<Counts>,
    /// The same of the time that is compared.
    pub(super) before: Option<Counts>,
    /// Not over yet.
    pub(super) is_partial: bool,
    /// Not all of it was taken in.
    pub(super) is_part: bool,
    /// As the board counted it; no import has told of it yet.
    pub(super) is_live: bool,
    /// Percent that was to be answered in time; none where nothing is judged.
    pub(super) target: Option<f64>,
    /// Of a queue: what it calls in time, in milliseconds.
    pub(super) within: Option<i64>,
    /// Of a queue: by which formula its service level is counted.
    pub(super) formula: Option<Formula>,
    /// Where the name leads.
    pub(super) href: String,
    /// Calls are kept that its figures are of.
    pub(super) has_calls: bool,
}

impl Entry {
    /// Its figure in a column, by its own rules where it has any.
    pub(super) fn figure(&self, column: Column, rules: Rules) -> Option<Number> {
        let rules = Rules {
            formula: self.formula.unwrap_or(rules.formula),
            ..rules
        };
        match column {
            Column::AnswerWithin => self
                .within
                .map(|millis| Number::Seconds(float(millis / 1000))),
            Column::Target => self.target.map(Number::Percent),
            column => column.of(self.counts.as_ref(), self.before.as_ref(), rules),
        }
    }

    pub(super) fn service_level(&self, rules: Rules) -> Option<f64> {
        match self.figure(Column::ServiceLevel, rules)? {
            Number::Percent(percent) => Some(percent),
            _ => None,
        }
    }

    /// What goes on, or was imported in part, is not judged.
    pub(super) fn is_judged(&self) -> bool {
        !self.is_partial && !self.is_part
    }

    pub(super) fn is_missed(&self, rules: Rules) -> bool {
        let level = self.service_level(rules);
        self.is_judged()
            && level
                .zip(self.target)
                .is_some_and(|(level, target)| level < target)
    }
}

/// A table, its rows in order.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Line>,
    pub(super) total: Line,
}

/// A row: what it is of, and a figure a column.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) entry: Entry,
    pub(super) figures: Vec<Option<Number>>,
    pub(super) is_missed: bool,
}

impl Sheet {
    /// Rows in the order of `entries`, unless sorted; only those that missed their target
    /// where that is asked for. The total is of the rows shown.
    pub(super) fn new(
        entries: Vec<Entry>,
        columns: Vec<Column>,
        rules: Rules,
        sort: Option<&Sort>,
        only_missed: bool,
    ) -> Self {
        let line = |entry: Entry| Line {
            figures: columns
                .iter()
                .map(|column| entry.figure(*column, rules))
                .collect(),
            is_missed: entry.is_missed(rules),
            entry,
        };
        let lines = entries.into_iter().map(line);
        let mut rows: Vec<_> = lines
            .filter(|line| !only_missed || line.is_missed)
            .collect();
        if let Some(sort) = sort {
            let place = columns
                .iter()
                .position(|column| column.key() == sort.column);
            rows.sort_by(|a, b| order(a, b, place, sort.is_descending));
        }
        let total = line(total(&rows));
        Self {
            columns,
            rows,
            total,
        }
    }

    pub(super) fn missed(&self) -> impl Iterator<Item = &Line> {
        self.rows.iter().filter(|row| row.is_missed)
    }

    /// What stands at the head of a column, with its unit where only numbers stand below.
    pub(super) fn unit(&self, place: usize) -> &'static str {
        let mut lines = std::iter::once(&self.total).chain(&self.rows);
        let number = lines.find_map(|line| line.figures[place]);
        number.map_or("", Number::unit)
    }
}

/// What is not known stands last, whichever way it is sorted.
fn order(a: &Line, b: &Line, place: Option<usize>, is_descending: bool) -> std::cmp::Ordering {
    let turned = |order: std::cmp::Ordering| {
        if is_descending {
            order.reverse()
        } else {
            order
        }
    };
    let Some(place) = place else {
        let by_time = a.entry.from.cmp(&b.entry.from);
        return turned(by_time.then_with(|| ByName(&a.entry.name).cmp(&ByName(&b.entry.name))));
    };
    match (a.figures[place], b.figures[place]) {
        (Some(a), Some(b)) => turned(a.value().total_cmp(&b.value())),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// All that is known of them is what boards counted.
fn is_live(rows: &[Line]) -> bool {
    let known = || rows.iter().filter(|row| row.entry.counts.is_some());
    known().next().is_some() && known().all(|row| row.entry.is_live)
}

/// Sums first. Of what was not taken in there is nothing to add, and the page says so.
fn total(rows: &[Line]) -> Entry {
    let sum = |pick: fn(&Entry) -> Option<&Counts>| {
        let mut all = rows.iter().filter_map(|row| pick(&row.entry));
        let first = all.next()?.clone();
        Some(all.fold(first, |mut sum, counts| {
            sum.merge(counts);
            sum
        }))
    };
    Entry {
        name: "Total".to_owned(),
        counts: sum(|entry| entry.counts.as_ref()),
        before: sum(|entry| entry.before.as_ref()),
        from: rows.iter().filter_map(|row| row.entry.from).min(),
        to: rows.iter().filter_map(|row| row.entry.to).max(),
        is_part: rows.iter().any(|row| row.entry.is_part),
        // No call stands behind what boards counted.
        is_live: is_live(rows),
        has_calls: rows.iter().any(|row| row.entry.has_calls),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Counter, Counters};

    use super::*;

    pub(super) fn counts(offered: i64, within: i64, abandoned: i64) -> Counts {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, offered);
        counters.add(Counter::Answered, offered - abandoned);
        counters.add(Counter::AnsweredWithin, within);
        counters.add(Counter::Abandoned, abandoned);
        Counts::Queue(counters)
    }

    fn entry(name: &str, counts: Option<Counts>) -> Entry {
        Entry {
            name: name.to_owned(),
            counts,
            target: Some(80.0),
            ..Entry::default()
        }
    }

    fn sheet(sort: Option<&str>, only_missed: bool) -> Sheet {
        let entries = vec![
            entry("09:00", Some(counts(10, 5, 2))),
            entry("09:30", None),
            entry("10:00", Some(counts(100, 95, 1))),
            Entry {
                is_partial: true,
                ..entry("10:30", Some(counts(4, 0, 1)))
            },
        ];
        let sort = sort.map(|column| Sort {
            column: column.trim_start_matches('-').to_owned(),
            is_descending: column.starts_with('-'),
        });
        let columns = vec![Column::Offered, Column::ServiceLevel];
        Sheet::new(
            entries,
            columns,
            Rules::default(),
            sort.as_ref(),
            only_missed,
        )
    }

    fn names(sheet: &Sheet) -> Vec<&str> {
        sheet
            .rows
            .iter()
            .map(|row| row.entry.name.as_str())
            .collect()
    }

    #[test]
    fn a_total_adds_first_and_divides_last() {
        let total = sheet(None, false).total;

        assert_eq!(total.figures[0], Some(Number::Count(114)));
        let Some(Number::Percent(level)) = total.figures[1] else {
            panic!("{total:?}")
        };
        assert!((level - 100.0 * 100.0 / 114.0).abs() < 1e-9, "{level}");
    }

    #[test]
    fn what_missed_its_target_is_marked_and_what_goes_on_is_not_judged() {
        let missed: Vec<_> = sheet(None, false)
            .missed()
            .map(|row| row.entry.name.clone())
            .collect();

        assert_eq!(missed, ["09:00"]);
        assert_eq!(names(&sheet(None, true)), ["09:00"]);
        assert_eq!(sheet(None, true).total.figures[0], Some(Number::Count(10)));
    }

    #[test]
    fn rows_are_sorted_by_any_column_and_the_unknown_stands_last() {
        assert_eq!(
            names(&sheet(Some("offered"), false)),
            ["10:30", "09:00", "10:00", "09:30"]
        );
        assert_eq!(
            names(&sheet(Some("-offered"), false)),
            ["10:00", "09:00", "10:30", "09:30"]
        );
        assert_eq!(
            names(&sheet(Some("-what"), false)),
            ["10:30", "10:00", "09:30", "09:00"]
        );
    }
}
