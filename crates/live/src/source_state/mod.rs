//! The state of one source that isn't in the snapshot: learned clocks, the resync of its
//! profiles, and its decode quality.

mod clock_offset;
mod decode_quality;
mod profile_resync;
mod report_interval;
mod wait_tracker;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{
    Discontinuity, EntityKind, HeldMessage, Id, Moment, MonotonicTime, QueueId, ResumePoint,
    SentinelId, moment,
};

pub(super) use clock_offset::{ClockOffset, OUTLIER_LIMIT};
pub(super) use decode_quality::DecodeQuality;
pub(super) use profile_resync::ProfileResync;
pub(super) use report_interval::ReportInterval;
pub(super) use wait_tracker::WaitTracker;

use super::{
    case_tracking::SurplusDetector, fast_map::FastMap, reconciliation::ReconciledLoad,
    snapshot::CountingGap,
};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SourceState {
    pub(super) clock_offset: ClockOffset,
    pub(super) report_interval: ReportInterval,
    pub(super) decode_quality: DecodeQuality,
    pub(super) profile_resync: Option<ProfileResync>,
    /// When the bindings were last renewed, or the generation began.
    pub(super) bindings_renewed_at: Option<MonotonicTime>,
    pub(super) abandon_detector: SurplusDetector,
    pub(super) queues: FastMap<QueueId, QueueState>,
    /// Per name and attribute, the newest source time.
    pub(super) profiles: HashMap<(EntityKind, Id), ProfileState>,
    /// Events are counted from here on; `None` before the first connection.
    pub(super) counting_since: Option<Timestamp>,
    /// The times of the first two events in the backlog from before our first connection.
    pub(super) first_events: [Option<Timestamp>; 2],
    /// The source's time of the last discontinuity. A value from before it that the broker delivers
    /// later may have changed since without our knowledge.
    pub(super) discontinuity_at: Option<Timestamp>,
    /// The source's time when that was noticed. Events from before it may have been followed by lost ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lost_until: Option<Timestamp>,
    /// The source's clock wasn't known then: it counts as ours.
    #[serde(default)]
    is_lost_until_assumed: bool,
    /// Messages may be missing, and what was reported since hasn't made up for it yet.
    pub(super) pending_discontinuity: Option<Discontinuity>,
    /// Where it resumed at the last restart.
    pub(super) resume_point: Option<ResumePoint>,
    /// The newest message, if it must be delivered again after a restart.
    #[serde(default)]
    pub(super) held: Option<HeldMessage>,
    /// The sentinels of which one is upstream.
    #[serde(default)]
    pub(super) sentinels: Option<[SentinelId; 2]>,
    /// Periods in which events may have been missed.
    pub(super) gaps: Vec<CountingGap>,
    /// No event after this source time can undo a reconciliation.
    pub(super) reconciled_until: Option<Timestamp>,
}

impl SourceState {
    /// Replaces IDs of agents.
    pub(super) fn replace_agents(&mut self, replace: &mut impl FnMut(&mut Id) -> bool) {
        let profiles = std::mem::take(&mut self.profiles).into_iter();
        let profiles = profiles.map(|((kind, mut id), state)| {
            if kind == EntityKind::Agent {
                replace(&mut id);
            }
            ((kind, id), state)
        });
        self.profiles = profiles.collect();
        if let Some(resync) = &mut self.profile_resync {
            resync.replace_agents(replace);
        }
    }

    /// Records the first events of the backlog from before our first connection. The upstream's
    /// queue has everything from its first message on. One of the first two may have been sent
    /// late, but hardly both.
    pub(super) fn record_first_event(&mut self, at: Timestamp, now: Moment) {
        if self.counting_since.is_none()
            && let Some(empty) = self.first_events.iter_mut().find(|at| at.is_none())
        {
            *empty = Some(moment::plus_millis(at, self.clock_offset.as_millis()).min(now.wall));
        }
    }

