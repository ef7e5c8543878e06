//! The state of the call center: who waits, rings and talks, what each agent does, and the
//! day's counters. Has neither randomness nor JSON, and stays consistent.

use std::{
    array,
    collections::{BTreeMap, VecDeque},
};

use jiff::Timestamp;

use super::{
    super::roster::{AGENTS, AgentNo, Channel, QUEUES, QueueNo},
    journal::{FinishedContact, Journal},
};

/// A contact's number, never reused.
pub(crate) type ContactNo = u64;

/// Contacts answered within this many seconds are within the service level.
const SERVICE_LEVEL_SECONDS: f64 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    /// Still in the queue, and offered to an agent who hasn't answered yet.
    Ringing(AgentNo),
    Talking(AgentNo),
}

/// A chat or a call.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) visitor: String,
    pub(crate) queue: QueueNo,
    pub(crate) stage: Stage,
    /// Increases when the contact enters a queue, is answered, or goes on or off hold:
    /// events planned before are void.
    pub(crate) leg: u32,
    /// When it entered this queue.
    pub(crate) entered: Timestamp,
    pub(crate) rang: Timestamp,
    pub(crate) answered: Option<Timestamp>,
    /// The last agent who didn't answer, and when ringing began and ended.
    pub(crate) missed: Option<(AgentNo, Timestamp, Timestamp)>,
    pub(crate) transfers: u32,
}

/// An agent's activity. A chat agent is only logged out or ready: Vngage reports no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    #[default]
    LoggedOut,
    Ready,
    Ringing(ContactNo),
    Talking(ContactNo),
    Holding(ContactNo),
    WrapUp,
    /// An index into [`super::super::roster::PAUSES`].
    Paused(usize),
}

/// Seconds of an agent's day by activity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TimeSpent {
    pub(crate) ready: f64,
    pub(crate) ringing: f64,
    pub(crate) talk: f64,
    pub(crate) hold: f64,
    pub(crate) wrap_up: f64,
    pub(crate) paused: f64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct AgentState {
    pub(crate) activity: Activity,
    pub(crate) since: Timestamp,
    /// Increases with each change of activity: events planned before are void.
    pub(crate) turn: u32,
    /// Contacts that ring or are in conversation.
    pub(crate) contacts: u32,
    pub(crate) handled: u32,
    pub(crate) missed: u32,
    /// The shift is over.
    pub(crate) is_leaving: bool,
    /// Today's times, up to `since`.
    spent: TimeSpent,
    /// The call in wrap-up.
    wrapping: Option<FinishedContact>,
}

/// A queue's counters of today. Times in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct QueueDay {
    pub(crate) offered: u32,
    pub(crate) answered: u32,
    pub(crate) in_time: u32,
    pub(crate) abandoned: u32,
    /// The sum of the answered contacts' waits.
    pub(crate) waited: f64,
    /// Calls whose wrap-up ended, and their times.
    pub(crate) done: u32,
    pub(crate) talked: f64,
    pub(crate) wrapped_up: f64,
}

#[derive(Debug)]
pub(crate) struct CenterState {
    pub(crate) contacts: BTreeMap<ContactNo, Contact>,
    /// Longest waiting first; a ringing contact still waits.
    pub(crate) waiting: [VecDeque<ContactNo>; QUEUES.len()],
    pub(crate) talking: [u32; QUEUES.len()],
    pub(crate) agents: [AgentState; AGENTS.len()],
    pub(crate) days: [QueueDay; QUEUES.len()],
    /// The source of the export, if one is written.
    pub(crate) journal: Option<Journal>,
    /// When the counted day began.
    midnight: Timestamp,
}

impl CenterState {
    pub(crate) fn new(now: Timestamp) -> Self {
        let agent = |_| AgentState {
            since: now,
            ..AgentState::default()
        };
        Self {
            contacts: BTreeMap::new(),
            waiting: Default::default(),
            talking: Default::default(),
            agents: array::from_fn(agent),
            days: Default::default(),
            journal: None,
            midnight: now,
        }
    }

    /// Resets all counters. Contacts that wait now belong to the new day.
    pub(crate) fn begin_day(&mut self, now: Timestamp) {
        self.midnight = now;
        for (day, waiting) in self.days.iter_mut().zip(&self.waiting) {
            *day = QueueDay {
                offered: count(waiting.len()),
                ..QueueDay::default()
            };
        }
        for agent in &mut self.agents {
            (agent.spent, agent.handled, agent.missed) = Default::default();
        }
    }

    /// Puts a contact at the end of its queue. Returns the new leg.
    pub(crate) fn enqueue(&mut self, no: ContactNo, mut contact: Contact, now: Timestamp) -> u32 {
        contact.stage = Stage::Waiting;
        contact.leg += 1;
        contact.entered = now;
        contact.answered = None;
        let leg = contact.leg;
        self.waiting[contact.queue].push_back(no);
        self.days[contact.queue].offered += 1;
        self.contacts.insert(no, contact);
        leg
    }

