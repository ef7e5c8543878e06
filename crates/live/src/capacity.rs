//! The limits of subjects. A flood of invented ids does no harm, and subjects without a report
//! for a day make room.

use jiff::Timestamp;

use wallboard_domain::{EntityKind, Id, Moment, MonotonicTime, SourceId};

use super::{
    live_state::LiveState,
    snapshot::{AgentSnapshot, QueueSnapshot},
};

/// The most queues, agents and named entities, each: far more than any site has.
const MAX_SUBJECTS: usize = 20_000;
/// Subjects without a report for this long may be evicted, in milliseconds.
const IDLE_LIFETIME: i64 = 24 * 3_600_000;
/// If nothing could be evicted, the next attempt waits this long, in milliseconds.
const RETRY_INTERVAL: i64 = 60_000;

impl LiveState {
    /// Whether a subject is known, or there is room for one more of its kind.
    pub(super) fn has_capacity(&mut self, kind: EntityKind, id: &Id) -> bool {
        let snapshot = &self.snapshot;
        let has_room = match kind {
            EntityKind::Queue => {
                snapshot.queues.len() < MAX_SUBJECTS || snapshot.queues.contains_key(id)
            }
            EntityKind::Agent => {
                snapshot.agents.len() < MAX_SUBJECTS || snapshot.agents.contains_key(id)
            }
            kind => {
                snapshot.entities.len() < MAX_SUBJECTS
                    || snapshot.entities.contains_key(&(kind, id.clone()))
            }
        };
        has_room || self.evict_idle(kind)
    }

    /// Removes all subjects of a kind that had no report for a day.
    fn evict_idle(&mut self, kind: EntityKind) -> bool {
        let now = self
            .last_input_at
            .map_or(MonotonicTime::default(), |last| last.monotonic);
        if now < self.eviction_due {
            return false;
        }
        let is_old = |kind: EntityKind, id: &Id| {
            IDLE_LIFETIME <= now.millis_since(self.last_received(kind, id))
        };
        let idle_subjects: Vec<(EntityKind, Id)> = match kind {
            EntityKind::Queue => {
                let idle =
                    (self.snapshot.queues.values()).filter(|queue| self.is_idle_queue(queue));
                let ids = idle.map(|queue| (kind, queue.id.clone()));
                ids.filter(|(kind, id)| is_old(*kind, id)).collect()
            }
            EntityKind::Agent => {
                let idle = (self.snapshot.agents.values()).filter(|agent| is_idle_agent(agent));
                let ids = idle.map(|agent| (kind, agent.id.clone()));
                ids.filter(|(kind, id)| is_old(*kind, id)).collect()
            }
            _ => {
                let all = self.snapshot.entities.keys();
                all.filter(|(kind, id)| is_old(*kind, id))
                    .cloned()
                    .collect()
            }
        };
        if idle_subjects.is_empty() {
            self.eviction_due = now.plus_millis(RETRY_INTERVAL);
        }
        for subject in &idle_subjects {
            self.remove_subject(subject);
        }
        !idle_subjects.is_empty()
    }

    /// Removes those queues and agents of a source that it hasn't sent for a day. Returns whether there were any.
    pub(super) fn remove_unsent(&mut self, source: &SourceId, now: Moment) -> bool {
        let snapshot = &self.snapshot;
        let queues = (snapshot.queues.keys()).map(|id| (EntityKind::Queue, id));
        let agents = (snapshot.agents.keys()).map(|id| (EntityKind::Agent, id));
        let unsent: Vec<(EntityKind, Id)> = queues
            .chain(agents)
            .filter(|(kind, id)| {
                let age = now.monotonic.millis_since(self.last_received(*kind, id));
                id.source == *source && IDLE_LIFETIME <= age
            })
            .map(|(kind, id)| (kind, id.clone()))
            .collect();
        for subject in &unsent {
            self.remove_subject(subject);
        }
        !unsent.is_empty()
    }

    /// When anything was last received about a subject.
    fn last_received(&self, kind: EntityKind, id: &Id) -> MonotonicTime {
        let source_state = self.source_states.get(&id.source);
        let profile =
            source_state.and_then(|source_state| source_state.profiles.get(&(kind, id.clone())));
        let profile_received_at = profile
            .map(|profile| profile.received_at)
            .unwrap_or_default();
        let queue = self
            .snapshot
            .queues
            .get(id)
            .filter(|_| kind == EntityKind::Queue);
        let readings = queue.into_iter().flat_map(|queue| queue.readings.values());
        let agent = self
            .snapshot
            .agents
            .get(id)
            .filter(|_| kind == EntityKind::Agent);
        let report = agent.and_then(|agent| agent.report.as_deref());
        let status = report.and_then(|report| report.last_status);
        let readings = readings.chain(
            report
                .into_iter()
                .flat_map(|report| report.readings.values()),
        );
        readings
            .map(|reading| reading.received_at)
            .chain(status.map(|status| status.received_at))
            .fold(profile_received_at, MonotonicTime::max)
    }

    /// Whether the queue has no conversations and no configuration names it.
    fn is_idle_queue(&self, queue: &QueueSnapshot) -> bool {
        let open_conversations = self
            .cases
            .conversations
            .count_open_at(&queue.id, Timestamp::MAX);
        queue.provided_metrics.is_none() && queue.members.is_none() && open_conversations == 0
    }

    fn remove_subject(&mut self, subject: &(EntityKind, Id)) {
        let (kind, id) = subject;
        match kind {
            EntityKind::Queue => drop(self.snapshot.queues.remove(id)),
            EntityKind::Agent => drop(self.snapshot.agents.remove(id)),
            _ => drop(self.snapshot.entities.remove(subject)),
        }
        if let Some(source_state) = self.source_states.get_mut(&id.source) {
            source_state.profiles.remove(subject);
            if *kind == EntityKind::Queue {
                source_state.queues.remove(id);
            }
        }
    }
}

fn is_idle_agent(agent: &AgentSnapshot) -> bool {
    agent.report.is_none() && agent.cases == 0
}
