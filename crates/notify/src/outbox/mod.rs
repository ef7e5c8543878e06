//! The outbox: messages from their entry until a channel has accepted them, at least once. A pure state: it
//! reads no clock and sends nothing. The caller saves it before it sends what is due, and after it settles it.

mod channel_queue;
mod dead_letter;
mod digest;
mod send_rate;
#[cfg(test)]
mod tests;
mod waiting_message;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Accepted, Channel, Message, MessageId, SendError};

use channel_queue::ChannelQueue;
use waiting_message::WaitingMessage;

pub use dead_letter::DeadLetter;
pub use digest::Digest;

/// The most messages that wait. Beyond, they are gathered into digests.
pub const WAITING_MAX: usize = 1_000;
/// The most dead letters that are kept.
pub const DEAD_LETTERS_MAX: usize = 50;
/// The most that wait for one channel before they are gathered.
const CHANNEL_WAITING_MAX: usize = 100;
/// A message that nobody accepted for so long is given up.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Messages on their way to their channels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outbox {
    /// By the channel's name.
    queues: BTreeMap<String, ChannelQueue>,
    /// The oldest first.
    dead: VecDeque<DeadLetter>,
}

/// A message to send now.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    pub id: MessageId,
    /// The channel's name.
    pub channel: String,
    pub message: Message,
    /// From 1.
    pub attempt: u32,
}

impl Outbox {
    /// Adds a message for a channel. One with an ID that is in the outbox already changes nothing; one of a
    /// thread that waits there takes the older one's place.
    pub fn add(&mut self, id: MessageId, channel: &str, message: Message, now: Timestamp) {
        let queue = self.queues.entry(channel.to_owned()).or_default();
        if queue.holds(&id) {
            return;
        }
        queue.add(WaitingMessage::new(id, message.bounded(), now));
        if CHANNEL_WAITING_MAX < queue.waiting.len() {
            queue.gather();
        }
        while WAITING_MAX < self.waiting_count() {
            self.relieve(now);
        }
    }

    /// Begins the attempts that are due: at most one for each channel, and none while one is on its way there.
    /// Gives up those that are too old, or have no channel anymore. `write_digest` writes a digest as a message.
    pub fn due(
        &mut self,
        now: Timestamp,
        channels: &[Channel],
        write_digest: impl Fn(&Digest) -> Message,
    ) -> Vec<Outgoing> {
        let mut due = Vec::new();
        let mut dead = Vec::new();
        for (name, queue) in &mut self.queues {
            let channel = channels.iter().find(|channel| channel.name == *name);
            let is_old = |since: Timestamp| AGE_MAX <= now.duration_since(since);
            let gives_up = |since| channel.is_none() || is_old(since);
            if (queue.gathered.as_ref()).is_some_and(|digest| gives_up(digest.since)) {
                let digest = queue.write_gathered(now, &write_digest);
                queue.waiting.extend(digest);
            }
            let old = queue.waiting.extract_if(.., |one| gives_up(one.since));
            let reason = match (channel, &queue.last_error) {
                (None, _) => "The configuration no longer has this channel.",
                (Some(_), Some(error)) => error,
                (Some(_), None) => "It waited for a day behind other messages.",
            };
            dead.extend(old.map(|one| one.into_dead_letter(name, reason, now)));
            let Some(channel) = channel else { continue };
            queue.hourly_max = channel.hourly_max;
            let begun = queue.begin(now, &write_digest);
            due.extend(begun.map(|message| outgoing(name, message)));
        }
        self.queues.retain(|name, queue| {
            !queue.is_idle() || channels.iter().any(|channel| channel.name == *name)
        });
        for letter in dead {
            self.bury(letter);
        }
        due
    }

