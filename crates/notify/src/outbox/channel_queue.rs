//! The messages of one channel. One at a time is on its way; a channel that fails is left alone for a while,
//! longer each time.

use std::{mem, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Accepted, Message, MessageId, Retry, SendError};

use super::{
    Acceptance, ChannelCondition, Digest, send_rate::SendRate, waiting_message::WaitingMessage,
};

/// The first pause after a failure; each later one is twice as long.
const PAUSE_MIN: SignedDuration = SignedDuration::from_secs(5);
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(15);
/// A server that requests a longer pause is tried again after this one.
const REQUESTED_PAUSE_MAX: Duration = Duration::from_hours(6);
/// While a channel fails, so many messages are tried in turn, in case it refuses only some of them.
const TRIED_MAX: usize = 3;
/// Every so many failures, another message is tried, too.
const FAILURES_PER_FRESH: u32 = 4;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ChannelQueue {
    /// In the order of their entry.
    pub(super) waiting: Vec<WaitingMessage>,
    /// Messages that wait beyond the bound; they go with the next digest.
    pub(super) gathered: Option<Digest>,
    pub(super) in_flight: Option<WaitingMessage>,
    rate: SendRate,
    /// As it was configured when a message was last due.
    pub(super) hourly_max: u32,
    /// In a row.
    failures: u32,
    /// The end of the pause after the last failure.
    paused_until: Option<Timestamp>,
    /// Why the last attempt failed, unless one has succeeded since.
    pub(super) last_error: Option<String>,
    failing_since: Option<Timestamp>,
    last_accepted: Option<Acceptance>,
}

/// The next message to send.
enum Candidate {
    Waiting(usize),
    /// All fresh ones, as one message.
    Digest,
}

impl ChannelQueue {
    pub(super) fn holds(&self, id: &MessageId) -> bool {
        let held = self.waiting.iter().chain(&self.in_flight);
        held.into_iter().any(|message| message.id == *id)
    }

    /// Whether a message of the thread waits that a newer one would replace.
    pub(super) fn has_replaceable(&self, thread: &str) -> bool {
        (self.waiting.iter()).any(|message| message.is_replaceable(thread))
    }