    /// Offers the queue's first contact that isn't ringing yet to the best free agent.
    pub(crate) fn ring(&mut self, queue: QueueNo, now: Timestamp) -> Option<ContactNo> {
        let is_unoffered = |no: &&ContactNo| self.contacts[*no].stage == Stage::Waiting;
        let no = *self.waiting[queue].iter().find(is_unoffered)?;
        let agent = self.best_free_agent(queue)?;
        let contact = self.contacts.get_mut(&no)?;
        contact.stage = Stage::Ringing(agent);
        contact.rang = now;
        self.agents[agent].contacts += 1;
        self.set_call_activity(agent, Activity::Ringing(no), now);
        Some(no)
    }

    /// Answers a ringing contact. Returns it with its agent.
    pub(crate) fn answer(&mut self, no: ContactNo, now: Timestamp) -> Option<(&Contact, AgentNo)> {
        let contact = self.contacts.get_mut(&no)?;
        let Stage::Ringing(agent) = contact.stage else {
            return None;
        };
        contact.stage = Stage::Talking(agent);
        contact.leg += 1;
        contact.answered = Some(now);
        let (queue, waited) = (contact.queue, seconds(contact.entered, now));
        self.waiting[queue].retain(|waiting| *waiting != no);
        self.talking[queue] += 1;
        let day = &mut self.days[queue];
        day.answered += 1;
        day.in_time += u32::from(waited <= SERVICE_LEVEL_SECONDS);
        day.waited += waited;
        self.agents[agent].handled += 1;
        self.set_call_activity(agent, Activity::Talking(no), now);
        self.contacts.get(&no).map(|contact| (contact, agent))
    }

    /// Leaves a ringing contact unanswered: it stays where it is in the queue. Returns its agent.
    pub(crate) fn miss(&mut self, no: ContactNo, now: Timestamp) -> Option<AgentNo> {
        let contact = self.contacts.get_mut(&no)?;
        let Stage::Ringing(agent) = contact.stage else {
            return None;
        };
        contact.stage = Stage::Waiting;
        contact.missed = Some((agent, contact.rang, now));
        self.agents[agent].contacts -= 1;
        self.agents[agent].missed += 1;
        Some(agent)
    }

    /// Puts a call on hold or resumes it. Returns the new leg.
    pub(crate) fn hold(&mut self, no: ContactNo, activity: Activity, now: Timestamp) -> u32 {
        let contact = self.contacts.get_mut(&no);
        let call = contact.and_then(|contact| {
            contact.leg += 1;
            Some((contact.leg, contact.agent()?))
        });
        call.map_or(0, |(leg, agent)| {
            self.set_activity(agent, activity, now);
            leg
        })
    }

    /// Lets an agent reopen a contact that doesn't wait: one closed as unresolved. Returns
    /// the new leg.
    pub(crate) fn reopen(
        &mut self,
        no: ContactNo,
        mut contact: Contact,
        agent: AgentNo,
        now: Timestamp,
    ) -> u32 {
        contact.stage = Stage::Talking(agent);
        contact.leg += 1;
        contact.answered = Some(now);
        let leg = contact.leg;
        self.agents[agent].contacts += 1;
        self.talking[contact.queue] += 1;
        self.contacts.insert(no, contact);
        leg
    }

    /// Removes a contact that no one has answered.
    pub(crate) fn abandon(&mut self, no: ContactNo, now: Timestamp) {
        let Some(contact) = self.contacts.remove(&no) else {
            return;
        };
        self.waiting[contact.queue].retain(|waiting| *waiting != no);
        self.days[contact.queue].abandoned += 1;
        if let Some(agent) = contact.agent() {
            self.agents[agent].contacts -= 1;
            self.set_call_activity(agent, Activity::Ready, now);
        }
        self.record(FinishedContact::new(contact, now));
    }

    /// Ends a conversation; a phone agent begins the wrap-up. Returns the contact with its agent.
    pub(crate) fn finish(&mut self, no: ContactNo, now: Timestamp) -> Option<(Contact, AgentNo)> {
        let contact = self.contacts.remove(&no)?;
        let agent = contact.agent()?;
        self.talking[contact.queue] -= 1;
        self.agents[agent].contacts -= 1;
        let finished = FinishedContact::new(contact.clone(), now);
        if QUEUES[contact.queue].channel == Channel::Phone {
            self.set_call_activity(agent, Activity::WrapUp, now);
            self.agents[agent].wrapping = Some(finished);
        } else {
            self.record(finished);
        }
        Some((contact, agent))
    }

    /// Ends everything in progress when the day is over.
    pub(crate) fn close(&mut self, now: Timestamp) {
        let contacts: Vec<ContactNo> = self.contacts.keys().copied().collect();
        for no in contacts {
            if self.contacts[&no].answered.is_some() {
                self.finish(no, now);
            } else {
                self.abandon(no, now);
            }
        }
        for agent in 0..AGENTS.len() {
            self.set_activity(agent, Activity::LoggedOut, now);
        }
    }

