//! What a queue says of now: each attribute by itself, ordered by the source's
//! own time, and the longest wait as a running clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{EntityKind, Metric, MetricValue, Moment, QueueId, SourceId, Update, moment};

use super::{
    case_tracking::DayOwner,
    live_state::LiveState,
    metric_reading::{MetricReading, QueueReadings, stabilize_start},
    recent_series::{LongestWait, RecentSeries, SeriesValue},
    snapshot::{QueueSnapshot, SourceSnapshot},
    source_state::{QueueState, ReportInterval, WaitTracker},
};

impl LiveState {
    pub(super) fn apply_readings(
        &mut self,
        update: &Update,
        id: &QueueId,
        readings: &[(Metric, Option<MetricValue>)],
        now: Moment,
    ) {
        let source = self.snapshot.sources.get(&id.source);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(SourceSnapshot::is_live);
        // Looked up once where it is known, which is nearly always.
        let queue = if let Some(queue) = self.snapshot.queues.get_mut(id) {
            queue
        } else {
            if !self.has_capacity(EntityKind::Queue, id) {
                return self.reject_message(update);
            }
            self.add_queue(id);
            match self.snapshot.queues.get_mut(id) {
                Some(queue) => queue,
                None => return,
            }
        };
        let Some(feed) = self.source_states.get_mut(&id.source) else {
            return;
        };
        queue.hidden = false;
        queue.quiet_since = None;
        queue.readings.use_fixed_slots();

        let heard = MessageTiming::new(update.at, feed.clock_offset.as_millis(), generation, now);
        let known = match feed.queues.get_mut(id) {
            Some(known) => known,
            None => feed.queues.entry(id.clone()).or_default(),
        };
        heard.apply_all(queue, &mut known.wait_tracker, readings);
        heard.clear_old_average(queue);
        track_timers(&mut feed.report_interval, known, queue, readings, &heard);
        queue.record_recent(live, generation, now);
        if let (Some(at), Some(talking)) = (update.at, reported_open_cases(readings))
            && let Some(witness) =
                self.cases
                    .compare_open_cases(known, id, at, talking, now.monotonic)
        {
            self.reconcile_queue(id, witness);
        }
    }

    /// Notes for the last hours what is fresh now, after whatever can change that
    /// for all queues of a source.
    pub(super) fn record_recent_series(&mut self, id: &SourceId, now: Moment) {
        let source = self.snapshot.sources.get(id);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(SourceSnapshot::is_live);
        for queue in self.snapshot.queues.values_mut() {
            if queue.id.source == *id {
                queue.record_recent(live, generation, now);
            }
        }
    }

    pub(super) fn source_generation(&self, source: &SourceId) -> u32 {
        self.snapshot
            .sources
            .get(source)
            .map_or(0, |source| source.generation)
    }

    /// A queue heard of for the first time.
    pub(super) fn add_queue(&mut self, id: &QueueId) {
        let queue = QueueSnapshot {
            id: id.clone(),
            name: None,
            external_ids: Arc::default(),
            hidden: false,
            quiet_since: None,
            silent: false,
            readings: QueueReadings::default(),
            recent_series: RecentSeries::default(),
            today: Arc::clone(&self.empty_day),
            profile_revision: 0,
            provided_metrics: None,
            members: None,
        };
        self.snapshot.queues.insert(id.clone(), queue);
        self.refresh_day(&DayOwner::Queue(id.clone()));
    }
}

impl QueueSnapshot {
    /// Notes what is fresh now; the rules are those of `freshness.rs`.
    pub(super) fn record_recent(&mut self, live: bool, generation: u32, now: Moment) {
        let speaks = live && !self.silent && self.quiet_since.is_none();
        let fresh = |metric| {
            let reading = self.readings.get(metric);
            let holds = |reading: &&MetricReading| {
                speaks && reading.generation == generation && !reading.is_expired(now.monotonic)
            };
            reading.filter(holds).filter(|reading| !reading.is_invalid)
        };
        let waiting = match fresh(Metric::Waiting).and_then(|reading| reading.value) {
            Some(MetricValue::Count(n)) => Some(n),
            _ => None,
        };
        let nobody = self.provided_metrics.is_some() && waiting == Some(0);
        let held = SeriesValue {
            waiting,
            longest: match fresh(Metric::LongestWait).map(|reading| reading.since) {
                Some(_) if nobody => LongestWait::Nobody,
                Some(Some(since)) => LongestWait::Since(since),
                // Somebody has come, and the timers have not yet said since when.
                Some(None) if !matches!(waiting, None | Some(0)) => LongestWait::Unknown,
                Some(None) => LongestWait::Nobody,
                None => LongestWait::Unknown,
            },
        };
        self.recent_series.record_value(held, now);
    }
}

/// How many open cases a load counts.
fn reported_open_cases(readings: &[(Metric, Option<MetricValue>)]) -> Option<u64> {
    readings.iter().find_map(|(metric, value)| match value {
        Some(MetricValue::Count(n)) if *metric == Metric::InConversation => Some(*n),
        _ => None,
    })
}

/// When and how a message was heard.
struct MessageTiming {
    at: Option<Timestamp>,
    /// Its time, where that can order.
    ordered_at: Option<Timestamp>,
    /// That time; where it orders nothing, its arrival by the source's clock.
    effective_at: Timestamp,
    /// Source times after this one, in milliseconds, are ahead of now.
    latest: i64,
    offset: i64,
    generation: u32,
    now: Moment,
}

