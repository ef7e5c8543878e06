//! What the broker held when we came back, and how much of it is still to be taken. Pure;
//! time is input.
//!
//! The depth of a queue has all in it that is ready, also what came back from a connection
//! that is gone; but whether it had come back when the broker was asked, nobody says. So what
//! comes back is not added up: the broker is asked again.

use std::time::Duration;

use tokio::time::Instant;

/// The broker is asked again so often. A count may be too high, because what is delivered while it
/// is made is in it twice, and because messages that grow too old are dropped.
const COUNT_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Backlog {
    /// The delivery that is its last, by the lowest count; `None` while no count holds.
    last: Option<u64>,
    count_due: Instant,
    /// A message that was delivered before has come since the newest count began.
    is_uncertain: bool,
    /// At least one message was delivered before.
    has_redelivery: bool,
    /// At least one must have been, unless the queue was emptied.
    expects_redelivery: bool,
}

impl Backlog {
    /// One that is not counted yet. `must_return`: when the line was lost, the broker had a
    /// message for which it had no acknowledgement.
    pub(super) fn new(must_return: bool, now: Instant) -> Self {
        Self {
            last: None,
            count_due: now,
            is_uncertain: false,
            has_redelivery: false,
            expects_redelivery: must_return,
        }
    }

    /// A message has come that was delivered before. Others may have come back with it after
    /// the broker was asked.
    pub(super) fn on_redelivered(&mut self, now: Instant) {
        self.has_redelivery = true;
        self.is_uncertain = true;
        self.last = None;
        self.count_due = now;
    }

    /// When the broker is next asked.
    pub(super) fn count_due(&self) -> Instant {
        self.count_due
    }

    pub(super) fn begin_count(&mut self) {
        self.is_uncertain = false;
    }

    /// So many deliveries are taken, and so many messages were ready before the last of them
    /// was sent.
    pub(super) fn end_count(&mut self, taken: u64, ready: u32, now: Instant) {
        if !self.is_uncertain {
            // All that hold are high enough, so the lowest does.
            let last = taken + u64::from(ready);
            self.last = Some(self.last.map_or(last, |known| known.min(last)));
            self.count_due = now + COUNT_EVERY;
        }
    }

    /// Whether all is taken.
    pub(super) fn is_over(&self, taken: u64) -> bool {
        self.last.is_some_and(|last| last <= taken)
    }

    /// Whether somebody has emptied the queue; known once all is taken.
    pub(super) fn was_purged(&self) -> bool {
        self.expects_redelivery && !self.has_redelivery
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A broker with a queue, and a consumer that takes what is sent `delay` later.
    #[derive(Debug)]
    struct SimulatedQueue {
        now: Instant,
        begun: Instant,
        backlog: Backlog,
        /// Ready; `true`: delivered before.
        ready: Vec<bool>,
        taken: u64,
        counting: Option<(Instant, u32)>,
        delay: Duration,
        sent: Vec<(Instant, bool)>,
    }

    const TICK: Duration = Duration::from_millis(10);
    const PREFETCH: usize = 300;

    impl SimulatedQueue {
        fn new(ready: usize, delay: Duration) -> Self {
            let now = Instant::now();
            Self {
                now,
                begun: now,
                backlog: Backlog::new(false, now),
                ready: vec![false; ready],
                taken: 0,
                counting: None,
                delay,
                sent: Vec::new(),
            }
        }

        /// The connection before us is gone, and what it had not acknowledged is back in the queue.
        fn redeliver(&mut self, count: usize) {
            self.ready.splice(0..0, vec![true; count]);
        }

        fn run_tick(&mut self, published: usize) {
            self.now += TICK;
            self.ready.extend(vec![false; published]);
            if self.counting.is_none() && self.backlog.count_due() <= self.now {
                self.backlog.begin_count();
                let ready = u32::try_from(self.ready.len()).unwrap();
                // Asked, and asked once more: there and back twice.
                self.counting = Some((self.now + self.delay * 4, ready));
            }
            let free = PREFETCH.saturating_sub(self.sent.len());
            let sent = self.ready.drain(..free.min(self.ready.len()));
            let at = self.now + self.delay;
            self.sent.extend(sent.map(|returned| (at, returned)));
            // An acknowledgement is back only after as long again, which holds up the rest.
            while let Some((at, returned)) = self.sent.first().copied()
                && at <= self.now
            {
                self.sent.remove(0);
                self.taken += 1;
                if returned {
                    self.backlog.on_redelivered(self.now);
                }
            }
            if let Some((at, ready)) = self.counting
                && at <= self.now
            {
                self.counting = None;
                self.backlog.end_count(self.taken, ready, self.now);
            }
        }

        /// Lets `rate` messages come each second until all is taken.
        fn run_until_live(&mut self, rate: f64) {
            let mut published = 0.0;
            while !self.backlog.is_over(self.taken) {
                let mut new = 0;
                while published < rate * self.elapsed().as_secs_f64() {
                    published += 1.0;
                    new += 1;
                }
                self.run_tick(new);
                assert!(self.elapsed() < Duration::from_secs(10), "{self:?}");
            }
        }

        fn elapsed(&self) -> Duration {
            self.now - self.begun
        }
    }

    #[test]
    fn a_line_is_live_soon_at_any_rate_with_any_number_in_flight_and_never_too_early() {
        for rate in [0.2, 1.0, 3.0, 8.0, 50.0, 500.0] {
            for in_flight in [0, 1, 7, 300, 900] {
                for (ready, delay) in [(0, 0), (5, 20), (2_000, 100)] {
                    let mut line = SimulatedQueue::new(ready, Duration::from_millis(delay));
                    line.redeliver(in_flight);
                    line.run_until_live(rate);

                    let old = u64::try_from(in_flight + ready).unwrap();
                    assert!(old <= line.taken, "{rate} {in_flight}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn what_comes_back_while_the_backlog_is_counted_is_in_it() {
        let mut line = SimulatedQueue::new(2_000, Duration::from_millis(100));
        for _ in 0..60 {
            line.run_tick(0);
        }
        line.redeliver(300);
        line.run_until_live(3.0);

        assert!(2_300 <= line.taken, "{line:?}");
    }

    #[test]
    fn a_queue_out_of_which_nothing_comes_back_was_emptied() {
        let now = Instant::now();
        for (must_return, returns, was_purged) in [
            (true, false, true),
            (true, true, false),
            (false, false, false),
            (false, true, false),
        ] {
            let mut backlog = Backlog::new(must_return, now);
            if returns {
                backlog.on_redelivered(now);
            }
            backlog.begin_count();
            backlog.end_count(1, 0, now);

            assert!(backlog.is_over(1));
            assert_eq!(backlog.was_purged(), was_purged);
        }
    }
}
