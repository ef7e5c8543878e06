//! Paths of the last hour of a queue: bars, the ground below them, and the usual shade behind them.

use std::fmt::Write;

use wallboard_domain::Metric;

use super::svg::unknown_runs;

/// The steps of an hour, of which the last one runs.
pub(super) const STEPS: usize = 12;
/// A label this many steps from an end is aligned with that end, so that it isn't cut.
const END_STEPS: usize = 1;
/// The viewBox is 120 wide and 100 high.
const STEP_WIDTH: usize = 10;
const HEIGHT: f64 = 100.0;

/// Returns where to write the maximum: percent from the left, and its alignment.
pub(super) fn peak_position(index: usize) -> (i64, &'static str) {
    let percent = |x: usize| i64::try_from(x * 100 / (STEPS * STEP_WIDTH)).unwrap_or_default();
    match index {
        ..=END_STEPS => (percent(index * STEP_WIDTH), "start"),
        _ if STEPS - END_STEPS - 1 <= index => (percent((index + 1) * STEP_WIDTH), "end"),
        _ => (percent(middle(index)), "middle"),
    }
}

/// Returns how high the maximum is written: above the edge of the shade, too.
pub(super) fn label_height(usual: &[Option<f64>], index: usize, peak: f64) -> f64 {
    let near = usual.iter().skip(index.saturating_sub(2)).take(5);
    near.flatten().copied().fold(peak, f64::max)
}

/// Returns the top of a queue's scale, never so low that one waiting contact looks like many.
pub(super) fn scale_top(metric: Metric, peak: f64) -> f64 {
    peak.max(match metric {
        Metric::Waiting => 5.0,
        _ => 60.0,
    })
}

fn middle(index: usize) -> usize {
    STEP_WIDTH * index + STEP_WIDTH / 2
}

#[expect(clippy::cast_possible_truncation, reason = "within the viewBox")]
pub(super) fn y_position(value: f64, top: f64) -> i64 {
    (HEIGHT - (value / top).clamp(0.0, 1.0) * HEIGHT).round() as i64
}

/// Returns a path whose thick strokes are the parts of the bars above `floor`.
pub(super) fn bars_path(values: &[Option<f64>], floor: impl Fn(usize) -> f64, top: f64) -> String {
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let floor = floor(index);
        if let Some(value) = value.filter(|value| floor < *value) {
            let [from, to] = [floor, value].map(|value| y_position(value, top));
            // Writing to a string never fails.
            write!(path, "M{} {from}V{to}", middle(index)).ok();
        }
    }
    path
}

/// Returns the ground of known times, and that of unknown ones after the first known.
pub(super) fn ground_paths(values: &[Option<f64>]) -> (String, String) {
    let path = |runs: Vec<(usize, usize)>| {
        let runs = runs.iter().map(|(from, to)| {
            let (from, to) = (from * STEP_WIDTH, to * STEP_WIDTH);
            format!("M{from} 100H{to}")
        });
        runs.collect::<String>()
    };
    let Some(first) = values.iter().position(Option::is_some) else {
        return Default::default();
    };
    let has_begun = |index| first <= index;
    let inverse: Vec<Option<()>> = (values.iter().enumerate())
        .map(|(index, value)| (value.is_none() || !has_begun(index)).then_some(()))
        .collect();
    let mut unknown = unknown_runs(values);
    unknown.retain(|(from, _)| has_begun(*from));
    (path(unknown_runs(&inverse)), path(unknown))
}

/// Returns the shade and its upper edge. It ends where nothing is usual.
pub(super) fn shade_paths(usual: &[Option<f64>], top: f64) -> (String, String) {
    let (mut shade, mut edge) = (String::new(), String::new());
    let mut x = 0;
    for run in usual.chunk_by(|one, other| one == other) {
        let to = x + run.len() * STEP_WIDTH;
        if let Some(usual) = run[0] {
            let y = y_position(usual, top);
            // Writing to a string never fails.
            write!(shade, "M{x} 100V{y}H{to}V100").ok();
            write!(edge, "M{x} {y}H{to}").ok();
        }
        x = to;
    }
    (shade, edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ground_ends_where_nothing_is_known_and_begins_with_the_first_known() {
        let values = [None, Some(0.0), Some(3.0), None, Some(0.0)];
        let ground = ("M10 100H30M40 100H50".to_owned(), "M30 100H40".to_owned());
        assert_eq!(ground_paths(&values), ground);
    }

    #[test]
    fn maximum_is_written_above_the_shade_next_to_it() {
        let usual = [Some(9.0), None, Some(2.0), Some(3.0)];

        let heights = [0, 2, 3].map(|index| label_height(&usual, index, 2.5));

        let expected = [9.0, 9.0, 3.0];
        assert!(
            heights
                .iter()
                .zip(expected)
                .all(|(height, expected)| (height - expected).abs() < 1e-9),
            "{heights:?}"
        );
    }

    #[test]
    fn shade_is_as_high_as_usual_and_ends_where_nothing_is() {
        let usual = [None, Some(2.0), Some(2.0), Some(3.0), None];

        let (shade, edge) = shade_paths(&usual, 5.0);

        assert_eq!(shade, "M10 100V60H30V100M30 100V40H40V100");
        assert_eq!(edge, "M10 60H30M30 40H40");
    }
}
