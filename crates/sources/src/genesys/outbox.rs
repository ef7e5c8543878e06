//! Inputs that wait for the live state. Bounded: only the last value of each statistic
//! waits, and values from before a break in the connection are dropped.

use std::{collections::HashMap, mem};

use wallboard_domain::{
    ConnectionEvent, Input, MonotonicTime, SourceDiagnostic, SourceId, SubscriptionStats, Update,
};

use super::statistic_registry::StatisticIndex;

/// The most diagnostics that wait. More frequent ones aren't worth reporting individually.
const DIAGNOSTICS_MAX: usize = 64;
/// The most inputs in one batch.
const BATCH_MAX: usize = 1024;

#[derive(Debug)]
pub(super) struct Outbox {
    source: SourceId,
    queue: Vec<Option<Input>>,
    /// The position of a statistic's value in `queue`.
    value_positions: HashMap<StatisticIndex, usize, foldhash::fast::RandomState>,
    diagnostics: usize,
    stats: Option<Box<SubscriptionStats>>,
    /// The last sign of life on this connection, and whether it is still to be reported.
    alive_at: Option<MonotonicTime>,
    is_alive_due: bool,
}

impl Outbox {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            source,
            queue: Vec::new(),
            value_positions: HashMap::default(),
            diagnostics: 0,
            stats: None,
            alive_at: None,
            is_alive_due: false,
        }
    }

    /// Puts a statistic's value, replacing one that still waits.
    pub(super) fn put_update(&mut self, index: StatisticIndex, update: Update) {
        if let Some(earlier) = self.value_positions.insert(index, self.queue.len()) {
            self.queue[earlier] = None;
        }
        self.queue.push(Some(Input::Update(update)));
        // Half of the queue is holes: without them, its size fits what waits.
        if self.queue.len() > 2 * (self.value_positions.len() + DIAGNOSTICS_MAX) {
            self.compact_queue();
        }
    }

    pub(super) fn put_connection_event(&mut self, event: ConnectionEvent) {
        if !matches!(event, ConnectionEvent::Connected) {
            self.drop_values();
            // A catch-up forgets it.
            self.is_alive_due = self.alive_at.is_some();
        }
        self.queue
            .push(Some(Input::Connection(self.source.clone(), event)));
    }

    /// Puts a sign of life, which is reported after all values that were put before.
    pub(super) fn put_alive(&mut self, as_of: MonotonicTime) {
        self.alive_at = Some(as_of);
        self.is_alive_due = true;
    }

    /// The last sign of life on this connection.
    pub(super) fn alive_at(&self) -> Option<MonotonicTime> {
        self.alive_at
    }

    /// Lets the live state expect no more signs of life on a connection that is up or catching up.
    pub(super) fn withdraw_alive(&mut self, is_connected: bool) {
        self.clear_alive();
        let discontinuity = None;
        let connected = is_connected.then_some(ConnectionEvent::Connected);
        // Unlike a break in the connection, this leaves the values that wait.
        let events = [
            Some(ConnectionEvent::CatchingUp { discontinuity }),
            connected,
        ];
        let inputs = events.into_iter().flatten();
        let source = &self.source;
        self.queue
            .extend(inputs.map(|event| Some(Input::Connection(source.clone(), event))));
    }

    /// Forgets the signs of life of a connection that is over.
    pub(super) fn clear_alive(&mut self) {
        self.alive_at = None;
        self.is_alive_due = false;
    }

    pub(super) fn put_diagnostic(&mut self, diagnostic: SourceDiagnostic) {
        if self.diagnostics < DIAGNOSTICS_MAX {
            self.diagnostics += 1;
            self.queue
                .push(Some(Input::Diagnostic(self.source.clone(), diagnostic)));
        }
    }

    pub(super) fn put_stats(&mut self, stats: SubscriptionStats) {
        self.stats = Some(Box::new(stats));
    }

    /// Takes the next inputs, in order.
    pub(super) fn take_batch(&mut self) -> Option<Vec<Input>> {
        if let Some(stats) = self.stats.take() {
            let diagnostic = SourceDiagnostic::SubscriptionStats(stats);
            self.queue
                .push(Some(Input::Diagnostic(self.source.clone(), diagnostic)));
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
        if let Some(as_of) = self.alive_at
            && mem::take(&mut self.is_alive_due)
        {
            let alive = ConnectionEvent::Alive { as_of };
            self.queue
                .push(Some(Input::Connection(self.source.clone(), alive)));
        }
        self.value_positions.clear();
        self.diagnostics = 0;
        let batch: Vec<Input> = mem::take(&mut self.queue).into_iter().flatten().collect();
        (!batch.is_empty()).then_some(batch)
    }

    /// Drops values and earlier connection events; diagnostics stay.
    fn drop_values(&mut self) {
        self.value_positions.clear();
        self.queue
            .retain(|slot| slot.as_ref().is_some_and(is_diagnostic));
    }

    fn compact_queue(&mut self) {
        let mut gone = 0;
        let mut new_positions = Vec::with_capacity(self.queue.len());
        for (at, slot) in self.queue.iter().enumerate() {
            new_positions.push(at - gone);
            gone += usize::from(slot.is_none());
        }
        for at in self.value_positions.values_mut() {
            *at = new_positions[*at];
        }
        self.queue.retain(Option::is_some);
    }
}

