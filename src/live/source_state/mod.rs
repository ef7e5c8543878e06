//! What the fold remembers of one source besides what can be read: learned
//! clocks, the round of its configuration, how well it can be read.

mod clock_offset;
mod decode_quality;
mod profile_resync;
mod report_interval;
mod wait_tracker;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{EntityKind, Id, Moment, MonotonicTime, QueueId, moment};

pub(super) use clock_offset::{ClockOffset, OUTLIER_LIMIT};
pub(super) use decode_quality::DecodeQuality;
pub(super) use profile_resync::ProfileResync;
pub(super) use report_interval::ReportInterval;
pub(super) use wait_tracker::WaitTracker;

use super::{
    case_tracking::SurplusDetector,
    reconciliation::ReconciledLoad,
    snapshot::{CountingGap, FastMap},
};

#[derive(Debug, Default)]
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
    /// The times of the first two events in what had gathered before we first came.
    pub(super) first_events: [Option<Timestamp>; 2],
    /// Stretches in which events may have been missed.
    pub(super) gaps: Vec<CountingGap>,
    /// No event after this source time can undo a proof.
    pub(super) reconciled_until: Option<Timestamp>,
}

impl SourceState {
    /// Notes what happened first of all that gathered before we first came. The upstream's
    /// queue has everything from its first message on. One of the first two may have been sent
    /// late, hardly both.
    pub(super) fn record_first_event(&mut self, at: Timestamp, now: Moment) {
        if self.counting_since.is_none()
            && let Some(free) = self.first_events.iter_mut().find(|at| at.is_none())
        {
            *free = Some(moment::plus_millis(at, self.clock_offset.as_millis()).min(now.wall));
        }
    }

    /// Takes a queue for accounted for, by that load.
    pub(super) fn reconcile_queue(&mut self, id: &QueueId, mut witness: ReconciledLoad) {
        self.reconciled_until = self.reconciled_until.max(Some(witness.at));
        if let Some(known) = self.queues.get_mut(id) {
            known.is_reconciled = true;
            let before = known.reconciled_load.take();
            witness
                .ended_cases
                .extend(before.into_iter().flat_map(|before| before.ended_cases));
            known.reconciled_load = Some(witness);
        }
    }
}

/// What is remembered of one queue.
#[derive(Debug, Default)]
pub(super) struct QueueState {
    /// In which generation it last spoke.
    pub(super) generation: u32,
    /// When it last spoke of its timers, or should have begun to.
    pub(super) timers_expected_since: Option<MonotonicTime>,
    /// The source's time of its last timers, to learn the interval.
    pub(super) timers_at: Option<Timestamp>,
    pub(super) wait_tracker: WaitTracker,
    /// No open case of it can have been missed in this generation.
    pub(super) is_reconciled: bool,
    /// Since when the open cases we know of are as many as it says …
    pub(super) matching_since: Option<MonotonicTime>,
    /// … and how many of its loads in a row have agreed, each as of its own time.
    pub(super) matching_loads: u8,
    /// The source's time of the last that did: said twice, it is one.
    pub(super) last_match_at: Option<Timestamp>,
    /// The load that it is accounted for by; none where that needs no counting.
    pub(super) reconciled_load: Option<ReconciledLoad>,
    /// How many more of our cases are open than its load counts.
    pub(super) excess_detector: SurplusDetector,
    /// Since when its loads count more cases than we know of.
    pub(super) short_since: Option<MonotonicTime>,
    /// When a load last contradicted our cases for long enough to be believed.
    pub(super) contradicted_at: Option<MonotonicTime>,
}

impl QueueState {
    /// Takes back that it is accounted for.
    pub(super) fn revoke_reconciliation(&mut self) {
        self.is_reconciled = false;
        self.reconciled_load = None;
        self.matching_loads = 0;
        self.matching_since = None;
    }
}

/// When a subject was last heard of, and the newest source time of each attribute of its name.
#[derive(Debug, Default)]
pub(super) struct ProfileState {
    pub(super) received_at: MonotonicTime,
    pub(super) newest_times: [Option<Timestamp>; 5],
}
