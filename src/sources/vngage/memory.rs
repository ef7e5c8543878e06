//! A source's memory between connections: enough to know whether messages may be missing
//! in between.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    domain::{Discontinuity, MonotonicTime, ResumePoint, moment},
    ingest::elapsed_since_boot,
};

use super::{VngageError, broker_queue, restart_sentinel::RestartSentinel};

/// The vendor keeps messages for 300 s. After this time, some may be gone.
const TTL_MARGIN: Duration = Duration::from_secs(270);
/// How long our own half-open previous connection may hold the queue.
const PREDECESSOR_HOLD_MS: i64 = 60_000;

#[derive(Debug, Default)]
pub(super) struct VngageMemory {
    /// When the connection last proved alive; `None` before the first connection.
    last_activity: Option<BootInstant>,
    /// A discontinuity that isn't resolved yet.
    pub(super) discontinuity: Option<Discontinuity>,
    /// When another consumer was first found to hold the queue.
    queue_held_since: Option<MonotonicTime>,
    /// Whether our sentinel is on the broker, as far as we know.
    has_sentinel: bool,
    /// Whether the log already has the warning that no sentinel is possible.
    pub(super) has_warned_no_sentinel: bool,
    /// Whether the broker may have restarted since we last saw it.
    may_have_restarted: bool,
    /// When the newest delivery arrived. It stays unacknowledged, so after a disconnection it
    /// must return, unless our queue was purged.
    held_since_delivery: Option<BootInstant>,
}

impl VngageMemory {
    /// What the last process knew. The broker may have restarted since then.
    pub(super) fn resume(point: ResumePoint, now: Timestamp) -> Self {
        let since = |at: Timestamp| {
            let millis = moment::millis_between(at, now);
            u64::try_from(millis).ok().map(BootInstant::millis_ago)
        };
        Self {
            // A clock that was set back says nothing about the time since then.
            last_activity: since(point.alive_at),
            has_sentinel: true,
            may_have_restarted: true,
            held_since_delivery: point.held_since.and_then(since),
            ..Self::default()
        }
    }

    /// Returns why messages may be missing before this connection, if so. A discontinuity
    /// stays recorded until it is resolved.
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

    /// Evaluates the sentinel. Without one, a broker that refused us, closed or didn't
    /// respond counts as restarted.
    pub(super) fn observe_sentinel(&mut self, sentinel: &RestartSentinel) {
        let has_restarted = match sentinel {
            RestartSentinel::Present if self.has_sentinel => false,
            RestartSentinel::Recreated if self.has_sentinel => true,
            RestartSentinel::Present
            | RestartSentinel::Recreated
            | RestartSentinel::Unavailable(_) => self.may_have_restarted,
        };
        self.record_sentinel(sentinel);
        self.may_have_restarted = false;
        if has_restarted {
            // Recorded before anything can fail, because next time the sentinel is there.
            self.discontinuity.get_or_insert(Discontinuity::Upstream);
        }
    }

    /// Records the sentinel as found while connected.
    pub(super) fn record_sentinel(&mut self, sentinel: &RestartSentinel) {
        self.has_sentinel = !matches!(sentinel, RestartSentinel::Unavailable(_));
    }

    /// Records that the connection is alive. Fails after a gap so long that messages may have
    /// expired, for example because the machine slept.
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

    /// Begins a new connection, however long ago the last one was. Returns whether a message
    /// that the previous connection held must return.
    pub(super) fn begin_connection(&mut self) -> bool {
        self.last_activity = Some(BootInstant::now());
        self.queue_held_since = None;
        let must_return = self.is_holding();
        self.held_since_delivery = None;
        must_return
    }

    /// Holds the newest delivery, which arrived just now.
    pub(super) fn hold_delivery(&mut self) {
        self.held_since_delivery = Some(BootInstant::now());
    }

    /// Whether the newest delivery is held. An older one could expire in the queue, so its
    /// absence would prove nothing.
    pub(super) fn is_holding(&self) -> bool {
        self.held_since_delivery
            .is_some_and(|held| held.elapsed() < TTL_MARGIN)
    }

    pub(super) fn release_delivery(&mut self) {
        self.held_since_delivery = None;
    }

    /// Records why a connection ended or failed. Some reasons are discontinuities.
    pub(super) fn on_loss(&mut self, error: VngageError, now: MonotonicTime) -> VngageError {
        if let VngageError::QueueHeld(queue) = error {
            let since = *self.queue_held_since.get_or_insert(now);
            if now.millis_since(since) < PREDECESSOR_HOLD_MS {
                return VngageError::QueueHeld(queue);
            }
            // The other consumer receives our messages.
            self.discontinuity.get_or_insert(Discontinuity::Canceled);
            return VngageError::OtherConsumer(queue);
        }
        self.may_have_restarted |= error.is_broker_fault();
        if matches!(error, VngageError::Canceled(_)) {
            self.discontinuity.get_or_insert(Discontinuity::Canceled);
        }
        error
    }
}

/// An instant on a clock that keeps running while the machine sleeps.
#[derive(Clone, Copy, Debug)]
struct BootInstant(Duration);

impl BootInstant {
    fn millis_ago(millis: u64) -> Self {
        Self(elapsed_since_boot().saturating_sub(Duration::from_millis(millis)))
    }

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
    fn first_connection_is_a_start_and_a_short_outage_loses_nothing() {
        assert_discontinuity(
            &mut VngageMemory::default(),
            INTACT,
            Some(Discontinuity::Start),
        );
        assert_discontinuity(&mut was_connected(), INTACT, None);
    }

    #[test]
    fn possible_message_loss_is_a_discontinuity() {
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

    /// The discontinuity after a disconnection, given the sentinel at the next connection.
    fn discontinuity_after(
        error: VngageError,
        had_sentinel: bool,
        sentinel: &RestartSentinel,
    ) -> Option<Discontinuity> {
        let mut memory = VngageMemory {
            has_sentinel: had_sentinel,
            ..was_connected()
        };
        memory.on_loss(error, MonotonicTime(0));
        memory.observe_sentinel(sentinel);
        memory.detect_discontinuity(INTACT)
    }

    #[test]
    fn only_a_missing_sentinel_is_a_discontinuity() {
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
    fn without_a_sentinel_any_possible_restart_is_a_discontinuity() {
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
                VngageError::Canceled("q".into()),
                Some(Discontinuity::Canceled),
            ),
        ];
        for (loss, expected) in losses {
            assert_eq!(discontinuity_after(loss, true, &none()), expected);
        }
        // If we had no sentinel before, the one found now proves nothing.
        for sentinel in [RestartSentinel::Present, RestartSentinel::Recreated] {
            assert_eq!(
                discontinuity_after(VngageError::NoAnswer, false, &sentinel),
                Some(Discontinuity::Upstream)
            );
            assert_eq!(
                discontinuity_after(VngageError::Lost, false, &sentinel),
                None
            );
        }
    }

    #[test]
    fn discontinuity_stays_until_it_is_resolved() {
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
    fn another_consumer_is_reported_after_a_minute() {
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
