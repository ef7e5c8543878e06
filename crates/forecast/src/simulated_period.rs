//! The counts of a simulated half hour, as the live state counts a day.

use wallboard_domain::{Counter, Counters, QueueTarget};

/// One simulated half hour of the queues that are forecast.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedPeriod {
    pub counters: Counters,
    /// The longest that anybody had waited, answered or not, in seconds; 0 if nobody waited.
    pub longest_wait_s: f64,
}

impl SimulatedPeriod {
    pub(crate) fn new() -> Self {
        Self {
            counters: Counters::LIVE,
            longest_wait_s: 0.0,
        }
    }

    pub(crate) fn record_arrival(&mut self) {
        self.counters.add(Counter::Offered, 1);
    }

    pub(crate) fn record_answer(&mut self, wait_s: f64, target: &QueueTarget) {
        let is_within = wait_s <= seconds(target.threshold_ms);
        self.counters.add(Counter::Answered, 1);
        self.counters.add(Counter::Waits, 1);
        self.counters
            .add(Counter::AnsweredWithin, i64::from(is_within));
        self.record_wait(wait_s);
    }

    pub(crate) fn record_abandon(&mut self, wait_s: f64, target: &QueueTarget) {
        if wait_s <= seconds(target.short_abandon_ms) {
            self.counters.add(Counter::ShortAbandoned, 1);
        } else {
            let is_within = wait_s <= seconds(target.threshold_ms);
            self.counters.add(Counter::Abandoned, 1);
            self.counters
                .add(Counter::AbandonedWithin, i64::from(is_within));
        }
        self.record_wait(wait_s);
    }

    /// Records the wait of somebody who is answered, leaves or still waits.
    pub(crate) fn record_wait(&mut self, wait_s: f64) {
        self.longest_wait_s = self.longest_wait_s.max(wait_s);
    }
}

#[expect(clippy::cast_precision_loss, reason = "targets are some minutes")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
