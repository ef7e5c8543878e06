//! A queue's day so far as a rising curve, beside the usual range of the same weekday. Geometry
//! only; the theme's style draws it.

use std::fmt::Write;

use jiff::Timestamp;

use wallboard_boards::svg::rounded;
use wallboard_domain::{BoardSnapshot, Metric, NormalRange, moment};
use wallboard_texts::Texts;

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 200.0;
/// In milliseconds: snapshots further apart leave a gap. They are taken every quarter of an hour.
const GAP_MILLIS: i64 = 20 * 60_000;
const HOUR_MILLIS: i64 = 3_600_000;
/// The most time labels.
const LABELS_MAX: i64 = 8;

pub(in crate::web) struct DayCurve {
    pub(in crate::web) width: f64,
    pub(in crate::web) height: f64,
    /// The usual range.
    pub(in crate::web) band: String,
    pub(in crate::web) line: String,
    /// Where the line ends.
    pub(in crate::web) end: Option<(f64, f64)>,
    pub(in crate::web) most: String,
    pub(in crate::web) times: Vec<String>,
    /// The whole chart as a sentence.
    pub(in crate::web) sentence: String,
}

impl DayCurve {
    /// Whether there is more to see than one value.
    pub(in crate::web) fn is_drawn(&self) -> bool {
        !self.band.is_empty() || self.line.contains('L')
    }
}

/// A total of the day at some moments.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct DayTotals(Vec<(Timestamp, f64)>);

impl DayTotals {
    /// The sum of these queues' totals since `from`, where all of them are known.
    pub(in crate::web) fn new(
        queues: &[impl AsRef<[BoardSnapshot]>],
        metric: Metric,
        from: Timestamp,
    ) -> Self {
        let Some((first, others)) = queues.split_first() else {
            return Self::default();
        };
        let known = |snapshot: &BoardSnapshot| {
            (snapshot.figures.get(metric)).filter(|_| snapshot.is_up_to_date)
        };
        let total_at = |at: Timestamp| {
            let values = std::iter::once(first).chain(others).map(|snapshots| {
                let mut valid = snapshots.as_ref().iter();
                known(valid.find(|one| one.at <= at && at <= one.until)?)
            });
            Some((at, values.sum::<Option<f64>>()?))
        };
        let mut times: Vec<_> = (queues.iter().flat_map(AsRef::as_ref))
            .flat_map(|snapshot| [snapshot.at, snapshot.until])
            .collect();
        times.retain(|at| from <= *at);
        times.sort_unstable();
        times.dedup();
        Self(times.into_iter().filter_map(total_at).collect())
    }

    /// Adds the present value.
    pub(in crate::web) fn push(&mut self, at: Timestamp, value: f64) {
        self.0.retain(|(before, _)| *before < at);
        self.0.push((at, value));
    }
}

/// `None` if there is neither a value nor a usual range. `label` is the metric's.
pub(super) fn build_curve(
    texts: &Texts,
    label: &str,
    totals: &DayTotals,
    usual: &[NormalRange],
    time: impl Fn(Timestamp) -> String,
) -> Option<DayCurve> {
    let (from, to) = hours_shown(totals, usual)?;
    let values = totals.0.iter().map(|(_, value)| *value);
    let highs = usual.iter().map(|range| range.band.high);
    let most = values.chain(highs).fold(4.0, f64::max).ceil();
    #[expect(clippy::cast_precision_loss, reason = "a day in milliseconds")]
    let x = |at: Timestamp| {
        let share = (at.as_millisecond() - from) as f64 / (to - from) as f64;
        rounded(WIDTH * share)
    };
    let y = |value: f64| rounded(HEIGHT - HEIGHT * value / most);
    let times = (from..to).step_by(usize::try_from(label_step(from, to)).ok()?);
    let times = times.filter_map(|millis| Timestamp::from_millisecond(millis).ok());
    Some(DayCurve {
        width: WIDTH,
        height: HEIGHT,
        band: draw_band(&within_hours(usual, from, to), x, y),
        line: draw_line(totals, x, y),
        end: totals.0.last().map(|(at, value)| (x(*at), y(*value))),
        most: format_total(texts, most),
        times: times.map(&time).collect(),
        sentence: describe(texts, label, totals, usual, time),
    })
}

/// Whole hours, in milliseconds since 1970: those in which anything happens or usually does.
fn hours_shown(totals: &DayTotals, usual: &[NormalRange]) -> Option<(i64, i64)> {
    let busy = usual
        .windows(2)
        .filter(|pair| pair[0].band.high < pair[1].band.high);
    let busy = busy.flat_map(|pair| [pair[0].ends_at, pair[1].ends_at]);
    let rising = totals.0.windows(2).filter(|pair| pair[0].1 < pair[1].1);
    let rising = rising.flat_map(|pair| [pair[0].0, pair[1].0]);
    let last = totals.0.last().map(|(at, _)| *at);
    let shown: Vec<_> = busy.chain(rising).chain(last).collect();
    let from = shown.iter().min()?.as_millisecond();
    let to = shown.iter().max()?.as_millisecond();
    let from = from.div_euclid(HOUR_MILLIS) * HOUR_MILLIS;
    let to = (to - 1).div_euclid(HOUR_MILLIS) * HOUR_MILLIS + HOUR_MILLIS;
    Some((from, to.max(from + HOUR_MILLIS)))
}

