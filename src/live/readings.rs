//! What a queue says of now: each attribute by itself, ordered by the source's
//! own time, and the longest wait as a running clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Class, Metric, Moment, QueueId, SourceId, Update, Value, moment};

use super::{
    feed::{Cadence, QueueFeed, Waits},
    ledger::Key,
    picture::{Queue, Source},
    reading::{Reading, Readings, settled},
    state::State,
    trail::{Held, Longest, Trail},
};

impl State {
    pub(super) fn on_readings(
        &mut self,
        update: &Update,
        id: &QueueId,
        readings: &[(Metric, Option<Value>)],
        now: Moment,
    ) {
        let source = self.picture.sources.get(&id.source);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(Source::is_live);
        // Looked up once where it is known, which is nearly always.
        let queue = if let Some(queue) = self.picture.queues.get_mut(id) {
            queue
        } else {
            if !self.has_room(Class::Queue, id) {
                return self.refuse(update);
            }
            self.add_queue(id);
            match self.picture.queues.get_mut(id) {
                Some(queue) => queue,
                None => return,
            }
        };
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        queue.hidden = false;
        queue.quiet_since = None;
        queue.readings.make_places();

        let heard = Heard::new(update.at, feed.offset.millis(), generation, now);
        let known = match feed.queues.get_mut(id) {
            Some(known) => known,
            None => feed.queues.entry(id.clone()).or_default(),
        };
        heard.take_all(queue, &mut known.waits, readings);
        heard.settle_average(queue);
        watch_timers(&mut feed.cadence, known, queue, readings, &heard);
        queue.note_trail(live, generation, now);
        if let (Some(at), Some(talking)) = (update.at, open_cases(readings))
            && let Some(witness) = self.cases.compare_open(known, id, at, talking, now.mono)
        {
            self.prove(id, witness);
        }
    }

    /// Notes for the last hours what is fresh now, after whatever can change that
    /// for all queues of a source.
    pub(super) fn note_trails(&mut self, id: &SourceId, now: Moment) {
        let source = self.picture.sources.get(id);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(Source::is_live);
        for queue in self.picture.queues.values_mut() {
            if queue.id.source == *id {
                queue.note_trail(live, generation, now);
            }
        }
    }

    pub(super) fn generation(&self, source: &SourceId) -> u32 {
        self.picture
            .sources
            .get(source)
            .map_or(0, |source| source.generation)
    }

    /// A queue heard of for the first time.
    pub(super) fn add_queue(&mut self, id: &QueueId) {
        let queue = Queue {
            id: id.clone(),
            name: None,
            external_ids: Arc::default(),
            hidden: false,
            quiet_since: None,
            silent: false,
            readings: Readings::default(),
            trail: Trail::default(),
            today: Arc::clone(&self.blank),
            profile: 0,
            gives: None,
            members: None,
        };
        self.picture.queues.insert(id.clone(), queue);
        self.show_day(&Key::Queue(id.clone()));
    }
}

impl Queue {
    /// Notes what is fresh now; the rules are those of `freshness.rs`.
    pub(super) fn note_trail(&mut self, live: bool, generation: u32, now: Moment) {
        let speaks = live && !self.silent && self.quiet_since.is_none();
        let fresh = |metric| {
            let reading = self.readings.get(metric);
            let holds = |reading: &&Reading| {
                speaks && reading.generation == generation && !reading.is_over(now.mono)
            };
            reading.filter(holds).filter(|reading| !reading.invalid)
        };
        let waiting = match fresh(Metric::Waiting).and_then(|reading| reading.value) {
            Some(Value::Count(n)) => Some(n),
            _ => None,
        };
        let nobody = self.gives.is_some() && waiting == Some(0);
        let held = Held {
            waiting,
            longest: match fresh(Metric::LongestWait).map(|reading| reading.since) {
                Some(_) if nobody => Longest::Nobody,
                Some(Some(since)) => Longest::Since(since),
                // Somebody has come, and the timers have not yet said since when.
                Some(None) if !matches!(waiting, None | Some(0)) => Longest::Unknown,
                Some(None) => Longest::Nobody,
                None => Longest::Unknown,
            },
        };
        self.trail.note(held, now);
    }
}

/// How many open cases a load counts.
fn open_cases(readings: &[(Metric, Option<Value>)]) -> Option<u64> {
    readings.iter().find_map(|(metric, value)| match value {
        Some(Value::Count(n)) if *metric == Metric::InConversation => Some(*n),
        _ => None,
    })
}

/// When and how a message was heard.
struct Heard {
    at: Option<Timestamp>,
    /// Its time, where that can order.
    orders: Option<Timestamp>,
    /// That time; where it orders nothing, its arrival by the source's clock.
    on: Timestamp,
    /// Source times after this one, in milliseconds, are ahead of now.
    latest: i64,
    offset: i64,
    generation: u32,
    now: Moment,
}

impl Heard {
    fn new(at: Option<Timestamp>, offset: i64, generation: u32, now: Moment) -> Self {
        let latest = now.wall.as_millisecond() - offset + super::feed::ODD;
        let orders = at.filter(|at| at.as_millisecond() <= latest);
        Self {
            at,
            orders,
            on: orders.unwrap_or_else(|| moment::plus_millis(now.wall, -offset)),
            latest,
            offset,
            generation,
            now,
        }
    }

