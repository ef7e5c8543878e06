//! Current readings of queues. Each attribute is ordered separately by the source's own time, and
//! the longest wait is a running clock.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{
    EntityKind, Metric, MetricValue, Moment, QueueId, SourceId, Update, moment,
};

use super::{
    case_tracking::DayOwner,
    live_state::LiveState,
    metric_reading::{MetricReading, QueueReadings, stabilize_start},
    recent_series::{LongestWait, RecentSeries, SeriesValue},
    snapshot::{QueueSnapshot, SourceSnapshot},
    source_state::{OUTLIER_LIMIT, QueueState, ReportInterval, WaitTracker},
};

impl LiveState {
    pub(super) fn apply_readings(
        &mut self,
        update: &Update,
        id: &QueueId,
        readings: &[(Metric, Option<MetricValue>)],
        now: Moment,
    ) {
        let source = ReportingSource::of(self.snapshot.sources.get(&id.source));
        let generation = source.generation;
        self.set_hidden(EntityKind::Queue, id, false);
        // Looked up once if it is known, which is nearly always.
        let queue = if let Some(queue) = self.snapshot.queues.get_mut(id) {
            queue
        } else {
            if !self.has_capacity(EntityKind::Queue, id) {
                return self.reject_message(update);
            }
            self.add_queue(id, Some(now.wall));
            match self.snapshot.queues.get_mut(id) {
                Some(queue) => queue,
                None => return,
            }
        };
        let Some(source_state) = self.source_states.get_mut(&id.source) else {
            return;
        };
        if source_state.predates_discontinuity(update.at, now) {
            return;
        }
        queue.quiet_since = None;
        queue.readings.use_fixed_slots();

        let timing = MessageTiming::new(
            update.at,
            source_state.clock_offset.as_millis(),
            generation,
            now,
        );
        let queue_state = match source_state.queues.get_mut(id) {
            Some(queue_state) => queue_state,
            None => source_state.queues.entry(id.clone()).or_default(),
        };
        let interval_ms = source_state.report_interval.as_millis();
        timing.apply_all(queue, &mut queue_state.wait_tracker, interval_ms, readings);
        timing.clear_old_average(queue);
        track_timers(
            &mut source_state.report_interval,
            queue_state,
            queue,
            readings,
            &timing,
        );
        queue.record_recent(source, now);
        if let (Some(at), Some(reported_open)) = (update.at, reported_open_cases(readings))
            && let Some(load) =
                self.cases
                    .compare_open_cases(queue_state, id, at, reported_open, now.monotonic)
        {
            self.reconcile_queue(id, load);
        }
    }

    /// Records the current values in the recent series, after anything that can change their
    /// freshness for all queues of a source.
    pub(super) fn record_recent_series(&mut self, id: &SourceId, now: Moment) {
        let source = ReportingSource::of(self.snapshot.sources.get(id));
        for queue in self.snapshot.queues.values_mut() {
            if queue.id.source == *id {
                queue.record_recent(source, now);
            }
        }
    }

    pub(super) fn source_generation(&self, source: &SourceId) -> u32 {
        self.snapshot
            .sources
            .get(source)
            .map_or(0, |source| source.generation)
    }

    /// Adds a new queue.
    pub(super) fn add_queue(&mut self, id: &QueueId, first_reported_at: Option<Timestamp>) {
        let queue = QueueSnapshot {
            id: id.clone(),
            name: None,
            external_ids: Arc::default(),
            first_reported_at,
            hidden: false,
            quiet_since: None,
            silent: false,
            readings: QueueReadings::default(),
            recent_series: RecentSeries::default(),
            today: Arc::clone(&self.empty_day),
            profile_revision: 0,
            provided_metrics: self.is_pushed(&id.source).then(Arc::default),
            members: None,
        };
        self.snapshot.queues.insert(id.clone(), queue);
        self.refresh_day(&DayOwner::Queue(id.clone()));
    }
}

/// The state of a source that decides what its readings are worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportingSource {
    pub(super) is_live: bool,
    pub(super) generation: u32,
    pub(super) is_clock_known: bool,
}

impl ReportingSource {
    pub(super) fn of(source: Option<&SourceSnapshot>) -> Self {
        Self {
            is_live: source.is_some_and(SourceSnapshot::is_live),
            generation: source.map_or(0, |source| source.generation),
            is_clock_known: source.is_some_and(|source| source.is_clock_known),
        }
    }
}

