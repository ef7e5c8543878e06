//! Changes to cases by time alone: late waits, ended cases and abandons.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    live_state::LiveState,
    snapshot::{ConnectionState, QueueSnapshot, SourceSnapshot},
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
        // Based on the source's own times, which no step of our clock moves.
        let to_local_time = |at: Option<Timestamp>| at.map(|at| self.to_local_time(source, at));
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

    /// Ends unconfirmed cases once no queue can have them, or after twelve hours. Until then, one that its
    /// queue doesn't count may have been transferred.
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
        let is_in_no_queue = self.is_every_case_known(source, now);
        let site = self.snapshot.site.clone();
        let (mut ended_ids, mut left_ids) = (Vec::<CaseId>::new(), Vec::<CaseId>::new());
        for id in ids {
            let Some(record) = self.cases.find_record(id) else {
                continue;
            };
            let last = record.last_event().map_or(now.wall, |event| event.local_at);
            let age = moment::millis_between(last, now.wall);
            if is_in_no_queue || age >= UNCONFIRMED_LIFETIME {
                ended_ids.push(id.clone());
                continue;
            }
            result.schedule_at(now.monotonic.plus_millis(UNCONFIRMED_LIFETIME - age));
            let timeline = record.build_timeline(source, &site);
            let conversation = timeline.current_conversation();
            let queue = conversation.and_then(|conversation| conversation.queue.as_ref());
            if !record.assessment.has_left_queue
                && queue.is_some_and(|queue| self.has_no_conversations(queue, now))
            {
                left_ids.push(id.clone());
            }
        }
        result.changed |= !ended_ids.is_empty() || !left_ids.is_empty();
        for id in ended_ids {
            self.change_case(&id, |record| {
                record.presumed_ended = true;
                true
            });
        }
        for id in left_ids {
            self.set_left_queue(&id, true);
        }
    }

    /// Whether nobody waits, and the loads of all queues count only conversations that we know.
    fn is_every_case_known(&self, source: &SourceId, now: Moment) -> bool {
        let queues = self.snapshot.queues.values();
        let mut queues = queues.filter(|queue| queue.id.source == *source);
        self.count_visitors(source, now) == Some(0)
            && queues.all(|queue| self.is_every_conversation_known(queue, now))
    }

    fn is_every_conversation_known(&self, queue: &QueueSnapshot, now: Moment) -> bool {
        let id = &queue.id;
        let Some(queue_state) = self
            .source_states
            .get(&id.source)
            .and_then(|source_state| source_state.queues.get(id))
        else {
            return false;
        };
        if queue.quiet_since.is_some() {
            return queue_state.is_reconciled;
        }
        let load = queue.readings.get(Metric::InConversation);
        let at = load.and_then(|load| load.at);
        let reported = self.fresh_count(id, Metric::InConversation, now);
        let is_match = reported.zip(at).is_some_and(|(reported, at)| {
            self.cases.conversations.count_open_at(id, at) as u64 == reported
        });
        is_match
            && queue_state.is_reconciled
            && queue_state.contradicted_at <= load.map(|load| load.received_at)
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
        let lost = self.snapshot.sources.get(source);
        if let Some(lost) = lost.filter(|source| is_lost(source)) {
            if let Some(source_state) = self.source_states.get_mut(source) {
                let lost_at = lost.outage.map(|outage| outage.monotonic);
                (source_state.abandon_detector).pause(lost_at.unwrap_or_default());
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
