//! Changes to cases by time alone: late waits, ended cases and abandons.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    live_state::LiveState,
    snapshot::{ConnectionState, SourceSnapshot},
};
use wallboard_domain::{CaseId, Metric, Moment, QueueId, SourceId, moment};

use super::{SweepResult, UNCONFIRMED_LIFETIME};

impl LiveState {
    /// Marks a wait as late from the moment when it exceeds the targets.
    pub(super) fn sweep_waiting(
        &mut self,
        source: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let Some(waiting) = self.cases.waiting.get(source) else {
            return;
        };
        let site = self.snapshot.site.clone();
        let on_site = site.target_for("site").threshold_ms;
        let offset = self
            .source_states
            .get(source)
            .map_or(0, |source_state| source_state.clock_offset.as_millis());
        // Based on the source's own times, which no step of our clock moves.
        let to_local_time = |at: Option<Timestamp>| at.map(|at| moment::plus_millis(at, offset));
        let mut late = Vec::new();
        for (entered, id) in waiting {
            let Some(record) = self.cases.find_record(id) else {
                continue;
            };
            if record.assessment.late_in_queue && record.assessment.late_on_site {
                continue;
            }
            let timeline = record.build_timeline(source, &site);
            let queue = timeline
                .current_queue()
                .map(|queue| site.target_for(&queue.to_string()));
            let in_queue = queue.map_or(on_site, |target| target.threshold_ms);
            let entered = to_local_time(timeline.current_wait().and_then(|leg| leg.entered_at))
                .unwrap_or(*entered);
            let created = to_local_time(timeline.created_at).unwrap_or(entered);
            let in_queue = moment::millis_between(entered, now.wall) - in_queue;
            let on_site = moment::millis_between(created, now.wall) - on_site;
            if (0 < in_queue) != record.assessment.late_in_queue
                || (0 < on_site) != record.assessment.late_on_site
            {
                late.push((id.clone(), 0 < in_queue, 0 < on_site));
            }
            for overdue in [in_queue, on_site]
                .into_iter()
                .filter(|overdue| *overdue <= 0)
            {
                result.schedule_at(now.monotonic.plus_millis(1 - overdue));
            }
        }
        for (id, in_queue, on_site) in late {
            self.change_case(&id, |record| {
                record.assessment.late_in_queue = in_queue;
                record.assessment.late_on_site = on_site;
                true
            });
            result.changed = true;
        }
    }

    /// Ends unconfirmed cases when their queue has no conversations (for waiting cases: when
    /// nobody waits), or after twelve hours.
    pub(super) fn sweep_unconfirmed(
        &mut self,
        source: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let Some(ids) = self.cases.unconfirmed.get(source) else {
            return;
        };
        if ids.is_empty() {
            return;
        }
        let nobody_waits = self.count_visitors(source, now) == Some(0);
        let site = self.snapshot.site.clone();
        let mut ended_ids: Vec<CaseId> = Vec::new();
        for id in ids {
            let Some(record) = self.cases.find_record(id) else {
                continue;
            };
            let timeline = record.build_timeline(source, &site);
            let last = record.last_event().map_or(now.wall, |event| event.local_at);
            let age = moment::millis_between(last, now.wall);
            let has_ended = match timeline.current_conversation() {
                Some(conversation) => conversation
                    .queue
                    .as_ref()
                    .is_some_and(|queue| self.has_no_conversations(queue, now)),
                None => nobody_waits,
            };
            if has_ended || age >= UNCONFIRMED_LIFETIME {
                ended_ids.push(id.clone());
            } else {
                result.schedule_at(now.monotonic.plus_millis(UNCONFIRMED_LIFETIME - age));
            }
        }
        for id in ended_ids {
            self.change_case(&id, |record| {
                record.presumed_ended = true;
                true
            });
            result.changed = true;
        }
    }

    /// Whether a load reports no conversations. The load that contradicted our cases doesn't
    /// count, since it may be wrong.
    fn has_no_conversations(&self, id: &QueueId, now: Moment) -> bool {
        let queue = self.snapshot.queues.get(id);
        let load = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let queue_state = self
            .source_states
            .get(&id.source)
            .and_then(|source_state| source_state.queues.get(id));
        let contradicted_at = queue_state.and_then(|queue_state| queue_state.contradicted_at);
        self.fresh_count(id, Metric::InConversation, now) == Some(0)
            && contradicted_at <= load.map(|load| load.received_at)
    }

    /// Marks cases of customers who left without an event.
    pub(super) fn sweep_abandons(
        &mut self,
        source: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let is_lost = |source: &SourceSnapshot| {
            matches!(
                source.connection,
                ConnectionState::Disconnected | ConnectionState::CatchingUp
            )
        };
        if self.snapshot.sources.get(source).is_some_and(is_lost) {
            if let Some(source_state) = self.source_states.get_mut(source) {
                source_state.abandon_detector.pause();
            }
            return;
        }
        let customers = self.count_visitors(source, now);
        let unopened = self
            .cases
            .waiting
            .get(source)
            .map_or(0, std::collections::BTreeSet::len);
        let surplus = customers.map(|customers| {
            unopened.saturating_sub(usize::try_from(customers).unwrap_or(usize::MAX))
        });
        let Some(source_state) = self.source_states.get_mut(source) else {
            return;
        };
        let hold = source_state.report_interval.tolerance_millis();
        let abandoned = source_state
            .abandon_detector
            .observe_surplus(surplus, hold, now.monotonic);
        if let Some(due) = source_state.abandon_detector.next_due(hold) {
            result.schedule_at(due);
        }
        if abandoned == 0 {
            return;
        }
        for id in self.select_abandoned(source, abandoned, now) {
            self.change_case(&id, |record| {
                record.assessment.abandoned = true;
                true
            });
            result.changed = true;
        }
    }

    /// Selects as many cases as were abandoned, the oldest first. Cases come last whose queue
    /// still has as many customers as we know of.
    fn select_abandoned(&self, source: &SourceId, count: usize, now: Moment) -> Vec<CaseId> {
        let waiting = self.cases.waiting.get(source).into_iter().flatten();
        let waiting: Vec<(&CaseId, Option<&QueueId>)> = waiting
            .map(|(_, id)| {
                let case = self.snapshot.cases.get(id);
                (id, case.and_then(|case| case.queue.as_ref()))
            })
            .collect();
        let mut unaccounted: BTreeMap<&QueueId, u64> = BTreeMap::new();
        for queue in waiting.iter().filter_map(|(_, queue)| *queue) {
            *unaccounted.entry(queue).or_default() += 1;
        }
        for (queue, remaining) in &mut unaccounted {
            let customers = self.fresh_count(queue, Metric::Waiting, now);
            *remaining = remaining.saturating_sub(customers.unwrap_or(0));
        }
        let (mut likely, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, queue)| {
            match queue.and_then(|queue| unaccounted.get_mut(queue)) {
                Some(0) => false,
                Some(remaining) => {
                    *remaining -= 1;
                    true
                }
                None => true,
            }
        });
        likely.extend(others);
        let ids = likely.into_iter().take(count);
        ids.map(|(id, _)| id.clone()).collect()
    }
}
