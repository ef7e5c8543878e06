//! Finds the batch that continues a position, in a stream that is read one message at a time.

use wallboard_domain::{LogOffset, LogPosition};

use super::BatchHeader;

/// A binary search: offsets in the stream never fall.
#[derive(Clone, Copy, Debug)]
pub struct BatchSearch {
    next: LogOffset,
    low: u64,
    high: u64,
}

impl BatchSearch {
    /// Begins a search from the first to the last sequence.
    pub fn new(position: LogPosition, first: u64, last: u64) -> Self {
        Self {
            next: position.next,
            low: first,
            high: last + 1,
        }
    }

    /// The sequence to look at; `None` at the end.
    pub fn middle(&self) -> Option<u64> {
        (self.low < self.high).then(|| self.low + (self.high - self.low) / 2)
    }

    /// Continues by the middle batch's header; `None` if there's none. Batches without entries are
    /// skipped: what follows them may continue something else.
    pub fn narrow(&mut self, header: Option<&BatchHeader>) {
        let middle = self.low + (self.high - self.low) / 2;
        match header {
            Some(header) if self.next < header.leads_to().next => self.high = middle,
            _ => self.low = middle + 1,
        }
    }

    /// The sequence that was found: of the first batch with entries behind the position, or the next one.
    pub fn found(&self) -> u64 {
        self.low
    }
}
