//! The last hours of a queue as a chart: bars for waiting contacts, a line for the longest wait,
//! and gaps where data is unknown. Geometry only; the theme's style draws it.

use jiff::Timestamp;

use wallboard_boards::svg::{Plot, Rect, unknown_runs};
use wallboard_texts::Texts;

use crate::web::parts::clock::UNKNOWN;

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 200.0;
/// Number of time labels.
const TIME_LABELS: usize = 4;

/// One step of time.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct WaitPoint {
    pub(in crate::web) start: Timestamp,
    pub(in crate::web) waiting: Option<u64>,
    /// In seconds.
    pub(in crate::web) longest: Option<f64>,
    /// Still in progress.
    pub(in crate::web) partial: bool,
}

pub(in crate::web) struct WaitChart {
    pub(in crate::web) width: f64,
    pub(in crate::web) height: f64,
    pub(in crate::web) bars: Vec<WaitBar>,
    /// Left edge and width.
    pub(in crate::web) gaps: Vec<(f64, f64)>,
    pub(in crate::web) line: String,
    /// Height of the longest wait's threshold, and its key.
    pub(in crate::web) limit: Option<(f64, String)>,
    pub(in crate::web) most: String,
    pub(in crate::web) longest: String,
    pub(in crate::web) times: Vec<String>,
    /// The whole chart as a sentence.
    pub(in crate::web) sentence: String,
    /// "10:30–11:00"
    pub(in crate::web) missing: Vec<String>,
    pub(in crate::web) rows: Vec<WaitChartRow>,
}

pub(in crate::web) struct WaitBar {
    pub(in crate::web) rect: Rect,
    pub(in crate::web) partial: bool,
}

/// A row of the equivalent table.
pub(in crate::web) struct WaitChartRow {
    pub(in crate::web) time: String,
    pub(in crate::web) waiting: String,
    pub(in crate::web) longest: String,
    pub(in crate::web) partial: bool,
}

