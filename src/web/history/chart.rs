//! The intervals as a drawing: bars for calls, a line for the service level on a scale of
//! its own, the time before as a hollow step, and gaps where nothing was taken in. Plain
//! geometry; the theme's style draws it.

use crate::{
    boards::svg::{Plot, Rect, rounded},
    domain::Counter,
    history::report::RowFigures,
};

use super::{column::to_f64, history_row::HistoryRow, number::group_thousands};

/// Of the drawing, in its own units; it is stretched to its place.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;
/// More bars than this cannot be told apart.
pub(super) const BARS_MAX: i64 = 400;
/// Up to here each bar has room for a mark below it.
const MARKED_BARS_MAX: usize = 60;
/// Labels of time below it, about.
const TICKS_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct HistoryChart {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<ChartBar>,
    /// Left edge and width of what was not taken in.
    pub(super) gaps: Vec<(f64, f64)>,
    /// The service level.
    pub(super) line: String,
    /// The calls of the time before.
    pub(super) before: String,
    /// Height of the target, and the target.
    pub(super) target: Option<(f64, String)>,
    /// At the top of the left scale, and at its middle.
    pub(super) most: String,
    pub(super) half: String,
    pub(super) buckets: Vec<ChartBucket>,
    pub(super) has_others: bool,
    pub(super) has_partial: bool,
    pub(super) has_marks: bool,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct ChartBar {
    /// `answered`, `abandoned` or `others`; and `partial`.
    pub(super) class: &'static str,
    pub(super) is_partial: bool,
    pub(super) rect: Rect,
}

/// What lies over a bar: it can be pointed at, reached by keyboard, and read.
#[derive(Debug, Default)]
pub(super) struct ChartBucket {
    /// Below it, where there is room.
    pub(super) label: String,
    /// Every second label, for which a narrow screen has no room.
    pub(super) is_minor: bool,
    pub(super) read: String,
    /// The calls behind it.
    pub(super) href: String,
    pub(super) is_missed: bool,
}

/// How many calls ended in which way.
#[derive(Clone, Copy, Debug, Default)]
struct BarParts {
    answered: f64,
    abandoned: f64,
    others: f64,
}

impl BarParts {
    fn from_figures(figures: Option<&RowFigures>) -> Option<Self> {
        let RowFigures::Contacts(counters) = figures? else {
            return None;
        };
        let known = |counter| to_f64(counters.get(counter).unwrap_or(0));
        let offered = counters.get(Counter::Offered).map(to_f64);
        let answered = counters.get(Counter::Answered).map(to_f64);
        let ended =
            known(Counter::ShortAbandoned) + known(Counter::FlowOuts) + known(Counter::Waiting);
        match (offered, answered) {
            (None, None) => None,
            // Of some sources only this is known.
            (Some(offered), None) => Some(Self {
                others: offered,
                ..Self::default()
            }),
            (_, Some(answered)) => Some(Self {
                answered,
                abandoned: known(Counter::Abandoned),
                others: ended,
            }),
        }
    }

    fn total(self) -> f64 {
        self.answered + self.abandoned + self.others
    }
}

/// `None` where nothing is known of the whole time, or bars would be thinner than a line.
/// `read` says a row in words, `label` its time below the drawing, empty where it has none.
pub(super) fn build_chart(
    rows: &[HistoryRow],
    read: impl Fn(&HistoryRow) -> String,
    label: impl Fn(&HistoryRow) -> String,
) -> Option<HistoryChart> {
    let parts: Vec<_> = rows
        .iter()
        .map(|row| BarParts::from_figures(row.figures.as_ref()))
        .collect();
    let before: Vec<_> = rows
        .iter()
        .map(|row| BarParts::from_figures(row.before.as_ref()).map(BarParts::total))
        .collect();
    let is_dense = i64::try_from(rows.len()).is_ok_and(|rows| BARS_MAX < rows);
    if is_dense || parts.iter().all(Option::is_none) {
        return None;
    }
    let all = parts.iter().flatten().map(|parts| parts.total());
    let most = all.chain(before.iter().flatten().copied());
    let tallest = axis_ceiling(most.fold(0.0, f64::max));
    let plot = Plot {
        width: WIDTH,
        height: HEIGHT,
        steps: rows.len(),
    };
    let levels: Vec<_> = rows.iter().map(HistoryRow::service_level).collect();
    let target = rows.iter().find_map(|row| row.target);
    let mut labels = tick_labels(rows, label).into_iter();
    let bars: Vec<_> = build_bars(rows, &parts, plot, tallest);
    Some(HistoryChart {
        width: WIDTH,
        height: HEIGHT,
        has_others: bars.iter().any(|bar| bar.class == "others"),
        has_partial: bars.iter().any(|bar| bar.is_partial),
        bars,
        gaps: plot.gaps(&parts),
        line: plot.line(&levels, 100.0),
        before: plot.outline(&before, tallest),
        target: target.map(|target| (rounded(plot.y(target, 100.0)), format!("{target:.0}%"))),
        most: group_thousands(round_number(tallest)),
        half: group_thousands(round_number(tallest / 2.0)),
        buckets: rows
            .iter()
            .map(|row| {
                let (label, is_minor) = labels.next().unwrap_or_default();
                ChartBucket {
                    label,
                    is_minor,
                    read: read(row),
                    href: row.href.clone(),
                    is_missed: row.is_missed(),
                }
            })
            .collect(),
        has_marks: rows.len() <= MARKED_BARS_MAX,
    })
}

/// As many as there is room for, evenly; and whether a narrow screen leaves it out.
fn tick_labels(rows: &[HistoryRow], label: impl Fn(&HistoryRow) -> String) -> Vec<(String, bool)> {
    let mut labels: Vec<_> = rows.iter().map(|row| (label(row), false)).collect();
    let said = labels.iter_mut().filter(|(label, _)| !label.is_empty());
    let mut said: Vec<_> = said.collect();
    let every = said.len().div_ceil(TICKS_MAX).max(1);
    for (place, (label, is_minor)) in said.iter_mut().enumerate() {
        *is_minor = (place / every) % 2 == 1;
        if !place.is_multiple_of(every) {
            label.clear();
        }
    }
    labels
}

fn build_bars(
    rows: &[HistoryRow],
    parts: &[Option<BarParts>],
    plot: Plot,
    tallest: f64,
) -> Vec<ChartBar> {
    let mut bars = Vec::new();
    for (place, (row, parts)) in rows.iter().zip(parts).enumerate() {
        let Some(parts) = parts else { continue };
        let stack = [
            ("answered", parts.answered),
            ("abandoned", parts.abandoned),
            ("others", parts.others),
        ];
        let mut floor = 0.0;
        for (class, count) in stack.into_iter().filter(|(_, count)| 0.0 < *count) {
            bars.push(ChartBar {
                class,
                is_partial: row.is_partial,
                rect: plot.bar(place, (floor, floor + count), tallest, 0.12),
            });
            floor += count;
        }
    }
    bars
}

/// A round number above, whose half is one too.
fn axis_ceiling(most: f64) -> f64 {
    for power in 0..300 {
        let unit = 10.0_f64.powi(power);
        for step in [4.0, 6.0, 8.0, 10.0, 20.0] {
            if most <= step * unit {
                return step * unit;
            }
        }
    }
    most
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a scale ends at a whole number"
)]
fn round_number(n: f64) -> i64 {
    n as i64
}

#[cfg(test)]
mod tests;
