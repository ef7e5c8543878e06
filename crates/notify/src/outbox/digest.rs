//! A digest: one message in the place of many that a channel's rate doesn't allow.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, MessageId, MessageSeverity};

use super::waiting_message::WaitingMessage;

/// As many messages as a digest names.
const NAMED_MAX: usize = 10;
/// Beyond these, it counts as one about everything.
const THREADS_MAX: usize = 1_000;

/// The content of a digest, for the caller to write as a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// All messages in it.
    pub count: u32,
    /// The most severe first.
    named: Vec<NamedMessage>,
    pub(super) id: MessageId,
    pub(super) since: Timestamp,
    pub(super) threads: ThreadSet,
    #[serde(default)]
    pub(super) series: BTreeSet<String>,
    /// Whether it waits for the rates of its series, as all of its messages do.
    #[serde(default)]
    pub(super) is_limited: bool,
}

/// A message that a digest names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct NamedMessage {
    message: Message,
    /// Its subject, also in other threads; empty: only its thread.
    about: String,
}

/// The threads that a digest is about, and the subjects of its messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ThreadSet(BTreeSet<String>);

impl ThreadSet {
    /// Whether it has the thread of a message, or its subject.
    pub(super) fn covers(&self, one: &WaitingMessage) -> bool {
        THREADS_MAX <= self.0.len()
            || self.0.contains(&one.message.thread)
            || self.0.contains(&one.about)
    }

    /// Returns whether there was a forgotten subject.
    pub(super) fn forget(&mut self, is_forgotten: &dyn Fn(&str) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(|name| !is_forgotten(name));
        self.0.len() < before
    }

    /// Adds a thread, or a subject if there is one.
    fn insert(&mut self, name: &str) {
        if !name.is_empty() && self.0.len() < THREADS_MAX {
            self.0.insert(name.to_owned());
        }
    }
}

impl Digest {
    pub(super) fn new(first: &WaitingMessage) -> Self {
        Self {
            count: 0,
            named: Vec::new(),
            // Its own, and the same if it's computed again.
            id: MessageId(format!("{}-digest", first.id)),
            since: first.since,
            threads: ThreadSet::default(),
            series: BTreeSet::new(),
            is_limited: true,
        }
    }

    /// At most ten of its messages, the most severe first. Of those about the same thing, it's the newest.
    pub fn named(&self) -> impl Iterator<Item = &Message> {
        self.named.iter().map(|one| &one.message)
    }

    /// The highest severity of those that it names.
    pub fn severity(&self) -> MessageSeverity {
        let named = self.named().map(|message| message.severity);
        named.max().unwrap_or(MessageSeverity::Info)
    }

    /// The subjects of the messages that it names.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &str> {
        let subjects = self.named.iter().map(|one| one.about.as_str());
        subjects.filter(|about| !about.is_empty())
    }

    /// Doesn't name the messages about a subject any longer, and still counts them. Returns whether there were some.
    pub(super) fn forget(&mut self, is_forgotten: &dyn Fn(&str) -> bool) -> bool {
        let before = self.named.len();
        self.named.retain(|one| !is_forgotten(&one.about));
        self.threads.forget(is_forgotten) | (self.named.len() < before)
    }

    /// How many of its messages it doesn't name.
    pub fn unnamed_count(&self) -> usize {
        (self.count as usize).saturating_sub(self.named.len())
    }

    /// The series whose rates it waits for.
    pub(super) fn limiting_series(&self) -> impl Iterator<Item = &String> {
        self.series.iter().filter(|_| self.is_limited)
    }

    /// Adds a message.
    pub(super) fn add(&mut self, waiting: WaitingMessage) {
        self.count = self.count.saturating_add(waiting.count);
        self.threads.insert(&waiting.message.thread);
        self.threads.insert(&waiting.about);
        self.series.extend(waiting.series);
        self.is_limited &= waiting.is_limited;
        self.name(NamedMessage {
            message: waiting.message,
            about: waiting.about,
        });
    }

    /// Adds a digest of other threads.
    pub(super) fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.since = self.since.min(other.since);
        (other.threads.0.iter()).for_each(|thread| self.threads.insert(thread));
        self.series.extend(other.series);
        self.is_limited &= other.is_limited;
        other.named.into_iter().for_each(|one| self.name(one));
    }

    fn name(&mut self, new: NamedMessage) {
        let is_same = |old: &NamedMessage| {
            old.message.thread == new.message.thread
                || (!new.about.is_empty() && old.about == new.about)
        };
        let mut same = self.named.iter().filter(|old| is_same(old));
        if same.any(|old| new.message.time < old.message.time) {
            return;
        }
        self.named.retain(|old| !is_same(old));
        let severity = new.message.severity;
        let place = (self.named).partition_point(|old| severity <= old.message.severity);
        self.named.insert(place, new);
        self.named.truncate(NAMED_MAX);
    }
}
