//! The rehearsal of a threshold as a curve: the stored values of a metric, its limit, and the times past it. Geometry
//! only; the theme's style draws it.

use jiff::{Timestamp, tz::TimeZone};

use wallboard_boards::svg::Plot;
use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::{SERIES_STEP, SeriesStep};
use wallboard_texts::Texts;

use super::rehearsal::{REHEARSED, Rehearsal, RehearsedLimits, values_of};

/// In chart units; the chart is stretched to fit.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 200.0;
/// Points of the line; of each, the highest value is drawn.
const POINTS_MAX: usize = 480;
/// Units; a shorter time couldn't be seen.
const SHADE_MIN: f64 = 4.0;
/// Number of time labels.
const TIME_LABELS: usize = 4;

/// A metric's values of the last days.
pub(super) struct RehearsalCurve {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) line: String,
    /// Left edges and widths of times without data.
    pub(super) gaps: Vec<(f64, f64)>,
    /// Left edges and widths of times that would have been critical.
    pub(super) shades: Vec<(f64, f64)>,
    /// Height of the limit, and its key: "Critical from 2:00".
    pub(super) limit: (f64, String),
    pub(super) top: String,
    pub(super) zero: String,
    pub(super) times: Vec<String>,
    /// The whole chart as a sentence.
    pub(super) sentence: String,
}

/// Several steps that are one point of the line.
#[derive(Clone, Copy, Default)]
struct Point {
    highest: Option<f64>,
    is_critical: bool,
}

