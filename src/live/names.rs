//! Names and what belongs to them, attribute by attribute.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AgentId, AgentState, Class, Id, Moment, Profile, moment};

use super::{
    ledger::Key,
    picture::{Agent, Named},
    state::State,
};

impl State {
    /// A name said by the source.
    pub(super) fn on_profile(&mut self, at: Option<Timestamp>, profile: &Profile, now: Moment) {
        let feed = self.feeds.entry(profile.id.source.clone()).or_default();
        let at = at.filter(|at| {
            let difference = moment::millis_between(*at, now.wall);
            !feed.offset.is_ahead(difference)
        });
        if let Some(round) = &mut feed.round {
            round.saw(profile.class, &profile.id, now.mono);
        }
        let known = feed
            .profiles
            .entry((profile.class, profile.id.clone()))
            .or_default();
        known.heard = now.mono;
        let mut newer = profile.clone();
        let kept = [
            keep_newer(&mut newer.name, at, &mut known.ordered[0]),
            keep_newer(&mut newer.display_name, at, &mut known.ordered[1]),
            keep_newer(&mut newer.email, at, &mut known.ordered[2]),
            keep_newer(&mut newer.queues, at, &mut known.ordered[3]),
            keep_newer(&mut newer.external_ids, at, &mut known.ordered[4]),
        ];
        self.put_profile(&newer, kept.contains(&true));
        self.hide(profile.class, &profile.id, false);
    }

    /// A name kept from earlier: older than anything the source says now.
    pub(super) fn on_known(&mut self, profile: &Profile) {
        let known = match profile.class {
            Class::Queue => self.picture.queues.contains_key(&profile.id),
            Class::Agent => self.picture.agents.contains_key(&profile.id),
            class => self
                .picture
                .named
                .contains_key(&(class, profile.id.clone())),
        };
        if !known
            && self.has_room(profile.class, &profile.id)
            && self.picture.sources.contains_key(&profile.id.source)
        {
            self.put_profile(profile, false);
        }
    }

    fn put_profile(&mut self, profile: &Profile, changed: bool) {
        let id = &profile.id;
        let revision = self.picture.profiles + u64::from(changed);
        match profile.class {
            Class::Queue => {
                if !self.picture.queues.contains_key(id) {
                    self.add_queue(id);
                }
                if let Some(queue) = self.picture.queues.get_mut(id) {
                    put(&mut queue.name, profile.name.as_ref());
                    put_all(&mut queue.external_ids, profile.external_ids.as_ref());
                    if changed {
                        queue.profile = revision;
                    }
                }
            }
            Class::Agent => {
                let agent = self.agent(id);
                put(&mut agent.name, profile.name.as_ref());
                put(&mut agent.display_name, profile.display_name.as_ref());
                put(&mut agent.email, profile.email.as_ref());
                put_all(&mut agent.queues, profile.queues.as_ref());
                put_all(&mut agent.external_ids, profile.external_ids.as_ref());
                if changed {
                    agent.profile = revision;
                }
            }
            class => {
                let named = self
                    .picture
                    .named
                    .entry((class, id.clone()))
                    .or_insert_with(|| Named {
                        class,
                        id: id.clone(),
                        name: None,
                        external_ids: Arc::default(),
                        profile: 0,
                    });
                put(&mut named.name, profile.name.as_ref());
                put_all(&mut named.external_ids, profile.external_ids.as_ref());
                if changed {
                    named.profile = revision;
                }
            }
        }
        self.picture.profiles = revision;
    }

    /// An agent, made where it is heard of for the first time.
    pub(super) fn agent(&mut self, id: &AgentId) -> &mut Agent {
        if !self.picture.agents.contains_key(id) {
            let agent = Agent {
                id: id.clone(),
                name: None,
                display_name: None,
                email: None,
                external_ids: Arc::default(),
                queues: Arc::default(),
                hidden: false,
                state: AgentState::Unknown,
                since: None,
                cases: 0,
                case_queues: Vec::new(),
                accounted: false,
                generation: self.generation(&id.source),
                today: Arc::clone(&self.blank),
                profile: 0,
                stated: None,
            };
            self.picture.agents.insert(id.clone(), agent);
            self.show_day(&Key::Agent(id.clone()));
        }
        self.picture
            .agents
            .get_mut(id)
            .expect("the agent was just found or made")
    }

    /// Ends the rounds that are over: who was not named in them is hidden.
    pub(super) fn end_rounds(&mut self, now: Moment) -> bool {
        let mut changed = false;
        let ended: Vec<_> = self
            .feeds
            .iter_mut()
            .filter_map(|(source, feed)| {
                let ended = feed.round.as_mut()?.ended(now.mono);
                Some((source.clone(), ended))
            })
            .collect();
        for (source, classes) in ended {
            for (class, named) in classes {
                let unseen: Vec<Id> = match class {
                    // Who has spoken or has cases is there, named or not.
                    Class::Queue => {
                        let silent = |id: &&Id| !self.has_spoken(id);
                        unseen(self.picture.queues.keys().filter(silent), &source, &named)
                    }
                    Class::Agent => {
                        let idle = self
                            .picture
                            .agents
                            .values()
                            .filter(|agent| agent.cases == 0);
                        unseen(idle.map(|agent| &agent.id), &source, &named)
                    }
                    _ => Vec::new(),
                };
                for id in unseen {
                    self.hide(class, &id, true);
                    changed = true;
                }
            }
        }
        changed
    }

    /// Whether a queue has said how it is since the last break.
    fn has_spoken(&self, id: &Id) -> bool {
        let known = self
            .feeds
            .get(&id.source)
            .and_then(|feed| feed.queues.get(id));
        known.is_some_and(|known| known.generation == self.generation(&id.source))
    }

    fn hide(&mut self, class: Class, id: &Id, hidden: bool) {
        match class {
            Class::Queue => {
                if let Some(queue) = self.picture.queues.get_mut(id) {
                    queue.hidden = hidden;
                }
            }
            Class::Agent => {
                if let Some(agent) = self.picture.agents.get_mut(id) {
                    agent.hidden = hidden;
                }
            }
            _ => {}
        }
    }
}

fn unseen<'a>(
    ids: impl Iterator<Item = &'a Id>,
    source: &crate::domain::SourceId,
    named: &std::collections::HashSet<Id>,
) -> Vec<Id> {
    ids.filter(|id| id.source == *source && !named.contains(*id))
        .cloned()
        .collect()
}

/// Drops what is older than what is known; returns whether something is left.
fn keep_newer<T>(
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

fn put(known: &mut Option<Arc<str>>, said: Option<&Arc<str>>) {
    if let Some(said) = said {
        *known = Some(said.clone());
    }
}

fn put_all<T>(known: &mut Arc<[T]>, said: Option<&Arc<[T]>>) {
    if let Some(said) = said {
        *known = said.clone();
    }
}
