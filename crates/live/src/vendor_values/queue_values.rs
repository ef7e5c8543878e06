//! Vendor values of a queue, and of an agent's day.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, VendorValue};

use crate::{
    metric_reading::MetricReading, queue_readings::ReportingSource, snapshot::QueueSnapshot,
};

use super::report_context::ReportContext;

const NO_WAIT: Option<MetricValue> = None;

impl ReportContext {
    /// Returns the time to learn the source's clock from.
    pub(super) fn apply_to_queue(
        &self,
        queue: &mut QueueSnapshot,
        report: &VendorValue,
    ) -> Option<Timestamp> {
        let VendorValue::Metric(metric, value) = *report else {
            return None;
        };
        queue
            .provided_metrics
            .as_ref()?
            .binary_search(&metric)
            .ok()?;
        let before = queue.readings.get(metric);
        let clock_sample = self.clock_sample(before.and_then(|before| before.at));
        let reading = match metric {
            Metric::LongestWait => self.longest_wait_reading(value, before),
            metric => self.metric_reading(metric, value, before),
        };
        let is_empty =
            metric == Metric::Waiting && reading.valid_value() == Some(MetricValue::Count(0));
        queue.readings.insert(metric, reading);
        if is_empty && queue.readings.get(Metric::LongestWait).is_some() {
            // The customer who waited longest no longer waits.
            let longest = self.build_reading(NO_WAIT, None);
            queue.readings.insert(Metric::LongestWait, longest);
        }
        if matches!(metric, Metric::Waiting | Metric::LongestWait) {
            let source = ReportingSource {
                is_live: self.is_live,
                generation: self.generation,
                is_clock_known: true,
            };
            queue.record_recent(source, self.now);
        }
        clock_sample
    }

    pub(super) fn metric_reading(
        &self,
        metric: Metric,
        value: Option<MetricValue>,
        before: Option<&MetricReading>,
    ) -> MetricReading {
        let Some(value) = value else {
            return self.build_invalid(before);
        };
        let since = if metric.is_daily() {
            self.counted_since(metric, value, before)
        } else {
            None
        };
        self.build_reading(Some(value), since)
    }

    /// Builds the longest wait as a running clock. 0 means an empty queue.
    fn longest_wait_reading(
        &self,
        value: Option<MetricValue>,
        before: Option<&MetricReading>,
    ) -> MetricReading {
        let Some(value) = value else {
            return self.build_invalid(before);
        };
        let waited = value.as_number();
        if waited <= 0.0 {
            return self.build_reading(NO_WAIT, None);
        }
        let before = before.filter(|before| before.valid_value().is_some());
        let repeated = before.filter(|before| {
            before.at.is_some() && before.at == self.at && before.value == Some(value)
        });
        // While the report was repeated, the clock has continued here.
        let since = repeated
            .and_then(|repeated| repeated.since)
            .unwrap_or_else(|| self.started_at(waited, before.and_then(|before| before.since)));
        self.build_reading(Some(value), Some(since))
    }

    /// Returns when the vendor's count started. A total that falls was restarted: at midnight, if
    /// that is between the last report and now.
    fn counted_since(
        &self,
        metric: Metric,
        value: MetricValue,
        before: Option<&MetricReading>,
    ) -> Option<Timestamp> {
        let before = before.filter(|_| metric.is_total());
        let (Some(before), Some(day_start)) = (before, self.day_start) else {
            return self.day_start;
        };
        let last = before.value.map(MetricValue::as_number);
        if last.is_none_or(|last| last <= value.as_number()) {
            return before.since;
        }
        Some(if self.to_wall_time(before.received_at) <= day_start {
            day_start
        } else {
            self.now.wall
        })
    }
}
