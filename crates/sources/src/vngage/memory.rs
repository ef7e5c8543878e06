//! A source's memory between connections: enough to know whether messages may be missing
//! in between.

use std::time::Duration;

use jiff::Timestamp;

use wallboard_domain::{
    Discontinuity, MessageDigest, MonotonicTime, ResumePoint, SentinelId, moment,
};
use wallboard_runtime::ingest::elapsed_since_boot;

use super::{
    VngageError, broker_queue,
    continuity_proof::{ContinuityProof, Refutation},
    restart_sentinel::{self, RestartSentinel},
};

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
    pub(super) configuration_request: ConfigurationRequest,
    /// When another consumer was first found to hold the queue.
    queue_held_since: Option<MonotonicTime>,
    /// Whether our sentinel is on the broker, as far as we know.
    has_sentinel: bool,
    /// Whether the log already has the warning that no sentinel is possible.
    pub(super) has_warned_no_sentinel: bool,
    /// Whether the broker may have restarted since we last saw it.
    may_have_restarted: bool,
    /// The newest delivery. It stays unacknowledged, so after a disconnection it must return, unless
    /// somebody else purged or consumed our queue.
    held: Option<HeldDelivery>,
    /// The sentinels of which one is ours; `None` before the first.
    sentinels: Option<[SentinelId; 2]>,
    /// The sentinel that this process has put on the broker.
    own_sentinel: Option<SentinelId>,
    origin: MemoryOrigin,
}

/// Whether the broker has our request for the configuration. The end of a connection may prevent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ConfigurationRequest {
    #[default]
    NotDue,
    Due,
}

/// Where the memory of the last connection is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum MemoryOrigin {
    #[default]
    ThisProcess,
    /// The log of the last process, which is still to be proven.
    Log,
}

#[derive(Clone, Copy, Debug)]
struct HeldDelivery {
    digest: MessageDigest,
    arrived: BootInstant,
    /// It arrived at once. One that waited in a backlog may expire in the queue, so that its absence
    /// would prove nothing.
    is_live: bool,
}

impl VngageMemory {
    /// Restores the memory of the last process. The broker may have restarted since then. Without a
    /// sentinel, nobody knows who consumed since.
    pub(super) fn resume(point: ResumePoint, now: Timestamp) -> Self {
        if point.sentinels.is_none() {
            return Self::default();
        }
        let since = |at: Timestamp| {
            let millis = moment::millis_between(at, now);
            u64::try_from(millis).ok().map(BootInstant::millis_ago)
        };
        let held = point.held.map(|held| {
            let arrived = held.since.and_then(since);
            HeldDelivery {
                digest: held.digest,
                arrived: arrived.unwrap_or_else(BootInstant::now),
                is_live: arrived.is_some(),
            }
        });
        Self {
            // A clock that was set back says nothing about the time since then.
            last_activity: since(point.alive_at),
            has_sentinel: true,
            may_have_restarted: true,
            held,
            sentinels: point.sentinels,
            configuration_request: if point.is_configuration_requested {
                ConfigurationRequest::NotDue
            } else {
                ConfigurationRequest::Due
            },
            origin: MemoryOrigin::Log,
            ..Self::default()
        }
    }