impl MessageTiming {
    fn new(at: Option<Timestamp>, offset: i64, generation: u32, now: Moment) -> Self {
        let latest = now.wall.as_millisecond() - offset + super::source_state::OUTLIER_LIMIT;
        let orders = at.filter(|at| at.as_millisecond() <= latest);
        Self {
            at,
            ordered_at: orders,
            effective_at: orders.unwrap_or_else(|| moment::plus_millis(now.wall, -offset)),
            latest,
            offset,
            generation,
            now,
        }
    }

    fn apply_all(
        &self,
        queue: &mut QueueSnapshot,
        waits: &mut WaitTracker,
        said: &[(Metric, Option<MetricValue>)],
    ) {
        waits.discard_future_times(|at| self.is_ahead(at), self.effective_at);
        let mut is_load = false;
        for (metric, value) in said {
            is_load |= matches!(
                metric,
                Metric::Waiting | Metric::InConversation | Metric::AgentsAvailable
            );
            match metric {
                Metric::Waiting => self.apply_waiting(waits, *value),
                Metric::LongestWait => self.apply_longest(&queue.readings, waits, *value),
                _ => self.apply_reading(&mut queue.readings, *metric, *value),
            }
        }
        if is_load {
            waits.record_load(self.effective_at);
        }
        let shown = waits.compute_readings(self.generation);
        for (metric, reading) in [
            (Metric::Waiting, shown.waiting),
            (Metric::LongestWait, shown.longest),
        ] {
            if let Some(reading) = reading {
                queue.readings.insert(metric, reading);
            }
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

    fn apply_waiting(&self, waits: &mut WaitTracker, value: Option<MetricValue>) {
        let before = ordering_time(waits.newest_waiting());
        let reading = self.build_reading(value, None, before);
        waits.record_waiting(reading, self.effective_at, self.is_older(before));
    }

    fn apply_longest(
        &self,
        readings: &QueueReadings,
        waits: &mut WaitTracker,
        value: Option<MetricValue>,
    ) {
        let before = ordering_time(waits.newest_longest());
        let since = match value {
            Some(MetricValue::Seconds(waited)) if 0.0 < waited => {
                let running = readings.get(Metric::LongestWait);
                Some(self.wait_start(waited, running.and_then(|reading| reading.since)))
            }
            _ => None,
        };
        let reading = self.build_reading(value, since, before);
        waits.record_longest(reading, self.effective_at, self.is_older(before));
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

    /// Older by the source's own time. A time that was itself far ahead of now
    /// holds nothing up.
    fn is_older(&self, before: Option<Timestamp>) -> bool {
        let (Some(orders), Some(before)) = (self.ordered_at, before) else {
            return false;
        };
        orders < before && !self.is_ahead(before)
    }

    fn is_ahead(&self, at: Timestamp) -> bool {
        self.latest < at.as_millisecond()
    }

    /// Where a wait of that many seconds began, on our clock.
    fn wait_start(&self, waited: f64, before: Option<Timestamp>) -> Timestamp {
        let said = self
            .at
            .map_or(self.now.wall, |at| moment::plus_millis(at, self.offset));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a wait is far below 2^63 ms"
        )]
        let began = moment::plus_millis(said, -(waited * 1000.0) as i64).min(self.now.wall);
        stabilize_start(before, began)
    }

    /// Where nobody waits or talks, an average wait from before a break is not known.
    fn clear_old_average(&self, queue: &mut QueueSnapshot) {
        let is_said = |reading: &MetricReading| reading.generation == self.generation;
        let is_empty = [Metric::Waiting, Metric::InConversation]
            .iter()
            .all(|metric| {
                let reading = queue
                    .readings
                    .get(*metric)
                    .filter(|reading| is_said(reading));
                reading.is_some_and(|reading| reading.value == Some(MetricValue::Count(0)))
            });
        let average = queue.readings.get(Metric::AverageWait);
        if is_empty && average.is_some_and(|average| !is_said(average)) {
            let unsaid = self.build_reading(None, None, ordering_time(average));
            queue.readings.insert(Metric::AverageWait, unsaid);
        }
    }
}

/// The newest source time that orders a value.
fn ordering_time(reading: Option<&MetricReading>) -> Option<Timestamp> {
    reading.and_then(|reading| reading.ordered_at)
}

/// Remembers when the timers last spoke, and learns their interval.
fn track_timers(
    cadence: &mut ReportInterval,
    known: &mut QueueState,
    queue: &mut QueueSnapshot,
    said: &[(Metric, Option<MetricValue>)],
    heard: &MessageTiming,
) {
    known.generation = heard.generation;
    let is_timers = said
        .iter()
        .any(|(metric, _)| matches!(metric, Metric::LongestWait | Metric::AverageWait));
    if is_timers {
        if let (Some(before), Some(at)) = (known.timers_at, heard.at) {
            cadence.record_gap(moment::millis_between(before, at));
        }
        known.timers_at = heard.at;
        known.timers_expected_since = Some(heard.now.monotonic);
        queue.silent = false;
    }
    let busy = [Metric::Waiting, Metric::InConversation]
        .iter()
        .any(|metric| {
            let value = queue
                .readings
                .get(*metric)
                .and_then(|reading| reading.value);
            matches!(value, Some(MetricValue::Count(n)) if n > 0)
        });
    let waits =
        |reading: &MetricReading| reading.since.is_some() && reading.generation == heard.generation;
    if busy || queue.readings.get(Metric::LongestWait).is_some_and(waits) {
        // From here on the timers should speak.
        known
            .timers_expected_since
            .get_or_insert(heard.now.monotonic);
    } else {
        known.timers_expected_since = None;
        known.timers_at = None;
        queue.silent = false;
    }
}
