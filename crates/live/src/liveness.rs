//! Sources that prove that they're alive: without a proof in time their values count as disconnected,
//! whether the line is dead, the source is behind, or this process was stopped.

use wallboard_domain::{ALIVE_FOR_MS, Moment, MonotonicTime};

use super::{
    live_state::LiveState,
    snapshot::{ConnectionState, Outage, SourceSnapshot},
    sweep::SweepResult,
};

impl From<Moment> for Outage {
    fn from(at: Moment) -> Self {
        Self {
            at: at.wall,
            monotonic: at.monotonic,
        }
    }
}

impl SourceSnapshot {
    /// Notes that it was alive at a time before `now`.
    pub(super) fn note_alive(&mut self, as_of: MonotonicTime, now: Moment) {
        let age = now.monotonic.millis_since(as_of).max(0);
        let alive_at = now.plus_millis(-age);
        if self
            .alive_at
            .is_some_and(|known| alive_at.monotonic < known.monotonic)
        {
            return;
        }
        self.alive_at = Some(alive_at);
        if self.connection == ConnectionState::Connected {
            self.outage = None;
            self.suspend_if_overdue(now.monotonic);
        }
    }

    /// When it counts as disconnected without another sign of life.
    fn alive_until(&self) -> Option<MonotonicTime> {
        let is_live = self.is_live();
        let alive_at = self.alive_at.filter(|_| is_live)?;
        Some(alive_at.monotonic.plus_millis(ALIVE_FOR_MS))
    }

    fn is_overdue(&self, now: MonotonicTime) -> bool {
        self.alive_until().is_some_and(|until| until <= now)
    }

    /// Begins an outage at its last sign of life if that is too long ago. The outcome doesn't depend on
    /// when this is called.
    pub(super) fn suspend_if_overdue(&mut self, now: MonotonicTime) -> bool {
        let is_overdue = self.is_overdue(now);
        if is_overdue {
            self.outage = self.alive_at.map(Outage::from);
        }
        is_overdue
    }
}

impl LiveState {
    /// Whether a source that it has as live, or the leader that this node follows, gave no sign of life
    /// in time.
    pub(super) fn is_overdue(&self, now: MonotonicTime) -> bool {
        let mut sources = self.snapshot.sources.values();
        self.is_leader_overdue(now) || sources.any(|source| source.is_overdue(now))
    }

    fn is_leader_overdue(&self, now: MonotonicTime) -> bool {
        !self.has_lost_leader() && self.leader_until.is_some_and(|until| until < now)
    }

    /// Notes that the leader was heard, until when that counts.
    pub(super) fn hear_leader(&mut self, until: MonotonicTime) {
        self.leader_until = Some(until);
    }

    /// Marks everything if the leader wasn't heard in time. Only readers do it: the node itself ends its
    /// session.
    pub(super) fn mark_leader_lost_if_overdue(&mut self, now: Moment) {
        if self.is_leader_overdue(now.monotonic) {
            self.mark_leader_lost(now);
        }
    }

    /// Suspends sources without a sign of life in time. Readers do it too, so that nothing old is
    /// shown before the first input after a pause.
    pub(super) fn suspend_overdue_sources(&mut self, now: MonotonicTime) -> bool {
        let mut has_changed = false;
        for source in self.snapshot.sources.values_mut() {
            has_changed |= source.suspend_if_overdue(now);
        }
        if has_changed {
            self.mark_everything();
        }
        has_changed
    }

    /// Schedules when sources without another sign of life are suspended.
    pub(super) fn sweep_liveness(&self, result: &mut SweepResult) {
        let sources = self.snapshot.sources.values();
        for until in sources.filter_map(SourceSnapshot::alive_until) {
            result.schedule_at(until);
        }
    }
}
