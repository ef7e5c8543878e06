//! Figures of the day that a vendor counts: from when on, and whether that is all of it.

use jiff::Timestamp;

use crate::domain::{Metric, Moment, moment};

use crate::live::{
    freshness::{downgrade_invalid, freshness_until},
    metric_reading::MetricReading,
    snapshot::{AgentReport, DayDetails, MetricFigure, QueueSnapshot, Snapshot, SourceSnapshot},
};

/// A vendor's day that begins so close to ours is ours, in milliseconds.
const MIDNIGHT_TOLERANCE: i64 = 10 * 60_000;

/// From when on the totals of a subject are counted: the latest, where one has begun anew.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) struct TotalsStart(Option<Timestamp>);

impl QueueSnapshot {
    pub(in crate::live) fn totals_start(&self) -> TotalsStart {
        let given = self.provided_metrics.as_deref().unwrap_or_default();
        latest_start(given, |metric| self.readings.get(metric))
    }
}

impl AgentReport {
    pub(in crate::live) fn totals_start(&self) -> TotalsStart {
        latest_start(&self.provided_metrics, |metric| self.readings.get(metric))
    }
}

fn latest_start<'a>(
    given: &[Metric],
    reading: impl Fn(Metric) -> Option<&'a MetricReading>,
) -> TotalsStart {
    let totals = given.iter().filter(|metric| metric.is_total());
    TotalsStart(totals.filter_map(|metric| reading(*metric)?.since).max())
}

impl Snapshot {
    pub(in crate::live) fn vendor_day_figure(
        &self,
        source: Option<&SourceSnapshot>,
        metric: Metric,
        reading: &MetricReading,
        totals: TotalsStart,
        now: Moment,
    ) -> MetricFigure {
        let trust = freshness_until(source, reading.generation, reading.valid_until, now);
        // A share or an average says of itself not when it began.
        let since = if metric.is_total() {
            reading.since
        } else {
            reading.since.max(totals.0)
        };
        MetricFigure {
            value: reading.valid_value(),
            at: reading.at,
            freshness: downgrade_invalid(trust, reading.valid_value().is_none()),
            is_age_unknown: reading.is_age_unknown,
            day_details: Some(DayDetails {
                since,
                partly_before: false,
                is_complete: self.is_whole_day(since),
                gaps: Vec::new(),
                is_estimated: false,
                formula: None,
            }),
            ..MetricFigure::default()
        }
    }

    fn is_whole_day(&self, since: Option<Timestamp>) -> bool {
        let (Some(since), Some(starts)) = (since, self.day_start) else {
            return false;
        };
        moment::millis_between(starts, since).abs() <= MIDNIGHT_TOLERANCE
    }
}
