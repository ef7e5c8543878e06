//! What a source remembers from one connection to the next: enough to tell
//! whether anything may have been missed in between.

use std::time::Duration;

use crate::{
    domain::{Discontinuity, MonotonicTime},
    ingest::elapsed_since_boot,
};

use super::{VngageError, broker_queue, restart_sentinel::RestartSentinel};

/// The vendor keeps its messages for 300 s; beyond this some may be gone.
const TTL_MARGIN: Duration = Duration::from_secs(270);
/// So long a half-open predecessor of our own may hold the queue.
const PREDECESSOR_HOLD_MS: i64 = 60_000;

#[derive(Debug, Default)]
pub(super) struct VngageMemory {
    /// When the line last proved to be alive; `None` before the first connection.
    last_activity: Option<BootInstant>,
    /// A break that is not yet made good.
    pub(super) discontinuity: Option<Discontinuity>,
    /// Since when the queue is held by somebody else.
    queue_held_since: Option<MonotonicTime>,
    /// Our mark stands on the broker, as far as we know.
    has_sentinel: bool,
    /// It was said that there can be no mark.
    pub(super) has_warned_no_sentinel: bool,
    /// The broker may have been away since it was last known to be there.
    may_have_restarted: bool,
    /// When the newest delivery was taken, which stays unacknowledged: after a loss it must
    /// come back, unless our queue was emptied.
    held_since_delivery: Option<BootInstant>,
}

impl VngageMemory {
    /// Whether something may have been missed until this connection, and why.
    /// What broke stays noted until it is made good.
    pub(super) fn detect_discontinuity(
        &mut self,
        found: broker_queue::QueueInspection,
    ) -> Option<Discontinuity> {
        let silence = self.last_activity.map(BootInstant::elapsed);
        self.discontinuity = match silence {
            None => Some(Discontinuity::Start),
            Some(_) if self.discontinuity.is_some() => self.discontinuity,
            Some(silence) if TTL_MARGIN < silence => Some(Discontinuity::TooLong),
            Some(_) if found.is_new => Some(Discontinuity::QueueNew),
            Some(_) if broker_queue::QUEUE_LENGTH_MAX <= found.depth => {
                Some(Discontinuity::Overflow)
            }
            Some(_) => None,
        };
        self.discontinuity
    }

    /// What the mark on the broker says: without one, a broker that refused us,
    /// closed or was not heard of counts as away.
    pub(super) fn observe_sentinel(&mut self, mark: &RestartSentinel) {
        let was_away = match mark {
            RestartSentinel::Present if self.has_sentinel => false,
            RestartSentinel::Recreated if self.has_sentinel => true,
            RestartSentinel::Present
            | RestartSentinel::Recreated
            | RestartSentinel::Unavailable(_) => self.may_have_restarted,
        };
        self.record_sentinel(mark);
        self.may_have_restarted = false;
        if was_away {
            // Noted before anything can fail: next time it stands.
            self.discontinuity.get_or_insert(Discontinuity::Upstream);
        }
    }

    /// The mark as it is while the line stands.
    pub(super) fn record_sentinel(&mut self, mark: &RestartSentinel) {
        self.has_sentinel = !matches!(mark, RestartSentinel::Unavailable(_));
    }

    /// The line is alive now. It fails where it was not for so long that messages
    /// may have expired under us, as when the machine slept.
    pub(super) fn record_activity(&mut self) -> Result<(), VngageError> {
        let silence = self.last_activity.map(BootInstant::elapsed);
        self.last_activity = Some(BootInstant::now());
        self.queue_held_since = None;
        match silence {
            Some(silence) if TTL_MARGIN < silence => {
                self.discontinuity = Some(Discontinuity::TooLong);
                Err(VngageError::Slept(silence.as_secs()))
            }
            _ => Ok(()),
        }
    }

    /// The first word of a new connection, however long the last was ago. Returns whether a
    /// message must come back that the connection before held.
    pub(super) fn begin_connection(&mut self) -> bool {
        self.last_activity = Some(BootInstant::now());
        self.queue_held_since = None;
        let must_return = self.is_holding();
        self.held_since_delivery = None;
        must_return
    }

    /// The newest delivery was taken as soon as it was said.
    pub(super) fn hold_delivery(&mut self) {
        self.held_since_delivery = Some(BootInstant::now());
    }

    /// Whether the newest delivery is held back. One that is older would expire in the queue, so
    /// that it came not back tells nothing.
    pub(super) fn is_holding(&self) -> bool {
        self.held_since_delivery
            .is_some_and(|held| held.elapsed() < TTL_MARGIN)
    }

    pub(super) fn release_delivery(&mut self) {
        self.held_since_delivery = None;
    }

    /// Why a connection ended, or was not to be had: some reasons are breaks.
    pub(super) fn on_loss(&mut self, error: VngageError, now: MonotonicTime) -> VngageError {
        if let VngageError::QueueHeld(queue) = error {
            let since = *self.queue_held_since.get_or_insert(now);
            if now.millis_since(since) < PREDECESSOR_HOLD_MS {
                return VngageError::QueueHeld(queue);
            }
            // Whoever it is takes what was meant for us.
            self.discontinuity.get_or_insert(Discontinuity::Canceled);
            return VngageError::OtherConsumer(queue);
        }
        self.may_have_restarted |= error.is_broker_fault();
        if matches!(error, VngageError::Cancelled(_)) {
            self.discontinuity.get_or_insert(Discontinuity::Canceled);
        }
        error
    }
}

