//! What time alone changes. Each look says when the next one is due, so that
//! nobody ticks for nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{CaseId, Metric, Moment, Mono, QueueId, Said, SourceId, Value, moment};

use super::{
    picture::{LineState, Trust},
    state::State,
};

/// A queue that says nothing for this long after the bindings were renewed is quiet.
const QUIET_AFTER: i64 = 60_000;
/// The 15-minute average says nothing of now after this.
const AVERAGE_HOLDS: i64 = 15 * 60_000;
/// What was open before a break is forgotten, or taken as accounted for, after this.
const FORGOTTEN_AFTER: i64 = 12 * 3_600_000;

/// What a sweep found, and when to look again.
#[derive(Debug, Default)]
pub(super) struct Swept {
    pub(super) changed: bool,
    pub(super) due: Option<Mono>,
}

impl Swept {
    fn at(&mut self, due: Mono) {
        self.due = Some(self.due.map_or(due, |known| known.min(due)));
    }
}

impl State {
    pub(super) fn sweep(&mut self, now: Moment) -> Swept {
        let mut swept = Swept {
            changed: self.end_rounds(now),
            due: None,
        };
        let sources: Vec<SourceId> = self.picture.sources.keys().cloned().collect();
        for source in &sources {
            let live = self.picture.sources[source].is_live();
            self.sweep_quality(source, now, &mut swept);
            self.sweep_queues(source, now, &mut swept);
            if live {
                // While the line is lost, figures stand as they were then.
                self.sweep_waiting(source, now, &mut swept);
            }
            self.sweep_unconfirmed(source, now, &mut swept);
            self.sweep_surplus(source, now, &mut swept);
            swept.changed |= self.sweep_agents(source);
        }
        for id in self.cases.forget(now.wall) {
            self.picture.cases.remove(&id);
            swept.changed = true;
        }
        if let Some(tomorrow) = self.cases.days.tomorrow_starts() {
            let left = moment::millis_between(now.wall, tomorrow).max(0);
            swept.at(now.mono.plus(left));
        }
        swept
    }

    fn sweep_quality(&mut self, id: &SourceId, now: Moment, swept: &mut Swept) {
        let (Some(source), Some(feed)) = (self.picture.sources.get_mut(id), self.feeds.get_mut(id))
        else {
            return;
        };
        let degraded = feed.quality.is_degraded(now.mono);
        swept.changed |= degraded != source.degraded;
        source.degraded = degraded;
        source.interval = feed.cadence.interval();
        let dues = [
            feed.quality.due(),
            feed.round.as_ref().and_then(super::feed::Round::due),
        ];
        dues.into_iter().flatten().for_each(|due| swept.at(due));
    }

    /// Silent, quiet, expired, accounted for: each queue by itself.
    fn sweep_queues(&mut self, id: &SourceId, now: Moment, swept: &mut Swept) {
        let Some(source) = self.picture.sources.get(id) else {
            return;
        };
        let (live, generation) = (source.line == LineState::Connected, source.generation);
        let queues: Vec<QueueId> = self
            .picture
            .queues
            .keys()
            .filter(|queue| queue.source == *id)
            .cloned()
            .collect();
        for queue in &queues {
            self.sweep_timers(queue, live, now, swept);
            self.sweep_quiet(queue, live, generation, now, swept);
            self.sweep_average(queue, now, swept);
            self.sweep_accounted(queue, generation, now, swept);
        }
    }

    /// Somebody waits or talks, and the timers say nothing.
    fn sweep_timers(&mut self, id: &QueueId, live: bool, now: Moment, swept: &mut Swept) {
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        let hold = feed.cadence.hold();
        let Some(known) = feed.queues.get_mut(id) else {
            return;
        };
        if !live {
            // Nothing can be said while the line is down; the time counts anew after it.
            known.timers = known.timers.map(|_| now.mono);
            return;
        }
        let (Some(timers), Some(queue)) = (known.timers, self.picture.queues.get_mut(id)) else {
            return;
        };
        let silent = now.mono.since(timers) >= hold;
        swept.changed |= silent != queue.silent;
        queue.silent = silent;
        if !silent {
            swept.at(timers.plus(hold));
        }
    }

