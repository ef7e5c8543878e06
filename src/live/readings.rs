//! What a queue says of now: each attribute by itself, ordered by the source's
//! own time, and the longest wait as a running clock.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Class, Metric, Moment, QueueId, Said, SourceId, Update, Value, moment};

use super::{
    feed::{Cadence, QueueFeed},
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
        queue.readings.make_places();

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
        let known = match feed.queues.get_mut(id) {
            Some(known) => known,
            None => feed.queues.entry(id.clone()).or_default(),
        };
        heard.settle_timers(queue, known);
        watch_timers(&mut feed.cadence, known, queue, readings, &heard);
        queue.note_trail(live, generation, now);
        if !known.accounted {
            self.compare_open(id, readings, update.at);
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
        let waiting = match fresh(Metric::Waiting).map(|reading| reading.value) {
            Some(Said::Known(Value::Count(n))) => Some(n),
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
            until: None,
            age_unknown: false,
            invalid: false,
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
    fn settle_timers(&self, queue: &mut Queue, known: &mut QueueFeed) {
        let is_said = |reading: &Reading| reading.generation == self.generation;
        let Some(waiting) = (queue.readings.get(Metric::Waiting).copied()).filter(is_said) else {
            return;
        };
        match waiting.value {
            Said::Known(Value::Count(0)) => self.settle_nobody(queue, known, waiting),
            Said::Known(_) => return self.settle_early(queue, known),
            Said::Unknown => return,
        }

        let [talking, average] = [Metric::InConversation, Metric::AverageWait]
            .map(|metric| queue.readings.get(metric).copied());
        let none = talking.is_some_and(|r| is_said(&r) && r.value == Said::Known(Value::Count(0)));
        let old = average.is_some_and(|reading| !is_said(&reading));
        if none && old {
            let unsaid = self.reading(Said::Unknown, None, average);
            queue.readings.insert(Metric::AverageWait, unsaid);
        }
    }

    /// The load says that nobody waits. Timers that are newer and speak of somebody
    /// may be the first word of a newcomer or the last of who has gone; so that no
    /// screen says both, they are held back until the next load or timers tell.
    fn settle_nobody(&self, queue: &mut Queue, known: &mut QueueFeed, waiting: Reading) {
        let longest = queue.readings.get(Metric::LongestWait).copied();
        let ended = waiting.ordered;
        let is_later = |reading: &Reading| ended < reading.ordered;
        let early = known.early.filter(is_later);
        let somebody = longest.filter(is_later).filter(|reading| {
            let nobody = [Said::Unknown, Said::Known(Value::Seconds(0.0))];
            !nobody.contains(&reading.value)
        });
        let newest = somebody.and_then(|reading| reading.ordered);
        if early.is_some_and(|early| early.ordered < newest) {
            // Said twice: it is the load that lags, and how many wait is not known.
            known.early = None;
            let value = Said::Unknown;
            let unsaid = Reading { value, ..waiting };
            queue.readings.insert(Metric::Waiting, unsaid);
            return;
        }
        known.early = somebody.or(early);
        let mut nobody = self.reading(Said::Unknown, None, longest);
        let before = longest.and_then(|reading| reading.ordered);
        nobody.ordered = nobody.ordered.max(ended).max(before);
        queue.readings.insert(Metric::LongestWait, nobody);
    }

    /// The load agrees with the timers that came before it.
    fn settle_early(&self, queue: &mut Queue, known: &mut QueueFeed) {
        let Some(early) = known.early.take() else {
            return;
        };
        let longest = queue.readings.get(Metric::LongestWait);
        let is_unsaid = longest.is_none_or(|reading| reading.value == Said::Unknown);
        if is_unsaid && early.generation == self.generation {
            queue.readings.insert(Metric::LongestWait, early);
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