    /// When a message is due next; `None`: not before something is added or settled.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queues.values().filter_map(ChannelQueue::next_at).min()
    }

    /// The attempts that began and aren't settled.
    pub fn in_flight(&self) -> impl Iterator<Item = Outgoing> {
        let queues = self.queues.iter();
        queues.filter_map(|(name, queue)| Some(outgoing(name, queue.in_flight.as_ref()?)))
    }

    /// Ends an attempt with its outcome, which decides whether there will be another. An ID without an attempt changes nothing.
    pub fn settle(&mut self, id: &MessageId, outcome: Result<Accepted, SendError>, now: Timestamp) {
        let is_sent = |queue: &ChannelQueue| {
            let in_flight = queue.in_flight.as_ref();
            in_flight.is_some_and(|message| message.id == *id)
        };
        let mut queues = self.queues.iter_mut();
        let Some((name, queue)) = queues.find(|(_, queue)| is_sent(queue)) else {
            return;
        };
        let Err(error) = outcome else {
            queue.record_success();
            return;
        };
        let reason = error.reason.clone();
        let given_up = queue.record_failure(error, now);
        if let Some(message) = given_up {
            let letter = message.into_dead_letter(name, &reason, now);
            self.bury(letter);
        }
    }

    /// Puts everything that was on its way back, with its ID. For a new process, which can't know how the
    /// attempts ended.
    pub fn put_back(&mut self) {
        self.queues.values_mut().for_each(ChannelQueue::put_back);
    }

    /// How many messages wait for a channel, and why its last attempt failed, if it did.
    pub fn condition(&self, channel: &str) -> (usize, Option<&str>) {
        let queue = self.queues.get(channel);
        let waiting = queue.map_or(0, |queue| {
            let gathered = queue.gathered.as_ref().map_or(0, |one| one.count as usize);
            queue.waiting.len() + gathered
        });
        (waiting, queue.and_then(|queue| queue.last_error.as_deref()))
    }

    /// Messages that were given up, the oldest first.
    pub fn dead_letters(&self) -> impl DoubleEndedIterator<Item = &DeadLetter> {
        self.dead.iter()
    }

    /// Puts a dead letter back into the outbox with its ID. Returns whether there is one.
    pub fn revive(&mut self, id: &MessageId, now: Timestamp) -> bool {
        let Some(letter) = self.take_dead(id) else {
            return false;
        };
        self.add(letter.id, &letter.channel, letter.message, now);
        true
    }

    /// Forgets a dead letter. Returns whether there was one.
    pub fn drop_dead(&mut self, id: &MessageId) -> bool {
        self.take_dead(id).is_some()
    }

    fn take_dead(&mut self, id: &MessageId) -> Option<DeadLetter> {
        let place = self.dead.iter().position(|letter| letter.id == *id)?;
        self.dead.remove(place)
    }

    fn bury(&mut self, letter: DeadLetter) {
        self.dead.push_back(letter);
        if DEAD_LETTERS_MAX < self.dead.len() {
            self.dead.pop_front();
        }
    }

    fn waiting_count(&self) -> usize {
        let queues = self.queues.values();
        // One on its way may come back, and gathered ones become one.
        let counts = queues.map(|queue| {
            queue.waiting.len() + queue.in_flight.iter().len() + queue.gathered.iter().len()
        });
        counts.sum()
    }

    /// Makes the fullest channel's messages fewer.
    fn relieve(&mut self, now: Timestamp) {
        const REASON: &str =
            "Too many messages wait. The channel accepts none: see its last error.";
        let queues = self.queues.iter_mut();
        let fullest = queues.max_by_key(|(_, queue)| queue.waiting.len());
        let Some((name, queue)) = fullest else { return };
        if queue.gather() {
            return;
        }
        let letter = queue.waiting.remove(0).into_dead_letter(name, REASON, now);
        self.bury(letter);
    }
}

fn outgoing(channel: &str, message: &WaitingMessage) -> Outgoing {
    Outgoing {
        id: message.id.clone(),
        channel: channel.to_owned(),
        message: message.message.clone(),
        attempt: message.attempts,
    }
}
