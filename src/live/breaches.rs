//! Follows the thresholds of every queue, whether anybody watches or not: a queue has one severity
//! for all boards and pages, and one that hovers at its limit doesn't flap.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::{
    LimitPosition, Metric, MetricValue, Moment, MonotonicTime, QueueId, QueueTarget,
    SeverityLimits, SiteConfig, ThresholdBreach, ThresholdLevel,
};

use super::{
    IncidentCause,
    freshness::GRAY_AFTER,
    live_state::LiveState,
    snapshot::{FastMap, Freshness, MetricFigure, QueueSnapshot, Snapshot},
    sweep::SweepResult,
};

/// The thresholds that a queue's figures have reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueBreaches(Vec<(Metric, ThresholdLevel, ThresholdBreach)>);

/// The limits of a queue's live metrics.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct LiveLimits {
    metrics: Vec<(Metric, SeverityLimits)>,
    target: QueueTarget,
}

/// What the configuration says about each queue, looked up once.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct BreachTracker {
    limits_by_queue: FastMap<QueueId, Arc<LiveLimits>>,
    /// All different limits: most queues share theirs.
    shared_limits: Vec<Arc<LiveLimits>>,
    groups_by_member: FastMap<QueueId, Vec<QueueId>>,
}

/// What a figure says about its thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    Value(MetricValue),
    /// The value of some queues, while others are out of date.
    AtLeast(MetricValue),
    /// Nobody waits.
    Empty,
    /// Disconnected moments ago: nothing changes.
    Paused,
    Unknown,
}

impl QueueBreaches {
    fn find(&self, metric: Metric, level: ThresholdLevel) -> Option<ThresholdBreach> {
        let mut all = self.0.iter();
        let found = all.find(|(of, at, _)| *of == metric && *at == level);
        found.map(|(_, _, breach)| *breach)
    }

    /// Returns those of some metrics.
    pub(super) fn of_metrics(&self, is_included: impl Fn(Metric) -> bool) -> Self {
        let all = self.0.iter();
        Self(all.filter(|(of, ..)| is_included(*of)).copied().collect())
    }

    fn active(&self) -> impl Iterator<Item = (Metric, ThresholdLevel)> {
        let active = self.0.iter().filter(|(_, _, breach)| breach.is_active());
        active.map(|(metric, level, _)| (*metric, *level))
    }
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

impl Reading {
    fn of(metric: Metric, figure: Option<MetricFigure>, now: Moment) -> Self {
        let Some(figure) = figure else {
            return Self::Unknown;
        };
        match (figure.freshness, figure.low, figure.high, figure.value) {
            (Freshness::Disconnected(outage), None, _, _)
                if now.monotonic.millis_since(outage.monotonic) < GRAY_AFTER =>
            {
                Self::Paused
            }
            (Freshness::UpToDate, None, _, Some(value)) => Self::Value(value),
            (Freshness::UpToDate, None, _, None) if metric == Metric::LongestWait => Self::Empty,
            (_, Some(low), None, _) => Self::AtLeast(low),
            _ => Self::Unknown,
        }
    }

