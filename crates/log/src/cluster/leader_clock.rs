//! Keeps this node's clock equal to the leader's, by the times in what it sends, and knows how far the
//! node is behind it.

use wallboard_domain::MonotonicTime;
use wallboard_runtime::ingest::ProcessClock;

/// A node that is further behind, in milliseconds, doesn't show anything as up to date.
pub(super) const BEHIND_MAX: i64 = 3_000;
/// How many messages decide whether our clock is ahead of the leader's.
const MESSAGES_PER_CORRECTION: u32 = 20;
/// The largest correction back, in milliseconds: only for drift, or a network that becomes slower
/// would look like a clock.
const CORRECTION_MAX: i64 = 20;

#[derive(Debug)]
pub(super) struct LeaderClock {
    clock: ProcessClock,
    /// The newest time that the leader sent.
    heard: Option<MonotonicTime>,
    is_anchored: bool,
    /// The least delay of the last messages, in milliseconds, and their number.
    least_delay: i64,
    messages: u32,
}

impl LeaderClock {
    pub(super) fn new(clock: ProcessClock) -> Self {
        Self {
            clock,
            heard: None,
            is_anchored: false,
            least_delay: i64::MAX,
            messages: 0,
        }
    }

    /// Notes a message. `is_live`: it was sent while this node waited for it, so it shows the leader's
    /// time now.
    pub(super) fn hear(&mut self, sent_at: MonotonicTime, is_live: bool) {
        let delay = self.clock.monotonic_now().millis_since(sent_at);
        self.heard = self.heard.max(Some(sent_at));
        let is_first = is_live && !self.is_anchored;
        self.is_anchored |= is_live;
        if delay < 0 || is_first {
            self.clock.shift_by(-delay);
            self.least_delay = 0;
            return;
        }
        if !is_live {
            return;
        }
        self.least_delay = self.least_delay.min(delay);
        self.messages += 1;
        if self.messages == MESSAGES_PER_CORRECTION {
            self.clock.shift_by(-self.least_delay.min(CORRECTION_MAX));
            (self.messages, self.least_delay) = (0, i64::MAX);
        }
    }

    /// Returns how far this node is behind the leader, in milliseconds; `None` before it heard it.
    pub(super) fn behind_ms(&self) -> Option<i64> {
        let heard = self.heard.filter(|_| self.is_anchored)?;
        Some(self.clock.monotonic_now().millis_since(heard).max(0))
    }

    /// Returns whether the leader was heard so recently that its values may be shown as up to date.
    pub(super) fn is_current(&self) -> bool {
        self.behind_ms().is_some_and(|behind| behind <= BEHIND_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_follows_the_leader_and_never_lags_behind_it() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());

        leader.hear(MonotonicTime(1_000_000), false);
        assert!(!leader.is_current(), "an old message shows no time");
        leader.hear(MonotonicTime(2_000_000), true);
        assert!(leader.is_current());
        leader.hear(MonotonicTime(2_000_500), true);
        let ahead = clock.monotonic_now().millis_since(MonotonicTime(2_000_500));
        assert!((0..100).contains(&ahead), "{ahead}");
    }

    #[test]
    fn silence_is_noticed() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());
        leader.hear(MonotonicTime(0), true);

        clock.shift_by(BEHIND_MAX - 500);
        assert!(leader.is_current());
        clock.shift_by(1_000);

        assert!(!leader.is_current());
    }

    #[test]
    fn a_slower_network_is_no_slower_clock() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());
        leader.hear(MonotonicTime(0), true);

        for _ in 0..40 {
            clock.shift_by(500);
            let late = clock.monotonic_now().plus_millis(-2_000);
            leader.hear(late, true);
        }

        let behind = leader.behind_ms().unwrap();
        assert!((1_900..2_100).contains(&behind), "{behind}");
    }
}
