//! A message in the outbox, from its entry to its end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, MessageId};

use super::{DeadLetter, digest::ThreadSet};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WaitingMessage {
    pub(super) id: MessageId,
    pub(super) message: Message,
    pub(super) since: Timestamp,
    /// Those that began.
    pub(super) attempts: u32,
    /// Not before.
    pub(super) ready_at: Timestamp,
    /// The threads that it is about, if it is a digest.
    pub(super) digest_of: Option<ThreadSet>,
}

impl WaitingMessage {
    pub(super) fn new(id: MessageId, message: Message, now: Timestamp) -> Self {
        Self {
            id,
            message,
            since: now,
            attempts: 0,
            ready_at: now,
            digest_of: None,
        }
    }

    /// Whether no receiver can know its ID.
    pub(super) fn is_fresh(&self) -> bool {
        self.attempts == 0
    }

    /// Whether a newer message of the thread may take its place.
    pub(super) fn is_replaceable(&self, thread: &str) -> bool {
        self.digest_of.is_none() && self.message.thread == thread
    }

    /// Whether it must arrive before a newer message of the thread.
    pub(super) fn precedes(&self, thread: &str) -> bool {
        (self.digest_of.as_ref()).is_some_and(|threads| threads.contains(thread))
    }

    pub(super) fn into_dead_letter(self, channel: &str, reason: &str, at: Timestamp) -> DeadLetter {
        DeadLetter {
            id: self.id,
            channel: channel.to_owned(),
            message: self.message,
            attempts: self.attempts,
            reason: reason.to_owned(),
            at,
        }
    }
}
