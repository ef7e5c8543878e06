//! Follows the thresholds of every queue, whether anybody watches or not: a queue has one severity
//! for all boards and pages, and one that hovers at its limit doesn't flap. A running wait reaches
//! its limits by time alone, so each crossing is scheduled.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use wallboard_domain::{
    LimitPosition, Metric, Moment, MonotonicTime, QueueId, QueueTarget, SeverityLimits, SiteConfig,
    ThresholdLevel, moment,
};

use super::{
    IncidentCause,
    fast_map::FastMap,
    live_state::LiveState,
    queue_breaches::QueueBreaches,
    snapshot::{MetricFigure, QueueSnapshot, Snapshot},
    sweep::SweepResult,
    threshold_reading::{Reading, next_crossing},
};

/// The limits of a queue's live metrics.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct LiveLimits {
    metrics: Vec<(Metric, SeverityLimits)>,
    target: QueueTarget,
}

/// Each queue's limits and target in the configuration, looked up once.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct BreachTracker {
    limits_by_queue: FastMap<QueueId, Arc<LiveLimits>>,
    /// All different limits: most queues share theirs.
    shared_limits: Vec<Arc<LiveLimits>>,
    groups_by_member: FastMap<QueueId, Vec<QueueId>>,
}

/// A threshold that a figure is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachedThreshold {
    pub level: ThresholdLevel,
    /// The figure was past it less than a minute ago.
    pub is_held: bool,
}

/// The breaches of a queue, and when time alone may next change them.
#[derive(Debug, Default)]
struct AdvancedBreaches {
    breaches: QueueBreaches,
    due: Option<MonotonicTime>,
}

impl BreachTracker {
    pub(super) fn new(site: &SiteConfig) -> Self {
        let mut tracker = Self::default();
        for group in &site.groups {
            for member in &group.queues {
                let groups = tracker.groups_by_member.entry(member.clone()).or_default();
                groups.push(group.id.clone());
            }
        }
        tracker
    }

    /// The groups that a queue is in.
    pub(super) fn groups_of(&self, queue: &QueueId) -> &[QueueId] {
        self.groups_by_member.get(queue).map_or(&[], Vec::as_slice)
    }

    fn limits_of(&mut self, queue: &QueueId, site: &SiteConfig) -> Arc<LiveLimits> {
        if let Some(limits) = self.limits_by_queue.get(queue) {
            return Arc::clone(limits);
        }
        let id = queue.to_string();
        let metrics = site.thresholds.severity_metrics(&id).into_iter();
        let metrics = metrics.map(|metric| (metric, site.limits_for(&id, metric)));
        let limits = LiveLimits {
            metrics: metrics
                .filter(|(_, limits)| *limits != SeverityLimits::default())
                .collect(),
            target: site.target_for(&id),
        };
        let known = self.shared_limits.iter().find(|known| ***known == limits);
        let limits = if let Some(known) = known {
            Arc::clone(known)
        } else {
            let limits = Arc::new(limits);
            self.shared_limits.push(Arc::clone(&limits));
            limits
        };
        self.limits_by_queue
            .insert(queue.clone(), Arc::clone(&limits));
        limits
    }
}

impl LiveState {
    /// Follows a queue's thresholds up to a report: a running clock may have reached one just before it.
    /// For a queue without breaches, a sweep would be due then.
    pub(super) fn track_until_report(&mut self, id: &QueueId, now: Moment) {
        let breaches = &self.snapshot.breaches;
        let groups = self.breach_tracker.groups_of(id).iter();
        let may_change = self.is_sweep_due(now.monotonic)
            || groups.chain([id]).any(|id| breaches.contains_key(id));
        if may_change {
            self.track_breaches(id, now, &mut SweepResult::default());
        }
    }

    /// Follows the thresholds of a queue and of the groups that contain it.
    pub(super) fn track_breaches(&mut self, id: &QueueId, now: Moment, result: &mut SweepResult) {
        self.track_queue(id, now, result);
        // Groups are few, and most queues are in none.
        for group in self.breach_tracker.groups_of(id).to_vec() {
            self.track_queue(&group, now, result);
        }
    }

    fn track_queue(&mut self, id: &QueueId, now: Moment, result: &mut SweepResult) {
        if self.advance_queue(id, now, result) {
            self.snapshot.queues.mark(id);
            result.changed = true;
        }
    }

    /// Returns whether the queue's severity may have changed.
    fn advance_queue(&mut self, id: &QueueId, now: Moment, result: &mut SweepResult) -> bool {
        let snapshot = &mut self.snapshot;
        let Some(queue) = snapshot.queues.get(id) else {
            snapshot.incidents.record_queue(id, None, now.wall);
            snapshot.warnings.record_queue(id, None, now.wall);
            return snapshot.breaches.remove(id).is_some();
        };
        let limits = self.breach_tracker.limits_of(id, &snapshot.site);
        let before = snapshot.breaches.get(id);
        let advanced = snapshot.advance_breaches(queue, &limits, before, now);
        let after = advanced.breaches;
        advanced
            .due
            .into_iter()
            .for_each(|due| result.schedule_at(due));
        let causes = |levels: &[ThresholdLevel]| {
            // The common case: all is well.
            if after.is_empty() {
                return None;
            }
            snapshot.incident_causes(queue, &limits, &after, levels, now)
        };
        let critical = causes(&[ThresholdLevel::Critical]);
        let any = causes(&[ThresholdLevel::Critical, ThresholdLevel::Warning]);
        snapshot.incidents.record_queue(id, critical, now.wall);
        snapshot.warnings.record_queue(id, any, now.wall);
        let Some(before) = before else {
            let is_reached = !after.is_empty();
            if is_reached {
                snapshot.breaches.insert(id.clone(), after);
            }
            return is_reached;
        };
        let changed = !before.active().eq(after.active());
        if after.is_empty() {
            snapshot.breaches.remove(id);
        } else if let Some(breaches) = snapshot.breaches.get_mut(id) {
            *breaches = after;
        }
        changed
    }

