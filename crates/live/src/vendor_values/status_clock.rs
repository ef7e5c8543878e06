//! The start of an agent's current status: as reported with the status, as reported by a separate
//! statistic, or when we received the change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::moment;

use crate::{report_stamp::ReportStamp, source_state::OUTLIER_LIMIT};

use super::report_context::{JITTER, ReportContext, is_same_start};

/// A start that is ahead of our clock by less begins now. If it is ahead by more, its clock
/// offset is unknown.
const MAX_AHEAD: i64 = 6_000;

/// The known start of a status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StatusClock {
    /// As reported with the status, by the source's clock.
    reported_start: Option<Timestamp>,
    /// The same on our wall clock, or when we received the change.
    local_start: Option<Timestamp>,
    /// When the previous status still applied, on our wall clock …
    previous_held_at: Option<Timestamp>,
    /// … and the source's own time of the report that ended it.
    changed_at: Option<Timestamp>,
    /// From the time in state, which few statuses include.
    duration_start: Option<Box<ReportedStart>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct ReportedStart {
    /// On our wall clock.
    local_start: Timestamp,
    /// The source's own time.
    at: Option<Timestamp>,
    generation: u32,
}

/// How a status follows the previous one.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatusChange {
    /// The previous status is unknown.
    PreviousUnknown,
    Same,
    /// A different status, last received at this time.
    Changed(Timestamp),
}

impl StatusClock {
    pub(super) fn record_status(
        &mut self,
        context: &ReportContext,
        change: StatusChange,
        reported: Option<Timestamp>,
    ) {
        let is_repeated = reported.is_some() && self.reported_start == reported;
        (self.previous_held_at, self.changed_at) = match change {
            StatusChange::Same if is_repeated || reported.is_none() => return,
            // It ended and began again in between.
            StatusChange::Same => (None, context.at),
            StatusChange::PreviousUnknown => (None, None),
            StatusChange::Changed(received_at) => (Some(received_at), context.at),
        };
        if is_repeated && matches!(change, StatusChange::PreviousUnknown) {
            return;
        }
        let was_observed = matches!(change, StatusChange::Changed(_)) && context.is_live;
        let began = reported.and_then(|reported| context.to_local_time(reported, was_observed));
        self.local_start = began.or_else(|| was_observed.then(|| context.effective_at()));
        self.reported_start = reported;
    }

    /// Records a time in state, in seconds. It may arrive before the status itself.
    pub(super) fn record_duration(&mut self, context: &ReportContext, seconds: Option<f64>) {
        let Some(seconds) = seconds else {
            self.duration_start = None;
            return;
        };
        let last = self.duration_start.as_deref().copied();
        let last = last.filter(|start| start.generation == context.generation);
        if last.is_some_and(|start| start.at.is_some() && start.at == context.at) {
            return;
        }
        self.duration_start = Some(Box::new(ReportedStart {
            local_start: context.started_at(seconds, last.map(|last| last.local_start)),
            at: context.at,
            generation: context.generation,
        }));
    }

    pub(super) fn clear_status(&mut self) {
        let duration_start = self.duration_start.take();
        *self = Self {
            duration_start,
            ..Self::default()
        };
    }

    pub(super) fn duration_reported_at(&self) -> Option<Timestamp> {
        self.duration_start.as_ref().and_then(|start| start.at)
    }

    /// Returns when the status began that was last reported with `stamp`.
    pub(super) fn started_at(&self, stamp: Option<ReportStamp>) -> Option<Timestamp> {
        let stamp = stamp.filter(|stamp| !stamp.is_invalid)?;
        let start = self
            .duration_start
            .as_deref()
            .filter(|start| start.generation == stamp.generation && self.is_current(start));
        match (
            self.local_start.filter(|_| self.reported_start.is_some()),
            start,
        ) {
            (Some(began), Some(start)) if is_same_start(began, start.local_start) => Some(began),
            (_, Some(start)) => Some(start.local_start),
            (_, None) => self.local_start,
        }
    }

    /// Whether the reported time in state belongs to this status, and not to the previous one.
    fn is_current(&self, start: &ReportedStart) -> bool {
        let is_after = |limit: Timestamp| limit <= moment::plus_millis(start.local_start, JITTER);
        if self
            .reported_start
            .and(self.local_start)
            .is_some_and(|local_start| !is_after(local_start))
        {
            return false;
        }
        let behind = self.changed_at.zip(start.at);
        match behind.map(|(changed, at)| moment::millis_between(at, changed)) {
            Some(..0) => true,
            // Two statistics of one instant may arrive in either order.
            Some(behind) if JITTER < behind => false,
            _ => (self.previous_held_at)
                .is_none_or(|before| moment::plus_millis(before, JITTER) <= start.local_start),
        }
    }

    /// Corrects the reported start once the source's clock offset is known.
    pub(super) fn apply_offset(&mut self, offset: i64, now: Timestamp) {
        if let Some(reported) = self.reported_start {
            self.local_start = Some(moment::plus_millis(reported, offset).min(now));
        }
    }

    /// Shifts all starts after a correction of our wall clock by `by` milliseconds.
    pub(crate) fn shift_by(&mut self, by: i64) {
        for at in [&mut self.local_start, &mut self.previous_held_at] {
            *at = at.map(|at| moment::plus_millis(at, by));
        }
        if let Some(start) = &mut self.duration_start {
            start.local_start = moment::plus_millis(start.local_start, by);
        }
    }
}

impl ReportContext {
    /// Converts a reported start to our clock. If the clocks disagree and the change was observed
    /// live, only the elapsed time is used.
    fn to_local_time(&self, reported: Timestamp, was_observed: bool) -> Option<Timestamp> {
        let now = self.now.wall;
        let began = match self.at {
            Some(at) if self.is_outlier(at, was_observed) => {
                let lasted = moment::millis_between(reported, at).max(0);
                moment::plus_millis(self.effective_at(), -lasted)
            }
            _ => moment::plus_millis(reported, self.offset),
        };
        (moment::millis_between(now, began) <= MAX_AHEAD).then_some(began.min(now))
    }

    fn is_outlier(&self, at: Timestamp, was_observed: bool) -> bool {
        let lateness = self.lateness(at);
        lateness < -OUTLIER_LIMIT || (was_observed && OUTLIER_LIMIT < lateness)
    }
}
