//! The messages of one channel. One at a time is on its way; a channel that fails is left alone for a while,
//! longer each time.

use std::{collections::BTreeMap, mem, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Accepted, Message, MessageId, Retry, SendError};

use super::{
    Acceptance, ChannelCondition, Digest, send_rate::SendRate, series_rates::SeriesRates,
    waiting_message::WaitingMessage,
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
    /// Messages that wait beyond a bound, by their series; those without one are under an empty name. A thread is
    /// in one of them only.
    #[serde(default, rename = "digests")]
    pub(super) gathered: BTreeMap<String, Digest>,
    pub(super) in_flight: Option<WaitingMessage>,
    rate: SendRate,
    #[serde(default)]
    pub(super) series_rates: SeriesRates,
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
    /// The gathered ones of a series, and its fresh ones.
    Digest(String),
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
        let gathered = self.gathered.values().map(|one| one.count as usize);
        let gathered: usize = gathered.sum();
        ChannelCondition {
            waiting: self.waiting.len() + self.in_flight.iter().len() + gathered,
            error: self.last_error.as_deref(),
            failing_since: self.failing_since,
            next_at: self.next_at(),
            last_accepted: self.last_accepted.as_ref(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.gathered.is_empty() && self.in_flight.is_none()
    }

    /// Adds a message, in the place of one of its thread that waits.
    pub(super) fn add(&mut self, mut message: WaitingMessage) {
        let thread = &message.message.thread;
        let mut old = (self.waiting.iter_mut()).filter(|old| old.is_replaceable(thread));
        match old.next() {
            Some(old) => {
                message.replace(old);
                *old = message;
            }
            None => self.waiting.push(message),
        }
    }

    /// Puts what was on its way back, unless a newer message of its thread waits.
    pub(super) fn put_back(&mut self) {
        let Some(mut message) = self.in_flight.take() else {
            return;
        };
        // A repeat has the same ID, and counts once.
        self.release(&mut message);
        let thread = &message.message.thread;
        let is_digest = message.digest_of.is_some();
        if is_digest || !self.has_replaceable(thread) {
            self.waiting.insert(0, message);
        }
    }

    /// Moves messages that were never tried, and that `is_gathered` allows, into the gathered ones. Returns whether
    /// there were any.
    pub(super) fn gather(&mut self, is_gathered: impl Fn(&WaitingMessage) -> bool) -> bool {
        let (mut fresh, mut others) = (Vec::new(), Vec::<WaitingMessage>::new());
        for one in mem::take(&mut self.waiting) {
            let follows_tried = || {
                others
                    .iter()
                    .any(|old| !old.is_fresh() && old.precedes(&one))
            };
            if one.is_fresh() && is_gathered(&one) && !follows_tried() {
                fresh.push(one);
            } else {
                others.push(one);
            }
        }
        self.waiting = others;
        let any = !fresh.is_empty();
        for one in fresh {
            let mut known = self.gathered.values_mut();
            if let Some(digest) = known.find(|digest| digest.threads.covers(&one)) {
                digest.add(one);
            } else {
                let digest = self.gathered.entry(one.series_name().to_owned());
                digest.or_insert_with(|| Digest::new(&one)).add(one);
            }
        }
        any
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
            Candidate::Waiting(at) if is_last && self.needs_digest(at, now) => {
                self.form_digest(None, now, write_digest)?
            }
            Candidate::Waiting(at) => match self.series_in_excess(at, now) {
                Some(series) => self.form_digest(Some(&series), now, write_digest)?,
                None => self.waiting.remove(at),
            },
            Candidate::Digest(_) if is_last => self.form_digest(None, now, write_digest)?,
            Candidate::Digest(series) => self.form_digest(Some(&series), now, write_digest)?,
        };
        message.attempts = message.attempts.saturating_add(1);
        self.rate.take(self.hourly_max, now);
        let series = message.series.iter();
        let taken = series.filter(|name| self.series_rates.take(name, now));
        message.taken = taken.cloned().collect();
        Some(self.in_flight.insert(message))
    }

    /// Gives back what an attempt that wasn't accepted has used of its series' rates.
    fn release(&mut self, message: &mut WaitingMessage) {
        for name in mem::take(&mut message.taken) {
            self.series_rates.give_back(&name);
        }
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
            Retry::Never => {
                let mut message = self.in_flight.take()?;
                self.release(&mut message);
                return Some(message);
            }
            Retry::Later => Duration::ZERO,
            Retry::After(pause) => pause.min(REQUESTED_PAUSE_MAX),
        };
        let is_lone = self.failures == 0;
        self.failures = self.failures.saturating_add(1);
        let requested = SignedDuration::try_from(requested).unwrap_or_default();
        let pause = |failures| after(now, pause(failures).max(requested));
        self.paused_until = Some(pause(self.failures));
        if let Some(message) = &mut self.in_flight {
            message.ready_at = pause(message.attempts);
            message.lone_failures += u32::from(is_lone);
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
            .filter(move |(at, one)| {
                !one.is_fresh() || (tries_fresh && self.may_precede_older(*at, one))
            })
            .map(|(at, one)| (self.ready_at(at, one), Candidate::Waiting(at)));
        let may_gather = tries_fresh && !self.has_digest();
        let gathered = self.gathered.iter().filter(move |_| may_gather);
        single.chain(gathered.map(|(series, digest)| {
            (
                self.digest_ready_at(digest),
                Candidate::Digest(series.clone()),
            )
        }))
    }

    /// When the message at `at` may be sent. One that a newer one waits for is tried as soon as the channel accepts others.
    fn ready_at(&self, at: usize, message: &WaitingMessage) -> Timestamp {
        let newer = &self.waiting[at + 1..];
        let is_awaited = self.failures == 0
            && message.digest_of.is_none()
            && newer.iter().any(|one| message.precedes(one));
        let ready = if is_awaited {
            message.since
        } else {
            message.ready_at
        };
        let next_at = self.series_rates.next_at(message.limiting_series());
        next_at.map_or(ready, |next| next.max(ready))
    }

    fn digest_ready_at(&self, digest: &Digest) -> Timestamp {
        let next_at = self.series_rates.next_at(digest.limiting_series());
        next_at.map_or(digest.since, |next| next.max(digest.since))
    }

    /// Whether no older message that must arrive before the one at `at` waits, or is in a digest that isn't sent yet.
    fn may_precede_older(&self, at: usize, message: &WaitingMessage) -> bool {
        let mut gathered = self.gathered.values();
        let mut digests = self.waiting.iter().filter(|one| one.digest_of.is_some());
        let mut older = self.waiting[..at].iter();
        !gathered.any(|digest| digest.threads.covers(message))
            && !digests.any(|one| one.precedes(message))
            && !older.any(|one| one.precedes(message))
    }

    fn has_digest(&self) -> bool {
        self.waiting.iter().any(|one| one.digest_of.is_some())
    }

    /// Whether the message at `at` and others that may be sent had better be one digest.
    fn needs_digest(&self, at: usize, now: Timestamp) -> bool {
        let waiting = self.waiting.iter().enumerate();
        let fresh = waiting.filter(|(_, one)| one.is_fresh());
        let ready = fresh.filter(|(at, one)| self.ready_at(*at, one) <= now);
        let ready = ready.count();
        let mut gathered = self.gathered.values();
        let is_gathered = gathered.any(|digest| self.digest_ready_at(digest) <= now);
        self.waiting[at].is_fresh() && !self.has_digest() && (1 < ready || is_gathered)
    }

    /// The series of the message at `at`, if the next message of it had better be a digest.
    fn series_in_excess(&self, at: usize, now: Timestamp) -> Option<String> {
        let message = &self.waiting[at];
        if !message.is_fresh() || !message.is_limited || self.has_digest() {
            return None;
        }
        let series = message.series_name();
        let own = self.waiting.iter();
        let own = own.filter(|one| one.is_fresh() && one.series_name() == series);
        let count: u32 = own.map(|one| one.count).sum();
        let is_last = self.series_rates.available(series, now) <= 1;
        (is_last && (1 < count || self.gathered.contains_key(series))).then(|| series.to_owned())
    }

    /// Makes one message of the fresh ones of a series, or of all that may be sent.
    fn form_digest(
        &mut self,
        series: Option<&str>,
        now: Timestamp,
        write_digest: &dyn Fn(&Digest) -> Message,
    ) -> Option<WaitingMessage> {
        let gathered = if let Some(series) = series {
            self.gather(|one| one.series_name() == series);
            self.gathered.remove(series)?
        } else {
            let rates = self.series_rates.clone();
            self.gather(|one| rates.allow(one.limiting_series(), now));
            let ready = self
                .gathered
                .extract_if(.., |_, digest| rates.allow(digest.limiting_series(), now));
            let digests = ready.map(|(_, digest)| digest);
            digests.reduce(|mut all, digest| {
                all.merge(digest);
                all
            })?
        };
        Some(write(gathered, now, write_digest))
    }

    /// Drops the messages about forgotten subjects, and what digests say of them; one that is on its way once it's back.
    /// Returns whether there were some.
    pub(super) fn forget(&mut self, is_forgotten: &dyn Fn(&str) -> bool) -> bool {
        let before = self.waiting.len();
        (self.waiting).retain(|one| one.digest_of.is_some() || !is_forgotten(&one.about));
        let mut is_any = self.waiting.len() < before;
        for one in &mut self.waiting {
            if one.subjects.iter().any(|subject| is_forgotten(subject)) {
                // Any of its lines may name the subject: they are the caller's words.
                one.message.lines.clear();
                one.subjects.clear();
                is_any = true;
            }
            if let Some(threads) = &mut one.digest_of {
                is_any |= threads.forget(is_forgotten);
            }
        }
        for digest in self.gathered.values_mut() {
            is_any |= digest.forget(is_forgotten);
        }
        is_any
    }

    /// Makes messages of gathered ones, each of its series.
    pub(super) fn write_gathered(
        &mut self,
        is_written: impl Fn(&Digest) -> bool,
        now: Timestamp,
        write_digest: &dyn Fn(&Digest) -> Message,
    ) {
        let written = self.gathered.extract_if(.., |_, digest| is_written(digest));
        let written = written.map(|(_, digest)| write(digest, now, write_digest));
        self.waiting.extend(written);
    }
}

fn write(
    digest: Digest,
    now: Timestamp,
    write_digest: &dyn Fn(&Digest) -> Message,
) -> WaitingMessage {
    let message = write_digest(&digest).bounded();
    WaitingMessage {
        since: digest.since,
        subjects: digest.subjects().map(str::to_owned).collect(),
        digest_of: Some(digest.threads),
        count: digest.count,
        series: digest.series,
        is_limited: digest.is_limited,
        ..WaitingMessage::new(digest.id, message, now)
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
