//! Which deliveries are to be acknowledged. Pure.

use std::collections::VecDeque;

use crate::ingest::BatchOffset;

#[derive(Debug, Default)]
pub(super) struct Acknowledgments {
    /// Batches that are not known to be safe: their place, and their last delivery.
    uncommitted: VecDeque<(BatchOffset, u64)>,
    /// The last delivery up to which all is safe.
    committed_to: u64,
    acknowledged: u64,
}

impl Acknowledgments {
    /// A batch has gone through the door, and `last` is its last delivery.
    pub(super) fn record_batch(&mut self, place: BatchOffset, last: u64) {
        self.uncommitted.push_back((place, last));
    }

    /// The delivery up to which all is to be acknowledged now. `held` is not, nor what
    /// comes after it.
    pub(super) fn due_delivery(&mut self, safe: BatchOffset, held: Option<u64>) -> Option<u64> {
        while let Some((place, last)) = self.uncommitted.front().copied()
            && place <= safe
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
    fn only_what_is_safe_and_not_held_is_acknowledged_and_once() {
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
