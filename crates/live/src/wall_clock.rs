//! Corrections of this machine's wall clock, which change no age.

use wallboard_domain::{Metric, Moment, moment};

use super::LiveState;

/// A larger step of the wall clock against the monotonic one, in milliseconds, is a correction
/// and not jitter.
const WALL_STEP: i64 = 2_000;

impl LiveState {
    /// Returns a moment by the wall clock that running clocks go by: right after a correction, no input
    /// has shifted them yet.
    pub(super) fn uncorrected_moment(&self, now: Moment) -> Moment {
        let anchor = now.wall.as_millisecond() - now.monotonic.0;
        let step = anchor - self.wall_offset_ms.unwrap_or(anchor);
        let is_corrected = WALL_STEP < step.abs();
        Moment {
            wall: moment::plus_millis(now.wall, if is_corrected { -step } else { 0 }),
            ..now
        }
    }

    /// Shifts running clocks when our wall clock was corrected, so that ages don't change. Returns
    /// whether it was.
    pub(super) fn follow_wall_clock(&mut self, now: Moment) -> bool {
        let anchor = now.wall.as_millisecond() - now.monotonic.0;
        let step = anchor - *self.wall_offset_ms.get_or_insert(anchor);
        if step.abs() <= WALL_STEP {
            return false;
        }
        self.wall_offset_ms = Some(anchor);
        for source_state in self.source_states.values_mut() {
            source_state.clock_offset.shift_by(step);
            if let Some(since) = source_state
                .held
                .as_mut()
                .and_then(|held| held.since.as_mut())
            {
                *since = moment::plus_millis(*since, step);
            }
            for queue in source_state.queues.values_mut() {
                queue.wait_tracker.shift_by(step);
            }
        }
        for source in self.snapshot.sources.values_mut() {
            if let Some(outage) = &mut source.outage {
                outage.at = moment::plus_millis(outage.at, step);
            }
            if let Some(alive_at) = &mut source.alive_at {
                alive_at.wall = moment::plus_millis(alive_at.wall, step);
            }
        }
        for queue in self.snapshot.queues.values_mut() {
            if let Some(longest) = queue.readings.get_mut(Metric::LongestWait) {
                longest.since = longest.since.map(|at| moment::plus_millis(at, step));
            }
            queue.recent_series.shift_by(step);
        }
        for agent in self.snapshot.agents.values_mut() {
            agent.since = agent.since.map(|at| moment::plus_millis(at, step));
            if let Some(report) = &mut agent.report {
                report.clock.shift_by(step);
            }
        }
        true
    }
}
