//! Queues and agents of systems that send their values to our API: they exist from their first value on.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{EntityKind, Metric, MetricSubject, Moment, SourceId, Update, VendorValue};

use crate::live_state::LiveState;

impl LiveState {
    /// Whether a source sends its values to our API.
    pub(crate) fn is_pushed(&self, source: &SourceId) -> bool {
        let source = self.snapshot.sources.get(source);
        source.is_some_and(|source| source.vendor.is_pushed)
    }

    /// Makes room for a value. Returns `false` if there is none, or if a newer value is known.
    pub(super) fn admit_pushed_value(
        &mut self,
        update: &Update,
        subject: &MetricSubject,
        value: &VendorValue,
        now: Moment,
    ) -> bool {
        let (kind, id) = match subject {
            MetricSubject::Queue(id) => (EntityKind::Queue, id),
            MetricSubject::Agent(id) => (EntityKind::Agent, id),
        };
        if !self.has_capacity(kind, id) {
            self.reject_message(update);
            return false;
        }
        let known_at = match kind {
            EntityKind::Queue => self.admit_queue_value(subject, value, now),
            _ => self.admit_agent_value(subject, value),
        };
        update.at.is_none() || known_at <= update.at
    }

    /// Returns the time of the known value.
    fn admit_queue_value(
        &mut self,
        subject: &MetricSubject,
        value: &VendorValue,
        now: Moment,
    ) -> Option<Timestamp> {
        let (MetricSubject::Queue(id), VendorValue::Metric(metric, _)) = (subject, value) else {
            return None;
        };
        if !self.snapshot.queues.contains_key(id) {
            self.add_queue(id, Some(now.wall));
        }
        let queue = self.snapshot.queues.get_mut(id)?;
        add_metric(queue.provided_metrics.get_or_insert_default(), *metric);
        queue.readings.get(*metric)?.at
    }

    /// Returns the time of the known value.
    fn admit_agent_value(
        &mut self,
        subject: &MetricSubject,
        value: &VendorValue,
    ) -> Option<Timestamp> {
        let MetricSubject::Agent(id) = subject else {
            return None;
        };
        let report = self.agent_mut(id).report.get_or_insert_default();
        match value {
            VendorValue::Metric(metric, _) => {
                add_metric(&mut report.provided_metrics, *metric);
                report.readings.get(*metric)?.at
            }
            VendorValue::Status(_) | VendorValue::TimeInState(_) => {
                report.provides_status = true;
                report.last_status?.at
            }
        }
    }
}

/// Adds a metric to those of a subject, which are in order.
fn add_metric(metrics: &mut Arc<[Metric]>, metric: Metric) {
    if let Err(place) = metrics.binary_search(&metric) {
        let mut more = metrics.to_vec();
        more.insert(place, metric);
        *metrics = more.into();
    }
}
