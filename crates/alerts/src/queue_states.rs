//! The states of queues as rules judge them, kept until something changes them: evaluating thousands of queues at each
//! turn would hold up everything live.

use std::collections::HashMap;

use wallboard_domain::{Metric, Moment, MonotonicTime, QueueId, ThresholdLevel};
use wallboard_live::{
    EvaluatedFigure, EvaluatedQueue, Evaluator, Severity, ShownFreshness, Snapshot, SubjectChanges,
};

use crate::{AlertFigure, AlertLevel, Reading, alert::is_below};

/// The longest that a state is kept, in milliseconds.
const KEPT_FOR: i64 = 10_000;
/// The same, of one with a wait that runs.
const RUNNING_KEPT_FOR: i64 = 1_000;

/// The known states. They're of one live state, whose changes [`Self::forget_changed`] is told.
#[derive(Debug, Default)]
pub struct QueueStates {
    known: HashMap<QueueId, KnownState>,
    evaluations: u64,
}

#[derive(Debug)]
struct KnownState {
    state: QueueState,
    until: MonotonicTime,
}

/// The state of a queue, as far as rules need it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueueState {
    /// Those that have reached a threshold.
    figures: Vec<AlertFigure>,
    /// It is closed or hidden: nobody is expected to look after it.
    is_unattended: bool,
    is_unknown: bool,
    is_reconnecting: bool,
}

impl QueueStates {
    /// How many queues were evaluated so far.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Forgets the states of what may have changed.
    pub fn forget_changed(&mut self, changes: &SubjectChanges) {
        match changes {
            SubjectChanges::Everything => self.known.clear(),
            SubjectChanges::Queues(queues) => {
                self.known.retain(|id, _| !queues.contains(id));
            }
        }
    }

    /// Returns the state of a queue now; `None` if nobody reports it.
    pub(crate) fn read(
        &mut self,
        snapshot: &Snapshot,
        now: Moment,
        id: &QueueId,
    ) -> Option<QueueState> {
        let queue = snapshot.queues.get(id)?;
        let known = self.known.get(id);
        if let Some(known) = known.filter(|known| now.monotonic < known.until) {
            return Some(known.state.clone());
        }
        self.evaluations += 1;
        let mut evaluator = Evaluator::new(snapshot, now);
        let evaluated = evaluator.evaluate_queue(queue, &[]);
        let is_running = evaluated.causes.iter().any(|one| one.since().is_some());
        let state = QueueState::new(snapshot, &evaluated);
        // A change of a queue changes its groups, too, and there are few of them.
        if queue.members.is_none() {
            let kept_for = if is_running {
                RUNNING_KEPT_FOR
            } else {
                KEPT_FOR
            };
            let longest = now.monotonic.plus_millis(kept_for);
            let change = evaluator.next_change().map(|change| change.monotonic);
            let until = change.map_or(longest, |change| change.min(longest));
            let known = KnownState {
                state: state.clone(),
                until,
            };
            self.known.insert(id.clone(), known);
        }
        Some(state)
    }
}

impl QueueState {
    fn new(snapshot: &Snapshot, queue: &EvaluatedQueue<'_>) -> Self {
        let is_hidden = snapshot.is_queue_hidden(queue.queue);
        let figures = queue.causes.iter().filter(|_| !is_hidden);
        let figures = figures.filter_map(|figure| alert_figure(snapshot, &queue.queue.id, figure));
        Self {
            figures: figures.collect(),
            is_unattended: is_hidden || queue.closed.is_some(),
            is_unknown: queue.is_out_of_date || queue.shown_freshness != ShownFreshness::UpToDate,
            is_reconnecting: queue.shown_freshness == ShownFreshness::Reconnecting,
        }
    }

    /// The state to a rule of a level, and of one metric or any.
    pub(crate) fn reading(&self, level: AlertLevel, metric: Option<Metric>) -> Reading {
        let figures = self.figures.iter();
        let figures = figures
            .filter(|figure| level <= figure.level)
            .filter(|figure| metric.is_none_or(|metric| figure.metric == metric));
        let figures: Vec<_> = figures.copied().collect();
        match figures.iter().map(|figure| figure.level).max() {
            // Moments after a disconnect, the last values are still shown, and prove nothing.
            Some(_) if self.is_reconnecting => Reading::Unknown,
            // Of a group, some queues' values are certain although others are out of date.
            Some(level) => Reading::Burning {
                level,
                figures,
                status: None,
                custom: None,
                since: None,
                is_partial: self.is_unknown,
            },
            None if self.is_unattended => Reading::Calm,
            None if self.is_unknown => Reading::Unknown,
            None => Reading::Calm,
        }
    }
}

fn alert_figure(
    snapshot: &Snapshot,
    queue: &QueueId,
    figure: &EvaluatedFigure,
) -> Option<AlertFigure> {
    let (level, threshold) = match figure.severity {
        Severity::Warning => (AlertLevel::Warning, ThresholdLevel::Warning),
        Severity::Critical => (AlertLevel::Critical, ThresholdLevel::Critical),
        Severity::None | Severity::Normal | Severity::OutOfDate => return None,
    };
    let id = queue.to_string();
    let limits = snapshot.site.limits_for(&id, figure.metric);
    let target = snapshot.site.target_for(&id);
    let value = figure.value().or(figure.lower_bound())?;
    Some(AlertFigure {
        metric: figure.metric,
        level,
        value,
        is_low: is_below(&limits, threshold, value.as_number(), &target),
    })
}
