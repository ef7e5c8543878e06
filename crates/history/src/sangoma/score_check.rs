//! Survey scores outside of their scale: they don't count as answers, and are reported with
//! their lines.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use wallboard_store::RowBatch;

use super::container::Container;

/// Scores that count as answers. A CSAT of 0 means no answer, and isn't a mistake.
pub(super) const CSAT_SCALE: RangeInclusive<i64> = 1..=5;
pub(super) const NPS_SCALE: RangeInclusive<i64> = 0..=10;

/// A field and its valid values.
const SCALES: [(&str, RangeInclusive<i64>); 2] = [("csat_score", 0..=5), ("nps_score", NPS_SCALE)];
/// So many per file are listed by their lines; the rest are only counted.
const LISTED_LINES_MAX: usize = 20;

/// The invalid scores of one file.
#[derive(Debug)]
pub(super) struct ScoreCheck {
    container: &'static Container,
    /// The fields of this container that have a scale, by their columns.
    scales: Vec<(usize, &'static str, RangeInclusive<i64>)>,
    count: u64,
    lines: Vec<(u32, &'static str)>,
}

impl ScoreCheck {
    pub(super) fn new(container: &'static Container) -> Self {
        let column_of = |name| {
            let mut fields = container.fields.iter();
            fields.position(|field| field.column == name)
        };
        let scales = SCALES.into_iter();
        Self {
            container,
            scales: scales
                .filter_map(|(name, scale)| Some((column_of(name)?, name, scale)))
                .collect(),
            count: 0,
            lines: Vec::new(),
        }
    }

    /// Checks the row that was added last, from this line of the file.
    pub(super) fn check_row(&mut self, line: u32, batch: &RowBatch) {
        for (column, name, scale) in &self.scales {
            let score = batch.last_integer(&self.container.table, *column);
            if score.is_some_and(|score| !scale.contains(&score)) {
                self.count += 1;
                if self.lines.len() < LISTED_LINES_MAX {
                    self.lines.push((line, name));
                }
            }
        }
    }

    /// Adds a note for the sources page if there are invalid scores.
    pub(super) fn add_note(&self, notes: &mut Map<String, Value>) {
        if 0 < self.count {
            let scores = json!({ "count": self.count, "lines": self.lines });
            notes.insert("scores".to_owned(), scores);
        }
    }
}
