//! How long we ask a server to hold a connect. Only a reply proves that the server is alive, and servers
//! hold a connect for half a minute by themselves. They may ignore the request: their replies show it. Pure.

use std::time::Duration;

use super::advice::Advice;

/// The longest hold to ask for. A reply proves that the server was alive when we sent the connect: when
/// the next reply comes, that is two holds ago, which must be well within 8 s.
const HOLD_MAX: Duration = Duration::from_secs(3);
/// The longest pause between connects with which short holds make sense.
const INTERVAL_MAX: Duration = Duration::from_secs(4);
/// The hold of a session's first connect: long enough to show that the server follows the request.
pub(super) const TRIAL_HOLD: Duration = Duration::from_millis(200);
/// A reply that comes this much later wasn't sent because the hold was over.
const LATE_AFTER: Duration = Duration::from_secs(2);
/// Replies that may be missing in a row, without one that came when asked, before the server is believed
/// to ignore the request.
const MISSES_MAX: u8 = 3;

/// Tracks whether a server holds connects for as long as we ask it to.
#[derive(Debug, Default)]
pub(super) struct HoldSupport {
    is_shown: bool,
    misses: u8,
    missed: MissedReply,
}

/// The latest missing reply, until it's known whether the server or the line is to blame.
#[derive(Clone, Copy, Debug, Default)]
enum MissedReply {
    #[default]
    None,
    /// It ended the current run.
    Fresh,
    /// The next run has begun.
    Retried,
}

impl HoldSupport {
    /// Whether a reply can be expected when the hold is over.
    pub(super) fn is_reliable(&self) -> bool {
        self.is_shown && self.misses < MISSES_MAX
    }

    /// Records a reply without events to a connect with this hold.
    pub(super) fn record_empty_reply(&mut self, hold: Duration, waited: Duration) {
        // Timers differ by a little.
        if waited < hold.mul_f64(0.9) || hold + LATE_AFTER < waited {
            return;
        }
        self.is_shown = true;
        // Over a slow line, any reply may seem to be held for a moment.
        if TRIAL_HOLD < hold {
            self.misses = 0;
        }
    }

    /// Records that no reply came although the hold was over. It ends the run, and counts once the server
    /// answers in the next one: until then, the line may be dead.
    pub(super) fn record_miss(&mut self) {
        if self.is_reliable() {
            self.missed = MissedReply::Fresh;
        }
    }

    /// Begins a run. A missing reply that was followed by a run without any reply says nothing about holds.
    pub(super) fn begin_run(&mut self) {
        self.missed = match self.missed {
            MissedReply::Fresh => MissedReply::Retried,
            MissedReply::Retried | MissedReply::None => MissedReply::None,
        };
    }

    /// Records any reply: the line is alive.
    pub(super) fn record_reply(&mut self) {
        if !matches!(std::mem::take(&mut self.missed), MissedReply::None) {
            self.misses += 1;
        }
    }
}

impl Advice {
    /// The hold to ask for; `None` where the server's pauses are too long for it.
    pub(super) fn requested_hold(&self) -> Option<Duration> {
        let hold = HOLD_MAX.checked_sub(self.interval / 2)?;
        (self.interval <= INTERVAL_MAX).then(|| hold.min(self.timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTEN_HOLD: Duration = HOLD_MAX;

    fn shown_by(hold: Duration, waited: Duration) -> bool {
        let mut holds = HoldSupport::default();
        holds.record_empty_reply(hold, waited);
        holds.is_reliable()
    }

    #[test]
    fn reply_when_the_hold_is_over_shows_that_the_server_follows_it() {
        assert!(shown_by(TRIAL_HOLD, Duration::from_millis(205)));
        assert!(shown_by(LISTEN_HOLD, Duration::from_millis(3_100)));

        assert!(!shown_by(TRIAL_HOLD, Duration::from_millis(20)));
        assert!(!shown_by(LISTEN_HOLD, Duration::from_secs(20)));
    }

    #[test]
    fn server_is_not_relied_on_after_three_missing_replies_until_it_holds_a_connect_again() {
        let mut holds = HoldSupport::default();
        for _ in 0..3 {
            holds.record_empty_reply(TRIAL_HOLD, TRIAL_HOLD);
            assert!(holds.is_reliable());
            holds.record_miss();
            holds.begin_run();
            holds.record_reply();
        }
        holds.record_empty_reply(TRIAL_HOLD, TRIAL_HOLD);
        assert!(!holds.is_reliable());

        holds.record_empty_reply(LISTEN_HOLD, LISTEN_HOLD);
        assert!(holds.is_reliable());
    }

    #[test]
    fn hold_leaves_room_for_the_pause_between_connects() {
        let hold = |interval, timeout| {
            let advice = Advice {
                interval: Duration::from_millis(interval),
                timeout: Duration::from_millis(timeout),
                ..Advice::default()
            };
            advice.requested_hold().map(|hold| hold.as_millis())
        };

        assert_eq!(hold(0, 20_000), Some(3_000));
        assert_eq!(hold(2_000, 20_000), Some(2_000));
        assert_eq!(hold(4_000, 20_000), Some(1_000));
        assert_eq!(hold(0, 1_500), Some(1_500));
        assert_eq!(hold(5_000, 20_000), None);
        assert_eq!(hold(60_000, 20_000), None);
    }
}
