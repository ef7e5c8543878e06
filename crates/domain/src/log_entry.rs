//! One entry of the input log: what the live state applies at one moment.

use serde::{Deserialize, Serialize};

use super::{Input, Moment, ResumeProof};

/// The position of an entry in the input log. Rises by one per entry.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct LogOffset(pub u64);

/// One uninterrupted leadership in a cluster, by a random number. One log, one term: between two
/// entries of a term, no other leader appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TermId(pub u64);

/// A point in the history of a log. Two logs with the same position have the same entries before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogPosition {
    /// The term of the last entry; `None` outside of a cluster.
    pub term: Option<TermId>,
    /// The entry that follows.
    pub next: LogOffset,
}

/// Inputs that were received together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    pub received_at: Moment,
    /// How long they waited until they were applied, in milliseconds.
    pub delay_ms: i64,
    pub inputs: Vec<Input>,
    /// Proof for later that the source's upstream continues from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ResumeProof>,
}

impl LogEntry {
    /// When it was applied.
    pub fn applied_at(&self) -> Moment {
        self.received_at.plus_millis(self.delay_ms)
    }

    /// Whether a process or a term begins with it: nobody received anything before.
    pub fn begins_process(&self) -> bool {
        let is_start = |input: &Input| matches!(input, Input::Started { .. });
        self.inputs.iter().any(is_start)
    }
}
