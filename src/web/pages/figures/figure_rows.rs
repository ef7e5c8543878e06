//! The table below a custom figure's chart: hours or days of a number, or the changes of a state.

use jiff::Timestamp;

use wallboard_boards::write_custom_value;
use wallboard_domain::{CustomFigure, CustomValue, ThresholdLevel, moment};
use wallboard_texts::Texts;

use crate::web::parts::clock::UNKNOWN;

use super::{
    figure_past::{FigureDays, FigurePast},
    is_state,
};

/// The last changes of a state.
const CHANGES_MAX: usize = 100;

pub(super) struct FigureTable {
    pub(super) headings: Vec<String>,
    /// The newest first; the first cell is its heading.
    pub(super) rows: Vec<Vec<String>>,
    /// How long each state lasted: "Down: 12 min". None of a number.
    pub(super) sums: Vec<(String, String)>,
    /// Earlier changes are only in the file.
    pub(super) is_cut: bool,
}

impl FigureTable {
    /// `None`: nothing is known of the period.
    pub(super) fn new(texts: &Texts, figure: &CustomFigure, past: &FigurePast) -> Option<Self> {
        if past.spans.is_empty() {
            return None;
        }
        Some(if is_state(figure) {
            Self::of_state(texts, figure, past)
        } else {
            Self::of_number(texts, figure, past)
        })
    }

    fn of_number(texts: &Texts, figure: &CustomFigure, past: &FigurePast) -> Self {
        let write = |number| write_custom_value(texts, figure, &CustomValue::Number(number));
        // Before it was first known, there is nothing to list.
        let steps = past.table_steps(figure).into_iter();
        let steps: Vec<_> = steps.skip_while(|(_, step)| step.is_none()).collect();
        let rows = steps.into_iter().rev();
        let rows = rows.map(|(from, step)| {
            let first = match past.days {
                FigureDays::Today => texts.time(from, &past.zone),
                _ => texts.short_day(from.to_zoned(past.zone.clone()).date()),
            };
            let Some(step) = step else {
                let unknown = || UNKNOWN.to_owned();
                let missing = texts.nothing_known().to_owned();
                return vec![first, unknown(), unknown(), unknown(), unknown(), missing];
            };
            let begun_ms = moment::millis_between(step.from, step.to.min(past.now));
            let missing_ms = begun_ms - step.known_ms;
            let is_whole = missing_ms < 90_000;
            vec![
                first,
                write(step.lowest),
                write(step.mean),
                write(step.highest),
                write(step.last),
                if is_whole {
                    String::new()
                } else {
                    texts.age(missing_ms)
                },
            ]
        });
        let time = match past.days {
            FigureDays::Today => texts.from_column(),
            _ => texts.day_column(),
        };
        let headings = [
            time,
            texts.lowest_column(),
            texts.mean_column(),
            texts.highest_column(),
            texts.last_value_column(),
            texts.no_data(),
        ];
        Self {
            headings: headings.map(str::to_owned).to_vec(),
            rows: rows.collect(),
            sums: Vec::new(),
            is_cut: false,
        }
    }

    fn of_state(texts: &Texts, figure: &CustomFigure, past: &FigurePast) -> Self {
        let time = |at: Timestamp| texts.time_or_day(at, past.now, &past.zone);
        let write = |value: &CustomValue| {
            let label = write_custom_value(texts, figure, value);
            match figure.level_of(value) {
                None => label,
                Some(ThresholdLevel::Warning) => format!("▲ {label}"),
                Some(ThresholdLevel::Critical) => format!("◆ {label}"),
            }
        };
        let rows = past.spans.iter().rev().take(CHANGES_MAX).map(|span| {
            let lasted = moment::millis_between(span.from, span.to);
            vec![time(span.from), write(&span.value), texts.age(lasted)]
        });
        let headings = [
            texts.from_column(),
            texts.state_column(),
            texts.duration_column(),
        ];
        Self {
            headings: headings.map(str::to_owned).to_vec(),
            rows: rows.collect(),
            sums: sum_states(past, write, texts),
            is_cut: CHANGES_MAX < past.spans.len(),
        }
    }
}

/// How long each state lasted, the longest first.
fn sum_states(
    past: &FigurePast,
    write: impl Fn(&CustomValue) -> String,
    texts: &Texts,
) -> Vec<(String, String)> {
    let mut sums: Vec<(&CustomValue, i64)> = Vec::new();
    for span in &past.spans {
        let lasted = moment::millis_between(span.from, span.to);
        match sums.iter_mut().find(|(value, _)| **value == span.value) {
            Some((_, sum)) => *sum += lasted,
            None => sums.push((&span.value, lasted)),
        }
    }
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let sums = sums.into_iter();
    sums.map(|(value, sum)| (write(value), texts.age(sum)))
        .collect()
}
