//! How many subjects there may be. A flood of made-up ids harms nothing, and what was not heard
//! of for a day makes room.

use jiff::Timestamp;

use crate::domain::{EntityKind, Id, MonotonicTime};

use super::{
    live_state::LiveState,
    snapshot::{AgentSnapshot, QueueSnapshot},
};

/// Queues, agents, and things with a name, of each so many: far more than any site has.
const MAX_SUBJECTS: usize = 20_000;
/// What was not heard of for so long may be forgotten, in milliseconds.
const IDLE_LIFETIME: i64 = 24 * 3_600_000;
/// Where all was heard of lately, one looks again only after this, in milliseconds.
const RETRY_INTERVAL: i64 = 60_000;

impl LiveState {
    /// Whether a subject is known, or one more of its kind may be.
    pub(super) fn has_capacity(&mut self, class: EntityKind, id: &Id) -> bool {
        let picture = &self.snapshot;
        let has_room = match class {
            EntityKind::Queue => {
                picture.queues.len() < MAX_SUBJECTS || picture.queues.contains_key(id)
            }
            EntityKind::Agent => {
                picture.agents.len() < MAX_SUBJECTS || picture.agents.contains_key(id)
            }
            class => {
                picture.entities.len() < MAX_SUBJECTS
                    || picture.entities.contains_key(&(class, id.clone()))
            }
        };
        has_room || self.evict_idle(class)
    }

    /// Forgets all of a kind of which nothing was heard for a day.
    fn evict_idle(&mut self, class: EntityKind) -> bool {
        let now = self
            .last_input_at
            .map_or(MonotonicTime::default(), |last| last.monotonic);
        if now < self.eviction_due {
            return false;
        }
        let old = |class: EntityKind, id: &Id| {
            IDLE_LIFETIME <= now.millis_since(self.last_received(class, id))
        };
        let old: Vec<(EntityKind, Id)> = match class {
            EntityKind::Queue => {
                let idle =
                    (self.snapshot.queues.values()).filter(|queue| self.is_idle_queue(queue));
                let ids = idle.map(|queue| (class, queue.id.clone()));
                ids.filter(|(class, id)| old(*class, id)).collect()
            }
            EntityKind::Agent => {
                let idle = (self.snapshot.agents.values()).filter(|agent| is_idle_agent(agent));
                let ids = idle.map(|agent| (class, agent.id.clone()));
                ids.filter(|(class, id)| old(*class, id)).collect()
            }
            _ => {
                let all = self.snapshot.entities.keys();
                all.filter(|(class, id)| old(*class, id)).cloned().collect()
            }
        };
        if old.is_empty() {
            self.eviction_due = now.plus_millis(RETRY_INTERVAL);
        }
        for known in &old {
            self.remove_subject(known);
        }
        !old.is_empty()
    }

    /// When anything was last heard of a subject.
    fn last_received(&self, class: EntityKind, id: &Id) -> MonotonicTime {
        let feed = self.source_states.get(&id.source);
        let profile = feed.and_then(|feed| feed.profiles.get(&(class, id.clone())));
        let said = profile
            .map(|profile| profile.received_at)
            .unwrap_or_default();
        let queue = self
            .snapshot
            .queues
            .get(id)
            .filter(|_| class == EntityKind::Queue);
        let readings = queue.into_iter().flat_map(|queue| queue.readings.values());
        readings
            .map(|reading| reading.received_at)
            .fold(said, MonotonicTime::max)
    }

    /// Nobody talks in it, and no configuration names it.
    fn is_idle_queue(&self, queue: &QueueSnapshot) -> bool {
        let talks = self
            .cases
            .conversations
            .count_open_at(&queue.id, Timestamp::MAX);
        queue.provided_metrics.is_none() && queue.members.is_none() && talks == 0
    }

    fn remove_subject(&mut self, known: &(EntityKind, Id)) {
        let (class, id) = known;
        match class {
            EntityKind::Queue => drop(self.snapshot.queues.remove(id)),
            EntityKind::Agent => drop(self.snapshot.agents.remove(id)),
            _ => drop(self.snapshot.entities.remove(known)),
        }
        if let Some(feed) = self.source_states.get_mut(&id.source) {
            feed.profiles.remove(known);
            if *class == EntityKind::Queue {
                feed.queues.remove(id);
            }
        }
    }
}

fn is_idle_agent(agent: &AgentSnapshot) -> bool {
    agent.report.is_none() && agent.cases == 0
}
