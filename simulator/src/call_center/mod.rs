//! The call center: a pure engine. Its only inputs are the seed, the start and the elapsed
//! time; the same inputs give the same day.

mod journal;
mod staffing;
mod state;

use std::{collections::VecDeque, ops::Range};

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, tz::TimeZone};

use super::{
    Settings,
    chat::{self, Publisher},
    demand::{DayDemand, Demand},
    event_queue::EventQueue,
    rng::SeededRng,
    roster::{AgentNo, Channel, OPPORTUNITIES, QUEUES, QueueNo, TOPICS},
};

pub(crate) use journal::{FinishedContact, Journal};
pub(crate) use staffing::planned_shift;
pub use state::Activity;
pub(crate) use state::{CenterState, Contact, ContactNo, Stage, TimeSpent, count, mean, seconds};

/// The surge begins this long before the start, in seconds, so that it soon shows.
const SURGE_BEFORE: f64 = 90.0;
/// An outage makes three digits of callers wait this long after the start, in seconds: 13 minutes after a
/// demo that begins with its last hour.
const OUTAGE_AFTER: f64 = 75.0 * 60.0;
/// The rate of contacts depends on how many wait, so that arrivals are drawn again after this many
/// seconds.
const REDRAW: f64 = 30.0;
/// How long a forgotten wrap-up lasts, in seconds.
const FORGOTTEN_WRAP_UP: Range<f64> = 480.0..900.0;
/// The most chats closed as unresolved that may still be reopened.
const UNRESOLVED: usize = 40;

/// A planned event. Events of a contact are void in another `leg`, those of an agent in
/// another `turn`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Open(Channel),
    Start,
    Arrival(QueueNo),
    /// Draws the next arrival again, because demand may have changed.
    Redraw(QueueNo),
    Contact {
        no: ContactNo,
        leg: u32,
        step: Step,
    },
    Ready {
        agent: AgentNo,
        turn: u32,
    },
    Pause,
    Shift(Channel),
    Mood(Channel),
    Midnight,
    Surge,
    Outage,
    Reopen,
    Load(QueueNo),
    Timers(QueueNo),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    GiveUp,
    Answer,
    Miss,
    Hold,
    Resume,
    Finish,
}

/// The call center at one instant.
#[derive(Debug)]
pub struct CallCenter {
    pub(crate) state: CenterState,
    pub(crate) now: Timestamp,
    pub(crate) demand: Demand,
    rng: SeededRng,
    pub(crate) events: EventQueue,
    /// Simulated seconds per second from the start on.
    speed: f64,
    zone: TimeZone,
    customer_zone: TimeZone,
    start: Timestamp,
    pub(crate) unresolved: VecDeque<(ContactNo, Contact)>,
    contacts: ContactNo,
    /// The agent who forgets to end the wrap-up, in that turn.
    forgetful: Option<(AgentNo, u32)>,
    pub(crate) publisher: Publisher,
}

/// When a center that starts then has been open at the latest.
pub(crate) fn warm_up_start(start: Timestamp) -> Timestamp {
    start - SignedDuration::from_mins(45)
}

impl CallCenter {
    /// Creates a call center in the middle of its day: open to calls since midnight, so
    /// that its totals have been counted, and to chats for three quarters of an hour.
    pub fn new(settings: &Settings, start: Timestamp, channels: &[Channel]) -> Self {
        let warm_up = warm_up_start(start);
        let today = start.to_zoned(settings.zone.clone()).start_of_day();
        let midnight = today.map_or(start, |today| today.timestamp());
        let opens = |channel: &Channel| match channel {
            Channel::Chat => warm_up,
            Channel::Phone => warm_up.min(midnight),
        };
        let first = channels.iter().map(opens).min().unwrap_or(warm_up);
        let mut center = Self::closed(settings, start, first);
        for channel in channels {
            center.schedule(opens(channel), Event::Open(*channel));
        }
        center.plan_midnight();
        if channels.contains(&Channel::Chat) {
            center.schedule(start, Event::Start);
            let surge = start - SignedDuration::from_secs_f64(SURGE_BEFORE);
            center.schedule(surge, Event::Surge);
        }
        if channels.contains(&Channel::Phone) {
            let outage = SignedDuration::try_from_secs_f64(OUTAGE_AFTER / settings.speed);
            let outage = outage.unwrap_or(SignedDuration::MAX);
            let at = start.saturating_add(outage).unwrap_or(Timestamp::MAX);
            center.schedule(at, Event::Outage);
        }
        center.advance(start);
        center
    }

