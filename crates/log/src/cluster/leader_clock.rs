//! Keeps this node's clock equal to the leader's, by the times in what it sends, and knows how far the
//! node is behind it.

use wallboard_domain::{Moment, MonotonicTime, TermId, moment};
use wallboard_runtime::ingest::ProcessClock;

use super::following::CLOCK_DIFFERENCE_MAX;

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
    /// The last term whose leader's time this clock has shown, and shows since then.
    term: Option<TermId>,
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
            term: None,
            least_delay: i64::MAX,
            messages: 0,
        }
    }

    /// Begins a session, which hasn't heard a leader yet.
    pub(super) fn begin_session(&mut self) {
        *self = Self {
            term: self.term,
            ..Self::new(self.clock.clone())
        };
    }

    /// Notes that this node leads: others follow its clock.
    pub(super) fn begin_term(&mut self, term: TermId) {
        self.term = Some(term);
    }

    /// Whether this clock shows how long ago the last entry was appended, in a term whose leader's wall clock
    /// was so far `ahead_ms` of that of the servers. A clock that has followed the leader's shows it; another
    /// was set by the wall clocks of both, which must have been right.
    pub(super) fn knows_time_since(
        &self,
        last: Moment,
        term: Option<TermId>,
        ahead_ms: Option<i64>,
    ) -> bool {
        if term.is_some() && self.term == term {
            return true;
        }
        let now = self.clock.now();
        let by_wall = moment::millis_between(last.wall, now.wall);
        let difference = by_wall - now.monotonic.millis_since(last.monotonic);
        let is_right = |millis: i64| {
            let difference = i128::from(millis.abs());
            difference < CLOCK_DIFFERENCE_MAX.as_millis()
        };
        is_right(difference) && ahead_ms.is_none_or(is_right)
    }

    /// Notes a message. `live_term`: the message's term, if it was sent while this node waited for it, so
    /// that it shows the leader's time now.
    pub(super) fn hear(&mut self, sent_at: MonotonicTime, live_term: Option<TermId>) {
        let is_live = live_term.is_some();
        let delay = self.clock.monotonic_now().millis_since(sent_at);
        self.heard = self.heard.max(Some(sent_at));
        self.term = live_term.or(self.term);
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

    /// Returns until when the leader's values may be shown as up to date, by what was heard of it.
    pub(super) fn current_until(&self) -> Option<MonotonicTime> {
        let heard = self.heard.filter(|_| self.is_anchored)?;
        Some(heard.plus_millis(BEHIND_MAX))
    }

    pub(super) fn is_current(&self) -> bool {
        let now = self.clock.monotonic_now();
        self.current_until().is_some_and(|until| now <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERM: Option<TermId> = Some(TermId(1));

    /// A moment some time ago by each clock, in milliseconds.
    fn before(now: Moment, by_wall: i64, by_monotonic: i64) -> Moment {
        Moment {
            wall: now.plus_millis(-by_wall).wall,
            monotonic: now.plus_millis(-by_monotonic).monotonic,
        }
    }

    #[test]
    fn time_since_an_entry_is_known_by_a_clock_that_followed_its_leader() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());
        // The leader's wall clock was set afterwards.
        let is_known = |leader: &LeaderClock, term| {
            let last = before(clock.now(), -3_600_000, 5_000);
            leader.knows_time_since(last, term, Some(3_600_000))
        };
        assert!(!is_known(&leader, None) && !is_known(&leader, TERM));

        leader.hear(MonotonicTime(1_000_000), None);
        assert!(!is_known(&leader, TERM), "it was read later");
        leader.hear(MonotonicTime(1_000_500), TERM);
        leader.begin_session();
        leader.hear(MonotonicTime(1_001_000), None);
        assert!(is_known(&leader, TERM) && !leader.is_current());
        assert!(!is_known(&leader, Some(TermId(2))), "it wasn't heard");

        leader.begin_term(TermId(2));
        assert!(is_known(&leader, Some(TermId(2))));
    }

    #[test]
    fn time_since_an_entry_is_known_by_wall_clocks_that_were_right() {
        for (by_wall, by_monotonic, ahead_ms, expected) in [
            (5_000, 5_000, Some(20), true),
            (5_000, 5_000, None, true),
            (5_000, 4_000, Some(-1_000), true),
            // One of the wall clocks was set back, so the clock of this process began with the last entry.
            (-595_000, 5_000, Some(20), false),
            // The last leader's wall clock was ahead, and more time has passed than it seems.
            (5_000, 5_000, Some(600_000), false),
            (5_000, 5_000, Some(-600_000), false),
        ] {
            let clock = ProcessClock::start_now();
            clock.shift_by(1_000_000);
            let last = before(clock.now(), by_wall, by_monotonic);
            let leader = LeaderClock::new(clock);
            assert_eq!(
                leader.knows_time_since(last, TERM, ahead_ms),
                expected,
                "{by_wall} {by_monotonic} {ahead_ms:?}"
            );
        }
    }

    #[test]
    fn a_clock_follows_the_leader_and_never_lags_behind_it() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());

        leader.hear(MonotonicTime(1_000_000), None);
        assert!(!leader.is_current(), "an old message shows no time");
        leader.hear(MonotonicTime(2_000_000), TERM);
        assert!(leader.is_current());
        leader.hear(MonotonicTime(2_000_500), TERM);
        let ahead = clock.monotonic_now().millis_since(MonotonicTime(2_000_500));
        assert!((0..100).contains(&ahead), "{ahead}");
    }

    #[test]
    fn silence_is_noticed() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());
        leader.hear(MonotonicTime(0), TERM);

        clock.shift_by(BEHIND_MAX - 500);
        assert!(leader.is_current());
        clock.shift_by(1_000);

        assert!(!leader.is_current());
    }

    #[test]
    fn a_slower_network_is_no_slower_clock() {
        let clock = ProcessClock::start_now();
        let mut leader = LeaderClock::new(clock.clone());
        leader.hear(MonotonicTime(0), TERM);

        for _ in 0..40 {
            clock.shift_by(500);
            let late = clock.monotonic_now().plus_millis(-2_000);
            leader.hear(late, TERM);
        }

        let behind = leader.behind_ms().unwrap();
        assert!((1_900..2_100).contains(&behind), "{behind}");
    }
}
