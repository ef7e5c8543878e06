//! Messages that couldn't be sent, with the reason.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, MessageId};

/// A message that the outbox has given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub id: MessageId,
    /// The name of its channel.
    pub channel: String,
    pub message: Message,
    /// The subjects that it names.
    #[serde(default)]
    pub(super) subjects: BTreeSet<String>,
    pub attempts: u32,
    /// The error of the last attempt, or why there was none.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
}
