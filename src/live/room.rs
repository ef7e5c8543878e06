//! How many subjects there may be. A flood of made-up ids harms nothing, and what was not heard
//! of for a day makes room.

use jiff::Timestamp;

use crate::domain::{Class, Id, Mono};

use super::{
    picture::{Agent, Queue},
    state::State,
};

/// Queues, agents, and things with a name, of each so many: far more than any site has.
const MOST: usize = 20_000;
/// What was not heard of for so long may be forgotten, in milliseconds.
const UNHEARD: i64 = 24 * 3_600_000;
/// Where all was heard of lately, one looks again only after this, in milliseconds.
const LOOK_EVERY: i64 = 60_000;

impl State {
    /// Whether a subject is known, or one more of its kind may be.
    pub(super) fn has_room(&mut self, class: Class, id: &Id) -> bool {
        let picture = &self.picture;
        let has_room = match class {
            Class::Queue => picture.queues.len() < MOST || picture.queues.contains_key(id),
            Class::Agent => picture.agents.len() < MOST || picture.agents.contains_key(id),
            class => picture.named.len() < MOST || picture.named.contains_key(&(class, id.clone())),
        };
        has_room || self.make_room(class)
    }

    /// Forgets all of a kind of which nothing was heard for a day.
    fn make_room(&mut self, class: Class) -> bool {
        let now = self.last.map_or(Mono::default(), |last| last.mono);
        if now < self.room_due {
            return false;
        }
        let old = |class: Class, id: &Id| UNHEARD <= now.since(self.heard(class, id));
        let old: Vec<(Class, Id)> = match class {
            Class::Queue => {
                let idle = (self.picture.queues.values()).filter(|queue| self.is_idle(queue));
                let ids = idle.map(|queue| (class, queue.id.clone()));
                ids.filter(|(class, id)| old(*class, id)).collect()
            }
            Class::Agent => {
                let idle = (self.picture.agents.values()).filter(|agent| is_idle(agent));
                let ids = idle.map(|agent| (class, agent.id.clone()));
                ids.filter(|(class, id)| old(*class, id)).collect()
            }
            _ => {
                let all = self.picture.named.keys();
                all.filter(|(class, id)| old(*class, id)).cloned().collect()
            }
        };
        if old.is_empty() {
            self.room_due = now.plus(LOOK_EVERY);
        }
        for known in &old {
            self.forget(known);
        }
        !old.is_empty()
    }

    /// When anything was last heard of a subject.
    fn heard(&self, class: Class, id: &Id) -> Mono {
        let feed = self.feeds.get(&id.source);
        let profile = feed.and_then(|feed| feed.profiles.get(&(class, id.clone())));
        let said = profile.map(|profile| profile.heard).unwrap_or_default();
        let queue = self
            .picture
            .queues
            .get(id)
            .filter(|_| class == Class::Queue);
        let readings = queue.into_iter().flat_map(|queue| queue.readings.values());
        readings.map(|reading| reading.heard).fold(said, Mono::max)
    }

    /// Nobody talks in it, and no configuration names it.
    fn is_idle(&self, queue: &Queue) -> bool {
        let talks = self.cases.talks.open_at(&queue.id, Timestamp::MAX);
        queue.gives.is_none() && queue.members.is_none() && talks == 0
    }

    fn forget(&mut self, known: &(Class, Id)) {
        let (class, id) = known;
        match class {
            Class::Queue => drop(self.picture.queues.remove(id)),
            Class::Agent => drop(self.picture.agents.remove(id)),
            _ => drop(self.picture.named.remove(known)),
        }
        if let Some(feed) = self.feeds.get_mut(&id.source) {
            feed.profiles.remove(known);
            if *class == Class::Queue {
                feed.queues.remove(id);
            }
        }
    }
}

fn is_idle(agent: &Agent) -> bool {
    agent.stated.is_none() && agent.cases == 0
}
