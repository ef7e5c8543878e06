//! Finds the batch that continues a position, in a stream that is read one message at a time.

use crate::domain::{LogOffset, LogPosition};

/// A binary search: offsets in the stream never fall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchSearch {
    next: LogOffset,
    low: u64,
    high: u64,
}

impl BatchSearch {
    /// Begins a search from the first to the last sequence.
    pub(crate) fn new(position: LogPosition, first: u64, last: u64) -> Self {
        Self {
            next: position.next,
            low: first,
            high: last + 1,
        }
    }

    /// The sequence to look at; `None` at the end.
    pub(crate) fn middle(&self) -> Option<u64> {
        (self.low < self.high).then(|| self.low + (self.high - self.low) / 2)
    }

    /// Goes on by what the middle batch continues; `None` if there's none.
    pub(crate) fn narrow(&mut self, after: Option<LogPosition>) {
        let middle = self.low + (self.high - self.low) / 2;
        match after {
            Some(after) if self.next <= after.next => self.high = middle,
            _ => self.low = middle + 1,
        }
    }

    /// The sequence that was found: of the first batch at or behind the position, or the next one.
    pub(crate) fn found(&self) -> u64 {
        self.low
    }
}
