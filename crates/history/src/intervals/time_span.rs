//! A span of time in whole seconds.

use jiff::Timestamp;

/// A half-open range, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeSpan {
    pub start: i64,
    pub end: i64,
}

impl TimeSpan {
    /// Returns `None` if it would end before it starts.
    pub fn new(start: i64, end: i64) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self {
            start: from.as_second(),
            end: to.as_second(),
        }
    }

    /// The span with so many seconds more at each end.
    pub fn widen(self, seconds: i64) -> Self {
        Self {
            start: self.start - seconds,
            end: self.end + seconds,
        }
    }

    pub fn seconds(self) -> i64 {
        self.end - self.start
    }

    pub fn contains(self, at: i64) -> bool {
        self.start <= at && at < self.end
    }

    /// The part of it inside `other`.
    pub(super) fn intersect(self, other: Self) -> Option<(i64, i64)> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some((start, end))
    }
}
