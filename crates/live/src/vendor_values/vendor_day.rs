//! Figures of the day that a vendor counts: when the count started, and whether it covers the
//! whole day.

use jiff::Timestamp;

use wallboard_domain::{Metric, Moment, moment};

use crate::{
    freshness::{downgrade_invalid, freshness_until},
    metric_reading::MetricReading,
    snapshot::{AgentReport, DayDetails, MetricFigure, QueueSnapshot, Snapshot, SourceSnapshot},
};

/// A vendor's day that starts this close to ours is the same day, in milliseconds.
const MIDNIGHT_TOLERANCE: i64 = 10 * 60_000;

/// When the totals of a subject start: the latest, if one was restarted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TotalsStart(Option<Timestamp>);

impl QueueSnapshot {
    pub(crate) fn totals_start(&self) -> TotalsStart {
        let provided = self.provided_metrics.as_deref().unwrap_or_default();
        latest_start(provided, |metric| self.readings.get(metric))
    }
}

impl AgentReport {
    pub(crate) fn totals_start(&self) -> TotalsStart {
        latest_start(&self.provided_metrics, |metric| self.readings.get(metric))
    }
}

fn latest_start<'a>(
    provided: &[Metric],
    reading: impl Fn(Metric) -> Option<&'a MetricReading>,
) -> TotalsStart {
    let totals = provided.iter().filter(|metric| metric.is_total());
    TotalsStart(totals.filter_map(|metric| reading(*metric)?.since).max())
}

impl Snapshot {
    pub(crate) fn vendor_day_figure(
        &self,
        source: Option<&SourceSnapshot>,
        metric: Metric,
        reading: &MetricReading,
        totals: TotalsStart,
        now: Moment,
    ) -> MetricFigure {
        let freshness = freshness_until(source, reading.generation, reading.valid_until, now);
        // A percentage or an average doesn't contain its own start.
        let since = if metric.is_total() {
            reading.since
        } else {
            reading.since.max(totals.0)
        };
        MetricFigure {
            value: reading.valid_value(),
            at: reading.at,
            freshness: downgrade_invalid(freshness, reading.valid_value().is_none()),
            is_age_unknown: reading.is_age_unknown,
            day_details: Some(Box::new(DayDetails {
                since,
                is_partly_earlier: false,
                is_complete: self.is_whole_day(since),
                gaps: Vec::new(),
                is_estimated: false,
                formula: None,
            })),
            ..MetricFigure::default()
        }
    }

    fn is_whole_day(&self, since: Option<Timestamp>) -> bool {
        let (Some(since), Some(day_start)) = (since, self.day_start) else {
            return false;
        };
        moment::millis_between(day_start, since).abs() <= MIDNIGHT_TOLERANCE
    }
}
