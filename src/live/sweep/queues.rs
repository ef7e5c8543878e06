//! What time alone changes about queues, and so about whom we know fully.

use crate::domain::{Metric, Moment, QueueId, SourceId, moment};
use crate::live::{
    freshness::AVERAGE_WAIT_HOLDS, picture::LineState, proof::Witness, state::State,
};

use super::{FORGOTTEN_AFTER, Swept};

/// A queue that says nothing for this long after the bindings were renewed is quiet.
const QUIET_AFTER: i64 = 60_000;

impl State {
    /// Silent, quiet, expired, accounted for: each queue by itself.
    pub(super) fn sweep_queues(&mut self, id: &SourceId, now: Moment, swept: &mut Swept) {
        let Some(source) = self.picture.sources.get(id) else {
            return;
        };
        let (live, generation) = (source.line == LineState::Connected, source.generation);
        let queues: Vec<QueueId> = self
            .picture
            .queues
            .values()
            .filter(|queue| queue.id.source == *id && queue.gives.is_none())
            .map(|queue| queue.id.clone())
            .collect();
        for queue in &queues {
            self.sweep_timers(queue, live, generation, now, swept);
            self.sweep_quiet(queue, live, generation, now, swept);
            self.sweep_average(queue, now, swept);
            self.sweep_contradiction(queue, now, swept);
            self.sweep_accounted(queue, generation, now, swept);
        }
    }

    /// Somebody waits or talks, and the timers say nothing.
    fn sweep_timers(
        &mut self,
        id: &QueueId,
        live: bool,
        generation: u32,
        now: Moment,
        swept: &mut Swept,
    ) {
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
        if silent != queue.silent {
            swept.changed = true;
            queue.silent = silent;
            queue.note_trail(live, generation, now);
        }
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
            queue.note_trail(live, generation, now);
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
        if average.value.is_none() {
            return;
        }
        if now.mono.since(average.heard) >= AVERAGE_WAIT_HOLDS {
            average.value = None;
            swept.changed = true;
        } else {
            swept.at(average.heard.plus(AVERAGE_WAIT_HOLDS));
        }
    }

    /// No open case of the queue can have been missed: it talks to nobody, or to
    /// as many as we know of, for long enough that this is no coincidence.
    fn sweep_accounted(&mut self, id: &QueueId, generation: u32, now: Moment, swept: &mut Swept) {
        let feed = self.feeds.get(&id.source);
        let known = feed.and_then(|feed| feed.queues.get(id));
        let is_accounted = known.is_some_and(|known| known.accounted);
        if generation == 0 || is_accounted && self.cases.doubted.is_empty(id) {
            return;
        }
        let talking = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.picture.queues.get(id);
        let quiet = queue.is_some_and(|queue| queue.quiet_since.is_some());
        let said = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = said.and_then(|reading| reading.at);
        let witness = talking.zip(at).and_then(|(talking, at)| {
            let agrees = self.cases.talks.open_at(id, at) as u64 == talking;
            agrees.then(|| Witness::new(at, talking))
        });
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        let (hold, bound) = (feed.cadence.hold(), feed.bound);
        let known = feed.queues.entry(id.clone()).or_default();
        known.agrees_since = witness
            .as_ref()
            .map(|_| known.agrees_since.unwrap_or(now.mono));
        let long = bound.is_some_and(|bound| now.mono.since(bound) >= FORGOTTEN_AFTER);
        // What was missed while nothing broke, no length of time makes good.
        let long = long && known.contradicted.is_none();
        if talking == Some(0) || quiet || long {
            if !is_accounted {
                known.accounted = true;
                known.witness = None;
                swept.changed = true;
            }
        } else if let (Some(since), Some(witness)) = (known.agrees_since, witness) {
            if now.mono.since(since) >= hold {
                self.prove(id, witness);
                swept.changed = true;
            } else {
                swept.at(since.plus(hold));
            }
        }
    }

    /// Who is fully known: all their queues are accounted for, and no unconfirmed case
    /// names them.
    pub(in crate::live) fn sweep_agents(&mut self, source: &SourceId) -> bool {
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
        let doubted = &self.cases.doubted;
        let mut changed = false;
        for agent in self.picture.agents.values_mut() {
            if agent.id.source == *source
                && agent.stated.is_none()
                && !agent.accounted
                && doubted.of(&agent.id).is_none()
            {
                let own = !agent.queues.is_empty() && agent.queues.iter().all(accounted);
                agent.accounted = all || own;
                changed |= agent.accounted;
            }
        }
        changed
    }
}
