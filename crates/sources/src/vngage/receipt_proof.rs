//! Proves until when everything that the broker had for us has been received. An answer alone proves
//! only that the line is alive: messages may wait in our queue. Pure.

use wallboard_domain::MonotonicTime;

/// A count of the queue, and the delivery that it reaches to.
#[derive(Debug, Default)]
pub(super) struct ReceiptProof {
    pending: Option<(MonotonicTime, u64)>,
}

impl ReceiptProof {
    /// Records a count that was requested at `as_of`: everything sent to the queue before is received
    /// with the delivery `last`.
    pub(super) fn record_count(&mut self, as_of: MonotonicTime, last: u64) {
        // A later count that reaches less far proves more, for example after messages expired.
        if self.pending.is_none_or(|(_, known)| last <= known) {
            self.pending = Some((as_of, last));
        }
    }

    /// Returns what the deliveries received so far prove, once.
    pub(super) fn take_proven(&mut self, received: u64) -> Option<MonotonicTime> {
        let (as_of, _) = self.pending.take_if(|(_, last)| *last <= received)?;
        Some(as_of)
    }

    /// Drops a count that may have missed messages.
    pub(super) fn discard_count(&mut self) {
        self.pending = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_proves_its_time_once_all_that_waited_is_received() {
        let mut proof = ReceiptProof::default();
        proof.record_count(MonotonicTime(1_000), 7);

        assert_eq!(proof.take_proven(6), None);
        assert_eq!(proof.take_proven(7), Some(MonotonicTime(1_000)));
        assert_eq!(proof.take_proven(8), None);
    }

    #[test]
    fn under_a_lasting_backlog_the_earliest_count_goes_on() {
        let mut proof = ReceiptProof::default();
        proof.record_count(MonotonicTime(1_000), 100);
        proof.record_count(MonotonicTime(3_000), 180);

        assert_eq!(proof.take_proven(120), Some(MonotonicTime(1_000)));
    }

    #[test]
    fn messages_that_expired_are_not_waited_for() {
        let mut proof = ReceiptProof::default();
        proof.record_count(MonotonicTime(1_000), 100);
        proof.record_count(MonotonicTime(3_000), 10);

        assert_eq!(proof.take_proven(10), Some(MonotonicTime(3_000)));
    }
}