/// Draws each metric that has a critical limit and values.
pub(super) fn draw_curves(
    texts: &'static Texts,
    steps: &[SeriesStep],
    limits: &RehearsedLimits,
    rehearsal: &Rehearsal,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<RehearsalCurve> {
    let time = |at| texts.time_or_day(at, now, zone);
    let of_metric = |(index, metric): (usize, Metric)| {
        let limit = limits.critical(index)?;
        let values: Vec<_> = steps
            .iter()
            .filter_map(|step| Some((step.start, values_of(step)[index]?)))
            .collect();
        let critical = rehearsal.critical_starts(index);
        draw_curve(texts, metric, limit, &values, &critical, &time)
    };
    let metrics = REHEARSED.into_iter().enumerate();
    metrics.filter_map(of_metric).collect()
}

fn draw_curve(
    texts: &'static Texts,
    metric: Metric,
    limit: f64,
    values: &[(Timestamp, f64)],
    critical: &[Timestamp],
    time: &impl Fn(Timestamp) -> String,
) -> Option<RehearsalCurve> {
    let first = values.first()?.0;
    let (at, highest) = *values
        .iter()
        .max_by(|one, other| one.1.total_cmp(&other.1))?;
    let index = |at: Timestamp| {
        let index = moment::millis_between(first, at) / SERIES_STEP;
        usize::try_from(index).unwrap_or_default()
    };
    let steps = index(values.last()?.0) + 1;
    let bundle = steps.div_ceil(POINTS_MAX);
    let mut points = vec![Point::default(); steps.div_ceil(bundle)];
    for (at, value) in values {
        let point = points.get_mut(index(*at) / bundle)?;
        point.highest = Some(point.highest.map_or(*value, |known| known.max(*value)));
    }
    for at in critical {
        points.get_mut(index(*at) / bundle)?.is_critical = true;
    }
    let plot = Plot {
        width: WIDTH,
        height: HEIGHT,
        steps: points.len(),
    };
    let line: Vec<_> = points.iter().map(|point| point.highest).collect();
    // The time outside of the shades is what is left out.
    let calm: Vec<_> = points
        .iter()
        .map(|point| (!point.is_critical).then_some(()))
        .collect();
    let shades = plot.gaps(&calm).into_iter();
    let shades = shades.map(|(x, width)| (x.min(WIDTH - SHADE_MIN), width.max(SHADE_MIN)));
    let top = scale_top(metric, highest.max(limit * 1.2));
    let text = |value: f64| texts.value(Some(metric.value(value)));
    let label = &*texts.metric(metric).page_label;
    let label_at = |number: usize| {
        let steps = points.len() * bundle * number / TIME_LABELS;
        let millis = i64::try_from(steps).ok()?.checked_mul(SERIES_STEP)?;
        Some(time(moment::plus_millis(first, millis)))
    };
    Some(RehearsalCurve {
        width: WIDTH,
        height: HEIGHT,
        line: plot.line(&line, top),
        gaps: plot.gaps(&line),
        shades: shades.collect(),
        limit: (plot.y(limit, top), texts.limit_of_metric_from(text(limit))),
        top: text(top),
        zero: texts.value(Some(metric.value(0.0))),
        times: (0..TIME_LABELS).filter_map(label_at).collect(),
        sentence: texts.rehearsal_curve(label, text(highest), time(at)),
    })
}

/// A round number above a value.
fn scale_top(metric: Metric, value: f64) -> f64 {
    let step = match metric.value(value) {
        MetricValue::Seconds(_) => 60.0,
        _ => 4.0,
    };
    (value / step).ceil().max(1.0) * step
}

#[cfg(test)]
mod tests {
    use wallboard_domain::SeverityLimits;

    use super::*;

    fn start() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn steps(waits: &[Option<f64>]) -> Vec<SeriesStep> {
        let step = |(number, wait): (usize, &Option<f64>)| SeriesStep {
            start: moment::plus_millis(start(), i64::try_from(number).unwrap() * SERIES_STEP),
            waiting: None,
            longest_wait: *wait,
            is_partial: false,
        };
        waits.iter().enumerate().map(step).collect()
    }

    fn curves(waits: &[Option<f64>]) -> Vec<RehearsalCurve> {
        let limits = RehearsedLimits::new(|_| SeverityLimits {
            critical: Some(120.0),
            ..SeverityLimits::default()
        });
        let steps = steps(waits);
        let rehearsal = Rehearsal::count(&steps, &limits, None, &TimeZone::UTC);
        let (texts, zone) = (Texts::english(), TimeZone::UTC);
        draw_curves(texts, &steps, &limits, &rehearsal, start(), &zone)
    }

    #[test]
    fn times_past_the_limit_are_shaded_and_unknown_ones_are_gaps() {
        let curves = curves(&[Some(10.0), Some(130.0), Some(150.0), None, Some(20.0)]);
        // Nothing is known of the number waiting.
        let [curve] = &curves[..] else {
            panic!("{}", curves.len());
        };
        assert_eq!(curve.shades, [(192.0, 384.0)]);
        assert_eq!(curve.gaps, [(576.0, 192.0)]);
        assert_eq!(curve.line.matches('M').count(), 2);
        assert_eq!(
            (curve.top.as_str(), curve.limit.1.as_str()),
            ("3:00", "Critical from 2:00")
        );
        assert!((0.0..HEIGHT).contains(&curve.limit.0));
        assert_eq!(curve.sentence, "Longest wait: at most 2:30, at 09:10.");
    }

    #[test]
    fn weeks_are_drawn_by_the_highest_values_of_longer_times() {
        let mut waits = vec![Some(5.0); 3_000];
        waits[1_500] = Some(300.0);
        let curves = curves(&waits);
        assert!(curves[0].line.matches(['M', 'L']).count() <= POINTS_MAX);
        let [(x, width)] = curves[0].shades[..] else {
            panic!("{:?}", curves[0].shades);
        };
        assert!(
            (470.0..490.0).contains(&x) && SHADE_MIN <= width,
            "{x} {width}"
        );
        assert_eq!(curves[0].top, "5:00");
    }

    #[test]
    fn nothing_stored_draws_nothing() {
        assert!(curves(&[None, None]).is_empty());
        assert!(curves(&[]).is_empty());
    }
}
