//! Planned events in order of time. Events at equal times stay in the order of planning.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::call_center::Event;

#[derive(Debug, Default)]
pub(crate) struct EventQueue {
    pub(crate) events: BTreeMap<(Timestamp, u64), Event>,
    planned: u64,
}

impl EventQueue {
    pub(crate) fn schedule(&mut self, at: Timestamp, event: Event) {
        self.planned += 1;
        self.events.insert((at, self.planned), event);
    }

    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.events.first_key_value().map(|(key, _)| key.0)
    }

    /// Removes and returns the next event that isn't after `to`.
    pub(crate) fn pop_until(&mut self, to: Timestamp) -> Option<(Timestamp, Event)> {
        let next = self.events.first_entry()?;
        (next.key().0 <= to).then(|| (next.key().0, next.remove()))
    }
}
