//! One entry of the input log: what the live state applies at one moment.

use serde::{Deserialize, Serialize};

use super::{Input, Moment};

/// The position of an entry in the input log. Rises by one per entry.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct LogOffset(pub u64);

/// Inputs that were received together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    pub received_at: Moment,
    /// How long they waited until they were applied, in milliseconds.
    pub delay_ms: i64,
    pub inputs: Vec<Input>,
}

impl LogEntry {
    /// When it was applied.
    pub fn applied_at(&self) -> Moment {
        self.received_at.plus_millis(self.delay_ms)
    }
}