    /// Records that messages may be missing from `lost_at` on, by our clock.
    pub(super) fn record_discontinuity(
        &mut self,
        cause: Discontinuity,
        lost_at: Option<Timestamp>,
        now: Moment,
    ) {
        self.pending_discontinuity = Some(cause);
        // Our clock may have been set back since the last message.
        let lost_at = lost_at.map(|lost_at| lost_at.min(now.wall));
        self.discontinuity_at = lost_at.and_then(|lost_at| self.source_time(lost_at));
        self.is_lost_until_assumed = !self.clock_offset.is_learned();
        // At a start, nothing is known that lost events could have changed.
        let is_needed = !self.is_lost_until_assumed || cause != Discontinuity::Start;
        self.lost_until = is_needed.then(|| self.arrival_time(now));
    }

    /// Returns the source's time until when events may be lost. An earlier one proves nothing of its case:
    /// it may be repeated. After the source's clock was set back, nobody can tell.
    pub(super) fn lost_until(&self, now: Moment) -> Option<Timestamp> {
        let is_past = |until: &Timestamp| *until <= self.arrival_time(now);
        self.lost_until
            .filter(|until| self.is_lost_until_assumed || is_past(until))
    }

    /// Returns what arrives now would have as its time, by the source's clock.
    pub(super) fn arrival_time(&self, now: Moment) -> Timestamp {
        moment::plus_millis(now.wall, -self.clock_offset.as_millis())
    }

    /// Whether a value of that source time is from before the last discontinuity. After the source's
    /// clock was set back, nobody can tell.
    pub(super) fn predates_discontinuity(&self, at: Option<Timestamp>, now: Moment) -> bool {
        let (Some(at), Some(discontinuity_at)) = (at, self.discontinuity_at) else {
            return false;
        };
        at <= discontinuity_at && Some(discontinuity_at) <= self.source_time(now.wall)
    }

    /// Returns the latest time that the source's clock may have shown at a time of ours.
    fn source_time(&self, at: Timestamp) -> Option<Timestamp> {
        let delay = self.clock_offset.least_delay()?;
        Some(moment::plus_millis(at, -delay))
    }

    /// Marks a queue as reconciled by that load.
    pub(super) fn reconcile_queue(&mut self, id: &QueueId, mut load: ReconciledLoad) {
        self.reconciled_until = self.reconciled_until.max(Some(load.at));
        if let Some(queue_state) = self.queues.get_mut(id) {
            queue_state.is_reconciled = true;
            let before = queue_state.reconciled_load.take();
            load.left_cases
                .extend(before.into_iter().flat_map(|before| before.left_cases));
            queue_state.reconciled_load = Some(load);
        }
    }
}

/// The state of one queue that isn't in the snapshot.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct QueueState {
    /// The generation of its last report.
    pub(super) generation: u32,
    /// When it last reported its timers, or reports became due.
    pub(super) timers_expected_since: Option<MonotonicTime>,
    /// The source's time of its last timers, to learn the interval.
    pub(super) timers_at: Option<Timestamp>,
    pub(super) wait_tracker: WaitTracker,
    /// No open case can have been missed in this generation.
    pub(super) is_reconciled: bool,
    /// Since when our count of open cases matches the vendor's …
    pub(super) matching_since: Option<MonotonicTime>,
    /// … and how many loads in a row have matched, each as of its own time.
    pub(super) matching_loads: u8,
    /// The source's time of the newest load since the discontinuity.
    pub(super) newest_load_at: Option<Timestamp>,
    /// The load that reconciled it; `None` if none was needed.
    pub(super) reconciled_load: Option<ReconciledLoad>,
    /// By how many our open cases outnumber its load's.
    pub(super) excess_detector: SurplusDetector,
    /// Since when its loads count more cases than we track.
    pub(super) short_since: Option<MonotonicTime>,
    /// When a load last contradicted our cases for long enough to be accepted.
    pub(super) contradicted_at: Option<MonotonicTime>,
}

impl QueueState {
    /// Revokes the reconciliation.
    pub(super) fn revoke_reconciliation(&mut self) {
        self.is_reconciled = false;
        self.reconciled_load = None;
        self.matching_loads = 0;
        self.matching_since = None;
    }
}

/// When a subject was last reported, and the newest source time of each attribute of its profile.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ProfileState {
    pub(super) received_at: MonotonicTime,
    pub(super) newest_times: [Option<Timestamp>; 5],
}
