//! The meaning of figures now: how fresh they are shown, their severity, and whether they miss their
//! target. One evaluation of queues, groups, selections and the site, for boards, pages and watchers.
//! It makes no text and knows no board.

mod custom_figure;
mod figure;
mod help;
mod queue;
mod severity;
mod shown_freshness;
mod status_limit;

use jiff::Timestamp;

use wallboard_domain::{Moment, MonotonicTime, moment};

use super::snapshot::Snapshot;

pub use custom_figure::EvaluatedCustomFigure;
pub use figure::EvaluatedFigure;
pub use help::{FreeAgents, LongBreak, QueueHelp};
pub use queue::{ClosedQueue, EvaluatedQueue};
pub use severity::Severity;
pub use shown_freshness::ShownFreshness;

/// Evaluates a snapshot at one moment, and notes when time alone will change what it found.
#[derive(Clone, Debug)]
pub struct Evaluator<'a> {
    snapshot: &'a Snapshot,
    now: Moment,
    next_change: Option<MonotonicTime>,
}

impl<'a> Evaluator<'a> {
    pub fn new(snapshot: &'a Snapshot, now: Moment) -> Self {
        Self {
            snapshot,
            now,
            next_change: None,
        }
    }

    /// Returns the earliest change that time alone will make.
    pub fn next_change(&self) -> Option<Moment> {
        let at = self.next_change?;
        let millis = at.millis_since(self.now.monotonic).max(1);
        Some(self.now.plus_millis(millis))
    }

    pub fn schedule_change(&mut self, at: MonotonicTime) {
        self.next_change = Some(self.next_change.map_or(at, |earliest| earliest.min(at)));
    }

    /// The same, of a time of the wall clock.
    pub fn schedule_change_at(&mut self, at: Timestamp) {
        let millis = moment::millis_between(self.now.wall, at).max(1);
        self.schedule_change(self.now.monotonic.plus_millis(millis));
    }
}