/// `None` if all data is unknown. `limit` is the threshold of the longest wait, in seconds.
pub(in crate::web) fn build_chart(
    texts: &Texts,
    points: &[WaitPoint],
    limit: Option<f64>,
    time: impl Fn(Timestamp) -> String,
) -> Option<WaitChart> {
    let most = points
        .iter()
        .filter_map(|point| Some((point.waiting?, point.start)));
    let most = most.max_by_key(|(waiting, start)| (*waiting, std::cmp::Reverse(*start)));
    let longest = points
        .iter()
        .filter_map(|point| Some((point.longest?, point.start)));
    let longest = longest.max_by(|a, b| a.0.total_cmp(&b.0));
    if most.is_none() && longest.is_none() {
        return None;
    }
    let tallest = most
        .map_or(0, |(waiting, _)| waiting)
        .max(4)
        .next_multiple_of(4);
    let slowest = longest
        .map_or(0.0, |(longest, _)| longest)
        .max(limit.unwrap_or(0.0) * 1.2);
    let slowest = (slowest / 60.0).ceil().max(1.0) * 60.0;
    let plot = Plot {
        width: WIDTH,
        height: HEIGHT,
        steps: points.len(),
    };
    let known: Vec<_> = points
        .iter()
        .map(|point| point.longest.or(point.waiting.map(|_| 0.0)))
        .collect();
    let waits: Vec<_> = points.iter().map(|point| point.longest).collect();
    let missing = missing_ranges(texts, points, &unknown_runs(&known), &time);

    Some(WaitChart {
        width: WIDTH,
        height: HEIGHT,
        bars: build_bars(points, plot, tallest),
        gaps: plot.gaps(&known),
        line: plot.line(&waits, slowest),
        limit: limit.map(|limit| {
            let key = texts.chart_limit(texts.duration(limit));
            (plot.y(limit, slowest), key)
        }),
        most: texts.waiting_scale(texts.count(tallest)),
        longest: texts.duration(slowest),
        times: (0..TIME_LABELS)
            .filter_map(|n| points.get(n * points.len() / TIME_LABELS))
            .map(|point| time(point.start))
            .collect(),
        sentence: describe_chart(texts, points, most, longest, &missing, &time),
        missing,
        rows: points
            .iter()
            .rev()
            .map(|point| table_row(texts, point, &time))
            .collect(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn build_bars(points: &[WaitPoint], plot: Plot, tallest: u64) -> Vec<WaitBar> {
    let bar = |(n, point): (usize, &WaitPoint)| {
        let waiting = point.waiting.filter(|waiting| 0 < *waiting)?;
        Some(WaitBar {
            rect: plot.bar(n, 0.0..waiting as f64, tallest as f64, 0.1),
            partial: point.partial,
        })
    };
    points.iter().enumerate().filter_map(bar).collect()
}

fn missing_ranges(
    texts: &Texts,
    points: &[WaitPoint],
    runs: &[(usize, usize)],
    time: &impl Fn(Timestamp) -> String,
) -> Vec<String> {
    let words = |&(from, to): &(usize, usize)| {
        let end = points
            .get(to)
            .map_or_else(|| texts.now_word().to_owned(), |point| time(point.start));
        texts.time_span(time(points[from].start), end)
    };
    runs.iter().map(words).collect()
}

fn describe_chart(
    texts: &Texts,
    points: &[WaitPoint],
    most: Option<(u64, Timestamp)>,
    longest: Option<(f64, Timestamp)>,
    missing: &[String],
    time: &impl Fn(Timestamp) -> String,
) -> String {
    let mut parts = Vec::new();
    if let Some(first) = points.first() {
        parts.push(texts.chart_since(time(first.start)));
    }
    match most {
        Some((0, _)) => parts.push(texts.chart_no_one().to_owned()),
        Some((n, at)) => parts.push(texts.chart_peak(n, time(at))),
        None => {}
    }
    if let Some((wait, at)) = longest.filter(|(wait, _)| 0.0 < *wait) {
        parts.push(texts.chart_longest(texts.duration(wait), time(at)));
    }
    if !missing.is_empty() {
        parts.push(texts.chart_missing(missing.join(", ")));
    }
    parts.join(" ")
}

fn table_row(
    texts: &Texts,
    point: &WaitPoint,
    time: &impl Fn(Timestamp) -> String,
) -> WaitChartRow {
    let unknown = || UNKNOWN.to_owned();
    WaitChartRow {
        time: time(point.start),
        waiting: point.waiting.map_or_else(unknown, |n| texts.count(n)),
        longest: point
            .longest
            .map_or_else(unknown, |wait| texts.duration(wait)),
        partial: point.partial,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_points(waiting: &[Option<u64>]) -> Vec<WaitPoint> {
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let steps = waiting.iter().enumerate();
        let point = |(n, waiting): (usize, &Option<u64>)| WaitPoint {
            start: wallboard_domain::moment::plus_millis(
                start,
                i64::try_from(n).unwrap() * 300_000,
            ),
            waiting: *waiting,
            longest: waiting.map(|n| if n == 0 { 0.0 } else { 30.0 }),
            partial: false,
        };
        steps.map(point).collect()
    }

    fn build_test_chart(waiting: &[Option<u64>]) -> Option<WaitChart> {
        build_chart(Texts::english(), &wait_points(waiting), Some(120.0), |at| {
            at.strftime("%H:%M").to_string()
        })
    }

    #[test]
    fn unknown_times_are_gaps_without_bars_or_lines() {
        let chart = build_test_chart(&[Some(2), None, None, Some(0), Some(1)]).unwrap();

        assert_eq!(chart.gaps, [(192.0, 384.0)]);
        assert_eq!(chart.missing, ["10:05–10:15"]);
        assert_eq!(chart.bars.len(), 2);
        assert_eq!(chart.line.matches('M').count(), 2);
        assert!(chart.line.contains("h0"), "{}", chart.line);
        assert!(chart.sentence.contains("Peak: 2 waiting at 10:00."));
        assert!(chart.sentence.contains("No data 10:05–10:15."));
        assert_eq!(chart.rows[2].waiting, "–");
    }

    #[test]
    fn an_open_gap_ends_now() {
        let chart = build_test_chart(&[Some(2), None]).unwrap();

        assert_eq!(chart.missing, ["10:05–now"]);
    }

    #[test]
    fn no_chart_without_data() {
        assert!(build_test_chart(&[None, None]).is_none());
        assert!(build_test_chart(&[]).is_none());
    }

    #[test]
    fn the_threshold_line_is_inside_the_chart() {
        let chart = build_test_chart(&[Some(1)]).unwrap();
        let (y, words) = chart.limit.unwrap();

        assert!((0.0..HEIGHT).contains(&y));
        assert_eq!(words, "Longest-wait threshold (2:00)");
    }
}