fn is_diagnostic(input: &Input) -> bool {
    matches!(input, Input::Diagnostic(..))
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{
        Discontinuity, Fact, Metric, MetricSubject, MetricValue, QueueId, ValueAge, VendorFigure,
        VendorValue,
    };

    use super::*;

    fn empty_outbox() -> Outbox {
        Outbox::new("voice".into())
    }

    fn count_update(index: StatisticIndex, value: u64) -> Update {
        let source: SourceId = "voice".into();
        let subject = MetricSubject::Queue(QueueId::new(&source, &index.to_string()));
        let report = VendorFigure {
            value: VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(value))),
            age: ValueAge::Immediate,
            valid_for_ms: None,
        };
        Update {
            source,
            event: "StatisticUpdate",
            at: None,
            fact: Fact::VendorFigure(subject, report),
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
    fn only_the_last_value_of_each_statistic_waits_in_order() {
        let mut outbox = empty_outbox();
        for value in 0..100_000 {
            outbox.put_update(0, count_update(0, value));
            outbox.put_update(1, count_update(1, value));
        }
        outbox.put_update(0, count_update(0, 7));

        assert!(outbox.queue.capacity() < 1000);
        let updates = only_updates(outbox.take_batch().unwrap());
        assert_eq!(updates, [count_update(1, 99_999), count_update(0, 7)]);
        assert!(outbox.take_batch().is_none());
    }

    #[test]
    fn break_in_the_connection_drops_earlier_values_and_events() {
        let mut outbox = empty_outbox();
        outbox.put_update(0, count_update(0, 1));
        outbox.put_connection_event(ConnectionEvent::Connected);
        outbox.put_diagnostic(SourceDiagnostic::ResyncRequested);
        let discontinuity = Some(Discontinuity::Session);

        outbox.put_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        outbox.put_update(0, count_update(0, 2));
        outbox.put_connection_event(ConnectionEvent::Connected);

        let inputs = outbox.take_batch().unwrap();
        assert!(matches!(inputs[0], Input::Diagnostic(..)));
        assert!(matches!(
            inputs[1],
            Input::Connection(_, ConnectionEvent::CatchingUp { .. })
        ));
        assert_eq!(inputs[2..].len(), 2);
        assert_eq!(only_updates(inputs), [count_update(0, 2)]);
    }

    #[test]
    fn many_inputs_go_out_in_batches_without_loss() {
        let mut outbox = empty_outbox();
        for index in 0..3000 {
            outbox.put_update(index, count_update(index, 1));
        }
        let mut updates = only_updates(outbox.take_batch().unwrap());

        outbox.put_update(2999, count_update(2999, 2));
        outbox.put_update(0, count_update(0, 2));
        while let Some(more) = outbox.take_batch() {
            updates.extend(only_updates(more));
        }

        assert_eq!(updates.len(), 3001);
        assert_eq!(updates[2999..], [count_update(2999, 2), count_update(0, 2)]);
    }

    #[test]
    fn sign_of_life_follows_the_values_and_is_repeated_after_a_catch_up() {
        let mut outbox = empty_outbox();
        let alive = |inputs: &[Input]| match inputs.last() {
            Some(Input::Connection(_, ConnectionEvent::Alive { as_of })) => Some(*as_of),
            _ => None,
        };
        outbox.put_alive(MonotonicTime(1));
        outbox.put_alive(MonotonicTime(2));
        outbox.put_update(0, count_update(0, 1));

        let inputs = outbox.take_batch().unwrap();
        assert_eq!(inputs.len(), 2);
        assert_eq!(alive(&inputs), Some(MonotonicTime(2)));
        assert!(outbox.take_batch().is_none());

        let discontinuity = Some(Discontinuity::Session);
        outbox.put_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        outbox.put_connection_event(ConnectionEvent::Connected);
        let inputs = outbox.take_batch().unwrap();
        assert_eq!(inputs.len(), 3);
        assert_eq!(alive(&inputs), Some(MonotonicTime(2)));

        outbox.put_update(0, count_update(0, 1));
        outbox.withdraw_alive(true);
        let inputs = outbox.take_batch().unwrap();
        assert_eq!(inputs.len(), 3);
        assert_eq!(alive(&inputs), None);
        outbox.put_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        assert_eq!(outbox.take_batch().unwrap().len(), 1);
    }

    #[test]
    fn values_that_still_wait_hold_the_sign_of_life_back() {
        let mut outbox = empty_outbox();
        for index in 0..2_000 {
            outbox.put_update(index, count_update(index, 1));
        }
        outbox.put_alive(MonotonicTime(1));

        let is_alive = |input: &Input| matches!(input, Input::Connection(..));
        assert!(!outbox.take_batch().unwrap().iter().any(is_alive));
        assert!(is_alive(outbox.take_batch().unwrap().last().unwrap()));
    }

    #[test]
    fn waiting_diagnostics_are_bounded() {
        let mut outbox = empty_outbox();
        for _ in 0..1000 {
            outbox.put_diagnostic(SourceDiagnostic::ResyncRequested);
        }

        assert_eq!(outbox.take_batch().unwrap().len(), DIAGNOSTICS_MAX);
    }
}
