//! Which deliveries are to be acknowledged. Pure.

use std::collections::VecDeque;

use crate::intake::Place;

#[derive(Debug, Default)]
pub(super) struct Acks {
    /// Batches that are not known to be safe: their place, and their last delivery.
    unsafe_yet: VecDeque<(Place, u64)>,
    /// The last delivery up to which all is safe.
    safe_to: u64,
    acknowledged: u64,
}

impl Acks {
    /// A batch has gone through the door, and `last` is its last delivery.
    pub(super) fn note(&mut self, place: Place, last: u64) {
        self.unsafe_yet.push_back((place, last));
    }

    /// The delivery up to which all is to be acknowledged now. `held` is not, nor what
    /// comes after it.
    pub(super) fn due(&mut self, safe: Place, held: Option<u64>) -> Option<u64> {
        while let Some((place, last)) = self.unsafe_yet.front().copied()
            && place <= safe
        {
            self.unsafe_yet.pop_front();
            self.safe_to = last;
        }
        let before_held = held.map_or(u64::MAX, |held| held.saturating_sub(1));
        let due = self.safe_to.min(before_held);
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
        let mut acks = Acks::default();
        acks.note(Place(1), 5);
        acks.note(Place(2), 9);

        assert_eq!(acks.due(Place(0), None), None);
        assert_eq!(acks.due(Place(1), Some(9)), Some(5));
        assert_eq!(acks.due(Place(1), Some(9)), None);
        assert_eq!(acks.due(Place(2), Some(9)), Some(8));
        assert_eq!(acks.due(Place(2), None), Some(9));
        assert_eq!(acks.due(Place(3), None), None);
    }
}