    /// Nothing said since the bindings were renewed.
    fn sweep_quiet(
        &mut self,
        id: &QueueId,
        live: bool,
        generation: u32,
        now: Moment,
        swept: &mut Swept,
    ) {
        let Some(feed) = self.feeds.get(&id.source) else {
            return;
        };
        let spoke = feed
            .queues
            .get(id)
            .is_some_and(|known| known.generation == generation);
        let (Some(bound), Some(queue)) = (feed.bound, self.picture.queues.get_mut(id)) else {
            return;
        };
        if spoke || !live || queue.quiet_since.is_some() {
            return;
        }
        if now.mono.since(bound) >= QUIET_AFTER {
            queue.quiet_since = Some(moment::plus_millis(now.wall, -now.mono.since(bound)));
            queue.silent = false;
            swept.changed = true;
        } else {
            swept.at(bound.plus(QUIET_AFTER));
        }
    }

    fn sweep_average(&mut self, id: &QueueId, now: Moment, swept: &mut Swept) {
        let Some(queue) = self.picture.queues.get_mut(id) else {
            return;
        };
        let Some(average) = queue.readings.get_mut(Metric::AverageWait) else {
            return;
        };
        if average.value == Said::Unknown {
            return;
        }
        if now.mono.since(average.heard) >= AVERAGE_HOLDS {
            average.value = Said::Unknown;
            swept.changed = true;
        } else {
            swept.at(average.heard.plus(AVERAGE_HOLDS));
        }
    }

    /// No open case of the queue can have been missed: it talks to nobody, or to
    /// as many as we know of, for long enough that this is no coincidence.
    fn sweep_accounted(&mut self, id: &QueueId, generation: u32, now: Moment, swept: &mut Swept) {
        let open = self.cases.talks.open_in(id);
        let talking = self.fresh_count(id, Metric::InConversation, now);
        let quiet = self
            .picture
            .queues
            .get(id)
            .is_some_and(|queue| queue.quiet_since.is_some());
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        let (hold, bound) = (feed.cadence.hold(), feed.bound);
        let known = feed.queues.entry(id.clone()).or_default();
        if known.accounted || generation == 0 {
            return;
        }
        let agrees = talking == Some(open as u64);
        let since = match known.agrees_since.filter(|_| agrees) {
            Some(since) => Some(since),
            None => agrees.then_some(now.mono),
        };
        known.agrees_since = since;
        let long = bound.is_some_and(|bound| now.mono.since(bound) >= FORGOTTEN_AFTER);
        let lasts = since.is_some_and(|since| now.mono.since(since) >= hold);
        known.accounted = talking == Some(0) || quiet || long || lasts;
        if let (false, Some(since)) = (known.accounted, since) {
            swept.at(since.plus(hold));
        }
        swept.changed |= known.accounted;
    }

    /// Who is fully known: all their queues are accounted for.
    fn sweep_agents(&mut self, source: &SourceId) -> bool {
        let Some(feed) = self.feeds.get(source) else {
            return false;
        };
        let accounted = |queue: &QueueId| feed.queues.get(queue).is_some_and(|q| q.accounted);
        let all = !feed.queues.is_empty()
            && self
                .picture
                .queues
                .keys()
                .filter(|queue| queue.source == *source)
                .all(accounted);
        let mut changed = false;
        for agent in self.picture.agents.values_mut() {
            if agent.id.source == *source && !agent.accounted {
                let own = !agent.queues.is_empty() && agent.queues.iter().all(accounted);
                agent.accounted = all || own;
                changed |= agent.accounted;
            }
        }
        changed
    }

    /// Who waits longer than the targets is a miss from that moment on.
    fn sweep_waiting(&mut self, source: &SourceId, now: Moment, swept: &mut Swept) {
        let Some(waiting) = self.cases.waiting.get(source) else {
            return;
        };
        let site = self.picture.site.clone();
        let on_site = site.target("site").answer_within;
        let offset = self
            .feeds
            .get(source)
            .map_or(0, |feed| feed.offset.millis());
        // By the source's own times, which no step of our clock moves.
        let placed = |at: Option<Timestamp>| at.map(|at| moment::plus_millis(at, offset));
        let mut late = Vec::new();
        for (entered, id) in waiting {
            let Some(file) = self.cases.file(id) else {
                continue;
            };
            if file.verdict.late_in_queue && file.verdict.late_on_site {
                continue;
            }
            let life = file.life(source, &site);
            let queue = life.queue().map(|queue| site.target(&queue.to_string()));
            let in_queue = queue.map_or(on_site, |target| target.answer_within);
            let entered =
                placed(life.waiting().and_then(|stay| stay.entered_at)).unwrap_or(*entered);
            let created = placed(life.created_at).unwrap_or(entered);
            let in_queue = moment::millis_between(entered, now.wall) - in_queue;
            let on_site = moment::millis_between(created, now.wall) - on_site;
            if (0 < in_queue) != file.verdict.late_in_queue
                || (0 < on_site) != file.verdict.late_on_site
            {
                late.push((id.clone(), 0 < in_queue, 0 < on_site));
            }
            for over in [in_queue, on_site].into_iter().filter(|over| *over <= 0) {
                swept.at(now.mono.plus(1 - over));
            }
        }
        for (id, in_queue, on_site) in late {
            self.change_case(&id, |file| {
                file.verdict.late_in_queue = in_queue;
                file.verdict.late_on_site = on_site;
                true
            });
            swept.changed = true;
        }
    }

