//! Decides which deliveries to acknowledge. Pure.

use std::collections::VecDeque;

use wallboard_runtime::ingest::BatchOffset;

#[derive(Debug, Default)]
pub(super) struct Acknowledgments {
    /// Batches that aren't committed yet: offset, last delivery, and whether that is in the log as held.
    uncommitted: VecDeque<(BatchOffset, u64, bool)>,
    /// All deliveries up to this one are committed, and the log says that it is held.
    held_to: u64,
    acknowledged: u64,
}

impl Acknowledgments {
    /// Records a batch sent to the ingest channel. `last` is its last delivery, which is logged as held
    /// if `is_held`.
    pub(super) fn record_batch(&mut self, offset: BatchOffset, last: u64, is_held: bool) {
        self.uncommitted.push_back((offset, last, is_held));
    }

    /// The delivery up to which to acknowledge now. Without `releases`, excludes the one that the log says
    /// is held: a process that continues from this log must get it again. None from `unsettled` on is due.
    pub(super) fn due_delivery(
        &mut self,
        committed: BatchOffset,
        releases: bool,
        unsettled: Option<u64>,
    ) -> Option<u64> {
        while let Some((offset, last, is_held)) = self.uncommitted.front().copied()
            && offset <= committed
        {
            self.uncommitted.pop_front();
            if is_held {
                self.held_to = last;
            }
        }
        let due = self.held_to.saturating_sub(u64::from(!releases));
        let due = unsettled.map_or(due, |first| due.min(first.saturating_sub(1)));
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
        acks.record_batch(BatchOffset(1), 3, false);
        acks.record_batch(BatchOffset(2), 5, true);
        acks.record_batch(BatchOffset(3), 9, true);

        assert_eq!(acks.due_delivery(BatchOffset(1), true, None), None);
        assert_eq!(acks.due_delivery(BatchOffset(2), false, None), Some(4));
        assert_eq!(acks.due_delivery(BatchOffset(2), false, None), None);
        assert_eq!(acks.due_delivery(BatchOffset(3), false, None), Some(8));
        assert_eq!(acks.due_delivery(BatchOffset(3), true, None), Some(9));
        assert_eq!(acks.due_delivery(BatchOffset(4), true, None), None);
    }

    #[test]
    fn acknowledges_nothing_from_an_unsettled_transcript_on() {
        let mut acks = Acknowledgments::default();
        acks.record_batch(BatchOffset(1), 5, true);

        assert_eq!(acks.due_delivery(BatchOffset(1), true, Some(1)), None);
        assert_eq!(acks.due_delivery(BatchOffset(1), true, Some(4)), Some(3));
        assert_eq!(acks.due_delivery(BatchOffset(1), true, Some(4)), None);
        assert_eq!(acks.due_delivery(BatchOffset(1), true, Some(9)), Some(5));
    }
}
