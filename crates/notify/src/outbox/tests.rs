use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use wallboard_domain::RedactedText;

use super::{DEAD_LETTERS_MAX, Digest, Outbox, Outgoing, WAITING_MAX};
use crate::{
    Accepted, Channel, ChannelKind, Message, MessageId, MessageLine, MessageSeverity, SendError,
};

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn channel(name: &str, hourly_max: u32) -> Channel {
    let url = RedactedText("https://hooks.example.com/x".to_owned());
    Channel {
        name: name.to_owned(),
        kind: ChannelKind::Slack { url },
        allow_private: false,
        hourly_max,
    }
}

/// A message whose first line has its number.
fn message(thread: &str, number: usize) -> Message {
    Message {
        headline: format!("{thread} {number}"),
        lines: vec![MessageLine::new(thread, number.to_string())],
        severity: MessageSeverity::Warning,
        link: None,
        thread: thread.to_owned(),
        time: start(),
    }
}

/// A digest whose lines are those of its messages, and whose headline has their count.
fn write_digest(digest: &Digest) -> Message {
    let named = digest.named.iter().flat_map(|one| one.lines.clone());
    Message {
        lines: named.collect(),
        severity: digest.severity(),
        headline: digest.count.to_string(),
        ..message("digest", 0)
    }
}

fn id(number: usize) -> MessageId {
    MessageId(format!("m{number}"))
}

fn accepted() -> Result<Accepted, SendError> {
    Ok(Accepted {
        answer: "200 OK".to_owned(),
        took: Duration::from_millis(20),
    })
}

fn refused() -> Result<Accepted, SendError> {
    Err(SendError::permanent("Slack answered 404 Not Found."))
}

fn failed() -> Result<Accepted, SendError> {
    Err(SendError::temporary(
        "Slack answered 503 Service Unavailable.",
    ))
}

fn restarted(outbox: &Outbox) -> Outbox {
    let text = serde_json::to_string(outbox).unwrap();
    let mut restored: Outbox = serde_json::from_str(&text).unwrap();
    assert_eq!(&restored, outbox);
    restored.put_back();
    restored
}

#[test]
fn failed_message_is_repeated_with_its_id_after_longer_and_longer_pauses() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    let mut times = Vec::new();
    while let Some(next) = outbox.next_due() {
        let due = outbox.due(next, &floor, write_digest);
        let Some(one) = due.first() else { break };
        assert_eq!((&one.id, one.attempt as usize), (&id(1), times.len() + 1));
        times.push(next.duration_since(at(0)).as_secs());
        outbox = restarted(&outbox);
        outbox.put_back();
        // The attempt that the restart cut off is repeated, too.
        assert_eq!(outbox.due(next, &floor, write_digest).len(), 1);
        outbox.settle(&id(1), failed(), next);
        times.push(times[times.len() - 1]);
    }
    assert_eq!(times[..6], [0, 0, 10, 10, 50, 50]);
    let last = times[times.len() - 1];
    assert!((23 * 3600..24 * 3600).contains(&last), "{last}");

    let dead: Vec<_> = outbox.dead_letters().collect();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "Slack answered 503 Service Unavailable.");
    assert_eq!(outbox.condition("floor").0, 0);
}

#[test]
fn refused_message_is_given_up_at_once_and_can_be_sent_again() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.due(at(0), &floor, write_digest);
    outbox.settle(&id(1), refused(), at(1));
    assert_eq!(outbox.next_due(), None);
    let why = Some("Slack answered 404 Not Found.");
    assert_eq!(outbox.condition("floor"), (0, why));

    assert!(outbox.revive(&id(1), at(2)));
    let due = outbox.due(at(2), &floor, write_digest);
    assert_eq!(due[0].id, id(1));
    outbox.settle(&id(1), accepted(), at(3));
    assert_eq!(outbox.condition("floor"), (0, None));
    assert!(!outbox.drop_dead(&id(1)));
}

#[test]
fn server_that_names_a_pause_is_left_alone_for_that_long() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.due(at(0), &floor, write_digest);
    let busy = SendError {
        reason: "Slack answered 429 Too Many Requests.".to_owned(),
        retry: crate::Retry::After(Duration::from_mins(2)),
    };
    outbox.settle(&id(1), Err(busy), at(0));
    // Nor is another message sent.
    outbox.add(id(2), "floor", message("sales", 2), at(1));
    assert!(outbox.due(at(119), &floor, write_digest).is_empty());
    assert_eq!(outbox.next_due(), Some(at(120)));
    assert_eq!(outbox.due(at(120), &floor, write_digest).len(), 1);
}

