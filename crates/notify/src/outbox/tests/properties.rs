//! Random adding, sending, failing and restarting.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{
    super::{DEAD_LETTERS_MAX, Outbox, Outgoing, WAITING_MAX},
    accepted, at, channel, failed, id, message, refused, restarted, start, write_digest,
};
use crate::{Channel, Message, MessageId, MessageSeries, SERIES_HOURLY_MAX};

#[derive(Clone, Debug)]
enum OutboxStep {
    /// Adds so many messages to a channel, each of the next thread, and of a series.
    Add(usize, usize, Option<(&'static str, bool)>),
    /// Begins what is due after so many seconds.
    Send(i64),
    /// Ends an attempt: accepted, accepted without our knowing, failed, or refused.
    Settle(usize, u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<OutboxStep>> {
    let step = prop_oneof![
        3 => (0..3_usize, 1..12_usize, series())
            .prop_map(|(channel, count, series)| OutboxStep::Add(channel, count, series)),
        5 => prop_oneof![0..5_i64, 5..600_i64, 3_000..9_000_i64].prop_map(OutboxStep::Send),
        5 => (0..3_usize, 0..8_u8).prop_map(|(place, how)| OutboxStep::Settle(place, how)),
        1 => Just(OutboxStep::Restart),
    ];
    prop::collection::vec(step, 1..120)
}

/// A name, and whether the message may wait.
fn series() -> impl Strategy<Value = Option<(&'static str, bool)>> {
    let name = prop_oneof![3 => Just("waits"), 1 => Just("lost")];
    prop::option::weighted(0.7, (name, prop::bool::weighted(0.8)))
}

const NAMES: [&str; 3] = ["floor", "leads", "on-call"];

/// An outbox with everything that its receivers have seen.
struct World {
    outbox: Outbox,
    channels: Vec<Channel>,
    now: Timestamp,
    threads: usize,
    added: usize,
    /// The newest number by channel and thread.
    newest: BTreeMap<(String, String), usize>,
    /// Each ID's message, which never changes.
    contents: BTreeMap<MessageId, Message>,
    /// The last number that a receiver may have seen, by channel and thread.
    seen: BTreeMap<(String, String), usize>,
    accepted: Vec<(Timestamp, Outgoing)>,
    /// The series of each message that waited for their rates.
    limited: BTreeMap<MessageId, BTreeSet<String>>,
    dead: BTreeMap<MessageId, Message>,
}

impl World {
    fn new(threads: usize) -> Self {
        let limits = [20, 4, 60];
        let channels = NAMES.iter().zip(limits);
        Self {
            outbox: Outbox::default(),
            channels: channels.map(|(name, max)| channel(name, max)).collect(),
            now: start(),
            threads,
            added: 0,
            newest: BTreeMap::new(),
            contents: BTreeMap::new(),
            seen: BTreeMap::new(),
            accepted: Vec::new(),
            limited: BTreeMap::new(),
            dead: BTreeMap::new(),
        }
    }

    fn take_all(&mut self, steps: &[OutboxStep]) {
        for step in steps {
            self.take(step);
        }
    }

    fn take(&mut self, step: &OutboxStep) {
        match *step {
            OutboxStep::Add(channel, count, series) => {
                // Dead letters beyond these aren't kept, and each message is counted.
                for _ in 0..count.min(DEAD_LETTERS_MAX - self.added) {
                    let thread = format!("t{}", self.added % self.threads);
                    let (name, number) = (NAMES[channel], self.added);
                    let key = (name.to_owned(), thread.clone());
                    self.newest.insert(key, number);
                    let message = message(&thread, number);
                    match series {
                        None => self.outbox.add(id(number), name, message, self.now),
                        Some((series, may_wait)) => {
                            let series = MessageSeries {
                                name: series.to_owned(),
                                about: String::new(),
                                may_wait,
                            };
                            self.outbox
                                .add_of_series(id(number), name, series, message, self.now);
                        }
                    }
                    self.added += 1;
                }
            }
            OutboxStep::Send(seconds) => self.send(seconds),
            OutboxStep::Settle(place, how) => {
                let in_flight: Vec<_> = self.outbox.in_flight().collect();
                if let Some(one) = in_flight.get(place % in_flight.len().max(1)) {
                    self.settle(one, how);
                }
            }
            OutboxStep::Restart => self.outbox = restarted(&self.outbox),
        }
        self.check();
    }

    fn send(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        let due = self.outbox.due(self.now, &self.channels, write_digest);
        for one in due {
            let known = self.contents.entry(one.id.clone());
            let known = known.or_insert_with(|| one.message.clone());
            assert_eq!(known, &one.message, "an ID has one content");
            let sent = self.outbox.queues[&one.channel].in_flight.as_ref();
            let sent = sent.filter(|sent| sent.is_limited);
            (self.limited).extend(sent.map(|sent| (sent.id.clone(), sent.series.clone())));
            for line in &one.message.lines {
                let number: usize = line.value.parse().unwrap();
                let key = (one.channel.clone(), line.label.clone());
                let before = self.seen.insert(key, number);
                assert!(before <= Some(number), "{number} after {before:?}");
            }
        }
        let next = self.outbox.next_due();
        assert!(next.is_none_or(|next| self.now < next), "{next:?} is past");
    }

    fn settle(&mut self, one: &Outgoing, how: u8) {
        let outcome = match how {
            0..4 => Ok(accepted()),
            4..7 => Err(failed()),
            _ => Err(refused()),
        };
        if outcome.is_ok() {
            self.accepted.push((self.now, one.clone()));
        }
        self.outbox.settle(&one.id, outcome, self.now);
    }

    fn check(&mut self) {
        let waiting = NAMES.map(|name| self.outbox.queues.get(name));
        let waiting = waiting.into_iter().flatten();
        let waiting: usize = waiting.map(|queue| queue.waiting.len()).sum();
        assert!(waiting <= WAITING_MAX);
        for letter in self.outbox.dead_letters() {
            self.dead.insert(letter.id.clone(), letter.message.clone());
        }
    }

    /// Accepts everything until nothing is left.
    fn drain(&mut self) {
        self.outbox = restarted(&self.outbox);
        for _ in 0..10_000 {
            let in_flight: Vec<_> = self.outbox.in_flight().collect();
            for one in &in_flight {
                self.settle(one, 0);
            }
            self.check();
            let Some(next) = self.outbox.next_due() else {
                return;
            };
            let pause = next.duration_since(self.now).as_secs().max(0);
            self.send(pause + 1);
        }
        panic!("the outbox never becomes empty");
    }

    /// The messages with an ID's end, each counted as often as it is in one.
    fn ended(&self) -> (usize, BTreeMap<(String, String), BTreeSet<usize>>) {
        let mut numbers: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
        let mut count = 0;
        let accepted = self.accepted.iter().map(|(_, one)| &one.message);
        for message in accepted.chain(self.dead.values()) {
            count += match &*message.thread {
                "digest" => message.headline.parse().unwrap(),
                _ => 1,
            };
        }
        for (_, one) in &self.accepted {
            for line in &one.message.lines {
                let key = (one.channel.clone(), line.label.clone());
                let number = line.value.parse().unwrap();
                numbers.entry(key).or_default().insert(number);
            }
        }
        (count, numbers)
    }
}

proptest! {
    #[test]
    fn no_message_is_lost_and_none_has_two_ids(steps in steps()) {
        // Each message has a thread of its own, so that none is replaced.
        let mut world = World::new(usize::MAX);
        world.take_all(&steps);
        world.drain();
        prop_assert_eq!(world.ended().0, world.added);
        let ids: BTreeSet<_> = world.accepted.iter().map(|(_, one)| &one.id).collect();
        prop_assert_eq!(ids.len(), world.accepted.len());
    }

    #[test]
    fn messages_of_a_thread_arrive_in_order_and_the_newest_always_does(steps in steps()) {
        let mut world = World::new(7);
        world.take_all(&steps);
        world.drain();
        let (_, accepted) = world.ended();
        let dead: BTreeSet<String> = (world.dead.values())
            .flat_map(|message| &message.lines)
            .map(|line| line.value.clone())
            .collect();
        for (key, newest) in &world.newest {
            let is_accepted = accepted.get(key).is_some_and(|numbers| numbers.contains(newest));
            prop_assert!(is_accepted || dead.contains(&newest.to_string()), "{:?} {}", key, newest);
        }
    }

    #[test]
    fn no_hour_has_more_messages_than_the_channel_allows(steps in steps()) {
        let mut world = World::new(usize::MAX);
        world.take_all(&steps);
        world.drain();
        for channel in &world.channels {
            let times: Vec<_> = (world.accepted.iter())
                .filter(|(_, one)| one.channel == channel.name)
                .map(|(time, _)| *time)
                .collect();
            for (at, first) in times.iter().enumerate() {
                let hour = times[at..].iter();
                let hour = hour.take_while(|time| time.duration_since(*first).as_secs() < 3600);
                prop_assert!(hour.count() <= channel.hourly_max as usize);
            }
        }
    }

    #[test]
    fn no_hour_has_more_messages_of_a_series_than_six_that_may_wait(steps in steps()) {
        let mut world = World::new(7);
        world.take_all(&steps);
        world.drain();
        let mut times: BTreeMap<(&str, &str), Vec<Timestamp>> = BTreeMap::new();
        for (time, one) in &world.accepted {
            for series in world.limited.get(&one.id).into_iter().flatten() {
                times.entry((&one.channel, series)).or_default().push(*time);
            }
        }
        for times in times.values() {
            for (at, first) in times.iter().enumerate() {
                let hour = times[at..].iter();
                let hour = hour.take_while(|time| time.duration_since(*first).as_secs() < 3600);
                prop_assert!(hour.count() <= SERIES_HOURLY_MAX as usize);
            }
        }
    }

    #[test]
    fn outbox_is_bounded_whatever_is_added(counts in prop::collection::vec(1..400_usize, 1..30)) {
        let mut outbox = Outbox::default();
        let mut number = 0;
        for (step, count) in counts.iter().enumerate() {
            for _ in 0..*count {
                // More channels than are configured anywhere.
                let channel = format!("channel {}", number % 40);
                outbox.add(id(number), &channel, message(&number.to_string(), number), at(0));
                number += 1;
            }
            let channels: Vec<_> = (0..40).map(|at| channel(&format!("channel {at}"), 20)).collect();
            let now = at(i64::try_from(step).unwrap());
            for one in outbox.due(now, &channels, write_digest) {
                outbox.settle(&one.id, Err(failed()), now);
            }
            prop_assert!(outbox.waiting_count() <= WAITING_MAX);
        }
    }
}