    /// Cases older than a break: over when their queue talks to nobody (or, where
    /// they waited, when nobody waits), or after twelve hours.
    fn sweep_unconfirmed(&mut self, source: &SourceId, now: Moment, swept: &mut Swept) {
        let Some(ids) = self.cases.unconfirmed.get(source) else {
            return;
        };
        if ids.is_empty() {
            return;
        }
        let nobody_waits = self.visitors(source, now) == Some(0);
        let site = self.picture.site.clone();
        let mut over: Vec<CaseId> = Vec::new();
        for id in ids {
            let Some(file) = self.cases.file(id) else {
                continue;
            };
            let life = file.life(source, &site);
            let last = file.last().map_or(now.wall, |step| step.placed);
            let age = moment::millis_between(last, now.wall);
            let ended = match life.talking() {
                Some(leg) => leg
                    .queue
                    .as_ref()
                    .is_some_and(|q| self.fresh_count(q, Metric::InConversation, now) == Some(0)),
                None => nobody_waits,
            };
            if ended || age >= FORGOTTEN_AFTER {
                over.push(id.clone());
            } else {
                swept.at(now.mono.plus(FORGOTTEN_AFTER - age));
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

    /// Who has gone without an event.
    fn sweep_surplus(&mut self, source: &SourceId, now: Moment, swept: &mut Swept) {
        let visitors = self.visitors(source, now);
        let unopened = self
            .cases
            .waiting
            .get(source)
            .map_or(0, std::collections::BTreeSet::len);
        let surplus = visitors.map(|visitors| {
            unopened.saturating_sub(usize::try_from(visitors).unwrap_or(usize::MAX))
        });
        let Some(feed) = self.feeds.get_mut(source) else {
            return;
        };
        let hold = feed.cadence.hold();
        let gone = feed.surplus.observe(surplus, hold, now.mono);
        if let Some(due) = feed.surplus.due(hold) {
            swept.at(due);
        }
        if gone == 0 {
            return;
        }
        for id in self.gone(source, gone, now) {
            self.change_case(&id, |file| {
                file.verdict.abandoned = true;
                true
            });
            swept.changed = true;
        }
    }

    /// Which cases have gone, when so many have: the oldest first, but those last
    /// whose queue is known and still has as many visitors as we know of.
    fn gone(&self, source: &SourceId, gone: usize, now: Moment) -> Vec<CaseId> {
        let waiting = self.cases.waiting.get(source).into_iter().flatten();
        let waiting: Vec<(&CaseId, Option<&QueueId>)> = waiting
            .map(|(_, id)| {
                let case = self.picture.cases.get(id);
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

    /// Visitors in all queues of a source, where every queue says it or is quiet.
    fn visitors(&self, source: &SourceId, now: Moment) -> Option<u64> {
        let mut visitors = 0;
        let mut queues = self
            .picture
            .queues
            .values()
            .filter(|queue| queue.id.source == *source && !queue.hidden)
            .peekable();
        queues.peek()?;
        for queue in queues {
            if queue.quiet_since.is_none() {
                visitors += self.fresh_count(&queue.id, Metric::Waiting, now)?;
            }
        }
        Some(visitors)
    }

    /// A count that can be trusted now.
    fn fresh_count(&self, id: &QueueId, metric: Metric, now: Moment) -> Option<u64> {
        let queue = self.picture.queues.get(id)?;
        let figure = self.picture.queue_figure(queue, metric, now)?;
        match (figure.trust, figure.value) {
            (Trust::Fresh, Some(Value::Count(n))) => Some(n),
            _ => None,
        }
    }
}