    /// Whether the queue was in use before this first connection, and nothing is known of that.
    pub(super) fn is_queue_unknown(&self, found: broker_queue::QueueInspection) -> bool {
        self.last_activity.is_none() && self.discontinuity.is_none() && !found.is_new
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
            RestartSentinel::Present(_) if self.has_sentinel => false,
            // A process that ended while replacing it left the queue empty.
            RestartSentinel::Missing(_) if self.has_sentinel => !self.is_replacing_sentinel(),
            RestartSentinel::Foreign => {
                let cause = self.refutation_cause(Refutation::Consumed);
                self.discontinuity.get_or_insert(cause);
                false
            }
            RestartSentinel::Present(_)
            | RestartSentinel::Missing(_)
            | RestartSentinel::Unknown
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

    /// The sentinels of which one must be on the broker.
    pub(super) fn sentinels(&self) -> &[SentinelId] {
        self.sentinels.as_ref().map_or(&[], |ids| ids)
    }

    /// Whether the log doesn't say yet that a chosen sentinel is on the broker.
    fn is_replacing_sentinel(&self) -> bool {
        self.sentinels.is_some_and(|[last, next]| last != next)
    }

    /// Chooses the sentinel to put in place of the one that was found, if that is necessary. Each process
    /// has its own, so that an older copy of its log no longer fits.
    pub(super) fn plan_sentinel(&mut self, found: &RestartSentinel) -> Option<[SentinelId; 2]> {
        let found_id = match found {
            RestartSentinel::Unavailable(_) => return None,
            RestartSentinel::Present(id) if self.own_sentinel == Some(*id) => return None,
            RestartSentinel::Present(id) | RestartSentinel::Missing(id) => Some(*id),
            RestartSentinel::Unknown | RestartSentinel::Foreign => None,
        };
        let next = restart_sentinel::random_id();
        let last = found_id.unwrap_or(next);
        self.sentinels = Some([last, next]);
        self.sentinels
    }

    /// Records the sentinel that was put on the broker.
    pub(super) fn record_own_sentinel(&mut self, sentinel: &RestartSentinel) {
        self.record_sentinel(sentinel);
        self.own_sentinel = match sentinel {
            RestartSentinel::Present(own) => Some(*own),
            _ => None,
        };
        if let Some(own) = self.own_sentinel {
            self.sentinels = Some([own, own]);
        }
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

    /// Begins a new connection, however long ago the last one was. Returns what has to be proven about
    /// the queue.
    pub(super) fn begin_connection(&mut self) -> ContinuityProof {
        self.last_activity = Some(BootInstant::now());
        self.queue_held_since = None;
        if self.discontinuity.is_some() {
            return ContinuityProof::not_needed();
        }
        let must_return = self.is_holding() && self.held.is_some_and(|held| held.is_live);
        ContinuityProof::new(self.held.map(|held| held.digest), must_return)
    }

    /// Holds the newest delivery, which arrived just now.
    pub(super) fn hold_delivery(&mut self, digest: MessageDigest, is_live: bool) {
        self.held = Some(HeldDelivery {
            digest,
            arrived: BootInstant::now(),
            is_live,
        });
    }

    /// Whether the newest delivery is held. An older one could expire in the queue, so its
    /// absence would prove nothing.
    pub(super) fn is_holding(&self) -> bool {
        self.held
            .is_some_and(|held| held.arrived.elapsed() < TTL_MARGIN)
    }

    /// Returns the discontinuity of a queue that doesn't continue where we left it.
    pub(super) fn refutation_cause(&self, refutation: Refutation) -> Discontinuity {
        match refutation {
            Refutation::Purged => Discontinuity::Purged,
            Refutation::Consumed if self.origin == MemoryOrigin::Log => Discontinuity::Start,
            Refutation::Consumed => Discontinuity::Canceled,
        }
    }

    /// Records that the queue continues where we left it, or that a discontinuity says what is missing.
    pub(super) fn end_resume(&mut self) {
        self.origin = MemoryOrigin::ThisProcess;
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

    const SENTINEL: SentinelId = SentinelId(1);

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
    fn queue_of_an_earlier_life_is_unknown_once() {
        let mut memory = VngageMemory::default();
        assert!(memory.is_queue_unknown(INTACT));
        memory.detect_discontinuity(INTACT);
        memory.begin_connection();
        assert!(!memory.is_queue_unknown(INTACT));
        assert!(!was_connected().is_queue_unknown(INTACT));

        // This process has declared it, and then couldn't continue.
        let declared = VngageMemory {
            discontinuity: Some(Discontinuity::QueueNew),
            ..VngageMemory::default()
        };
        assert!(!declared.is_queue_unknown(INTACT));
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
                discontinuity_after(loss(), true, &RestartSentinel::Present(SENTINEL)),
                None
            );
            assert_eq!(
                discontinuity_after(loss(), true, &RestartSentinel::Missing(SENTINEL)),
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
        for sentinel in [
            RestartSentinel::Present(SENTINEL),
            RestartSentinel::Missing(SENTINEL),
        ] {
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
        memory.observe_sentinel(&RestartSentinel::Missing(SENTINEL));

        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Upstream));
        memory.on_loss(VngageError::Lost, MonotonicTime(0));
        memory.observe_sentinel(&RestartSentinel::Present(SENTINEL));
        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Upstream));
        memory.discontinuity = None;
        assert_discontinuity(&mut memory, INTACT, None);
    }

    #[test]
    fn each_process_replaces_the_sentinel_once_and_accepts_only_its_own() {
        let mut memory = was_connected();
        let [_, own] = memory.plan_sentinel(&RestartSentinel::Unknown).unwrap();
        memory.record_own_sentinel(&RestartSentinel::Present(own));
        assert_eq!(memory.sentinels(), [own, own]);
        assert_eq!(memory.plan_sentinel(&RestartSentinel::Present(own)), None);

        let point = |sentinels| ResumePoint {
            alive_at: Timestamp::now(),
            held: None,
            sentinels,
            is_configuration_requested: true,
        };
        let mut next = VngageMemory::resume(point(Some([own, own])), Timestamp::now());
        next.observe_sentinel(&RestartSentinel::Present(own));
        assert_discontinuity(&mut next, INTACT, None);
        let [found, _] = next.plan_sentinel(&RestartSentinel::Present(own)).unwrap();
        assert_eq!(
            found, own,
            "until it's replaced, a crash leaves the last one"
        );

        // It was killed while it replaced the sentinel, or the broker restarted.
        for (sentinels, expected) in [
            ([own, SENTINEL], None),
            ([own, own], Some(Discontinuity::Upstream)),
        ] {
            let mut next = VngageMemory::resume(point(Some(sentinels)), Timestamp::now());
            next.observe_sentinel(&RestartSentinel::Missing(own));
            assert_discontinuity(&mut next, INTACT, expected);
        }

        let mut replaced = VngageMemory::resume(point(Some([own, own])), Timestamp::now());
        replaced.observe_sentinel(&RestartSentinel::Foreign);
        assert_discontinuity(&mut replaced, INTACT, Some(Discontinuity::Start));
        let mut unknown = VngageMemory::resume(point(None), Timestamp::now());
        assert_discontinuity(&mut unknown, INTACT, Some(Discontinuity::Start));
        memory.observe_sentinel(&RestartSentinel::Foreign);
        assert_discontinuity(&mut memory, INTACT, Some(Discontinuity::Canceled));
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