impl QueueSnapshot {
    /// Records the current values in the recent series, by the rules of `freshness.rs`.
    pub(super) fn record_recent(&mut self, source: ReportingSource, now: Moment) {
        let is_reporting = source.is_live && !self.silent && self.quiet_since.is_none();
        let current_reading = |metric| {
            let reading = self.readings.get(metric);
            let is_current = |reading: &&MetricReading| {
                is_reporting
                    && reading.generation == source.generation
                    && !reading.is_expired(now.monotonic)
            };
            reading
                .filter(is_current)
                .filter(|reading| !reading.is_invalid)
        };
        let waiting = match current_reading(Metric::Waiting).and_then(|reading| reading.value) {
            Some(MetricValue::Count(n)) => Some(n),
            _ => None,
        };
        // The start of a wait is unknown while the source's clock is.
        let is_start_known = source.is_clock_known || self.provided_metrics.is_some();
        let is_queue_empty = self.provided_metrics.is_some() && waiting == Some(0);
        let value = SeriesValue {
            waiting,
            longest: match current_reading(Metric::LongestWait)
                .map(|reading| reading.since.filter(|_| reading.value.is_some()))
            {
                Some(_) if is_queue_empty => LongestWait::Nobody,
                Some(Some(_)) if !is_start_known => LongestWait::Unknown,
                Some(Some(since)) => LongestWait::Since(since),
                // A customer waits, and the timers haven't reported since when.
                Some(None) if !matches!(waiting, None | Some(0)) => LongestWait::Unknown,
                Some(None) => LongestWait::Nobody,
                None => LongestWait::Unknown,
            },
        };
        self.recent_series.record_value(value, now);
    }
}

/// Returns the number of open cases that a load message reports.
fn reported_open_cases(readings: &[(Metric, Option<MetricValue>)]) -> Option<u64> {
    readings.iter().find_map(|(metric, value)| match value {
        Some(MetricValue::Count(n)) if *metric == Metric::InConversation => Some(*n),
        _ => None,
    })
}

/// The times and the generation of a message.
struct MessageTiming {
    at: Option<Timestamp>,
    /// Its time, if that can define the order.
    ordered_at: Option<Timestamp>,
    /// That time, or else its arrival by the source's clock.
    effective_at: Timestamp,
    /// Source times after this one are ahead of now.
    latest: Timestamp,
    offset: i64,
    generation: u32,
    now: Moment,
}

impl MessageTiming {
    fn new(at: Option<Timestamp>, offset: i64, generation: u32, now: Moment) -> Self {
        let latest = moment::plus_millis(now.wall, OUTLIER_LIMIT - offset);
        let ordered_at = at.filter(|at| *at <= latest);
        Self {
            at,
            ordered_at,
            effective_at: ordered_at.unwrap_or_else(|| moment::plus_millis(now.wall, -offset)),
            latest,
            offset,
            generation,
            now,
        }
    }

    fn apply_all(
        &self,
        queue: &mut QueueSnapshot,
        tracker: &mut WaitTracker,
        interval_ms: i64,
        reported: &[(Metric, Option<MetricValue>)],
    ) {
        tracker.discard_future_times(|at| self.is_ahead(at), self.effective_at);
        let mut is_load = false;
        for (metric, value) in reported {
            is_load |= matches!(
                metric,
                Metric::Waiting | Metric::InConversation | Metric::AgentsAvailable
            );
            match metric {
                Metric::Waiting => self.apply_waiting(tracker, *value),
                Metric::LongestWait => self.apply_longest(&queue.readings, tracker, *value),
                _ => self.apply_reading(&mut queue.readings, *metric, *value),
            }
        }
        if is_load {
            tracker.record_load(self.effective_at);
        }
        let current = tracker.compute_readings(self.generation, interval_ms);
        if let Some(waiting) = current.waiting {
            queue.readings.insert(Metric::Waiting, waiting);
        }
        if let Some(mut longest) = current.longest {
            if longest.value.is_none() {
                let began_after = current.began_after;
                longest.since = began_after.map(|at| moment::plus_millis(at, self.offset));
            }
            queue.readings.insert(Metric::LongestWait, longest);
        }
    }

    fn apply_reading(
        &self,
        readings: &mut QueueReadings,
        metric: Metric,
        value: Option<MetricValue>,
    ) {
        let before = ordering_time(readings.get(metric));
        if !self.is_older(before) {
            readings.insert(metric, self.build_reading(value, None, before));
        }
    }

    fn apply_waiting(&self, tracker: &mut WaitTracker, value: Option<MetricValue>) {
        let before = ordering_time(tracker.newest_waiting());
        let reading = self.build_reading(value, None, before);
        tracker.record_waiting(reading, self.effective_at, self.is_older(before));
    }