    /// Plays a whole day of a channel, closed at its end.
    pub(crate) fn play_day(
        settings: &Settings,
        channel: Channel,
        start: Timestamp,
        end: Timestamp,
        demand: DayDemand,
    ) -> Self {
        let mut center = Self::closed(settings, start, start);
        center.demand.day = demand;
        center.state.journal = Some(Journal::default());
        center.schedule(start, Event::Open(channel));
        center.advance(end - SignedDuration::from_secs(1));
        center.state.close(end);
        center
    }

    fn closed(settings: &Settings, start: Timestamp, now: Timestamp) -> Self {
        Self {
            state: CenterState::new(now),
            now,
            demand: Demand::default(),
            rng: SeededRng::new(settings.seed),
            events: EventQueue::default(),
            speed: settings.speed,
            zone: settings.zone.clone(),
            customer_zone: settings.customer_zone().clone(),
            start,
            unresolved: VecDeque::new(),
            contacts: 0,
            forgetful: None,
            publisher: Publisher::default(),
        }
    }

    pub fn advance(&mut self, to: Timestamp) {
        while let Some((at, event)) = self.events.pop_until(to) {
            self.now = at;
            self.on_event(event);
            self.offer_contacts();
            self.plan_loads();
        }
        self.now = self.now.max(to);
    }

