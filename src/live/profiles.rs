//! Names and what belongs to them, attribute by attribute.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AgentId, AgentStatus, EntityKind, EntityProfile, Id, Moment, moment};

use super::{
    case_tracking::DayOwner,
    live_state::LiveState,
    snapshot::{AgentSnapshot, NamedEntity},
};

impl LiveState {
    /// A name said by the source.
    pub(super) fn apply_profile(
        &mut self,
        at: Option<Timestamp>,
        profile: &EntityProfile,
        now: Moment,
    ) {
        let feed = self
            .source_states
            .entry(profile.id.source.clone())
            .or_default();
        let at = at.filter(|at| {
            let difference = moment::millis_between(*at, now.wall);
            !feed.clock_offset.is_ahead(difference)
        });
        if let Some(round) = &mut feed.profile_resync {
            round.record_seen(profile.kind, &profile.id, now.monotonic);
        }
        let known = feed
            .profiles
            .entry((profile.kind, profile.id.clone()))
            .or_default();
        known.received_at = now.monotonic;
        let mut newer = profile.clone();
        let kept = [
            retain_newer(&mut newer.name, at, &mut known.newest_times[0]),
            retain_newer(&mut newer.display_name, at, &mut known.newest_times[1]),
            retain_newer(&mut newer.email, at, &mut known.newest_times[2]),
            retain_newer(&mut newer.queues, at, &mut known.newest_times[3]),
            retain_newer(&mut newer.external_ids, at, &mut known.newest_times[4]),
        ];
        self.store_profile(&newer, kept.contains(&true));
        self.set_hidden(profile.kind, &profile.id, false);
    }

    /// A name kept from earlier: older than anything the source says now.
    pub(super) fn apply_stored_profile(&mut self, profile: &EntityProfile) {
        let known = match profile.kind {
            EntityKind::Queue => self.snapshot.queues.contains_key(&profile.id),
            EntityKind::Agent => self.snapshot.agents.contains_key(&profile.id),
            class => self
                .snapshot
                .entities
                .contains_key(&(class, profile.id.clone())),
        };
        if !known
            && self.has_capacity(profile.kind, &profile.id)
            && self.snapshot.sources.contains_key(&profile.id.source)
        {
            self.store_profile(profile, false);
        }
    }

    fn store_profile(&mut self, profile: &EntityProfile, changed: bool) {
        let id = &profile.id;
        let revision = self.snapshot.profile_revision + u64::from(changed);
        match profile.kind {
            EntityKind::Queue => {
                if !self.snapshot.queues.contains_key(id) {
                    self.add_queue(id);
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
            class => {
                let named = self
                    .snapshot
                    .entities
                    .entry((class, id.clone()))
                    .or_insert_with(|| NamedEntity {
                        kind: class,
                        id: id.clone(),
                        name: None,
                        external_ids: Arc::default(),
                        profile_revision: 0,
                    });
                set_if_reported(&mut named.name, profile.name.as_ref());
                set_list_if_reported(&mut named.external_ids, profile.external_ids.as_ref());
                if changed {
                    named.profile_revision = revision;
                }
            }
        }
        self.snapshot.profile_revision = revision;
    }

    /// An agent, made where it is heard of for the first time.
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
                report: None,
            };
            self.snapshot.agents.insert(id.clone(), agent);
            self.refresh_day(&DayOwner::Agent(id.clone()));
        }
        self.snapshot
            .agents
            .get_mut(id)
            .expect("the agent was just found or made")
    }

    /// Ends the rounds that are over: who was not named in them is hidden.
    pub(super) fn finish_resyncs(&mut self, now: Moment) -> bool {
        let mut changed = false;
        let ended: Vec<_> = self
            .source_states
            .iter_mut()
            .filter_map(|(source, feed)| {
                let ended = feed.profile_resync.as_mut()?.drain_finished(now.monotonic);
                Some((source.clone(), ended))
            })
            .collect();
        for (source, classes) in ended {
            for (class, named) in classes {
                let unseen: Vec<Id> = match class {
                    // Who has spoken or has cases is there, named or not.
                    EntityKind::Queue => {
                        let silent = |id: &&Id| !self.has_reported(id);
                        missing_ids(self.snapshot.queues.keys().filter(silent), &source, &named)
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
                    self.set_hidden(class, &id, true);
                    changed = true;
                }
            }
        }
        changed
    }

    /// Whether a queue has said how it is since the last break.
    fn has_reported(&self, id: &Id) -> bool {
        let known = self
            .source_states
            .get(&id.source)
            .and_then(|feed| feed.queues.get(id));
        known.is_some_and(|known| known.generation == self.source_generation(&id.source))
    }

    fn set_hidden(&mut self, class: EntityKind, id: &Id, hidden: bool) {
        match class {
            EntityKind::Queue => {
                if let Some(queue) = self.snapshot.queues.get_mut(id) {
                    queue.hidden = hidden;
                }
            }
            EntityKind::Agent => {
                if let Some(agent) = self.snapshot.agents.get_mut(id) {
                    agent.hidden = hidden;
                }
            }
            _ => {}
        }
    }
}

fn missing_ids<'a>(
    ids: impl Iterator<Item = &'a Id>,
    source: &crate::domain::SourceId,
    named: &std::collections::HashSet<Id>,
) -> Vec<Id> {
    ids.filter(|id| id.source == *source && !named.contains(*id))
        .cloned()
        .collect()
}

/// Drops what is older than what is known; returns whether something is left.
fn retain_newer<T>(
    said: &mut Option<T>,
    at: Option<Timestamp>,
    ordered: &mut Option<Timestamp>,
) -> bool {
    let older = matches!((at, *ordered), (Some(at), Some(ordered)) if at < ordered);
    if older {
        *said = None;
    }
    if said.is_some() {
        *ordered = at.or(*ordered);
    }
    said.is_some()
}

fn set_if_reported(known: &mut Option<Arc<str>>, said: Option<&Arc<str>>) {
    if let Some(said) = said {
        *known = Some(said.clone());
    }
}

fn set_list_if_reported<T>(known: &mut Arc<[T]>, said: Option<&Arc<[T]>>) {
    if let Some(said) = said {
        *known = said.clone();
    }
}