    /// Continues the breach of a level by this reading.
    fn advance(
        self,
        before: Option<ThresholdBreach>,
        level: ThresholdLevel,
        limits: &SeverityLimits,
        target: &QueueTarget,
        now: MonotonicTime,
    ) -> Option<ThresholdBreach> {
        let position = match self {
            Self::Unknown => return None,
            Self::Paused => return before,
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

impl LiveState {
    /// Follows the thresholds of a queue and of the groups that contain it. Returns whether its
    /// severity may have changed.
    pub(super) fn track_breaches(&mut self, id: &QueueId, now: Moment) -> bool {
        let mut changed = self.track_queue(id, now);
        // Groups are few, and most queues are in none.
        if let Some(groups) = self.breach_tracker.groups_by_member.get(id) {
            for group in groups.clone() {
                changed |= self.track_queue(&group, now);
            }
        }
        changed
    }

    fn track_queue(&mut self, id: &QueueId, now: Moment) -> bool {
        let changed = self.advance_queue(id, now);
        if changed {
            self.snapshot.queues.mark(id);
        }
        changed
    }

    fn advance_queue(&mut self, id: &QueueId, now: Moment) -> bool {
        let snapshot = &mut self.snapshot;
        let Some(queue) = snapshot.queues.get(id) else {
            snapshot.incidents.record_queue(id, None, now.wall);
            return snapshot.breaches.remove(id).is_some();
        };
        let limits = self.breach_tracker.limits_of(id, &snapshot.site);
        let before = snapshot.breaches.get(id);
        let after = snapshot.advance_breaches(queue, &limits, before, now);
        let causes = snapshot.critical_causes(queue, &limits, &after, now);
        snapshot.incidents.record_queue(id, causes, now.wall);
        let Some(before) = before else {
            let is_reached = !after.0.is_empty();
            if is_reached {
                snapshot.breaches.insert(id.clone(), after);
            }
            return is_reached;
        };
        let changed = !before.active().eq(after.active());
        if after.0.is_empty() {
            snapshot.breaches.remove(id);
        } else if let Some(breaches) = snapshot.breaches.get_mut(id) {
            *breaches = after;
        }
        changed
    }

    /// Ends breaches whose figures have been back for long enough.
    pub(super) fn sweep_breaches(&mut self, now: Moment, result: &mut SweepResult) {
        let mut queues: Vec<QueueId> = self.snapshot.breaches.keys().cloned().collect();
        // Agents move without a report on any queue.
        let groups = &self.snapshot.site.groups;
        queues.extend(groups.iter().map(|group| group.id.clone()));
        // A new configuration has cleared the breaches.
        queues.extend(self.snapshot.incidents.open_queues().cloned());
        // Incidents are in order, which a map's isn't.
        queues.sort();
        queues.dedup();
        for id in &queues {
            result.changed |= self.track_queue(id, now);
        }
        let breaches = self.snapshot.breaches.values().flat_map(|all| &all.0);
        let due = breaches.filter_map(|(_, _, breach)| breach.next_change());
        // What is due already waits for its source.
        for due in due.filter(|due| now.monotonic < *due) {
            result.schedule_at(due);
        }
    }
}

impl Snapshot {
    /// Returns the worst threshold of a metric that the queue is past, or was a minute ago
    /// from. A running clock may have reached its next one since.
    pub fn breached_level(&self, queue: &QueueId, metric: Metric) -> Option<ThresholdLevel> {
        let active = self.breaches.get(queue)?.active();
        active
            .filter(|(of, _)| *of == metric)
            .map(|(_, level)| level)
            .max()
    }

    /// Returns the metrics past their critical limits, with their values; `None` if there is none.
    fn critical_causes(
        &self,
        queue: &QueueSnapshot,
        limits: &LiveLimits,
        breaches: &QueueBreaches,
        now: Moment,
    ) -> Option<Vec<IncidentCause>> {
        let critical = |metric: Metric| {
            breaches
                .active()
                .any(|active| active == (metric, ThresholdLevel::Critical))
        };
        let mut metrics = limits
            .metrics
            .iter()
            .filter(|(of, _)| critical(*of))
            .peekable();
        metrics.peek()?;
        let cause = |(metric, limits): &(Metric, SeverityLimits)| {
            let figure = self.queue_figure(queue, *metric, now)?;
            Some(IncidentCause {
                metric: *metric,
                is_low: limits.at_level(ThresholdLevel::Critical).0.is_none(),
                worst: figure.value.or(figure.low)?,
            })
        };
        Some(metrics.filter_map(cause).collect())
    }

    fn advance_breaches(
        &self,
        queue: &QueueSnapshot,
        limits: &LiveLimits,
        before: Option<&QueueBreaches>,
        now: Moment,
    ) -> QueueBreaches {
        let mut after = QueueBreaches::default();
        for (metric, metric_limits) in &limits.metrics {
            let figure = self.queue_figure(queue, *metric, now);
            let reading = Reading::of(*metric, figure, now);
            for level in [ThresholdLevel::Warning, ThresholdLevel::Critical] {
                let breach = before.and_then(|before| before.find(*metric, level));
                let breach =
                    reading.advance(breach, level, metric_limits, &limits.target, now.monotonic);
                after
                    .0
                    .extend(breach.map(|breach| (*metric, level, breach)));
            }
        }
        // Asked last: opening hours cost more than everything above.
        if !after.0.is_empty() && self.queue_hours(queue, now.wall).is_closed {
            return QueueBreaches::default();
        }
        after
    }
}
