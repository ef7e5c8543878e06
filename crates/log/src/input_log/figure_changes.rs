//! The last changes of one figure of a queue: when it moved, from what to what, and by which message.

use std::{collections::VecDeque, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{Input, LogEntry, Metric, MetricValue, Moment, QueueId, StaticText, moment};
use wallboard_live::{Evaluator, LiveState, Snapshot, SubjectChanges};
use wallboard_store::{ForgottenPeople, ReadLog, StoreError};

use super::{
    replay::ReplayEnd,
    rewind::{load_after_gap, load_at},
};

/// The most changes.
const FIGURE_CHANGES_MAX: usize = 20;
/// How far to look back, in minutes: further only if there was little.
const LOOKED_BACK: [i64; 3] = [10, 60, 240];
/// So many entries are enough, whether or not the figure moved.
const ENTRIES_ENOUGH: u64 = 20_000;

/// A change of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureChange {
    pub at: Timestamp,
    pub before: LoggedFigure,
    pub after: LoggedFigure,
    /// The vendor's name of the only message that came then; `None`: there were several, or none.
    pub event: Option<StaticText>,
}

/// A figure as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoggedFigure {
    /// `None`: unknown or out of date.
    pub value: Option<MetricValue>,
    /// When a wait that runs began.
    pub since: Option<Timestamp>,
}

impl LoggedFigure {
    fn of(snapshot: &Snapshot, queue: &QueueId, metric: Metric, now: Moment) -> Self {
        let Some(queue) = snapshot.queues.get(queue) else {
            return Self::default();
        };
        let figure = Evaluator::new(snapshot, now).evaluate_metric(queue, metric);
        Self {
            value: figure.value(),
            since: figure.running_since(),
        }
    }

    /// Whether nothing but time passed.
    fn continues(self, before: Self) -> bool {
        match (self.since, before.since) {
            (None, None) => self.value == before.value,
            (now, before) => now == before,
        }
    }
}

/// Returns the last changes of a figure before `until`, the newest first, and since when there are no others.
pub async fn load_figure_changes<L: ReadLog>(
    log: &L,
    queue: &QueueId,
    metric: Metric,
    until: Timestamp,
    forgotten: Option<&Arc<ForgottenPeople>>,
) -> Result<(Vec<FigureChange>, Timestamp), StoreError> {
    let mut found = FigureChanges::default();
    for minutes in LOOKED_BACK {
        let from = moment::plus_millis(until, -minutes * 60_000);
        found = FigureChanges::load(log, queue, metric, from, until, forgotten.cloned()).await?;
        if FIGURE_CHANGES_MAX <= found.last.len() || ENTRIES_ENOUGH <= found.entries {
            break;
        }
    }
    let since = found.since.unwrap_or(until);
    Ok((found.last.into_iter().rev().collect(), since))
}

/// The changes of a time, in order.
#[derive(Debug, Default)]
struct FigureChanges {
    last: VecDeque<FigureChange>,
    entries: u64,
    /// When the first entry was applied, or the beginning of the time.
    since: Option<Timestamp>,
}

impl FigureChanges {
    async fn load<L: ReadLog>(
        log: &L,
        queue: &QueueId,
        metric: Metric,
        from: Timestamp,
        until: Timestamp,
        forgotten: Option<Arc<ForgottenPeople>>,
    ) -> Result<Self, StoreError> {
        let (mut state, mut reader, _) = load_at(log, from, forgotten).await?;
        state.take_changes();
        let mut changes = Self {
            since: state.last_input_at().map(|_| from),
            ..Self::default()
        };
        let mut known = state
            .last_input_at()
            .map(|at| LoggedFigure::of(state.snapshot(), queue, metric, at));
        loop {
            let event = match reader.read_ahead().await? {
                None => {
                    let Some(entry) = reader.skip() else { break };
                    if until < entry.applied_at().wall {
                        break;
                    }
                    state.apply_entry(&entry);
                    changes.entries += 1;
                    only_event(&entry)
                }
                Some(ReplayEnd::Complete | ReplayEnd::TooLate) => break,
                Some(ReplayEnd::Unreadable(batch, _) | ReplayEnd::Discontinued(batch)) => {
                    let next = state.next_offset();
                    let Some(mut resumed) = load_after_gap(log, next, &batch).await? else {
                        break;
                    };
                    reader.continue_from(&mut resumed);
                    state = resumed;
                    None
                }
            };
            let Some(now) = state.last_input_at() else {
                continue;
            };
            changes.since.get_or_insert(now.wall);
            if !concerns(&mut state, queue) {
                continue;
            }
            let after = LoggedFigure::of(state.snapshot(), queue, metric, now);
            let before = known.replace(after).unwrap_or_default();
            if !after.continues(before) {
                changes.add(FigureChange {
                    at: now.wall,
                    before,
                    after,
                    event,
                });
            }
        }
        Ok(changes)
    }

    fn add(&mut self, change: FigureChange) {
        self.last.push_back(change);
        if FIGURE_CHANGES_MAX < self.last.len() {
            self.last.pop_front();
            self.since = self.last.front().map(|first| first.at);
        }
    }
}

/// Whether something changed since the last call that the queue's figures may be made of.
fn concerns(state: &mut LiveState, queue: &QueueId) -> bool {
    let SubjectChanges::Queues(changed) = state.take_changes() else {
        return true;
    };
    let members = state.snapshot().queues.get(queue);
    let members = members.and_then(|queue| queue.members.as_deref());
    let mut own = members.unwrap_or_default().iter().chain([queue]);
    own.any(|id| changed.contains(id))
}

fn only_event(entry: &LogEntry) -> Option<StaticText> {
    match &*entry.inputs {
        [Input::Update(update)] => Some(update.event),
        _ => None,
    }
}