/// An instant on the clock that goes on while the machine sleeps.
#[derive(Clone, Copy, Debug)]
struct BootInstant(Duration);

impl BootInstant {
    fn now() -> Self {
        Self(elapsed_since_boot())
    }

    fn elapsed(self) -> Duration {
        elapsed_since_boot().saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTACT: broker_queue::QueueInspection = broker_queue::QueueInspection {
        is_new: false,
        depth: 0,
    };

    fn was_connected() -> VngageMemory {
        VngageMemory {
            last_activity: Some(BootInstant::now()),
            ..VngageMemory::default()
        }
    }

    fn assert_discontinuity(
        memory: &mut VngageMemory,
        found: broker_queue::QueueInspection,
        expected: Option<Discontinuity>,
    ) {
        assert_eq!(memory.detect_discontinuity(found), expected, "{memory:?}");
    }

    #[test]
    fn the_first_connection_is_a_start_and_a_short_cut_breaks_nothing() {
        assert_discontinuity(
            &mut VngageMemory::default(),
            INTACT,
            Some(Discontinuity::Start),
        );
        assert_discontinuity(&mut was_connected(), INTACT, None);
    }

    #[test]
    fn what_may_have_cost_messages_is_a_break() {
        let new = broker_queue::QueueInspection {
            is_new: true,
            ..INTACT
        };
        let full = broker_queue::QueueInspection {
            depth: broker_queue::QUEUE_LENGTH_MAX,
            ..INTACT
        };
        let mut long_ago = VngageMemory {
            last_activity: Some(BootInstant(
                BootInstant::now()
                    .0
                    .saturating_sub(Duration::from_secs(271)),
            )),
            ..VngageMemory::default()
        };

        assert_discontinuity(&mut was_connected(), new, Some(Discontinuity::QueueNew));
        assert_discontinuity(&mut was_connected(), full, Some(Discontinuity::Overflow));
        assert_discontinuity(&mut long_ago, INTACT, Some(Discontinuity::TooLong));
        assert!(matches!(
            long_ago.record_activity(),
            Err(VngageError::Slept(_))
        ));
    }

    /// What comes of a loss, by what the mark tells at the next connection.
    fn discontinuity_after(
        error: VngageError,
        was_marked: bool,
        mark: &RestartSentinel,
    ) -> Option<Discontinuity> {
        let mut memory = VngageMemory {
            has_sentinel: was_marked,
            ..was_connected()
        };
        memory.on_loss(error, MonotonicTime(0));
        memory.observe_sentinel(mark);
        memory.detect_discontinuity(INTACT)
    }

    #[test]
    fn a_mark_that_is_gone_is_a_break_and_one_that_stands_is_none() {
        let losses = [
            || VngageError::ConnectionRefused,
            || VngageError::ClosedByBroker(320),
            || VngageError::NoAnswer,
            || VngageError::Lost,
        ];
        for loss in losses {
            assert_eq!(
                discontinuity_after(loss(), true, &RestartSentinel::Present),
                None
            );
            assert_eq!(
                discontinuity_after(loss(), true, &RestartSentinel::Recreated),
                Some(Discontinuity::Upstream)
            );
        }
    }

    #[test]
    fn without_a_mark_whatever_may_be_a_broker_that_was_away_is_a_break() {
        let none = || RestartSentinel::Unavailable(VngageError::Refused(403));
        let losses = [
            (
                VngageError::ConnectionRefused,
                Some(Discontinuity::Upstream),
            ),
            (
                VngageError::ClosedByBroker(320),
                Some(Discontinuity::Upstream),
            ),
            (VngageError::NoAnswer, Some(Discontinuity::Upstream)),
            (VngageError::NoConnection, Some(Discontinuity::Upstream)),
            (VngageError::Lost, None),
            (
                VngageError::Cancelled("q".into()),
                Some(Discontinuity::Canceled),
            ),
        ];
        for (loss, expected) in losses {
            assert_eq!(discontinuity_after(loss, true, &none()), expected);
        }
        // A mark that was never ours to begin with says nothing of what was before.
        for mark in [RestartSentinel::Present, RestartSentinel::Recreated] {
            assert_eq!(
                discontinuity_after(VngageError::NoAnswer, false, &mark),
                Some(Discontinuity::Upstream)
            );
            assert_eq!(discontinuity_after(VngageError::Lost, false, &mark), None);
        }
    }

    #[test]
    fn a_break_stands_until_it_is_made_good() {
        let mut memory = was_connected();
        memory.on_loss(VngageError::ConnectionRefused, MonotonicTime(0));
        memory.observe_sentinel(&RestartSentinel::Recreated);

        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Upstream));
        memory.on_loss(VngageError::Lost, MonotonicTime(0));
        memory.observe_sentinel(&RestartSentinel::Present);
        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Upstream));
        memory.discontinuity = None;
        assert_discontinuity(&mut memory, INTACT, None);
    }

    #[test]
    fn another_consumer_is_named_after_a_minute() {
        let mut memory = was_connected();
        let held = || VngageError::QueueHeld("q".into());

        assert!(matches!(
            memory.on_loss(held(), MonotonicTime(0)),
            VngageError::QueueHeld(_)
        ));
        assert!(matches!(
            memory.on_loss(held(), MonotonicTime(59_000)),
            VngageError::QueueHeld(_)
        ));
        assert!(matches!(
            memory.on_loss(held(), MonotonicTime(60_000)),
            VngageError::OtherConsumer(_)
        ));
        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Canceled));
    }
}
