//! What is to be told to the live state and has not been taken yet. It is bounded:
//! of each statistic only the last value waits, and what came before a break of the
//! line is worth nothing after it.

use std::{collections::HashMap, mem};

use crate::domain::{
    ConnectionEvent, Input, SourceDiagnostic, SourceId, SubscriptionStats, Update,
};

use super::statistic_registry::StatisticIndex;

/// How many notes wait at most; what happens more often than it can be told is not
/// worth telling each time.
const DIAGNOSTICS_MAX: usize = 64;
/// How many inputs are handed over at once at most.
const BATCH_MAX: usize = 1024;

#[derive(Debug)]
pub(super) struct Outbox {
    source: SourceId,
    queue: Vec<Option<Input>>,
    /// Where in `waiting` the value of a statistic is.
    value_positions: HashMap<StatisticIndex, usize, foldhash::fast::RandomState>,
    diagnostics: usize,
    stats: Option<Box<SubscriptionStats>>,
}

impl Outbox {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            source,
            queue: Vec::new(),
            value_positions: HashMap::default(),
            diagnostics: 0,
            stats: None,
        }
    }

    /// A statistic's value instead of one that has not been taken.
    pub(super) fn put_update(&mut self, place: StatisticIndex, update: Update) {
        if let Some(earlier) = self.value_positions.insert(place, self.queue.len()) {
            self.queue[earlier] = None;
        }
        self.queue.push(Some(Input::Update(update)));
        // Half of it is holes: without them it is again in proportion to what waits.
        if self.queue.len() > 2 * (self.value_positions.len() + DIAGNOSTICS_MAX) {
            self.compact_queue();
        }
    }

    pub(super) fn put_connection_event(&mut self, line: ConnectionEvent) {
        if !matches!(line, ConnectionEvent::Connected) {
            self.drop_values();
        }
        self.queue
            .push(Some(Input::Connection(self.source.clone(), line)));
    }

    pub(super) fn put_diagnostic(&mut self, note: SourceDiagnostic) {
        if self.diagnostics < DIAGNOSTICS_MAX {
            self.diagnostics += 1;
            self.queue
                .push(Some(Input::Diagnostic(self.source.clone(), note)));
        }
    }

    pub(super) fn put_stats(&mut self, account: SubscriptionStats) {
        self.stats = Some(Box::new(account));
    }

    /// What goes next, in order.
    pub(super) fn take_batch(&mut self) -> Option<Vec<Input>> {
        if let Some(account) = self.stats.take() {
            let note = SourceDiagnostic::SubscriptionStats(account);
            self.queue
                .push(Some(Input::Diagnostic(self.source.clone(), note)));
        }
        if self.queue.len() > BATCH_MAX {
            self.compact_queue();
            let rest = self.queue.split_off(BATCH_MAX.min(self.queue.len()));
            let batch = mem::replace(&mut self.queue, rest);
            self.value_positions.retain(|_, at| *at >= BATCH_MAX);
            for at in self.value_positions.values_mut() {
                *at -= BATCH_MAX;
            }
            self.diagnostics = self
                .queue
                .iter()
                .flatten()
                .filter(|input| is_diagnostic(input))
                .count();
            return Some(batch.into_iter().flatten().collect());
        }
        self.value_positions.clear();
        self.diagnostics = 0;
        let batch: Vec<Input> = mem::take(&mut self.queue).into_iter().flatten().collect();
        (!batch.is_empty()).then_some(batch)
    }

    /// Values, and how the line stood before; notes stay.
    fn drop_values(&mut self) {
        self.value_positions.clear();
        self.queue
            .retain(|waits| waits.as_ref().is_some_and(is_diagnostic));
    }

    fn compact_queue(&mut self) {
        let mut gone = 0;
        let mut new_places = Vec::with_capacity(self.queue.len());
        for (at, waits) in self.queue.iter().enumerate() {
            new_places.push(at - gone);
            gone += usize::from(waits.is_none());
        }
        for at in self.value_positions.values_mut() {
            *at = new_places[*at];
        }
        self.queue.retain(Option::is_some);
    }
}

fn is_diagnostic(input: &Input) -> bool {
    matches!(input, Input::Diagnostic(..))
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        Discontinuity, Fact, Metric, MetricSubject, MetricValue, QueueId, ValueAge, VendorReport,
        VendorValue,
    };

    use super::*;

    fn empty_outbox() -> Outbox {
        Outbox::new("voice".into())
    }

    fn count_update(place: StatisticIndex, value: u64) -> Update {
        let source: SourceId = "voice".into();
        let subject = MetricSubject::Queue(QueueId::new(&source, &place.to_string()));
        let statement = VendorReport {
            value: VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(value))),
            age: ValueAge::Immediate,
            valid_for_ms: None,
        };
        Update {
            source,
            event: "StatisticUpdate",
            at: None,
            fact: Fact::VendorReport(subject, statement),
            mistyped: 0,
        }
    }

    fn only_updates(inputs: Vec<Input>) -> Vec<Update> {
        let updates = inputs.into_iter().filter_map(|input| match input {
            Input::Update(update) => Some(update),
            _ => None,
        });
        updates.collect()
    }

    #[test]
    fn only_the_last_value_of_each_statistic_waits_and_in_order() {
        let mut outbox = empty_outbox();
        for value in 0..100_000 {
            outbox.put_update(0, count_update(0, value));
            outbox.put_update(1, count_update(1, value));
        }
        outbox.put_update(0, count_update(0, 7));

        assert!(outbox.queue.capacity() < 1000);
        let told = only_updates(outbox.take_batch().unwrap());
        assert_eq!(told, [count_update(1, 99_999), count_update(0, 7)]);
        assert!(outbox.take_batch().is_none());
    }

    #[test]
    fn a_break_of_the_line_leaves_nothing_that_was_said_before_it() {
        let mut outbox = empty_outbox();
        outbox.put_update(0, count_update(0, 1));
        outbox.put_connection_event(ConnectionEvent::Connected);
        outbox.put_diagnostic(SourceDiagnostic::ResyncRequested);
        let broken = Some(Discontinuity::Session);

        outbox.put_connection_event(ConnectionEvent::CatchingUp { broken });
        outbox.put_update(0, count_update(0, 2));
        outbox.put_connection_event(ConnectionEvent::Connected);

        let told = outbox.take_batch().unwrap();
        assert!(matches!(told[0], Input::Diagnostic(..)));
        assert!(matches!(
            told[1],
            Input::Connection(_, ConnectionEvent::CatchingUp { .. })
        ));
        assert_eq!(told[2..].len(), 2);
        assert_eq!(only_updates(told), [count_update(0, 2)]);
    }

    #[test]
    fn much_goes_in_parts_and_loses_nothing() {
        let mut outbox = empty_outbox();
        for place in 0..3000 {
            outbox.put_update(place, count_update(place, 1));
        }
        let mut told = only_updates(outbox.take_batch().unwrap());

        outbox.put_update(2999, count_update(2999, 2));
        outbox.put_update(0, count_update(0, 2));
        while let Some(more) = outbox.take_batch() {
            told.extend(only_updates(more));
        }

        assert_eq!(told.len(), 3001);
        assert_eq!(told[2999..], [count_update(2999, 2), count_update(0, 2)]);
    }

    #[test]
    fn notes_without_end_do_not_gather() {
        let mut outbox = empty_outbox();
        for _ in 0..1000 {
            outbox.put_diagnostic(SourceDiagnostic::ResyncRequested);
        }

        assert_eq!(outbox.take_batch().unwrap().len(), DIAGNOSTICS_MAX);
    }
}