    /// Begins breaches that no report began: a wait grew, a queue opened, agents of a group moved,
    /// or a connection returned. Ends those whose figures have been back for long enough.
    pub(super) fn sweep_breaches(&mut self, now: Moment, result: &mut SweepResult) {
        let snapshot = &self.snapshot;
        let mut queues: Vec<QueueId> = snapshot.breaches.keys().cloned().collect();
        // A new configuration has cleared the breaches.
        queues.extend(snapshot.incidents.open_queues().cloned());
        queues.extend(snapshot.warnings.open_queues().cloned());
        for queue in snapshot.queues.values() {
            if snapshot.breaches.contains_key(&queue.id) {
                continue;
            }
            let limits = self.breach_tracker.limits_of(&queue.id, &snapshot.site);
            let advanced = snapshot.advance_breaches(queue, &limits, None, now);
            if advanced.breaches.is_empty() {
                advanced
                    .due
                    .into_iter()
                    .for_each(|due| result.schedule_at(due));
            } else {
                queues.push(queue.id.clone());
            }
        }
        // Incidents are in order, which a map's isn't.
        queues.sort();
        queues.dedup();
        for id in &queues {
            self.track_queue(id, now, result);
        }
    }
}

impl Snapshot {
    /// Returns the worst threshold that a queue's figure is past at `now`: the one that is recorded
    /// at this moment. `id` is the queue's as patterns match it.
    pub fn reached_threshold(
        &self,
        queue: &QueueId,
        id: &str,
        metric: Metric,
        figure: Option<&MetricFigure>,
        now: Moment,
    ) -> Option<ReachedThreshold> {
        let limits = self.site.limits_for(id, metric);
        if limits == SeverityLimits::default() {
            return None;
        }
        let target = self.site.target_for(id);
        let reading = Reading::of(metric, figure, now);
        let recorded = self.breaches.get(queue);
        let levels = [ThresholdLevel::Critical, ThresholdLevel::Warning];
        levels.into_iter().find_map(|level| {
            let before = recorded.and_then(|breaches| breaches.find(metric, level));
            let breach = reading.advance(before, level, &limits, &target, now.monotonic)?;
            let value = figure.and_then(|figure| figure.value.or(figure.low));
            let position = value.and_then(|value| limits.position(level, value, &target));
            breach.is_active().then_some(ReachedThreshold {
                level,
                is_held: position != Some(LimitPosition::Beyond),
            })
        })
    }

    /// Returns the metrics past their limits of these levels, the highest first, with their values; `None` if there is
    /// none.
    fn incident_causes(
        &self,
        queue: &QueueSnapshot,
        limits: &LiveLimits,
        breaches: &QueueBreaches,
        levels: &[ThresholdLevel],
        now: Moment,
    ) -> Option<Vec<IncidentCause>> {
        let level_of = |metric: Metric| {
            let is_active = |level: &&ThresholdLevel| {
                let mut active = breaches.active();
                active.any(|active| active == (metric, **level))
            };
            levels.iter().find(is_active)
        };
        let metrics = limits.metrics.iter();
        let past = metrics.filter_map(|(of, limits)| Some((*of, limits, *level_of(*of)?)));
        let mut past = past.peekable();
        past.peek()?;
        let causes = past.filter_map(|(metric, limits, level)| {
            let figure = self.queue_figure(queue, metric, now)?;
            Some(IncidentCause {
                metric,
                is_low: limits.at_level(level).0.is_none(),
                worst: figure.value.or(figure.low)?,
                from: None,
                to: None,
            })
        });
        Some(causes.collect())
    }

    fn advance_breaches(
        &self,
        queue: &QueueSnapshot,
        limits: &LiveLimits,
        before: Option<&QueueBreaches>,
        now: Moment,
    ) -> AdvancedBreaches {
        let mut after = QueueBreaches::default();
        let mut changes = Vec::new();
        for (metric, metric_limits) in &limits.metrics {
            let figure = self.queue_figure(queue, *metric, now);
            let reading = Reading::of(*metric, figure.as_ref(), now);
            for level in [ThresholdLevel::Warning, ThresholdLevel::Critical] {
                let breach = before.and_then(|before| before.find(*metric, level));
                let breach =
                    reading.advance(breach, level, metric_limits, &limits.target, now.monotonic);
                changes.extend(breach.and_then(|breach| breach.next_change()));
                if let Some(breach) = breach {
                    after.push(*metric, level, breach);
                }
            }
            changes.extend(next_crossing(figure.as_ref(), reading, metric_limits, now));
        }
        // Asked last: opening hours cost more than everything above.
        if !after.is_empty() {
            let hours = self.queue_hours(queue, now.wall);
            if hours.is_closed {
                after = QueueBreaches::default();
            }
            let change = hours.next_change;
            changes.extend(change.map(|at| {
                let millis = moment::millis_between(now.wall, at).max(1);
                now.monotonic.plus_millis(millis)
            }));
        }
        // Changes that are already due wait for their source.
        let changes = changes.into_iter().filter(|due| now.monotonic < *due);
        AdvancedBreaches {
            breaches: after,
            due: changes.min(),
        }
    }
}
