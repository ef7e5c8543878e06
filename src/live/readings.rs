//! What a queue says of now: each attribute by itself, ordered by the source's
//! own time, and the longest wait as a running clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Class, Metric, Moment, QueueId, Said, SourceId, Update, Value, moment};

use super::{
    feed::{Cadence, QueueFeed},
    ledger::Key,
    picture::{Day, Queue, Source},
    reading::{Reading, Readings, settled},
    state::State,
    trail::{Held, Longest, Trail},
};

/// So many loads in a row agree with the cases by no coincidence.
const AGREEMENTS: u8 = 3;

impl State {
    pub(super) fn on_readings(
        &mut self,
        update: &Update,
        id: &QueueId,
        readings: &[(Metric, Said<Value>)],
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

        let heard = Heard {
            at: update.at,
            orders: update.at.filter(|at| {
                let difference = moment::millis_between(*at, now.wall);
                !feed.offset.is_ahead(difference)
            }),
            offset: feed.offset.millis(),
            generation,
            now,
        };
        for (metric, value) in readings {
            heard.take(&mut queue.readings, *metric, *value);
        }
        heard.settle_timers(queue);

        let known = match feed.queues.get_mut(id) {
            Some(known) => known,
            None => feed.queues.entry(id.clone()).or_default(),
        };
        watch_timers(&mut feed.cadence, known, queue, readings, &heard);
        queue.note_trail(live, generation, now);
        if !known.accounted {
            self.compare_open(id, readings, update.at);
        }
    }

    /// Compares the open cases that we know of with what a load says, as of the
    /// load's own time: where one was missed, they are always fewer.
    fn compare_open(
        &mut self,
        id: &QueueId,
        readings: &[(Metric, Said<Value>)],
        at: Option<Timestamp>,
    ) {
        let talking = readings.iter().find_map(|(metric, value)| {
            let of_open = *metric == Metric::InConversation;
            value.known().filter(|_| of_open)
        });
        let (Some(Value::Count(talking)), Some(at)) = (talking, at) else {
            return;
        };
        let agrees = self.cases.talks.open_at(id, at) as u64 == talking;
        let feed = self.feeds.get_mut(&id.source);
        if let Some(known) = feed.and_then(|feed| feed.queues.get_mut(id)) {
            if !agrees {
                known.agrees = 0;
            } else if known.agreed_at.is_none_or(|last| last < at) {
                known.agrees += 1;
                known.agreed_at = Some(at);
            }
            known.accounted = AGREEMENTS <= known.agrees;
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
            today: Day::default(),
            profile: 0,
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
            reading.filter(|reading| speaks && reading.generation == generation)
        };
        let held = Held {
            waiting: match fresh(Metric::Waiting).map(|reading| reading.value) {
                Some(Said::Known(Value::Count(n))) => Some(n),
                _ => None,
            },
            longest: match fresh(Metric::LongestWait).map(|reading| reading.since) {
                Some(Some(since)) => Longest::Since(since),
                Some(None) => Longest::Nobody,
                None => Longest::Unknown,
            },
        };
        self.trail.note(held, now);
    }
}

/// When and how a message was heard.
struct Heard {
    at: Option<Timestamp>,
    /// Its time, where that can order.
    orders: Option<Timestamp>,
    offset: i64,
    generation: u32,
    now: Moment,
}

impl Heard {
    fn take(&self, readings: &mut Readings, metric: Metric, value: Said<Value>) {
        let before = readings.get(metric).copied();
        if self.is_older(before.and_then(|reading| reading.ordered)) {
            return;
        }
        let since = match (metric, value) {
            (Metric::LongestWait, Said::Known(Value::Seconds(waited))) => {
                Some(self.began(waited, before.and_then(|reading| reading.since)))
            }
            _ => None,
        };
        readings.insert(metric, self.reading(value, since, before));
    }

    fn reading(
        &self,
        value: Said<Value>,
        since: Option<Timestamp>,
        before: Option<Reading>,
    ) -> Reading {
        Reading {
            value,
            at: self.at,
            ordered: self.orders.or(before.and_then(|reading| reading.ordered)),
            heard: self.now.mono,
            generation: self.generation,
            since,
        }
    }

    /// Older by the source's own time. A time that was itself far ahead of now
    /// holds nothing up.
    fn is_older(&self, ordered: Option<Timestamp>) -> bool {
        let (Some(orders), Some(ordered)) = (self.orders, ordered) else {
            return false;
        };
        let ahead = moment::millis_between(ordered, self.now.wall) < self.offset - super::feed::ODD;
        orders < ordered && !ahead
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

    /// Nobody in queue ends the longest wait; nobody at all speaks for both timers.
    fn settle_timers(&self, queue: &mut Queue) {
        let [waiting, talking, longest, average] = [
            Metric::Waiting,
            Metric::InConversation,
            Metric::LongestWait,
            Metric::AverageWait,
        ]
        .map(|metric| queue.readings.get(metric).copied());
        let none = |reading: Option<Reading>| {
            reading.is_some_and(|r| {
                r.value == Said::Known(Value::Count(0)) && r.generation == self.generation
            })
        };
        if !none(waiting) {
            return;
        }
        let ended = waiting.and_then(|reading| reading.ordered);
        // Timers that are newer than the empty queue speak of somebody new.
        let somebody = longest.is_some_and(|reading| {
            ended < reading.ordered
                && !matches!(
                    reading.value,
                    Said::Unknown | Said::Known(Value::Seconds(0.0))
                )
        });
        if !somebody {
            let mut nobody = self.reading(Said::Unknown, None, longest);
            let before = longest.and_then(|reading| reading.ordered);
            nobody.ordered = nobody.ordered.max(ended).max(before);
            queue.readings.insert(Metric::LongestWait, nobody);
        }

        let old = average.is_some_and(|reading| reading.generation != self.generation);
        if none(talking) && old {
            let unsaid = self.reading(Said::Unknown, None, average);
            queue.readings.insert(Metric::AverageWait, unsaid);
        }
    }
}

/// Remembers when the timers last spoke, and learns their interval.
fn watch_timers(
    cadence: &mut Cadence,
    known: &mut QueueFeed,
    queue: &mut Queue,
    said: &[(Metric, Said<Value>)],
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
            let value = queue.readings.get(*metric).map(|reading| reading.value);
            matches!(value, Some(Said::Known(Value::Count(n))) if n > 0)
        });
    if busy {
        // From here on the timers should speak.
        known.timers.get_or_insert(heard.now.mono);
    } else {
        known.timers = None;
        known.timers_at = None;
        queue.silent = false;
    }
}