    /// The time of the next event; perhaps nothing is published then.
    pub fn next_at(&self) -> Timestamp {
        self.events.next_at().unwrap_or(Timestamp::MAX)
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Open(channel) => self.open(channel),
            // From now on, chat queues are published; before, only chats were.
            Event::Start => self.publish_configuration(),
            Event::Arrival(queue) => self.on_arrival(queue),
            Event::Redraw(queue) => self.plan_arrival(queue),
            Event::Contact { no, leg, step } => {
                let contact = self.state.contacts.get(&no);
                if contact.is_some_and(|contact| contact.leg == leg) {
                    self.on_step(no, step);
                }
            }
            Event::Ready { agent, turn } => {
                if self.state.agents[agent].turn == turn {
                    self.state.set_activity(agent, Activity::Ready, self.now);
                }
            }
            Event::Pause => self.on_pause(),
            Event::Shift(channel) => self.on_shift(channel),
            Event::Mood(channel) => {
                let lasts = self.demand.change_mood(channel, &mut self.rng);
                self.plan(lasts, Event::Mood(channel));
            }
            Event::Midnight => {
                self.state.begin_day(self.now);
                self.plan_midnight();
            }
            Event::Surge => {
                let lasts = self.demand.toggle_surge(&mut self.rng);
                self.plan(lasts, Event::Surge);
            }
            Event::Outage => {
                let lasts = self.demand.toggle_outage();
                self.plan(lasts, Event::Outage);
            }
            Event::Reopen => self.on_reopen(),
            Event::Load(queue) => self.publish_load(queue),
            Event::Timers(queue) => self.publish_timers(queue),
        }
    }

    fn on_step(&mut self, no: ContactNo, step: Step) {
        match step {
            Step::GiveUp => self.state.abandon(no, self.now),
            Step::Answer => self.on_answer(no),
            Step::Miss => self.on_miss(no),
            Step::Hold => {
                let leg = self.state.hold(no, Activity::Holding(no), self.now);
                let held = self.rng.between(12.0..70.0);
                self.plan_step(held, no, leg, Step::Resume);
            }
            Step::Resume => {
                let leg = self.state.hold(no, Activity::Talking(no), self.now);
                let queue = self.state.contacts[&no].queue;
                let talk = 5.0 + self.rng.work(QUEUES[queue].talk * 0.5);
                self.plan_step(talk, no, leg, Step::Finish);
            }
            Step::Finish => self.on_finish(no),
        }
    }

    fn open(&mut self, channel: Channel) {
        self.staff(channel);
        self.on_event(Event::Mood(channel));
        for queue in channel.queues() {
            self.plan_arrival(queue);
        }
        self.plan(15.0, Event::Shift(channel));
        match channel {
            Channel::Phone => self.plan(0.0, Event::Pause),
            Channel::Chat => self.plan(300.0, Event::Reopen),
        }
    }

    fn on_arrival(&mut self, queue: QueueNo) {
        self.contacts += 1;
        let contact = Contact {
            id: self.rng.guid(),
            visitor: self.rng.guid(),
            queue,
            stage: Stage::Waiting,
            leg: 0,
            entered: self.now,
            rang: self.now,
            answered: None,
            missed: None,
            transfers: 0,
        };
        if QUEUES[queue].channel == Channel::Chat {
            self.publish_created(&contact);
        }
        self.enqueue(self.contacts, contact);
        self.plan_arrival(queue);
    }

    fn publish_created(&mut self, contact: &Contact) {
        if self.state.journal.is_some() {
            return;
        }
        let topics: Vec<usize> = (0..TOPICS.len())
            .filter(|topic| TOPICS[*topic].0 == contact.queue)
            .collect();
        let topic = self.rng.pick(&topics);
        let opportunity = self.rng.pick(&OPPORTUNITIES);
        self.publish(chat::created(self.now, contact, topic, opportunity));
        if self.rng.chance(0.6) {
            let profile = chat::profile(&mut self.rng);
            self.publish(chat::visitor_profile(self.now, contact, &profile));
        }
    }

    fn enqueue(&mut self, no: ContactNo, contact: Contact) {
        let patience = QUEUES[contact.queue].channel.patience(&mut self.rng);
        let leg = self.state.enqueue(no, contact, self.now);
        self.plan_step(patience, no, leg, Step::GiveUp);
    }

    /// Offers waiting contacts to free agents, the longest waiting queue first.
    fn offer_contacts(&mut self) {
        let mut queues: Vec<QueueNo> = (0..QUEUES.len())
            .filter(|queue| !self.state.waiting[*queue].is_empty())
            .collect();
        queues.sort_by_key(|queue| self.state.oldest_entry(*queue));
        for queue in queues {
            while let Some(no) = self.state.ring(queue, self.now) {
                let (channel, leg) = (QUEUES[queue].channel, self.state.contacts[&no].leg);
                if channel == Channel::Phone && self.rng.chance(0.03) {
                    self.plan_step(14.0, no, leg, Step::Miss);
                } else {
                    let rings = channel.ring_time(&mut self.rng);
                    self.plan_step(rings, no, leg, Step::Answer);
                }
            }
        }
    }

    fn on_answer(&mut self, no: ContactNo) {
        let is_published = self.state.journal.is_none();
        let Some((contact, agent)) = self.state.answer(no, self.now) else {
            return;
        };
        if QUEUES[contact.queue].channel == Channel::Chat && is_published {
            let waited = self.now.duration_since(contact.entered);
            self.publisher.record_wait(contact.queue, self.now, waited);
            let opened = chat::opened(self.now, contact, agent);
            self.publish(opened);
        }
        self.talk(no);
    }

    /// Plans the end of a conversation, or a hold before it.
    fn talk(&mut self, no: ContactNo) {
        let contact = &self.state.contacts[&no];
        let (queue, leg) = (&QUEUES[contact.queue], contact.leg);
        let talk = 9.0 + self.rng.work(queue.talk - 9.0);
        if queue.channel == Channel::Phone && self.rng.chance(0.16) {
            self.plan_step(talk * 0.5, no, leg, Step::Hold);
        } else {
            self.plan_step(talk, no, leg, Step::Finish);
        }
    }

    fn on_finish(&mut self, no: ContactNo) {
        let Some((contact, agent)) = self.state.finish(no, self.now) else {
            return;
        };
        match QUEUES[contact.queue].channel {
            Channel::Phone => {
                let wrap_up = self.wrap_up_time(contact.queue, agent);
                self.plan_ready(agent, wrap_up);
            }
            Channel::Chat => {
                let queues = Channel::Chat.queues().len();
                let to = (contact.queue + 1 + self.rng.below(queues - 1)) % queues;
                let may_transfer = contact.transfers < 2 && QUEUES[to].opens.contain(&self.local());
                if may_transfer && self.rng.chance(0.06) {
                    self.transfer(no, contact, agent, to);
                } else {
                    self.close_chat(no, contact, agent);
                }
            }
        }
    }

    /// How long a phone agent stays in wrap-up: one at a time, in a center that runs, forgets to end it.
    fn wrap_up_time(&mut self, queue: QueueNo, agent: AgentNo) -> f64 {
        let is_current = |(agent, turn): (AgentNo, u32)| self.state.agents[agent].turn == turn;
        if self.state.journal.is_none() && !self.forgetful.is_some_and(is_current) {
            self.forgetful = Some((agent, self.state.agents[agent].turn));
            return self.rng.between(FORGOTTEN_WRAP_UP);
        }
        4.0 + self.rng.work(QUEUES[queue].wrap_up - 4.0)
    }

    fn close_chat(&mut self, no: ContactNo, contact: Contact, agent: AgentNo) {
        if self.state.journal.is_some() {
            return;
        }
        let (outcome, words) = chat::closure(&mut self.rng, QUEUES[contact.queue].outcomes);
        let transcript = chat::transcript(&mut self.rng, &contact, agent, self.now);
        self.publish(chat::closed(self.now, &contact, outcome, words));
        self.publish(chat::transcript_closed(self.now, &contact, &transcript));
        if outcome == "unresolved" {
            self.unresolved.push_back((no, contact));
            if self.unresolved.len() > UNRESOLVED {
                self.unresolved.pop_front();
            }
        }
    }

    fn transfer(&mut self, no: ContactNo, mut contact: Contact, agent: AgentNo, to: QueueNo) {
        self.publish(chat::transferred(self.now, &contact, agent, to));
        contact.queue = to;
        contact.transfers += 1;
        self.enqueue(no, contact);
    }

    fn on_reopen(&mut self) {
        if let Some((no, contact)) = self.unresolved.pop_front() {
            match self.state.best_free_agent(contact.queue) {
                Some(agent) => {
                    self.publish(chat::opened(self.now, &contact, agent));
                    self.state.reopen(no, contact, agent, self.now);
                    self.talk(no);
                }
                None => self.unresolved.push_front((no, contact)),
            }
        }
        let pause = self.rng.between(300.0..900.0);
        self.plan(pause, Event::Reopen);
    }

    fn plan_arrival(&mut self, queue: QueueNo) {
        let waiting = self.state.count_waiting(queue);
        let rate = self.demand.rate(queue, &self.local(), waiting);
        let gap = self.rng.exponential(1.0 / rate);
        if gap < REDRAW {
            self.plan(gap, Event::Arrival(queue));
        } else {
            self.plan(REDRAW, Event::Redraw(queue));
        }
    }

    fn plan_midnight(&mut self) {
        let tomorrow = self.now.to_zoned(self.zone.clone()).checked_add(1.day());
        if let Ok(tomorrow) = tomorrow.and_then(|tomorrow| tomorrow.start_of_day()) {
            self.events.schedule(tomorrow.timestamp(), Event::Midnight);
        }
    }

    fn plan_ready(&mut self, agent: AgentNo, seconds: f64) {
        let turn = self.state.agents[agent].turn;
        self.plan(seconds, Event::Ready { agent, turn });
    }

    fn plan_step(&mut self, seconds: f64, no: ContactNo, leg: u32, step: Step) {
        self.plan(seconds, Event::Contact { no, leg, step });
    }

    /// Plans an event after a span of the center's time.
    fn plan(&mut self, seconds: f64, event: Event) {
        let speed = if self.now < self.start {
            1.0
        } else {
            self.speed
        };
        let span = SignedDuration::try_from_secs_f64(seconds / speed);
        let at = span.ok().and_then(|span| self.now.checked_add(span).ok());
        self.events.schedule(at.unwrap_or(Timestamp::MAX), event);
    }

    /// The times of an agent's day up to now.
    pub(crate) fn time_spent(&self, agent: AgentNo) -> TimeSpent {
        self.state.time_spent(agent, self.now)
    }

    pub(crate) fn schedule(&mut self, at: Timestamp, event: Event) {
        self.events.schedule(at, event);
    }

    /// The customers' time.
    fn local(&self) -> Zoned {
        self.now.to_zoned(self.customer_zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_queue_is_critical_each_hour_and_an_outage_makes_more_than_a_hundred_call() {
        let start: Timestamp = "2026-03-04T11:00:00Z".parse().unwrap();
        let mut center = CallCenter::new(&Settings::default(), start, &Channel::ALL);

        let mut most_waiting = |from: i64, to: i64, channel: Channel| {
            let minutes = (from..=to).map(|minute| {
                center.advance(start + SignedDuration::from_mins(minute));
                let waiting = channel.queues().map(|no| center.state.count_waiting(no));
                waiting.max().unwrap_or_default()
            });
            minutes.max().unwrap_or_default()
        };

        // A demo starts at minute 62.
        assert!(5 <= most_waiting(58, 64, Channel::Chat));
        assert!(most_waiting(68, 72, Channel::Chat) < 5);
        assert!(most_waiting(73, 75, Channel::Phone) < 20);
        let most = most_waiting(76, 81, Channel::Phone);
        assert!((100..200).contains(&most), "{most}");
        assert!(most_waiting(100, 102, Channel::Phone) < 20);
    }

    #[test]
    fn within_ten_minutes_an_agent_is_too_long_in_wrap_up_and_ends_it() {
        let start: Timestamp = "2026-03-04T11:00:00Z".parse().unwrap();
        let mut center = CallCenter::new(&Settings::default(), start, &[Channel::Phone]);

        let longest: Vec<f64> = (0..30)
            .map(|minute| {
                center.advance(start + SignedDuration::from_mins(minute));
                let agents = center.state.agents.iter();
                let wrap_ups = agents.filter(|agent| agent.activity == Activity::WrapUp);
                let lasted = wrap_ups.map(|agent| seconds(agent.since, center.now));
                lasted.fold(0.0, f64::max)
            })
            .collect();

        assert!(
            longest[..10].iter().any(|lasted| 300.0 < *lasted),
            "{longest:?}"
        );
        assert!(
            longest.iter().all(|lasted| *lasted < FORGOTTEN_WRAP_UP.end),
            "{longest:?}"
        );
    }
}
