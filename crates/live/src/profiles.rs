//! Profiles: names and the attributes that belong to them, each applied separately.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{AgentId, AgentStatus, EntityKind, EntityProfile, Id, Moment, moment};

use super::{
    case_tracking::DayOwner,
    live_state::LiveState,
    snapshot::{AgentSnapshot, NamedEntity, Snapshot},
};

impl LiveState {
    /// Applies a name that the source reported.
    pub(super) fn apply_profile(
        &mut self,
        at: Option<Timestamp>,
        profile: &EntityProfile,
        now: Moment,
    ) {
        let source_state = self
            .source_states
            .entry(profile.id.source.clone())
            .or_default();
        let at = at.filter(|at| {
            let difference = moment::millis_between(*at, now.wall);
            !source_state.clock_offset.is_ahead(difference)
        });
        if let Some(resync) = &mut source_state.profile_resync {
            resync.record_seen(profile.kind, &profile.id, now.monotonic);
        }
        let state = source_state
            .profiles
            .entry((profile.kind, profile.id.clone()))
            .or_default();
        state.received_at = now.monotonic;
        let mut newer = profile.clone();
        let stored = [
            retain_newer(&mut newer.name, at, &mut state.newest_times[0]),
            retain_newer(&mut newer.display_name, at, &mut state.newest_times[1]),
            retain_newer(&mut newer.email, at, &mut state.newest_times[2]),
            retain_newer(&mut newer.queues, at, &mut state.newest_times[3]),
            retain_newer(&mut newer.external_ids, at, &mut state.newest_times[4]),
        ];
        self.store_profile(&newer, stored.contains(&true), Some(now.wall));
        self.set_hidden(profile.kind, &profile.id, false);
    }

    /// Applies a stored name. It is older than anything that the source reports now.
    pub(super) fn apply_stored_profile(&mut self, profile: &EntityProfile) {
        let is_known = match profile.kind {
            EntityKind::Queue => self.snapshot.queues.contains_key(&profile.id),
            EntityKind::Agent => self.snapshot.agents.contains_key(&profile.id),
            kind => self
                .snapshot
                .entities
                .contains_key(&(kind, profile.id.clone())),
        };
        // A system that names its queues and agents itself also says which there still are.
        if !is_known
            && !self.is_pushed(&profile.id.source)
            && self.has_capacity(profile.kind, &profile.id)
            && self.snapshot.sources.contains_key(&profile.id.source)
        {
            self.store_profile(profile, false, None);
        }
    }

    /// `reported_at` is `None` for a stored one: the time of its first report isn't stored.
    fn store_profile(
        &mut self,
        profile: &EntityProfile,
        changed: bool,
        reported_at: Option<Timestamp>,
    ) {
        let id = &profile.id;
        let revision = self.snapshot.profile_revision + u64::from(changed);
        match profile.kind {
            EntityKind::Queue => {
                if !self.snapshot.queues.contains_key(id) {
                    self.add_queue(id, reported_at);
                }
                if let Some(queue) = self.snapshot.queues.get_mut(id) {
                    set_if_reported(&mut queue.name, profile.name.as_ref());
                    set_list_if_reported(&mut queue.external_ids, profile.external_ids.as_ref());
                    if changed {
                        queue.profile_revision = revision;
                    }
                }
            }
            EntityKind::Agent => {
                let agent = self.agent_mut(id);
                set_if_reported(&mut agent.name, profile.name.as_ref());
                set_if_reported(&mut agent.display_name, profile.display_name.as_ref());
                set_if_reported(&mut agent.email, profile.email.as_ref());
                set_list_if_reported(&mut agent.queues, profile.queues.as_ref());
                set_list_if_reported(&mut agent.external_ids, profile.external_ids.as_ref());
                if changed {
                    agent.profile_revision = revision;
                }
            }
            kind => {
                let entity = self
                    .snapshot
                    .entities
                    .entry((kind, id.clone()))
                    .or_insert_with(|| NamedEntity {
                        kind,
                        id: id.clone(),
                        name: None,
                        external_ids: Arc::default(),
                        profile_revision: 0,
                    });
                set_if_reported(&mut entity.name, profile.name.as_ref());
                set_list_if_reported(&mut entity.external_ids, profile.external_ids.as_ref());
                if changed {
                    entity.profile_revision = revision;
                }
            }
        }
        self.snapshot.profile_revision = revision;
    }

