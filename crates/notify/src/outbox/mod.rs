//! The outbox: messages from their entry until a channel has accepted them, at least once. A pure state: it
//! reads no clock and sends nothing. The caller saves it before it sends what is due, and after it settles it.

mod channel_condition;
mod channel_queue;
mod dead_letter;
mod digest;
mod send_rate;
mod series_rates;
#[cfg(test)]
mod tests;
mod waiting_message;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Accepted, Channel, Message, MessageId, SendError};

use channel_queue::ChannelQueue;
use waiting_message::WaitingMessage;

pub use channel_condition::{Acceptance, ChannelCondition};
pub use dead_letter::DeadLetter;
pub use digest::Digest;
pub use series_rates::{MessageSeries, SERIES_HOURLY_MAX};

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
        self.add_waiting(
            channel,
            WaitingMessage::new(id, message.bounded(), now),
            now,
        );
    }

    /// Adds a message of a series, likewise. Those beyond the series' rate become a digest, whose count has also the
    /// ones that newer ones replaced.
    pub fn add_of_series(
        &mut self,
        id: MessageId,
        channel: &str,
        series: MessageSeries,
        message: Message,
        now: Timestamp,
    ) {
        let message = WaitingMessage::new(id, message.bounded(), now).of_series(series);
        self.add_waiting(channel, message, now);
    }

    fn add_waiting(&mut self, channel: &str, message: WaitingMessage, now: Timestamp) {
        let queue = self.queues.entry(channel.to_owned()).or_default();
        if queue.holds(&message.id) {
            return;
        }
        queue.add(message);
        if CHANNEL_WAITING_MAX < queue.waiting.len() {
            queue.gather(|_| true);
        }
        while WAITING_MAX < self.waiting_count() && self.relieve(now) {}
    }

    /// Begins the attempts that are due: at most one for each channel, and none while one is on its way there.
    /// Gives up those that are too old, or have no channel anymore. Those of a channel that can't be used wait.
    /// `write_digest` writes a digest as a message.
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
            queue.write_gathered(|digest| gives_up(digest.since), now, &write_digest);
            let old = queue.waiting.extract_if(.., |one| gives_up(one.since));
            let unusable = channel.and_then(|channel| channel.unusable.as_ref());
            let reason = match (channel, unusable.or(queue.last_error.as_ref())) {
                (None, _) => "The configuration no longer has this channel.",
                (Some(_), Some(error)) => error,
                (Some(_), None) => "It waited for a day behind other messages.",
            };
            dead.extend(old.map(|one| one.into_dead_letter(name, reason, now)));
            let Some(channel) = channel else { continue };
            queue.hourly_max = channel.hourly_max;
            queue.series_rates.drop_unused(now);
            if channel.unusable.is_some() {
                continue;
            }
            let begun = queue.begin(now, &write_digest);
            due.extend(begun.map(|message| outgoing(name, message)));
        }
        self.queues.retain(|name, queue| {
            !queue.is_idle() || channels.iter().any(|channel| channel.name == *name)
        });
        self.dead.extend(dead);
        self.bound_dead();
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
        match outcome {
            Ok(accepted) => queue.record_success(&accepted, now),
            Err(error) => {
                let given_up = queue.record_failure(&error, now);
                let letter =
                    given_up.map(|message| message.into_dead_letter(name, &error.reason, now));
                self.dead.extend(letter);
                self.bound_dead();
            }
        }
    }

    /// Puts everything back, with its ID, that is on its way and that nobody sends: another process did, or this one
    /// doesn't know that its attempt was stored. Returns whether there was something.
    pub fn put_back_unsent(&mut self, is_sending: impl Fn(&MessageId) -> bool) -> bool {
        let mut is_any = false;
        for queue in self.queues.values_mut() {
            let in_flight = queue.in_flight.as_ref();
            if in_flight.is_some_and(|message| !is_sending(&message.id)) {
                queue.put_back();
                is_any = true;
            }
        }
        is_any
    }

    /// How a channel fares.
    pub fn condition(&self, channel: &str) -> ChannelCondition<'_> {
        let queue = self.queues.get(channel);
        queue.map_or_else(ChannelCondition::default, ChannelQueue::condition)
    }

    /// Messages that were given up, the oldest first.
    pub fn dead_letters(&self) -> impl DoubleEndedIterator<Item = &DeadLetter> {
        self.dead.iter()
    }

    /// Puts a dead letter back into the outbox with its ID. Returns whether it did: not without such a letter, nor
    /// if a newer message of its thread waits.
    pub fn revive(&mut self, id: &MessageId, now: Timestamp) -> bool {
        let letter = self.dead.iter().find(|letter| letter.id == *id);
        let is_superseded = letter.is_some_and(|letter| {
            let queue = self.queues.get(&letter.channel);
            queue.is_some_and(|queue| queue.has_replaceable(&letter.message.thread))
        });
        if is_superseded {
            return false;
        }
        let Some(letter) = self.take_dead(id) else {
            return false;
        };
        let message = WaitingMessage {
            subjects: letter.subjects,
            ..WaitingMessage::new(letter.id, letter.message, now)
        };
        self.add_waiting(&letter.channel, message, now);
        true
    }

    /// Forgets a dead letter. Returns whether there was one.
    pub fn drop_dead(&mut self, id: &MessageId) -> bool {
        self.take_dead(id).is_some()
    }

    /// Forgets the dead letters that aren't to be kept. Returns whether there were some.
    pub fn retain_dead(&mut self, is_kept: impl FnMut(&DeadLetter) -> bool) -> bool {
        let before = self.dead.len();
        self.dead.retain(is_kept);
        self.dead.len() < before
    }

    /// Drops what names a forgotten subject: messages about it, their mention in digests, and dead letters. Returns whether
    /// there was some.
    pub fn forget_subjects(&mut self, is_forgotten: impl Fn(&str) -> bool) -> bool {
        let mut is_any = false;
        for queue in self.queues.values_mut() {
            is_any |= queue.forget(&is_forgotten);
        }
        let names_it = |letter: &DeadLetter| letter.subjects.iter().any(|one| is_forgotten(one));
        is_any | self.retain_dead(|letter| !names_it(letter))
    }

    fn take_dead(&mut self, id: &MessageId) -> Option<DeadLetter> {
        let place = self.dead.iter().position(|letter| letter.id == *id)?;
        self.dead.remove(place)
    }

    fn bound_dead(&mut self) {
        let surplus = self.dead.len().saturating_sub(DEAD_LETTERS_MAX);
        self.dead.drain(..surplus);
    }

    fn waiting_count(&self) -> usize {
        let queues = self.queues.values();
        // One on its way may come back, and of the digests one is written at a time.
        let counts = queues.map(|queue| {
            let has_gathered = !queue.gathered.is_empty();
            queue.waiting.len() + queue.in_flight.iter().len() + usize::from(has_gathered)
        });
        counts.sum()
    }

    /// Makes the fullest channel's messages fewer. Returns whether it could.
    fn relieve(&mut self, now: Timestamp) -> bool {
        const REASON: &str =
            "Too many messages wait. The channel accepts none: see its last error.";
        let queues = self.queues.iter_mut();
        let fullest = queues.max_by_key(|(_, queue)| queue.waiting.len());
        let Some((name, queue)) = fullest else {
            return false;
        };
        if queue.gather(|_| true) {
            return true;
        }
        if queue.waiting.is_empty() {
            return false;
        }
        let letter = queue.waiting.remove(0).into_dead_letter(name, REASON, now);
        self.dead.push_back(letter);
        self.bound_dead();
        true
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