    pub(crate) fn set_activity(&mut self, agent: AgentNo, activity: Activity, now: Timestamp) {
        let spent = self.time_spent(agent, now);
        let state = &mut self.agents[agent];
        let (previous, since) = (state.activity, state.since);
        let wrapped = state.wrapping.take();
        state.spent = spent;
        state.activity = activity;
        state.since = now;
        state.turn += 1;
        if let Some(finished) = wrapped {
            let answered = finished.contact.answered.unwrap_or(finished.ended);
            let day = &mut self.days[finished.contact.queue];
            day.done += 1;
            day.talked += seconds(answered, finished.ended);
            day.wrapped_up += seconds(since.max(self.midnight), now);
            self.record(FinishedContact {
                wrapped_up: now,
                ..finished
            });
        }
        if let Some(journal) = &mut self.journal {
            journal.record_activity(agent, previous, since, now);
        }
    }

    /// The times of an agent's day up to now.
    pub(crate) fn time_spent(&self, agent: AgentNo, now: Timestamp) -> TimeSpent {
        let agent = &self.agents[agent];
        let more = seconds(agent.since.max(self.midnight), now);
        let mut spent = agent.spent;
        match agent.activity {
            Activity::LoggedOut => {}
            Activity::Ready => spent.ready += more,
            Activity::Ringing(_) => spent.ringing += more,
            Activity::Talking(_) => spent.talk += more,
            Activity::Holding(_) => spent.hold += more,
            Activity::WrapUp => spent.wrap_up += more,
            Activity::Paused(_) => spent.paused += more,
        }
        spent
    }

    /// Counts the agents of a queue whose activity matches.
    pub(crate) fn count_agents(&self, queue: QueueNo, matches: impl Fn(Activity) -> bool) -> u32 {
        let serving = self.agents.iter().zip(&AGENTS);
        let found = serving.filter(|(state, agent)| agent.serves(queue) && matches(state.activity));
        count(found.count())
    }

    pub(crate) fn count_waiting(&self, queue: QueueNo) -> u32 {
        count(self.waiting[queue].len())
    }

    /// Counts the agents of a queue who can take one more contact.
    pub(crate) fn count_free(&self, queue: QueueNo) -> u32 {
        count(self.free_agents(queue).count())
    }

    /// When the longest waiting contact of a queue entered it.
    pub(crate) fn oldest_entry(&self, queue: QueueNo) -> Option<Timestamp> {
        let first = self.waiting[queue].front()?;
        Some(self.contacts[first].entered)
    }

    /// The best free agent: one with the fewest contacts, then one whose main queue it is,
    /// then the longest idle.
    pub(crate) fn best_free_agent(&self, queue: QueueNo) -> Option<AgentNo> {
        self.free_agents(queue).min_by_key(|agent| {
            let state = &self.agents[*agent];
            let is_main = AGENTS[*agent].queues[0] == queue;
            (state.contacts, !is_main, state.since)
        })
    }

    fn free_agents(&self, queue: QueueNo) -> impl Iterator<Item = AgentNo> {
        (0..AGENTS.len()).filter(move |agent| {
            let (state, agent) = (&self.agents[*agent], &AGENTS[*agent]);
            let is_free =
                state.activity == Activity::Ready && state.contacts < agent.channel().slots();
            is_free && !state.is_leaving && agent.serves(queue)
        })
    }

    fn set_call_activity(&mut self, agent: AgentNo, activity: Activity, now: Timestamp) {
        if AGENTS[agent].channel() == Channel::Phone {
            self.set_activity(agent, activity, now);
        }
    }

    fn record(&mut self, finished: FinishedContact) {
        if let Some(journal) = &mut self.journal {
            journal.contacts.push(finished);
        }
    }
}

impl Contact {
    pub(crate) fn agent(&self) -> Option<AgentNo> {
        match self.stage {
            Stage::Waiting => None,
            Stage::Ringing(agent) | Stage::Talking(agent) => Some(agent),
        }
    }
}

impl Activity {
    /// Whether the agent is in conversation, perhaps on hold.
    pub fn is_on_a_call(self) -> bool {
        matches!(self, Self::Talking(_) | Self::Holding(_))
    }

    pub(crate) fn is_paused(self) -> bool {
        matches!(self, Self::Paused(_))
    }
}

impl TimeSpent {
    /// Time on calls and in wrap-up.
    pub(crate) fn busy(&self) -> f64 {
        self.talk + self.hold + self.wrap_up
    }

    pub(crate) fn logged_in(&self) -> f64 {
        self.ready + self.ringing + self.busy() + self.paused
    }
}

impl QueueDay {
    /// The percentage of answered and abandoned contacts that were answered within the answer target.
    pub(crate) fn service_level(&self) -> Option<f64> {
        mean(
            100.0 * f64::from(self.in_time),
            self.answered + self.abandoned,
        )
    }

    pub(crate) fn abandoned_ratio(&self) -> Option<f64> {
        let abandoned = f64::from(self.abandoned);
        mean(abandoned, self.answered + self.abandoned)
    }
}

pub(crate) fn mean(sum: f64, count: u32) -> Option<f64> {
    (0 < count).then(|| sum / f64::from(count))
}

/// The seconds between two times; 0 if they are reversed.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
