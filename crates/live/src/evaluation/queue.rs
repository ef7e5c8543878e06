//! A queue or a group: its severity, with what causes it.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::snapshot::{Freshness, QueueSnapshot};
use wallboard_domain::Metric;

use super::{EvaluatedFigure, Evaluator, Severity, ShownFreshness};

/// A queue, and what its figures mean.
#[derive(Clone, Debug)]
pub struct EvaluatedQueue<'a> {
    pub queue: &'a QueueSnapshot,
    pub severity: Severity,
    /// The figures that were asked for.
    pub figures: Vec<EvaluatedFigure>,
    /// The live figures that cause a warning or critical severity, the worst first, whether they were
    /// asked for or not. Ties are in the order of `figures`.
    pub causes: Vec<EvaluatedFigure>,
    /// Outside its opening hours: it has no severity, but may have waiting contacts.
    pub closed: Option<ClosedQueue>,
    /// Out of date when any figure that it normally has is, also since a disconnect.
    pub freshness: Freshness,
    pub shown_freshness: ShownFreshness,
    /// It, or one of `figures`, is out of date.
    pub is_out_of_date: bool,
    /// The source's time of the newest value.
    pub reported_at: Option<Timestamp>,
}

/// A queue outside its opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedQueue {
    pub opens_at: Option<Timestamp>,
}

impl<'a> Evaluator<'a> {
    /// Evaluates a queue with the figures of these metrics. Its severity is the queue's, whatever is
    /// asked for.
    pub fn evaluate_queue(
        &mut self,
        queue: &'a QueueSnapshot,
        metrics: &[Metric],
    ) -> EvaluatedQueue<'a> {
        let thresholds = &self.snapshot.site.thresholds;
        let id = queue.id.to_string();
        let others = thresholds.severity_metrics(&id);
        let others = others.into_iter().filter(|other| !metrics.contains(other));
        let mut others: Vec<_> = others
            .map(|metric| self.evaluate_metric_of(queue, &id, metric))
            .collect();
        let mut figures: Vec<_> = (metrics.iter())
            .map(|metric| self.evaluate_metric_of(queue, &id, *metric))
            .collect();
        let closed = self.closed_queue(queue);
        if closed.is_some() {
            let all = figures.iter_mut().chain(&mut others);
            all.for_each(EvaluatedFigure::clear_severity);
        }
        let freshness = self.snapshot.queue_freshness(queue, self.now);
        let received_at = self.snapshot.last_received(queue, None);
        let shown_freshness = self.shown_freshness(freshness, received_at);
        let is_out_of_date = shown_freshness.is_out_of_date()
            || figures.iter().any(|f| f.freshness.is_out_of_date());
        let all = || figures.iter().chain(&others);
        // Certain values of some queues need attention even if others are out of date.
        let certain = all().filter(|figure| figure.lower_bound().is_some());
        let certain = certain
            .map(|figure| figure.severity)
            .filter(Severity::needs_attention)
            .max();
        let severity = match queue.quiet_since {
            _ if is_out_of_date => certain.unwrap_or(Severity::OutOfDate),
            Some(_) => Severity::None,
            None if closed.is_some() => Severity::None,
            None => (all().map(|figure| figure.severity).max()).unwrap_or_default(),
        };
        let causes = all().filter(|figure| figure.severity.needs_attention());
        let causes = causes.filter(|_| severity.needs_attention());
        let mut causes: Vec<_> = causes.cloned().collect();
        causes.sort_by_key(|figure| Reverse(figure.severity));
        let members = self.snapshot.group_members(queue);
        let reported_at = members.flat_map(|queue| queue.readings.values());
        EvaluatedQueue {
            queue,
            severity,
            causes,
            closed,
            freshness: self.snapshot.day_freshness(&queue.id.source, freshness),
            shown_freshness,
            is_out_of_date,
            reported_at: reported_at.filter_map(|reading| reading.at).max(),
            figures,
        }
    }

    /// Returns since when and until when a queue is closed, and schedules when it closes or opens next.
    fn closed_queue(&mut self, queue: &QueueSnapshot) -> Option<ClosedQueue> {
        let hours = self.snapshot.queue_hours(queue, self.now.wall);
        if let Some(at) = hours.next_change {
            self.schedule_change_at(at);
        }
        hours.is_closed.then_some(ClosedQueue {
            opens_at: hours.opens_at,
        })
    }
}
