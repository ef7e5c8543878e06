//! Changes to queues by time alone, and their effect on the reconciliation of agents.

use crate::{
    freshness::AVERAGE_WAIT_LIFETIME, live_state::LiveState, queue_readings::ReportingSource,
    reconciliation::ReconciledLoad,
};
use wallboard_domain::{Metric, Moment, QueueId, SourceId, moment};

use super::{SweepResult, UNCONFIRMED_LIFETIME};

/// A queue without a report for this long after the bindings were renewed is quiet, in
/// milliseconds.
const QUIET_AFTER: i64 = 60_000;

impl LiveState {
    /// Checks each queue: silent, quiet, expired, reconciled.
    pub(super) fn sweep_queues(&mut self, id: &SourceId, now: Moment, result: &mut SweepResult) {
        let Some(source) = self.snapshot.sources.get(id) else {
            return;
        };
        let source = ReportingSource::of(Some(source));
        let queues: Vec<QueueId> = self
            .snapshot
            .queues
            .values()
            .filter(|queue| queue.id.source == *id && queue.provided_metrics.is_none())
            .map(|queue| queue.id.clone())
            .collect();
        for queue in &queues {
            self.sweep_timers(queue, source, now, result);
            self.sweep_quiet_queue(queue, source, now, result);
            self.sweep_average_wait(queue, now, result);
            self.sweep_contradictions(queue, now, result);
            self.sweep_reconciliation(queue, source.generation, now, result);
        }
    }

    /// Marks a queue as silent when customers wait or talk but no timers arrive.
    fn sweep_timers(
        &mut self,
        id: &QueueId,
        source: ReportingSource,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let Some(source_state) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let hold = source_state.report_interval.tolerance_millis();
        let Some(queue_state) = source_state.queues.get_mut(id) else {
            return;
        };
        if !source.is_live {
            // No reports can arrive while disconnected, so the time restarts afterwards.
            queue_state.timers_expected_since =
                queue_state.timers_expected_since.map(|_| now.monotonic);
            return;
        }
        let (Some(expected_since), Some(queue)) = (
            queue_state.timers_expected_since,
            self.snapshot.queues.get(id),
        ) else {
            return;
        };
        let is_silent = now.monotonic.millis_since(expected_since) >= hold;
        if is_silent != queue.silent
            && let Some(queue) = self.snapshot.queues.get_mut(id)
        {
            result.changed = true;
            queue.silent = is_silent;
            queue.record_recent(source, now);
        }
        if !is_silent {
            result.schedule_at(expected_since.plus_millis(hold));
        }
    }

    /// Marks a queue as quiet when nothing was reported since the bindings were renewed.
    fn sweep_quiet_queue(
        &mut self,
        id: &QueueId,
        source: ReportingSource,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let Some(source_state) = self.source_states.get(&id.source) else {
            return;
        };
        let has_reported = source_state
            .queues
            .get(id)
            .is_some_and(|queue_state| queue_state.generation == source.generation);
        let (Some(renewed_at), Some(queue)) = (
            source_state.bindings_renewed_at,
            self.snapshot.queues.get(id),
        ) else {
            return;
        };
        if has_reported || !source.is_live || queue.quiet_since.is_some() {
            return;
        }
        if now.monotonic.millis_since(renewed_at) >= QUIET_AFTER
            && let Some(queue) = self.snapshot.queues.get_mut(id)
        {
            queue.quiet_since = Some(moment::plus_millis(
                now.wall,
                -now.monotonic.millis_since(renewed_at),
            ));
            queue.silent = false;
            queue.record_recent(source, now);
            result.changed = true;
        } else {
            result.schedule_at(renewed_at.plus_millis(QUIET_AFTER));
        }
    }