#[test]
fn newer_message_replaces_one_that_waits_and_follows_one_on_its_way() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.add(id(2), "floor", message("billing", 2), at(0));
    let due = outbox.due(at(0), &floor, write_digest);
    assert_eq!((due.len(), &due[0].id), (1, &id(2)));
    outbox.add(id(3), "floor", message("billing", 3), at(1));
    assert!(outbox.due(at(1), &floor, write_digest).is_empty());
    outbox.settle(&id(2), failed(), at(1));
    let due = outbox.due(outbox.next_due().unwrap(), &floor, write_digest);
    assert_eq!((due.len(), &due[0].id), (1, &id(3)));
}

#[test]
fn two_thousand_messages_at_once_are_one_digest() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    for number in 0..2_000 {
        let thread = format!("queue {number}");
        outbox.add(id(number), "floor", message(&thread, number), at(0));
    }
    let size = serde_json::to_vec(&outbox).unwrap().len();
    assert!(size < 100_000, "{size}");
    println!("outbox with 2,000 messages: {size} bytes");
    let mut sent = Vec::new();
    while let Some(next) = outbox.next_due() {
        let due = outbox.due(next, &floor, write_digest);
        for one in due {
            outbox.settle(&one.id, accepted(), next);
            sent.push((next, one));
        }
    }
    // The oldest were gathered before the first was sent, so all went together.
    let counts: Vec<_> = (sent.iter())
        .map(|(_, one)| one.message.headline.clone())
        .collect();
    assert_eq!(counts, ["2000"]);
    assert_eq!(sent[0].1.message.lines.len(), 10);
}

#[test]
fn beyond_its_rate_a_channel_gets_a_digest_at_once() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    for number in 0..21 {
        let thread = format!("queue {number}");
        outbox.add(id(number), "floor", message(&thread, number), at(0));
    }
    let mut sent = Vec::new();
    while let Some(one) = outbox.due(at(0), &floor, write_digest).pop() {
        outbox.settle(&one.id, accepted(), at(0));
        sent.push(one.message.headline);
    }
    assert_eq!(sent.len(), 10);
    assert_eq!(sent[9], "12");
}

#[test]
fn messages_of_a_channel_that_was_removed_are_dead_letters() {
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    assert!(outbox.due(at(0), &[], write_digest).is_empty());
    let reasons: Vec<_> = outbox.dead_letters().map(|one| &*one.reason).collect();
    assert_eq!(reasons, ["The configuration no longer has this channel."]);
    assert_eq!(outbox.next_due(), None);
}

#[derive(Clone, Debug)]
enum OutboxStep {
    /// Adds so many messages to a channel, each of the next thread.
    Add(usize, usize),
    /// Begins what is due after so many seconds.
    Send(i64),
    /// Ends an attempt: accepted, accepted without our knowing, failed, or refused.
    Settle(usize, u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<OutboxStep>> {
    let step = prop_oneof![
        3 => (0..3_usize, 1..12_usize).prop_map(|(channel, count)| OutboxStep::Add(channel, count)),
        5 => prop_oneof![0..5_i64, 5..600_i64, 3_000..9_000_i64].prop_map(OutboxStep::Send),
        5 => (0..3_usize, 0..8_u8).prop_map(|(place, how)| OutboxStep::Settle(place, how)),
        1 => Just(OutboxStep::Restart),
    ];
    prop::collection::vec(step, 1..120)
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
            dead: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: &OutboxStep) {
        match *step {
            OutboxStep::Add(channel, count) => {
                // Dead letters beyond these aren't kept, and each message is counted.
                for _ in 0..count.min(DEAD_LETTERS_MAX - self.added) {
                    let thread = format!("t{}", self.added % self.threads);
                    let (name, number) = (NAMES[channel], self.added);
                    let key = (name.to_owned(), thread.clone());
                    self.newest.insert(key, number);
                    let message = message(&thread, number);
                    self.outbox.add(id(number), name, message, self.now);
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
            0..4 => accepted(),
            4..7 => failed(),
            _ => refused(),
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
            in_flight.iter().for_each(|one| self.settle(one, 0));
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
        steps.iter().for_each(|step| world.take(step));
        world.drain();
        prop_assert_eq!(world.ended().0, world.added);
        let ids: BTreeSet<_> = world.accepted.iter().map(|(_, one)| &one.id).collect();
        prop_assert_eq!(ids.len(), world.accepted.len());
    }

    #[test]
    fn messages_of_a_thread_arrive_in_order_and_the_newest_always_does(steps in steps()) {
        let mut world = World::new(7);
        steps.iter().for_each(|step| world.take(step));
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
        steps.iter().for_each(|step| world.take(step));
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
                outbox.settle(&one.id, failed(), now);
            }
            prop_assert!(outbox.waiting_count() <= WAITING_MAX);
        }
    }
}
