//! A figure as its thresholds take it: a value, a lower bound, nothing or unknown.

use wallboard_domain::{
    LimitPosition, Metric, MetricValue, Moment, MonotonicTime, QueueTarget, SeverityLimits,
    ThresholdBreach, ThresholdLevel,
};

use super::{
    freshness::GRAY_AFTER,
    snapshot::{Freshness, MetricFigure},
};

/// A figure for comparison with its thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// Disconnected moments ago, it is the last one.
    Value(MetricValue),
    /// The value of some queues, while others are out of date.
    AtLeast(MetricValue),
    /// Nobody waits.
    Empty,
    Unknown,
}

impl Reading {
    pub(super) fn of(metric: Metric, figure: Option<&MetricFigure>, now: Moment) -> Self {
        let Some(figure) = figure else {
            return Self::Unknown;
        };
        let is_current = match figure.freshness {
            Freshness::UpToDate => true,
            Freshness::Disconnected(outage) => {
                now.monotonic.millis_since(outage.monotonic) < GRAY_AFTER
            }
            Freshness::OutOfDate | Freshness::Unknown => false,
        };
        match (figure.low, figure.high, figure.value) {
            (None, _, Some(value)) if is_current => Self::Value(value),
            (None, _, None) if is_current && metric == Metric::LongestWait => Self::Empty,
            (Some(low), None, _) => Self::AtLeast(low),
            _ => Self::Unknown,
        }
    }

    /// How far a value is known to be.
    fn number(self) -> Option<f64> {
        match self {
            Self::Value(value) | Self::AtLeast(value) => Some(value.as_number()),
            Self::Empty | Self::Unknown => None,
        }
    }

    /// Continues the breach of a level by this reading.
    pub(super) fn advance(
        self,
        before: Option<ThresholdBreach>,
        level: ThresholdLevel,
        limits: &SeverityLimits,
        target: &QueueTarget,
        now: MonotonicTime,
    ) -> Option<ThresholdBreach> {
        let position = match self {
            Self::Unknown => return None,
            Self::Value(value) => limits.position(level, value, target)?,
            // Below a limit, a lower bound says nothing.
            Self::AtLeast(value) => match limits.upper_limits().position(level, value, target) {
                Some(LimitPosition::Beyond) => LimitPosition::Beyond,
                _ => return before,
            },
            Self::Empty => LimitPosition::Clear,
        };
        ThresholdBreach::advance(before, position, now)
    }
}

/// When a running wait reaches its next limit.
pub(super) fn next_crossing(
    figure: Option<&MetricFigure>,
    reading: Reading,
    limits: &SeverityLimits,
    now: Moment,
) -> Option<MonotonicTime> {
    let figure = figure.filter(|figure| figure.since.is_some())?;
    let is_running =
        figure.freshness == Freshness::UpToDate || matches!(reading, Reading::AtLeast(_));
    let number = reading.number().filter(|_| is_running)?;
    let limits = [limits.warning, limits.critical].into_iter().flatten();
    let limit = limits
        .filter(|limit| number < *limit)
        .min_by(f64::total_cmp)?;
    Some(
        now.monotonic
            .plus_millis(millis_until(limit, number).max(1)),
    )
}

/// From a wait to its limit, both in seconds. Their difference isn't a whole number of milliseconds where they are.
#[expect(
    clippy::cast_possible_truncation,
    reason = "limits are far below 2^52 ms, and a cast saturates"
)]
fn millis_until(limit: f64, wait: f64) -> i64 {
    let millis = |seconds: f64| (seconds * 1000.0).round() as i64;
    millis(limit) - millis(wait)
}

#[cfg(test)]
mod tests {
    use wallboard_domain::moment;

    use super::*;

    #[test]
    fn a_limit_is_reached_in_the_very_millisecond() {
        for waited in 0..60_000 {
            let wait = moment::seconds_from(waited);
            assert_eq!(millis_until(60.0, wait), 60_000 - waited, "{waited}");
        }
    }
}
