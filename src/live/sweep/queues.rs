//! What time alone changes about queues, and so about whom we know fully.

use crate::domain::{Metric, Moment, QueueId, SourceId, moment};
use crate::live::{
    freshness::AVERAGE_WAIT_LIFETIME, live_state::LiveState, reconciliation::ReconciledLoad,
    snapshot::ConnectionState,
};

use super::{SweepResult, UNCONFIRMED_LIFETIME};

/// A queue that says nothing for this long after the bindings were renewed is quiet.
const QUIET_AFTER: i64 = 60_000;

impl LiveState {
    /// Silent, quiet, expired, accounted for: each queue by itself.
    pub(super) fn sweep_queues(&mut self, id: &SourceId, now: Moment, swept: &mut SweepResult) {
        let Some(source) = self.snapshot.sources.get(id) else {
            return;
        };
        let (live, generation) = (
            source.connection == ConnectionState::Connected,
            source.generation,
        );
        let queues: Vec<QueueId> = self
            .snapshot
            .queues
            .values()
            .filter(|queue| queue.id.source == *id && queue.provided_metrics.is_none())
            .map(|queue| queue.id.clone())
            .collect();
        for queue in &queues {
            self.sweep_timers(queue, live, generation, now, swept);
            self.sweep_quiet_queue(queue, live, generation, now, swept);
            self.sweep_average_wait(queue, now, swept);
            self.sweep_contradictions(queue, now, swept);
            self.sweep_reconciliation(queue, generation, now, swept);
        }
    }

    /// Somebody waits or talks, and the timers say nothing.
    fn sweep_timers(
        &mut self,
        id: &QueueId,
        live: bool,
        generation: u32,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let Some(feed) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let hold = feed.report_interval.tolerance_millis();
        let Some(known) = feed.queues.get_mut(id) else {
            return;
        };
        if !live {
            // Nothing can be said while the line is down; the time counts anew after it.
            known.timers_expected_since = known.timers_expected_since.map(|_| now.monotonic);
            return;
        }
        let (Some(timers), Some(queue)) = (
            known.timers_expected_since,
            self.snapshot.queues.get_mut(id),
        ) else {
            return;
        };
        let silent = now.monotonic.millis_since(timers) >= hold;
        if silent != queue.silent {
            swept.changed = true;
            queue.silent = silent;
            queue.record_recent(live, generation, now);
        }
        if !silent {
            swept.schedule_at(timers.plus_millis(hold));
        }
    }

    /// Nothing said since the bindings were renewed.
    fn sweep_quiet_queue(
        &mut self,
        id: &QueueId,
        live: bool,
        generation: u32,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let Some(feed) = self.source_states.get(&id.source) else {
            return;
        };
        let spoke = feed
            .queues
            .get(id)
            .is_some_and(|known| known.generation == generation);
        let (Some(bound), Some(queue)) =
            (feed.bindings_renewed_at, self.snapshot.queues.get_mut(id))
        else {
            return;
        };
        if spoke || !live || queue.quiet_since.is_some() {
            return;
        }
        if now.monotonic.millis_since(bound) >= QUIET_AFTER {
            queue.quiet_since = Some(moment::plus_millis(
                now.wall,
                -now.monotonic.millis_since(bound),
            ));
            queue.silent = false;
            queue.record_recent(live, generation, now);
            swept.changed = true;
        } else {
            swept.schedule_at(bound.plus_millis(QUIET_AFTER));
        }
    }

    fn sweep_average_wait(&mut self, id: &QueueId, now: Moment, swept: &mut SweepResult) {
        let Some(queue) = self.snapshot.queues.get_mut(id) else {
            return;
        };
        let Some(average) = queue.readings.get_mut(Metric::AverageWait) else {
            return;
        };
        if average.value.is_none() {
            return;
        }
        if now.monotonic.millis_since(average.received_at) >= AVERAGE_WAIT_LIFETIME {
            average.value = None;
            swept.changed = true;
        } else {
            swept.schedule_at(average.received_at.plus_millis(AVERAGE_WAIT_LIFETIME));
        }
    }

    /// No open case of the queue can have been missed: it talks to nobody, or to
    /// as many as we know of, for long enough that this is no coincidence.
    fn sweep_reconciliation(
        &mut self,
        id: &QueueId,
        generation: u32,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let feed = self.source_states.get(&id.source);
        let known = feed.and_then(|feed| feed.queues.get(id));
        let is_accounted = known.is_some_and(|known| known.is_reconciled);
        if generation == 0
            || is_accounted && self.cases.unconfirmed_conversations.is_queue_empty(id)
        {
            return;
        }
        let talking = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.snapshot.queues.get(id);
        let quiet = queue.is_some_and(|queue| queue.quiet_since.is_some());
        let said = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = said.and_then(|reading| reading.at);
        let witness = talking.zip(at).and_then(|(talking, at)| {
            let agrees = self.cases.conversations.count_open_at(id, at) as u64 == talking;
            agrees.then(|| ReconciledLoad::new(at, talking))
        });
        let Some(feed) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let (hold, bound) = (
            feed.report_interval.tolerance_millis(),
            feed.bindings_renewed_at,
        );
        let known = feed.queues.entry(id.clone()).or_default();
        known.matching_since = witness
            .as_ref()
            .map(|_| known.matching_since.unwrap_or(now.monotonic));
        let long =
            bound.is_some_and(|bound| now.monotonic.millis_since(bound) >= UNCONFIRMED_LIFETIME);
        // What was missed while nothing broke, no length of time makes good.
        let long = long && known.contradicted_at.is_none();
        if talking == Some(0) || quiet || long {
            if !is_accounted {
                known.is_reconciled = true;
                known.reconciled_load = None;
                swept.changed = true;
            }
        } else if let (Some(since), Some(witness)) = (known.matching_since, witness) {
            if now.monotonic.millis_since(since) >= hold {
                self.reconcile_queue(id, witness);
                swept.changed = true;
            } else {
                swept.schedule_at(since.plus_millis(hold));
            }
        }
    }

    /// Who is fully known: all their queues are accounted for, and no unconfirmed case
    /// names them.
    pub(in crate::live) fn sweep_agents(&mut self, source: &SourceId) -> bool {
        let Some(feed) = self.source_states.get(source) else {
            return false;
        };
        let accounted = |queue: &QueueId| feed.queues.get(queue).is_some_and(|q| q.is_reconciled);
        let all = !feed.queues.is_empty()
            && self
                .snapshot
                .queues
                .keys()
                .filter(|queue| queue.source == *source)
                .all(accounted);
        let doubted = &self.cases.unconfirmed_conversations;
        let mut changed = false;
        for agent in self.snapshot.agents.values_mut() {
            if agent.id.source == *source
                && agent.report.is_none()
                && !agent.is_reconciled
                && doubted.find_agent(&agent.id).is_none()
            {
                let own = !agent.queues.is_empty() && agent.queues.iter().all(accounted);
                agent.is_reconciled = all || own;
                changed |= agent.is_reconciled;
            }
        }
        changed
    }
}