    fn apply_longest(
        &self,
        readings: &QueueReadings,
        tracker: &mut WaitTracker,
        value: Option<MetricValue>,
    ) {
        let before = ordering_time(tracker.newest_longest());
        let since = match value {
            Some(MetricValue::Seconds(waited)) if 0.0 < waited => {
                let running = readings.get(Metric::LongestWait);
                let running = running.filter(|reading| reading.value.is_some());
                Some(self.wait_start(waited, running.and_then(|reading| reading.since)))
            }
            _ => None,
        };
        let reading = self.build_reading(value, since, before);
        tracker.record_longest(reading, self.effective_at, self.is_older(before));
    }

    fn build_reading(
        &self,
        value: Option<MetricValue>,
        since: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> MetricReading {
        MetricReading {
            value,
            at: self.at,
            ordered_at: self.ordered_at.or(before),
            received_at: self.now.monotonic,
            generation: self.generation,
            since,
            valid_until: None,
            is_age_unknown: false,
            is_invalid: false,
        }
    }

    /// Whether this message is older, by the source's own time. A time far ahead of now blocks
    /// nothing.
    fn is_older(&self, before: Option<Timestamp>) -> bool {
        let (Some(ordered_at), Some(before)) = (self.ordered_at, before) else {
            return false;
        };
        ordered_at < before && !self.is_ahead(before)
    }

    fn is_ahead(&self, at: Timestamp) -> bool {
        self.latest < at
    }

    /// Returns when a wait of `waited` seconds began, on our clock.
    fn wait_start(&self, waited: f64, before: Option<Timestamp>) -> Timestamp {
        let reported_at = self
            .at
            .map_or(self.now.wall, |at| moment::plus_millis(at, self.offset));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a wait is far below 2^63 ms"
        )]
        let began = moment::plus_millis(reported_at, -(waited * 1000.0) as i64).min(self.now.wall);
        stabilize_start(before, began)
    }

    /// Clears an average wait from before a discontinuity if nobody waits or talks.
    fn clear_old_average(&self, queue: &mut QueueSnapshot) {
        let is_current = |reading: &MetricReading| reading.generation == self.generation;
        let is_empty = [Metric::Waiting, Metric::InConversation]
            .iter()
            .all(|metric| {
                let reading = queue
                    .readings
                    .get(*metric)
                    .filter(|reading| is_current(reading));
                reading.is_some_and(|reading| reading.value == Some(MetricValue::Count(0)))
            });
        let average = queue.readings.get(Metric::AverageWait);
        if is_empty && average.is_some_and(|average| !is_current(average)) {
            let unknown = self.build_reading(None, None, ordering_time(average));
            queue.readings.insert(Metric::AverageWait, unknown);
        }
    }
}

/// Returns the newest source time that orders a value.
fn ordering_time(reading: Option<&MetricReading>) -> Option<Timestamp> {
    reading.and_then(|reading| reading.ordered_at)
}

/// Records when the timers last reported, and learns their interval.
fn track_timers(
    report_interval: &mut ReportInterval,
    queue_state: &mut QueueState,
    queue: &mut QueueSnapshot,
    reported: &[(Metric, Option<MetricValue>)],
    timing: &MessageTiming,
) {
    queue_state.generation = timing.generation;
    let has_timers = reported
        .iter()
        .any(|(metric, _)| matches!(metric, Metric::LongestWait | Metric::AverageWait));
    if has_timers {
        if let (Some(before), Some(at)) = (queue_state.timers_at, timing.at) {
            report_interval.record_gap(moment::millis_between(before, at));
        }
        queue_state.timers_at = timing.at;
        queue_state.timers_expected_since = Some(timing.now.monotonic);
        queue.silent = false;
    }
    let is_busy = [Metric::Waiting, Metric::InConversation]
        .iter()
        .any(|metric| {
            let value = queue
                .readings
                .get(*metric)
                .and_then(|reading| reading.value);
            matches!(value, Some(MetricValue::Count(n)) if n > 0)
        });
    let is_waiting = |reading: &MetricReading| {
        reading.since.is_some() && reading.generation == timing.generation
    };
    if is_busy
        || queue
            .readings
            .get(Metric::LongestWait)
            .is_some_and(is_waiting)
    {
        // From here on the timers should report.
        queue_state
            .timers_expected_since
            .get_or_insert(timing.now.monotonic);
    } else {
        queue_state.timers_expected_since = None;
        queue_state.timers_at = None;
        queue.silent = false;
    }
}