    /// Returns an agent and adds it if it is new.
    pub(super) fn agent_mut(&mut self, id: &AgentId) -> &mut AgentSnapshot {
        if !self.snapshot.agents.contains_key(id) {
            let agent = AgentSnapshot {
                id: id.clone(),
                name: None,
                display_name: None,
                email: None,
                external_ids: Arc::default(),
                queues: Arc::default(),
                hidden: false,
                status: AgentStatus::Unknown,
                since: None,
                cases: 0,
                case_queues: Vec::new(),
                is_reconciled: false,
                generation: self.source_generation(&id.source),
                today: Arc::clone(&self.empty_day),
                profile_revision: 0,
                report: self.is_pushed(&id.source).then(Box::default),
            };
            self.snapshot.agents.insert(id.clone(), agent);
            self.refresh_day(&DayOwner::Agent(id.clone()));
        }
        self.snapshot
            .agents
            .get_mut(id)
            .expect("the agent was found or inserted above")
    }

    /// Finishes the resyncs that are due, and hides the subjects that they did not name.
    pub(super) fn finish_resyncs(&mut self, now: Moment) -> bool {
        let mut changed = false;
        let finished: Vec<_> = self
            .source_states
            .iter_mut()
            .filter_map(|(source, source_state)| {
                let finished = source_state
                    .profile_resync
                    .as_mut()?
                    .drain_finished(now.monotonic);
                Some((source.clone(), finished))
            })
            .collect();
        for (source, kinds) in finished {
            for (kind, named) in kinds {
                let unseen: Vec<Id> = match kind {
                    // A queue with reports or an agent with cases exists, named or not.
                    EntityKind::Queue => {
                        let is_unreported = |id: &&Id| !self.has_reported(id);
                        missing_ids(
                            self.snapshot.queues.keys().filter(is_unreported),
                            &source,
                            &named,
                        )
                    }
                    EntityKind::Agent => {
                        let idle = self
                            .snapshot
                            .agents
                            .values()
                            .filter(|agent| agent.cases == 0);
                        missing_ids(idle.map(|agent| &agent.id), &source, &named)
                    }
                    _ => Vec::new(),
                };
                for id in unseen {
                    self.set_hidden(kind, &id, true);
                    changed = true;
                }
            }
        }
        changed
    }

    /// Whether a queue has reported since the last discontinuity.
    fn has_reported(&self, id: &Id) -> bool {
        let queue_state = self
            .source_states
            .get(&id.source)
            .and_then(|source_state| source_state.queues.get(id));
        queue_state
            .is_some_and(|queue_state| queue_state.generation == self.source_generation(&id.source))
    }

    /// Hides or shows a subject. Boards choose theirs again.
    pub(super) fn set_hidden(&mut self, kind: EntityKind, id: &Id, hidden: bool) {
        let Snapshot { queues, agents, .. } = &mut self.snapshot;
        match kind {
            EntityKind::Queue if queues.get(id).is_some_and(|queue| queue.hidden != hidden) => {
                if let Some(queue) = queues.get_mut(id) {
                    queue.hidden = hidden;
                }
                queues.mark_all();
            }
            EntityKind::Agent if agents.get(id).is_some_and(|agent| agent.hidden != hidden) => {
                if let Some(agent) = agents.get_mut(id) {
                    agent.hidden = hidden;
                }
                agents.mark_all();
            }
            _ => {}
        }
    }
}

fn missing_ids<'a>(
    ids: impl Iterator<Item = &'a Id>,
    source: &wallboard_domain::SourceId,
    named: &std::collections::HashSet<Id>,
) -> Vec<Id> {
    ids.filter(|id| id.source == *source && !named.contains(*id))
        .cloned()
        .collect()
}

/// Drops a value that is older than the known one. Returns whether a value is left.
fn retain_newer<T>(
    reported: &mut Option<T>,
    at: Option<Timestamp>,
    ordered: &mut Option<Timestamp>,
) -> bool {
    let is_older = matches!((at, *ordered), (Some(at), Some(ordered)) if at < ordered);
    if is_older {
        *reported = None;
    }
    if reported.is_some() {
        *ordered = at.or(*ordered);
    }
    reported.is_some()
}

fn set_if_reported(stored: &mut Option<Arc<str>>, reported: Option<&Arc<str>>) {
    if let Some(reported) = reported {
        *stored = Some(reported.clone());
    }
}

fn set_list_if_reported<T>(stored: &mut Arc<[T]>, reported: Option<&Arc<[T]>>) {
    if let Some(reported) = reported {
        *stored = reported.clone();
    }
}
