//! A digest: one message in the place of many that a channel's rate doesn't allow.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, MessageId, MessageSeverity};

/// As many messages as a digest names.
const NAMED_MAX: usize = 10;
/// Beyond these, it counts as one about everything.
const THREADS_MAX: usize = 1_000;

/// The content of a digest, for the caller to write as a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// All messages in it.
    pub count: u32,
    /// The first ten of them, the most severe first.
    pub named: Vec<Message>,
    pub(super) id: MessageId,
    pub(super) since: Timestamp,
    pub(super) threads: ThreadSet,
}

/// The threads that a digest is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ThreadSet(BTreeSet<String>);

impl ThreadSet {
    pub(super) fn contains(&self, thread: &str) -> bool {
        THREADS_MAX <= self.0.len() || self.0.contains(thread)
    }

    fn insert(&mut self, thread: &str) {
        if self.0.len() < THREADS_MAX {
            self.0.insert(thread.to_owned());
        }
    }
}

impl Digest {
    pub(super) fn new(first: &MessageId, since: Timestamp) -> Self {
        Self {
            count: 0,
            named: Vec::new(),
            // Its own, and the same if it's computed again.
            id: MessageId(format!("{first}-digest")),
            since,
            threads: ThreadSet::default(),
        }
    }

    /// The highest severity of those that it names.
    pub fn severity(&self) -> MessageSeverity {
        let named = self.named.iter().map(|message| message.severity);
        named.max().unwrap_or(MessageSeverity::Info)
    }

    /// How many of its messages it doesn't name.
    pub fn unnamed_count(&self) -> usize {
        (self.count as usize).saturating_sub(self.named.len())
    }

    /// Adds a message. The newest of a thread is the one that is named.
    pub(super) fn add(&mut self, message: Message) {
        self.count = self.count.saturating_add(1);
        self.threads.insert(&message.thread);
        self.named.retain(|old| old.thread != message.thread);
        let place = (self.named).partition_point(|old| message.severity <= old.severity);
        self.named.insert(place, message);
        self.named.truncate(NAMED_MAX);
    }
}
