//! A row of history: an interval, a queue or an agent with its counters, and those of the
//! time before.

use jiff::Timestamp;

use crate::history::report::RowFigures;

use super::{
    column::{HistoryColumn, RatioRules, to_f64},
    number::HistoryNumber,
};

#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of a row by itself"
)]
pub(super) struct HistoryRow {
    /// `10:00`, or the name of a queue or an agent.
    pub(super) name: String,
    /// In files: an instant with its offset, or an id.
    pub(super) id: String,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// `None` where nothing was imported.
    pub(super) figures: Option<RowFigures>,
    /// The same of the time that is compared.
    pub(super) before: Option<RowFigures>,
    pub(super) rules: RatioRules,
    /// Not over yet.
    pub(super) is_partial: bool,
    /// Imported in part.
    pub(super) is_part: bool,
    /// As the board counted it; no import has it yet.
    pub(super) is_live: bool,
    /// Percent that was to be answered in time; none where nothing is judged.
    pub(super) target: Option<f64>,
    /// Of a queue: its threshold in milliseconds.
    pub(super) within: Option<i64>,
    /// Where the name leads.
    pub(super) href: String,
    /// The calls behind its figures are kept.
    pub(super) has_calls: bool,
}

impl HistoryRow {
    /// Sums first. Unknown rows add nothing, and the page names them.
    pub(super) fn sum_rows(rows: &[Self], rules: RatioRules) -> Self {
        let sum =
            |pick: fn(&Self) -> Option<&RowFigures>| RowFigures::sum(rows.iter().filter_map(pick));
        let mut known = rows.iter().filter(|row| row.figures.is_some()).peekable();
        Self {
            name: "Total".to_owned(),
            figures: sum(|row| row.figures.as_ref()),
            before: sum(|row| row.before.as_ref()),
            rules,
            from: rows.iter().filter_map(|row| row.from).min(),
            to: rows.iter().filter_map(|row| row.to).max(),
            is_part: rows.iter().any(|row| row.is_part),
            // No call stands behind what boards counted.
            is_live: known.peek().is_some() && known.all(|row| row.is_live),
            has_calls: rows.iter().any(|row| row.has_calls),
            ..Self::default()
        }
    }

    pub(super) fn value(&self, column: HistoryColumn) -> Option<HistoryNumber> {
        match column {
            HistoryColumn::AnswerWithin => self
                .within
                .map(|millis| HistoryNumber::Seconds(to_f64(millis / 1000))),
            HistoryColumn::Target => self.target.map(HistoryNumber::Percent),
            column => {
                let figures = if column.is_comparison() {
                    &self.before
                } else {
                    &self.figures
                };
                column.value(figures.as_ref()?, self.rules)
            }
        }
    }

    pub(super) fn service_level(&self) -> Option<f64> {
        match self.value(HistoryColumn::ServiceLevel)? {
            HistoryNumber::Percent(percent) => Some(percent),
            _ => None,
        }
    }

    /// Neither an interval that goes on nor one imported in part is judged.
    pub(super) fn is_judged(&self) -> bool {
        !self.is_partial && !self.is_part
    }

    pub(super) fn is_missed(&self) -> bool {
        let level = self.service_level().zip(self.target);
        self.is_judged() && level.is_some_and(|(level, target)| level < target)
    }

    /// Words that stand beside it.
    pub(super) fn mark_classes(&self) -> Vec<&'static str> {
        let is_part = self.is_part && self.figures.is_some() && !self.is_partial;
        let marks = [
            self.figures.is_none().then_some("no data"),
            self.is_partial.then_some("so far"),
            is_part.then_some("partial"),
            self.is_live.then_some("live"),
            self.is_missed().then_some("missed"),
        ];
        marks.into_iter().flatten().collect()
    }
}