    fn take_all(&self, queue: &mut Queue, waits: &mut Waits, said: &[(Metric, Option<Value>)]) {
        waits.forget(|at| self.is_ahead(at), self.on);
        let mut is_load = false;
        for (metric, value) in said {
            is_load |= matches!(
                metric,
                Metric::Waiting | Metric::InConversation | Metric::AgentsAvailable
            );
            match metric {
                Metric::Waiting => self.take_waiting(waits, *value),
                Metric::LongestWait => self.take_longest(&queue.readings, waits, *value),
                _ => self.take(&mut queue.readings, *metric, *value),
            }
        }
        if is_load {
            waits.on_load(self.on);
        }
        let shown = waits.shown(self.generation);
        for (metric, reading) in [
            (Metric::Waiting, shown.waiting),
            (Metric::LongestWait, shown.longest),
        ] {
            if let Some(reading) = reading {
                queue.readings.insert(metric, reading);
            }
        }
    }

    fn take(&self, readings: &mut Readings, metric: Metric, value: Option<Value>) {
        let before = ordered(readings.get(metric));
        if !self.is_older(before) {
            readings.insert(metric, self.reading(value, None, before));
        }
    }

    fn take_waiting(&self, waits: &mut Waits, value: Option<Value>) {
        let before = ordered(waits.waiting());
        let reading = self.reading(value, None, before);
        waits.on_waiting(reading, self.on, self.is_older(before));
    }

    fn take_longest(&self, readings: &Readings, waits: &mut Waits, value: Option<Value>) {
        let before = ordered(waits.longest());
        let since = match value {
            Some(Value::Seconds(waited)) if 0.0 < waited => {
                let running = readings.get(Metric::LongestWait);
                Some(self.began(waited, running.and_then(|reading| reading.since)))
            }
            _ => None,
        };
        let reading = self.reading(value, since, before);
        waits.on_longest(reading, self.on, self.is_older(before));
    }

    fn reading(
        &self,
        value: Option<Value>,
        since: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> Reading {
        Reading {
            value,
            at: self.at,
            ordered: self.orders.or(before),
            heard: self.now.mono,
            generation: self.generation,
            since,
            until: None,
            age_unknown: false,
            invalid: false,
        }
    }

    /// Older by the source's own time. A time that was itself far ahead of now
    /// holds nothing up.
    fn is_older(&self, before: Option<Timestamp>) -> bool {
        let (Some(orders), Some(before)) = (self.orders, before) else {
            return false;
        };
        orders < before && !self.is_ahead(before)
    }

    fn is_ahead(&self, at: Timestamp) -> bool {
        self.latest < at.as_millisecond()
    }

    /// Where a wait of that many seconds began, on our clock.
    fn began(&self, waited: f64, before: Option<Timestamp>) -> Timestamp {
        let said = self
            .at
            .map_or(self.now.wall, |at| moment::plus_millis(at, self.offset));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a wait is far below 2^63 ms"
        )]
        let began = moment::plus_millis(said, -(waited * 1000.0) as i64).min(self.now.wall);
        settled(before, began)
    }

    /// Where nobody waits or talks, an average wait from before a break is not known.
    fn settle_average(&self, queue: &mut Queue) {
        let is_said = |reading: &Reading| reading.generation == self.generation;
        let is_empty = [Metric::Waiting, Metric::InConversation]
            .iter()
            .all(|metric| {
                let reading = queue
                    .readings
                    .get(*metric)
                    .filter(|reading| is_said(reading));
                reading.is_some_and(|reading| reading.value == Some(Value::Count(0)))
            });
        let average = queue.readings.get(Metric::AverageWait);
        if is_empty && average.is_some_and(|average| !is_said(average)) {
            let unsaid = self.reading(None, None, ordered(average));
            queue.readings.insert(Metric::AverageWait, unsaid);
        }
    }
}

/// The newest source time that orders a value.
fn ordered(reading: Option<&Reading>) -> Option<Timestamp> {
    reading.and_then(|reading| reading.ordered)
}

/// Remembers when the timers last spoke, and learns their interval.
fn watch_timers(
    cadence: &mut Cadence,
    known: &mut QueueFeed,
    queue: &mut Queue,
    said: &[(Metric, Option<Value>)],
    heard: &Heard,
) {
    known.generation = heard.generation;
    let is_timers = said
        .iter()
        .any(|(metric, _)| matches!(metric, Metric::LongestWait | Metric::AverageWait));
    if is_timers {
        if let (Some(before), Some(at)) = (known.timers_at, heard.at) {
            cadence.learn(moment::millis_between(before, at));
        }
        known.timers_at = heard.at;
        known.timers = Some(heard.now.mono);
        queue.silent = false;
    }
    let busy = [Metric::Waiting, Metric::InConversation]
        .iter()
        .any(|metric| {
            let value = queue
                .readings
                .get(*metric)
                .and_then(|reading| reading.value);
            matches!(value, Some(Value::Count(n)) if n > 0)
        });
    let waits =
        |reading: &Reading| reading.since.is_some() && reading.generation == heard.generation;
    if busy || queue.readings.get(Metric::LongestWait).is_some_and(waits) {
        // From here on the timers should speak.
        known.timers.get_or_insert(heard.now.mono);
    } else {
        known.timers = None;
        known.timers_at = None;
        queue.silent = false;
    }
}
