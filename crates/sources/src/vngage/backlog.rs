//! The backlog at the broker after a reconnect, and how much of it is left. Pure; time is an
//! input.
//!
//! A queue's depth counts all ready messages, including those that a lost connection
//! returned. But the broker doesn't report whether they were back when it counted. So
//! redeliveries aren't added up: the broker counts again.

use std::time::Duration;

use tokio::time::Instant;

/// The interval between counts. A count may be too high: messages delivered during the count
/// are in it twice, and messages that expire are dropped.
const COUNT_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Backlog {
    /// The last delivery of the backlog, by the lowest count; `None` without a valid count.
    last: Option<u64>,
    count_due: Instant,
    /// A redelivery arrived since the latest count began.
    is_uncertain: bool,
}

impl Backlog {
    /// Creates a backlog that isn't counted yet.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last: None,
            count_due: now,
            is_uncertain: false,
        }
    }

    /// Records a redelivery. Others may have returned to the queue after the count.
    pub(super) fn on_redelivered(&mut self, now: Instant) {
        self.is_uncertain = true;
        self.last = None;
        self.count_due = now;
    }

    /// When the next count is due.
    pub(super) fn count_due(&self) -> Instant {
        self.count_due
    }

    pub(super) fn begin_count(&mut self) {
        self.is_uncertain = false;
    }

    /// Ends a count: `ready` messages waited before the broker sent the last of the
    /// `received` deliveries. Returns whether the count is valid.
    pub(super) fn end_count(&mut self, received: u64, ready: u32, now: Instant) -> bool {
        if !self.is_uncertain {
            // Every valid count is high enough, so the lowest is best.
            let last = received + u64::from(ready);
            self.last = Some(self.last.map_or(last, |known| known.min(last)));
            self.count_due = now + COUNT_EVERY;
        }
        !self.is_uncertain
    }

    /// Whether the whole backlog is received.
    pub(super) fn is_over(&self, received: u64) -> bool {
        self.last.is_some_and(|last| last <= received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A broker's queue, and a consumer that receives each message `delay` after it was sent.
    #[derive(Debug)]
    struct SimulatedQueue {
        now: Instant,
        begun: Instant,
        backlog: Backlog,
        /// Ready messages; `true` for a redelivery.
        ready: Vec<bool>,
        received: u64,
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
                backlog: Backlog::new(now),
                ready: vec![false; ready],
                received: 0,
                counting: None,
                delay,
                sent: Vec::new(),
            }
        }

        /// Returns `count` unacknowledged messages of the previous connection to the queue.
        fn redeliver(&mut self, count: usize) {
            self.ready.splice(0..0, vec![true; count]);
        }

        fn run_tick(&mut self, published: usize) {
            self.now += TICK;
            self.ready.extend(vec![false; published]);
            if self.counting.is_none() && self.backlog.count_due() <= self.now {
                self.backlog.begin_count();
                let ready = u32::try_from(self.ready.len()).unwrap();
                // Two requests, so two round trips.
                self.counting = Some((self.now + self.delay * 4, ready));
            }
            let free = PREFETCH.saturating_sub(self.sent.len());
            let sent = self.ready.drain(..free.min(self.ready.len()));
            let at = self.now + self.delay;
            self.sent.extend(sent.map(|returned| (at, returned)));
            // The acknowledgment takes as long again and holds up the rest.
            while let Some((at, returned)) = self.sent.first().copied()
                && at <= self.now
            {
                self.sent.remove(0);
                self.received += 1;
                if returned {
                    self.backlog.on_redelivered(self.now);
                }
            }
            if let Some((at, ready)) = self.counting
                && at <= self.now
            {
                self.counting = None;
                self.backlog.end_count(self.received, ready, self.now);
            }
        }

        /// Publishes `rate` messages a second until the backlog is over.
        fn run_until_live(&mut self, rate: f64) {
            let mut published = 0.0;
            while !self.backlog.is_over(self.received) {
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
    fn backlog_ends_soon_but_never_early_at_any_rate_and_in_flight_count() {
        for rate in [0.2, 1.0, 3.0, 8.0, 50.0, 500.0] {
            for in_flight in [0, 1, 7, 300, 900] {
                for (ready, delay) in [(0, 0), (5, 20), (2_000, 100)] {
                    let mut queue = SimulatedQueue::new(ready, Duration::from_millis(delay));
                    queue.redeliver(in_flight);
                    queue.run_until_live(rate);

                    let old = u64::try_from(in_flight + ready).unwrap();
                    assert!(old <= queue.received, "{rate} {in_flight}: {queue:?}");
                }
            }
        }
    }

    #[test]
    fn messages_returned_during_the_count_belong_to_the_backlog() {
        let mut queue = SimulatedQueue::new(2_000, Duration::from_millis(100));
        for _ in 0..60 {
            queue.run_tick(0);
        }
        queue.redeliver(300);
        queue.run_until_live(3.0);

        assert!(2_300 <= queue.received, "{queue:?}");
    }
}