/// The ranges that end within the hours shown.
fn within_hours(usual: &[NormalRange], from: i64, to: i64) -> Vec<NormalRange> {
    let ends_within = |range: &&NormalRange| {
        let end = range.ends_at.as_millisecond();
        from <= end && end <= to
    };
    usual.iter().filter(ends_within).copied().collect()
}

/// In milliseconds, a whole number of hours.
fn label_step(from: i64, to: i64) -> i64 {
    let hours = (to - from) / HOUR_MILLIS;
    let step = (hours + LABELS_MAX - 1) / LABELS_MAX;
    step.max(1) * HOUR_MILLIS
}

fn draw_band(
    usual: &[NormalRange],
    x: impl Fn(Timestamp) -> f64,
    y: impl Fn(f64) -> f64,
) -> String {
    let mut path = String::new();
    let upper = usual.iter().map(|range| (range.ends_at, range.band.high));
    let lower = usual.iter().rev();
    let lower = lower.map(|range| (range.ends_at, range.band.low));
    for (at, value) in upper.chain(lower) {
        let pen = if path.is_empty() { "M" } else { "L" };
        // Writing to a string never fails.
        write!(path, "{pen}{} {}", x(at), y(value)).ok();
    }
    path
}

fn draw_line(totals: &DayTotals, x: impl Fn(Timestamp) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut before: Option<Timestamp> = None;
    for (at, value) in &totals.0 {
        let is_near = before.is_some_and(|before| moment::millis_between(before, *at) < GAP_MILLIS);
        let pen = if is_near { "L" } else { "M" };
        // Writing to a string never fails.
        write!(path, "{pen}{} {}", x(*at), y(*value)).ok();
        before = Some(*at);
    }
    path
}

/// "Offered today: 115 by 14:07; usually 121–153 by 14:30."
fn describe(
    texts: &Texts,
    label: &str,
    totals: &DayTotals,
    usual: &[NormalRange],
    time: impl Fn(Timestamp) -> String,
) -> String {
    let Some((at, value)) = totals.0.last() else {
        return texts.curve_none(label);
    };
    let total = |value| format_total(texts, value);
    match usual.iter().find(|range| *at <= range.ends_at) {
        Some(range) => texts.curve_compared(
            label,
            total(*value),
            time(*at),
            total(range.band.low),
            total(range.band.high),
            time(range.ends_at),
        ),
        None => texts.curve_value(label, total(*value), time(*at)),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "totals are counts, and a cast of a float saturates"
)]
fn format_total(texts: &Texts, value: f64) -> String {
    texts.count(value.round() as u64)
}

#[cfg(test)]
mod tests {
    use wallboard_domain::PercentileBand;

    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    fn usual(time: &str, low: f64, high: f64) -> NormalRange {
        let band = PercentileBand {
            median: low,
            low,
            high,
            weeks: 8,
        };
        NormalRange {
            band,
            ends_at: at(time),
        }
    }

    fn totals(values: &[(&str, f64)]) -> DayTotals {
        DayTotals(
            values
                .iter()
                .map(|(time, value)| (at(time), *value))
                .collect(),
        )
    }

    fn curve(totals: &DayTotals, usual: &[NormalRange]) -> Option<DayCurve> {
        build_curve(Texts::english(), "Offered", totals, usual, |at| {
            at.strftime("%H:%M").to_string()
        })
    }

    #[test]
    fn curve_spans_the_busy_hours_and_breaks_where_nothing_is_known() {
        let totals = totals(&[
            ("08:00", 0.0),
            ("08:15", 10.0),
            ("09:00", 20.0),
            ("09:10", 30.0),
        ]);
        let band = [usual("08:00", 0.0, 0.0), usual("10:00", 20.0, 40.0)];
        let curve = curve(&totals, &band).unwrap();

        assert_eq!(curve.line, "M0 200L120 150M480 100L560 50");
        assert_eq!(curve.band, "M0 200L960 0L960 100L0 200");
        assert_eq!(curve.times, ["08:00", "09:00"]);
        assert_eq!(
            curve.sentence,
            "Offered today: 30 by 09:10; usually 20–40 by 10:00."
        );
    }

    #[test]
    fn band_stays_within_the_hours_shown() {
        let band = [
            usual("06:00", 0.0, 0.0),
            usual("08:00", 0.0, 0.0),
            usual("10:00", 20.0, 40.0),
            usual("18:00", 20.0, 40.0),
        ];
        let curve = curve(&totals(&[("08:00", 0.0), ("09:00", 20.0)]), &band).unwrap();

        assert_eq!(curve.band, "M0 200L960 0L960 100L0 200");
        assert_eq!(curve.times, ["08:00", "09:00"]);
    }

    #[test]
    fn one_value_alone_is_said_and_not_drawn() {
        let one = curve(&totals(&[("09:10", 55.0)]), &[]).unwrap();
        let two = curve(&totals(&[("09:00", 50.0), ("09:10", 55.0)]), &[]).unwrap();

        assert!(!one.is_drawn());
        assert_eq!(one.sentence, "Offered today: 55 by 09:10.");
        assert!(two.is_drawn());
    }

    #[test]
    fn no_curve_without_data() {
        assert!(curve(&DayTotals::default(), &[]).is_none());
    }
}