    pub(super) fn condition(&self) -> ChannelCondition<'_> {
        let gathered = self.gathered.as_ref().map_or(0, |one| one.count as usize);
        ChannelCondition {
            waiting: self.waiting.len() + self.in_flight.iter().len() + gathered,
            error: self.last_error.as_deref(),
            failing_since: self.failing_since,
            next_at: self.next_at(),
            last_accepted: self.last_accepted.as_ref(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.gathered.is_none() && self.in_flight.is_none()
    }

    /// Adds a message, in the place of one of its thread that waits.
    pub(super) fn add(&mut self, message: WaitingMessage) {
        let thread = &message.message.thread;
        let mut old = (self.waiting.iter_mut()).filter(|old| old.is_replaceable(thread));
        match old.next() {
            Some(old) => *old = message,
            None => self.waiting.push(message),
        }
    }

    /// Puts what was on its way back, unless a newer message of its thread waits.
    pub(super) fn put_back(&mut self) {
        let Some(message) = self.in_flight.take() else {
            return;
        };
        let thread = &message.message.thread;
        let is_digest = message.digest_of.is_some();
        if is_digest || !self.has_replaceable(thread) {
            self.waiting.insert(0, message);
        }
    }

    /// Moves messages that were never tried into the gathered ones. Returns whether there were any.
    pub(super) fn gather(&mut self) -> bool {
        let (fresh, tried) = mem::take(&mut self.waiting)
            .into_iter()
            .partition(WaitingMessage::is_fresh);
        self.waiting = tried;
        let fresh: Vec<WaitingMessage> = fresh;
        let Some(first) = fresh.first() else {
            return false;
        };
        let gathered = (self.gathered).get_or_insert_with(|| Digest::new(&first.id, first.since));
        for one in fresh {
            gathered.add(one.message);
        }
        true
    }

    /// When the next message may be sent; `None`: nothing waits, or one is on its way.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        if self.in_flight.is_some() {
            return None;
        }
        let ready = self.candidates().map(|(ready, _)| ready).min()?;
        let limits = [self.paused_until, self.rate.next_at(self.hourly_max)];
        Some(limits.into_iter().flatten().fold(ready, Timestamp::max))
    }

    /// Begins the attempt to send the next message, if one may be sent.
    pub(super) fn begin(
        &mut self,
        now: Timestamp,
        write_digest: &dyn Fn(&Digest) -> Message,
    ) -> Option<&WaitingMessage> {
        if now < self.next_at()? {
            return None;
        }
        let (_, candidate) = self.candidates().min_by_key(|(ready, _)| *ready)?;
        let is_last = self.rate.available(self.hourly_max, now) <= 1;
        let mut message = match candidate {
            Candidate::Waiting(at) if !(is_last && self.needs_digest(at)) => {
                self.waiting.remove(at)
            }
            _ => self.form_digest(now, write_digest)?,
        };
        message.attempts = message.attempts.saturating_add(1);
        self.rate.take(self.hourly_max, now);
        Some(self.in_flight.insert(message))
    }

    /// Ends an attempt that succeeded.
    pub(super) fn record_success(&mut self, accepted: &Accepted, now: Timestamp) {
        self.in_flight = None;
        self.failing_since = None;
        self.last_accepted = Some(Acceptance {
            at: now,
            answer: accepted.answer.clone(),
            took_millis: u64::try_from(accepted.took.as_millis()).unwrap_or(u64::MAX),
        });
        self.failures = 0;
        self.paused_until = None;
        self.last_error = None;
    }

    /// Ends an attempt that failed. Returns the message if it is to be given up.
    pub(super) fn record_failure(
        &mut self,
        error: &SendError,
        now: Timestamp,
    ) -> Option<WaitingMessage> {
        self.rate.give_back(self.hourly_max);
        self.last_error = Some(error.reason.clone());
        self.failing_since.get_or_insert(now);
        let requested = match error.retry {
            Retry::Never => return self.in_flight.take(),
            Retry::Later => Duration::ZERO,
            Retry::After(pause) => pause.min(REQUESTED_PAUSE_MAX),
        };
        self.failures = self.failures.saturating_add(1);
        let requested = SignedDuration::try_from(requested).unwrap_or_default();
        let pause = |failures| after(now, pause(failures).max(requested));
        self.paused_until = Some(pause(self.failures));
        if let Some(message) = &mut self.in_flight {
            message.ready_at = pause(message.attempts);
        }
        self.put_back();
        None
    }

    /// All that may be sent, with the time from which on.
    fn candidates(&self) -> impl Iterator<Item = (Timestamp, Candidate)> {
        let tried = self.waiting.iter().filter(|one| !one.is_fresh()).count();
        let tries_fresh = tried < TRIED_MAX || self.failures.is_multiple_of(FAILURES_PER_FRESH);
        let waiting = self.waiting.iter().enumerate();
        let single = waiting
            .filter(move |(_, one)| !one.is_fresh() || (tries_fresh && self.may_precede(one)))
            .map(|(at, one)| (one.ready_at, Candidate::Waiting(at)));
        let gathered = (self.gathered.as_ref()).filter(|_| tries_fresh && !self.has_digest());
        single.chain(gathered.map(|one| (one.since, Candidate::Digest)))
    }

    /// Whether no older message of its thread is in a digest that isn't sent yet.
    fn may_precede(&self, message: &WaitingMessage) -> bool {
        let thread = &message.message.thread;
        let gathered = self.gathered.as_ref();
        !gathered.is_some_and(|digest| digest.threads.contains(thread))
            && !self.waiting.iter().any(|one| one.precedes(thread))
    }

    fn has_digest(&self) -> bool {
        self.waiting.iter().any(|one| one.digest_of.is_some())
    }

    /// Whether the message at `at` and others that wait had better be one digest.
    fn needs_digest(&self, at: usize) -> bool {
        let fresh = self.waiting.iter().filter(|one| one.is_fresh()).count();
        self.waiting[at].is_fresh() && !self.has_digest() && (1 < fresh || self.gathered.is_some())
    }

    /// Makes one message of all fresh ones.
    fn form_digest(
        &mut self,
        now: Timestamp,
        write_digest: &dyn Fn(&Digest) -> Message,
    ) -> Option<WaitingMessage> {
        self.gather();
        self.write_gathered(now, write_digest)
    }

    /// Makes one message of the gathered ones.
    pub(super) fn write_gathered(
        &mut self,
        now: Timestamp,
        write_digest: &dyn Fn(&Digest) -> Message,
    ) -> Option<WaitingMessage> {
        let digest = self.gathered.take()?;
        let message = write_digest(&digest).bounded();
        Some(WaitingMessage {
            since: digest.since,
            digest_of: Some(digest.threads),
            ..WaitingMessage::new(digest.id, message, now)
        })
    }
}

/// Returns the pause after so many failures in a row.
fn pause(failures: u32) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(16);
    PAUSE_MIN.saturating_mul(1 << doublings).min(PAUSE_MAX)
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(now)
}
