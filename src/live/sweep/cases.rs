//! What time alone changes about cases: who waits too long, who is over, who has gone.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{CaseId, Metric, Moment, QueueId, SourceId, moment};
use crate::live::live_state::LiveState;

use super::{SweepResult, UNCONFIRMED_LIFETIME};

impl LiveState {
    /// Who waits longer than the targets is a miss from that moment on.
    pub(super) fn sweep_waiting(
        &mut self,
        source: &SourceId,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let Some(waiting) = self.cases.waiting.get(source) else {
            return;
        };
        let site = self.snapshot.site.clone();
        let on_site = site.target_for("site").threshold_ms;
        let offset = self
            .source_states
            .get(source)
            .map_or(0, |feed| feed.clock_offset.as_millis());
        // By the source's own times, which no step of our clock moves.
        let placed = |at: Option<Timestamp>| at.map(|at| moment::plus_millis(at, offset));
        let mut late = Vec::new();
        for (entered, id) in waiting {
            let Some(file) = self.cases.find_record(id) else {
                continue;
            };
            if file.assessment.late_in_queue && file.assessment.late_on_site {
                continue;
            }
            let life = file.build_timeline(source, &site);
            let queue = life
                .current_queue()
                .map(|queue| site.target_for(&queue.to_string()));
            let in_queue = queue.map_or(on_site, |target| target.threshold_ms);
            let entered =
                placed(life.current_wait().and_then(|stay| stay.entered_at)).unwrap_or(*entered);
            let created = placed(life.created_at).unwrap_or(entered);
            let in_queue = moment::millis_between(entered, now.wall) - in_queue;
            let on_site = moment::millis_between(created, now.wall) - on_site;
            if (0 < in_queue) != file.assessment.late_in_queue
                || (0 < on_site) != file.assessment.late_on_site
            {
                late.push((id.clone(), 0 < in_queue, 0 < on_site));
            }
            for over in [in_queue, on_site].into_iter().filter(|over| *over <= 0) {
                swept.schedule_at(now.monotonic.plus_millis(1 - over));
            }
        }
        for (id, in_queue, on_site) in late {
            self.change_case(&id, |file| {
                file.assessment.late_in_queue = in_queue;
                file.assessment.late_on_site = on_site;
                true
            });
            swept.changed = true;
        }
    }

    /// Cases older than a break: over when their queue talks to nobody (or, where
    /// they waited, when nobody waits), or after twelve hours.
    pub(super) fn sweep_unconfirmed(
        &mut self,
        source: &SourceId,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let Some(ids) = self.cases.unconfirmed.get(source) else {
            return;
        };
        if ids.is_empty() {
            return;
        }
        let nobody_waits = self.count_visitors(source, now) == Some(0);
        let site = self.snapshot.site.clone();
        let mut over: Vec<CaseId> = Vec::new();
        for id in ids {
            let Some(file) = self.cases.find_record(id) else {
                continue;
            };
            let life = file.build_timeline(source, &site);
            let last = file.last_event().map_or(now.wall, |step| step.local_at);
            let age = moment::millis_between(last, now.wall);
            let ended = match life.current_conversation() {
                Some(leg) => leg
                    .queue
                    .as_ref()
                    .is_some_and(|queue| self.has_no_conversations(queue, now)),
                None => nobody_waits,
            };
            if ended || age >= UNCONFIRMED_LIFETIME {
                over.push(id.clone());
            } else {
                swept.schedule_at(now.monotonic.plus_millis(UNCONFIRMED_LIFETIME - age));
            }
        }
        for id in over {
            self.change_case(&id, |file| {
                file.presumed_ended = true;
                true
            });
            swept.changed = true;
        }
    }

    /// Whether a load says so, and not the one that contradicted our cases: there it may
    /// be the load that is wrong.
    fn has_no_conversations(&self, id: &QueueId, now: Moment) -> bool {
        let queue = self.snapshot.queues.get(id);
        let load = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let known = self
            .source_states
            .get(&id.source)
            .and_then(|feed| feed.queues.get(id));
        let contradicted = known.and_then(|known| known.contradicted_at);
        self.fresh_count(id, Metric::InConversation, now) == Some(0)
            && contradicted <= load.map(|load| load.received_at)
    }

    /// Who has gone without an event.
    pub(super) fn sweep_abandons(
        &mut self,
        source: &SourceId,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let visitors = self.count_visitors(source, now);
        let unopened = self
            .cases
            .waiting
            .get(source)
            .map_or(0, std::collections::BTreeSet::len);
        let surplus = visitors.map(|visitors| {
            unopened.saturating_sub(usize::try_from(visitors).unwrap_or(usize::MAX))
        });
        let Some(feed) = self.source_states.get_mut(source) else {
            return;
        };
        let hold = feed.report_interval.tolerance_millis();
        let gone = feed
            .abandon_detector
            .observe_surplus(surplus, hold, now.monotonic);
        if let Some(due) = feed.abandon_detector.next_due(hold) {
            swept.schedule_at(due);
        }
        if gone == 0 {
            return;
        }
        for id in self.select_abandoned(source, gone, now) {
            self.change_case(&id, |file| {
                file.assessment.abandoned = true;
                true
            });
            swept.changed = true;
        }
    }

    /// Which cases have gone, when so many have: the oldest first, but those last
    /// whose queue is known and still has as many visitors as we know of.
    fn select_abandoned(&self, source: &SourceId, gone: usize, now: Moment) -> Vec<CaseId> {
        let waiting = self.cases.waiting.get(source).into_iter().flatten();
        let waiting: Vec<(&CaseId, Option<&QueueId>)> = waiting
            .map(|(_, id)| {
                let case = self.snapshot.cases.get(id);
                (id, case.and_then(|case| case.queue.as_ref()))
            })
            .collect();
        let mut known: BTreeMap<&QueueId, u64> = BTreeMap::new();
        for queue in waiting.iter().filter_map(|(_, queue)| *queue) {
            *known.entry(queue).or_default() += 1;
        }
        for (queue, left) in &mut known {
            let visitors = self.fresh_count(queue, Metric::Waiting, now);
            *left = left.saturating_sub(visitors.unwrap_or(0));
        }
        let (mut surely, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, queue)| {
            match queue.and_then(|queue| known.get_mut(queue)) {
                Some(0) => false,
                Some(left) => {
                    *left -= 1;
                    true
                }
                None => true,
            }
        });
        surely.extend(others);
        let ids = surely.into_iter().take(gone);
        ids.map(|(id, _)| id.clone()).collect()
    }
}
