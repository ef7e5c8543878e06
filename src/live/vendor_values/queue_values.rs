//! Figures of a queue, and of an agent's day, as their vendor states them.

use jiff::Timestamp;

use crate::domain::{Metric, MetricValue, VendorValue};

use crate::live::{metric_reading::MetricReading, snapshot::QueueSnapshot};

use super::ReportContext;

const NOBODY: Option<MetricValue> = None;

impl ReportContext {
    /// Returns the time that teaches its source's clock.
    pub(super) fn apply_to_queue(
        &self,
        queue: &mut QueueSnapshot,
        stated: &VendorValue,
    ) -> Option<Timestamp> {
        let VendorValue::Metric(metric, value) = *stated else {
            return None;
        };
        queue
            .provided_metrics
            .as_ref()?
            .binary_search(&metric)
            .ok()?;
        let before = queue.readings.get(metric);
        let taught = self.clock_sample(before.and_then(|before| before.at));
        let reading = match metric {
            Metric::LongestWait => self.longest_wait_reading(value, before),
            metric => self.metric_reading(metric, value, before),
        };
        let nobody =
            metric == Metric::Waiting && reading.valid_value() == Some(MetricValue::Count(0));
        queue.readings.insert(metric, reading);
        if nobody && queue.readings.get(Metric::LongestWait).is_some() {
            // Whoever had waited longest waits no more.
            let longest = self.build_reading(NOBODY, None);
            queue.readings.insert(Metric::LongestWait, longest);
        }
        if matches!(metric, Metric::Waiting | Metric::LongestWait) {
            queue.record_recent(self.is_live, self.generation, self.now);
        }
        taught
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
        let since = if metric.is_of_the_day() {
            self.counted_since(metric, value, before)
        } else {
            None
        };
        self.build_reading(Some(value), since)
    }

    /// A running clock; 0 is nobody's.
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
            return self.build_reading(NOBODY, None);
        }
        let before = before.filter(|before| before.valid_value().is_some());
        let again = before.filter(|before| {
            before.at.is_some() && before.at == self.at && before.value == Some(value)
        });
        // Told again, it has run on here meanwhile.
        let since = again
            .and_then(|again| again.since)
            .unwrap_or_else(|| self.started_at(waited, before.and_then(|before| before.since)));
        self.build_reading(Some(value), Some(since))
    }

    /// From when on the vendor has counted. A total that falls has begun anew: at
    /// midnight, if that lies between what was said last and now.
    fn counted_since(
        &self,
        metric: Metric,
        value: MetricValue,
        before: Option<&MetricReading>,
    ) -> Option<Timestamp> {
        let before = before.filter(|_| metric.is_total());
        let (Some(before), Some(starts)) = (before, self.day_start) else {
            return self.day_start;
        };
        let last = before.value.map(MetricValue::as_number);
        if last.is_none_or(|last| last <= value.as_number()) {
            return before.since;
        }
        Some(if self.to_wall_time(before.received_at) <= starts {
            starts
        } else {
            self.now.wall
        })
    }
}
