//! Decides which deliveries to acknowledge. Pure.

use std::collections::VecDeque;

use crate::ingest::BatchOffset;

#[derive(Debug, Default)]
pub(super) struct Acknowledgments {
    /// Batches that aren't committed yet: offset and last delivery.
    uncommitted: VecDeque<(BatchOffset, u64)>,
    /// All deliveries up to this one are committed.
    committed_to: u64,
    acknowledged: u64,
}

impl Acknowledgments {
    /// Records a batch sent to the ingest channel. `last` is its last delivery.
    pub(super) fn record_batch(&mut self, offset: BatchOffset, last: u64) {
        self.uncommitted.push_back((offset, last));
    }

    /// The delivery up to which to acknowledge now. Excludes `held` and everything after it.
    pub(super) fn due_delivery(
        &mut self,
        committed: BatchOffset,
        held: Option<u64>,
    ) -> Option<u64> {
        while let Some((offset, last)) = self.uncommitted.front().copied()
            && offset <= committed
        {
            self.uncommitted.pop_front();
            self.committed_to = last;
        }
        let before_held = held.map_or(u64::MAX, |held| held.saturating_sub(1));
        let due = self.committed_to.min(before_held);
        (self.acknowledged < due).then(|| {
            self.acknowledged = due;
            due
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledges_committed_deliveries_once_and_skips_held_ones() {
        let mut acks = Acknowledgments::default();
        acks.record_batch(BatchOffset(1), 5);
        acks.record_batch(BatchOffset(2), 9);

        assert_eq!(acks.due_delivery(BatchOffset(0), None), None);
        assert_eq!(acks.due_delivery(BatchOffset(1), Some(9)), Some(5));
        assert_eq!(acks.due_delivery(BatchOffset(1), Some(9)), None);
        assert_eq!(acks.due_delivery(BatchOffset(2), Some(9)), Some(8));
        assert_eq!(acks.due_delivery(BatchOffset(2), None), Some(9));
        assert_eq!(acks.due_delivery(BatchOffset(3), None), None);
    }
}
