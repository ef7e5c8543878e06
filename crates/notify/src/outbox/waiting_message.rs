//! A message in the outbox, from its entry to its end.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, MessageId};

use super::{DeadLetter, MessageSeries, digest::ThreadSet};

/// After so many, newer ones about the same thing don't wait for it any longer.
const LONE_FAILURES_MAX: u32 = 3;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WaitingMessage {
    pub(super) id: MessageId,
    pub(super) message: Message,
    pub(super) since: Timestamp,
    /// Those that began.
    pub(super) attempts: u32,
    /// Not before.
    pub(super) ready_at: Timestamp,
    /// How many of its attempts failed while the channel accepted others.
    #[serde(default)]
    pub(super) lone_failures: u32,
    /// The threads that it is about, if it is a digest.
    pub(super) digest_of: Option<ThreadSet>,
    /// The subjects that it names, if it is a digest.
    #[serde(default)]
    pub(super) subjects: BTreeSet<String>,
    /// How many messages it stands for: itself, and those that it replaced.
    #[serde(default = "one")]
    pub(super) count: u32,
    /// The series that it is of; of a digest, those of its messages.
    #[serde(default)]
    pub(super) series: BTreeSet<String>,
    /// Its subject, also in other threads; empty: only its thread.
    #[serde(default)]
    pub(super) about: String,
    /// Whether it waits for the rate of its series.
    #[serde(default)]
    pub(super) is_limited: bool,
    /// The series whose rate the attempt on its way has used.
    #[serde(default)]
    pub(super) taken: BTreeSet<String>,
}

fn one() -> u32 {
    1
}

impl WaitingMessage {
    pub(super) fn new(id: MessageId, message: Message, now: Timestamp) -> Self {
        Self {
            id,
            message,
            since: now,
            attempts: 0,
            ready_at: now,
            lone_failures: 0,
            digest_of: None,
            subjects: BTreeSet::new(),
            count: 1,
            series: BTreeSet::new(),
            about: String::new(),
            is_limited: false,
            taken: BTreeSet::new(),
        }
    }

    /// The same message, of a series.
    #[must_use]
    pub(super) fn of_series(mut self, series: MessageSeries) -> Self {
        self.is_limited = series.may_wait;
        self.series = [series.name].into();
        self.about = series.about;
        self
    }

    /// Its series; empty: none.
    pub(super) fn series_name(&self) -> &str {
        self.series.first().map_or("", String::as_str)
    }

    /// The series whose rates it waits for.
    pub(super) fn limiting_series(&self) -> impl Iterator<Item = &String> {
        self.series.iter().filter(|_| self.is_limited)
    }

    /// Stands for one of its thread that nobody has had, too. It waits only if both do.
    pub(super) fn replace(&mut self, old: &Self) {
        self.count = self.count.saturating_add(old.count);
        self.is_limited &= old.is_limited;
    }

    /// Whether no receiver can know its ID.
    pub(super) fn is_fresh(&self) -> bool {
        self.attempts == 0
    }

    /// Whether a newer message of the thread may take its place.
    pub(super) fn is_replaceable(&self, thread: &str) -> bool {
        self.digest_of.is_none() && self.message.thread == thread
    }

    /// Whether it must arrive before a newer message: that is of one of its threads, or about the same thing. Not if it
    /// fails where others don't: the newer one would wait for a day.
    pub(super) fn precedes(&self, newer: &Self) -> bool {
        match &self.digest_of {
            Some(threads) => threads.covers(newer),
            None => {
                !newer.about.is_empty()
                    && newer.about == self.about
                    && newer.message.thread != self.message.thread
                    && self.lone_failures < LONE_FAILURES_MAX
            }
        }
    }

    pub(super) fn into_dead_letter(
        mut self,
        channel: &str,
        reason: &str,
        at: Timestamp,
    ) -> DeadLetter {
        if !self.about.is_empty() {
            self.subjects.insert(self.about);
        }
        DeadLetter {
            id: self.id,
            channel: channel.to_owned(),
            message: self.message,
            subjects: self.subjects,
            attempts: self.attempts,
            reason: reason.to_owned(),
            at,
        }
    }
}
