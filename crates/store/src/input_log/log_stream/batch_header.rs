//! The header of each message in the log's stream, about its batch.

use async_nats::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::LogBatch;
use wallboard_domain::{LogOffset, LogPosition, MonotonicTime, TermId};

use super::StreamError;

/// The message's header, whose value is JSON.
pub(super) const NAME: &str = "Wallboard-Batch";

/// Says where a batch belongs. Without entries, it only says that its leader is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHeader {
    /// The position that the batch continues.
    pub after: LogPosition,
    /// The term of its entries.
    pub term: TermId,
    /// The number of entries.
    pub count: u64,
    /// The number of inputs in them.
    pub inputs: u64,
    pub format: u32,
    /// When its first entry was received.
    pub received_at: Timestamp,
    /// The leader's monotonic clock when it was sent.
    pub sent_at: MonotonicTime,
    /// The leader resigns after it.
    #[serde(default)]
    pub is_last: bool,
}

/// A message of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamBatch {
    pub header: BatchHeader,
    /// Encoded entries; empty without entries.
    pub bytes: Bytes,
}

impl BatchHeader {
    /// Returns the position after the batch.
    pub fn leads_to(&self) -> LogPosition {
        if self.count == 0 {
            return self.after;
        }
        LogPosition {
            term: Some(self.term),
            next: LogOffset(self.after.next.0 + self.count),
        }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn parse(headers: &HeaderMap) -> Result<Self, StreamError> {
        let text = headers.get(NAME).ok_or(StreamError::Foreign)?;
        serde_json::from_str(text.as_str()).map_err(|_| StreamError::Foreign)
    }
}

impl StreamBatch {
    /// Returns what an embedded log stores of it; `None` without entries.
    pub fn to_log_batch(&self) -> Option<LogBatch> {
        (self.header.count != 0).then(|| LogBatch {
            first: self.header.after.next,
            count: self.header.count,
            received_at: self.header.received_at,
            format: self.header.format,
            bytes: self.bytes.to_vec(),
        })
    }
}
