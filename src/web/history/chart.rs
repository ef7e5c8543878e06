//! The interval chart: bars for calls with an outline for the earlier period, above them the
//! service level in a band of its own, and gaps for what wasn't imported. Geometry only; the
//! theme's style draws it.

use wallboard_boards::svg::{Plot, Rect, rounded};
use wallboard_domain::Counter;
use wallboard_history::report::RowFigures;
use wallboard_texts::Texts;

use super::{column::to_f64, history_row::HistoryRow};

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;
/// Of the band of the service level.
const LEVEL_HEIGHT: f64 = 100.0;
/// More bars than this can't be told apart.
pub(super) const BARS_MAX: i64 = 400;
/// Up to this many bars, each has room for a mark.
const MARKED_BARS_MAX: usize = 60;
/// Approximate number of time labels.
const TICKS_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct HistoryChart {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<ChartBar>,
    /// Left edge and width of times that weren't imported.
    pub(super) gaps: Vec<(f64, f64)>,
    /// `None` if no interval has a service level.
    pub(super) level: Option<LevelBand>,
    /// Calls of the earlier period.
    pub(super) before: String,
    /// Labels at the top of the left scale and at its middle.
    pub(super) most: String,
    pub(super) half: String,
    pub(super) buckets: Vec<ChartBucket>,
    pub(super) has_others: bool,
    pub(super) has_ongoing: bool,
    pub(super) has_marks: bool,
}

/// The service level, from 0 to 100%.
#[derive(Debug, Default, PartialEq)]
pub(super) struct LevelBand {
    pub(super) height: f64,
    pub(super) line: String,
    /// Height of the target line, and its label.
    pub(super) target: Option<(f64, String)>,
}

impl HistoryChart {
    /// Whether intervals are judged.
    pub(super) fn has_target(&self) -> bool {
        (self.level.as_ref()).is_some_and(|level| level.target.is_some())
    }
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct ChartBar {
    /// `answered`, `abandoned` or `others`.
    pub(super) class: &'static str,
    pub(super) is_ongoing: bool,
    pub(super) rect: Rect,
}

/// An overlay on a bar that can be pointed at, reached by keyboard, and read.
#[derive(Debug, Default)]
pub(super) struct ChartBucket {
    /// The label below it, if there is room.
    pub(super) label: String,
    /// Every second label, which a narrow screen leaves out.
    pub(super) is_minor: bool,
    pub(super) read: String,
    /// The list of its calls.
    pub(super) href: String,
    pub(super) is_missed: bool,
}

/// Calls by how they ended.
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
            // Some sources only report this.
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

/// `None` if all data is unknown or bars would be thinner than a line. `read` describes a row,
/// `label` is its time below the chart, or empty.
pub(super) fn build_chart(
    texts: &Texts,
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
    let mut labels = tick_labels(rows, label).into_iter();
    let bars: Vec<_> = build_bars(rows, &parts, plot, tallest);
    Some(HistoryChart {
        width: WIDTH,
        height: HEIGHT,
        has_others: bars.iter().any(|bar| bar.class == "others"),
        has_ongoing: bars.iter().any(|bar| bar.is_ongoing),
        bars,
        gaps: plot.gaps(&parts),
        level: build_level_band(texts, rows),
        before: plot.outline(&before, tallest),
        most: texts.signed_count(to_whole(tallest)),
        half: texts.signed_count(to_whole(tallest / 2.0)),
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

fn build_level_band(texts: &Texts, rows: &[HistoryRow]) -> Option<LevelBand> {
    let plot = Plot {
        width: WIDTH,
        height: LEVEL_HEIGHT,
        steps: rows.len(),
    };
    let levels: Vec<_> = rows.iter().map(HistoryRow::service_level).collect();
    let target = rows.iter().find_map(|row| row.target.service_level_percent);
    levels.iter().any(Option::is_some).then(|| LevelBand {
        height: LEVEL_HEIGHT,
        line: plot.line(&levels, 100.0),
        target: target.map(|target| (rounded(plot.y(target, 100.0)), texts.target_percent(target))),
    })
}

/// As many evenly spaced labels as fit, and whether a narrow screen leaves each out.
fn tick_labels(rows: &[HistoryRow], label: impl Fn(&HistoryRow) -> String) -> Vec<(String, bool)> {
    let mut labels: Vec<_> = rows.iter().map(|row| (label(row), false)).collect();
    let shown = labels.iter_mut().filter(|(label, _)| !label.is_empty());
    let mut shown: Vec<_> = shown.collect();
    let every = shown.len().div_ceil(TICKS_MAX).max(1);
    for (index, (label, is_minor)) in shown.iter_mut().enumerate() {
        *is_minor = (index / every) % 2 == 1;
        if !index.is_multiple_of(every) {
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
    for (index, (row, parts)) in rows.iter().zip(parts).enumerate() {
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
                is_ongoing: row.is_ongoing,
                rect: plot.bar(index, floor..floor + count, tallest, 0.12),
            });
            floor += count;
        }
    }
    bars
}

/// The next round number whose half is round too.
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
fn to_whole(n: f64) -> i64 {
    n as i64
}

#[cfg(test)]
mod tests;