    fn sweep_average_wait(&mut self, id: &QueueId, now: Moment, result: &mut SweepResult) {
        let queue = self.snapshot.queues.get(id);
        let average = queue.and_then(|queue| queue.readings.get(Metric::AverageWait));
        let Some(received_at) = average
            .filter(|average| average.value.is_some())
            .map(|average| average.received_at)
        else {
            return;
        };
        if now.monotonic.millis_since(received_at) < AVERAGE_WAIT_LIFETIME {
            result.schedule_at(received_at.plus_millis(AVERAGE_WAIT_LIFETIME));
        } else if let Some(queue) = self.snapshot.queues.get_mut(id)
            && let Some(average) = queue.readings.get_mut(Metric::AverageWait)
        {
            average.value = None;
            result.changed = true;
        }
    }

    /// Reconciles a queue when no open case can have been missed: it has no conversations, or as
    /// many as we track, for long enough that this is no coincidence.
    fn sweep_reconciliation(
        &mut self,
        id: &QueueId,
        generation: u32,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let source_state = self.source_states.get(&id.source);
        let queue_state = source_state.and_then(|source_state| source_state.queues.get(id));
        let was_reconciled = queue_state.is_some_and(|queue_state| queue_state.is_reconciled);
        if generation == 0
            || was_reconciled && self.cases.unconfirmed_conversations.is_queue_empty(id)
        {
            return;
        }
        let reported_open = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.snapshot.queues.get(id);
        let is_quiet = queue.is_some_and(|queue| queue.quiet_since.is_some());
        let reading = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = reading.and_then(|reading| reading.at);
        let load = reported_open.zip(at).and_then(|(reported_open, at)| {
            let matches = self.cases.conversations.count_open_at(id, at) as u64 == reported_open;
            matches.then(|| ReconciledLoad::new(at, reported_open))
        });
        let Some(source_state) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let (hold, renewed_at) = (
            source_state.report_interval.tolerance_millis(),
            source_state.bindings_renewed_at,
        );
        let queue_state = source_state.queues.entry(id.clone()).or_default();
        queue_state.matching_since = load
            .as_ref()
            .map(|_| queue_state.matching_since.unwrap_or(now.monotonic));
        let is_long_ago = renewed_at.is_some_and(|renewed_at| {
            now.monotonic.millis_since(renewed_at) >= UNCONFIRMED_LIFETIME
        });
        // No length of time makes up for a case missed without a discontinuity.
        let is_long_ago = is_long_ago && queue_state.contradicted_at.is_none();
        if reported_open == Some(0) || is_quiet || is_long_ago {
            if !was_reconciled {
                queue_state.is_reconciled = true;
                queue_state.reconciled_load = None;
                result.changed = true;
            }
        } else if let (Some(since), Some(load)) = (queue_state.matching_since, load) {
            if now.monotonic.millis_since(since) >= hold {
                self.reconcile_queue(id, load);
                result.changed = true;
            } else {
                result.schedule_at(since.plus_millis(hold));
            }
        }
    }

    /// Reconciles agents: all their queues are reconciled, and no unconfirmed case names them.
    pub(crate) fn sweep_agents(&mut self, source: &SourceId) -> bool {
        let Some(source_state) = self.source_states.get(source) else {
            return false;
        };
        let is_reconciled = |queue: &QueueId| {
            source_state
                .queues
                .get(queue)
                .is_some_and(|q| q.is_reconciled)
        };
        let are_all_reconciled = !source_state.queues.is_empty()
            && self
                .snapshot
                .queues
                .keys()
                .filter(|queue| queue.source == *source)
                .all(is_reconciled);
        let unconfirmed = &self.cases.unconfirmed_conversations;
        let mut changed = false;
        self.snapshot.agents.change_values(|agent| {
            if agent.id.source != *source
                || agent.report.is_some()
                || agent.is_reconciled
                || unconfirmed.find_agent(&agent.id).is_some()
            {
                return false;
            }
            let are_own_reconciled =
                !agent.queues.is_empty() && agent.queues.iter().all(is_reconciled);
            agent.is_reconciled = are_all_reconciled || are_own_reconciled;
            changed |= agent.is_reconciled;
            agent.is_reconciled
        });
        changed
    }
}
