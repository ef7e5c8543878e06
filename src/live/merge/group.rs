//! `[groups]` in the picture: queues whose figures are those of their members.

use crate::domain::{Metric, Moment, Mono, Site};

use crate::live::{
    picture::{Picture, Queue},
    reading::QUEUE_METRICS,
    state::State,
    trail::{STEPS, Step},
};

impl State {
    pub(in crate::live) fn meet_groups(&mut self, site: &Site) {
        let queues = &mut self.picture.queues;
        queues.retain(|_, queue| queue.members.is_none());
        for group in &site.groups {
            self.add_queue(&group.id);
            if let Some(queue) = self.picture.queues.get_mut(&group.id) {
                queue.name = Some(group.name.as_str().into());
                queue.members = Some(group.queues.as_slice().into());
            }
        }
    }
}

impl Picture {
    /// The members of a group that are known; of any other queue itself.
    pub fn members<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Queue> {
        let members = queue.members.as_deref().unwrap_or_default();
        let own = queue.members.is_none().then_some(queue);
        let known = members.iter().filter_map(|id| self.queues.get(id));
        known.chain(own)
    }

    /// What a queue normally says of now.
    pub fn gives(&self, queue: &Queue) -> Vec<Metric> {
        let given = |queue: &Queue| queue.gives.as_deref().unwrap_or(QUEUE_METRICS).to_vec();
        let mut all: Vec<Metric> = self.members(queue).flat_map(given).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// When a queue was last heard of, by a metric or by any.
    pub fn last_heard(&self, queue: &Queue, metric: Option<Metric>) -> Option<Mono> {
        let heard = |queue: &Queue| match metric {
            Some(metric) => queue.readings.get(metric).map(|reading| reading.heard),
            None => queue.readings.values().map(|reading| reading.heard).max(),
        };
        self.members(queue).filter_map(heard).max()
    }

    /// The last four hours of a queue; of a group, where all its members have them.
    pub fn steps(&self, queue: &Queue, now: Moment) -> Vec<Step> {
        let mut members = self.members(queue);
        let Some(first) = members.next() else {
            return Vec::new();
        };
        let mut steps: Vec<Step> = first.trail.steps(now).collect();
        for member in members {
            for (step, more) in steps.iter_mut().zip(member.trail.steps(now)) {
                *step = step.with(&more);
            }
        }
        if self.is_in_part(queue) {
            steps.clear();
        }
        debug_assert!(steps.is_empty() || steps.len() == STEPS);
        steps
    }

    /// How many waited and the longest wait, as of the last whole minute.
    pub fn at_minute(&self, queue: &Queue, now: Moment) -> (Option<u64>, Option<f64>) {
        if self.is_in_part(queue) {
            return (None, None);
        }
        let mut members = self.members(queue).map(|queue| queue.trail.at_minute(now));
        let Some(first) = members.next() else {
            return (None, None);
        };
        members.fold(first, |all, more| {
            let waiting = all.0.zip(more.0).map(|(a, b)| a + b);
            (waiting, all.1.zip(more.1).map(|(a, b)| a.max(b)))
        })
    }

    /// Whether `at_minute` will say something else after this minute.
    pub fn moves(&self, queue: &Queue, now: Moment) -> bool {
        self.members(queue).any(|queue| queue.trail.moves(now))
    }

    /// Whether not all members of a group are known.
    fn is_in_part(&self, queue: &Queue) -> bool {
        let members = queue.members.as_deref().unwrap_or_default();
        members.iter().any(|id| !self.queues.contains_key(id))
    }
}
