//! A discrete-event simulation of one half hour of a pool: contacts arrive, wait in the order of
//! arrival, are answered by the agent who has the least to do, or leave. An agent takes the contact
//! that has waited longest in any of the agent's queues, and misses some, which wait on.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque};

use wallboard_domain::QueueTarget;

use super::{
    agent_pool::AgentPool,
    handle_time::{draw_handle_time, draw_rest},
    random_stream::RandomStream,
    simulated_period::SimulatedPeriod,
};

/// The standard deviation of the time that a contact rings, divided by its mean.
const ANSWER_VARIATION: f64 = 0.5;

/// An agent who misses a contact lets it ring so long, in seconds, and takes no other one for so long.
const MISSED_RING_S: f64 = 15.0;
const MISSED_PAUSE_S: f64 = 60.0;

/// The next thing that happens. Ordered, so that events at the same time have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PoolEvent {
    Arrive(usize),
    /// A contact that an agent missed waits again.
    WaitAgain(usize),
    Finish(usize),
    Pause(usize),
    Return(usize),
    Join(usize),
    Leave(usize),
}

/// A contact that waits: since when and until when at most.
#[derive(Clone, Copy, Debug)]
struct WaitingContact {
    since_s: f64,
    leaves_s: f64,
}

#[derive(Clone, Copy, Debug)]
struct AgentDuty {
    queues: u64,
    slots: u32,
    contacts: u32,
    is_here: bool,
    is_paused: bool,
    idle_since_s: f64,
}

/// The pool while a half hour is simulated.
struct Simulation<'a> {
    pool: &'a AgentPool,
    /// Of the first queues, which are counted.
    targets: &'a [QueueTarget],
    length_s: f64,
    random: RandomStream,
    events: BinaryHeap<Reverse<(u64, PoolEvent)>>,
    agents: Vec<AgentDuty>,
    waiting: Vec<VecDeque<WaitingContact>>,
    /// Contacts that agents missed, with their queues.
    missed: Vec<(usize, WaitingContact)>,
    /// Of each queue: arrivals per second and the mean handle time.
    rates: Vec<(f64, f64)>,
    period: SimulatedPeriod,
}

/// Simulates one half hour, or another time, by a seed. `targets`: those of the first queues, whose
/// contacts are counted.
pub fn simulate_period(
    pool: &AgentPool,
    targets: &[QueueTarget],
    length_s: f64,
    seed: u64,
) -> SimulatedPeriod {
    let mut simulation = Simulation {
        pool,
        targets,
        length_s,
        random: RandomStream::new(seed),
        events: BinaryHeap::new(),
        agents: Vec::with_capacity(pool.agents.len()),
        waiting: vec![VecDeque::new(); pool.queues.len()],
        rates: Vec::with_capacity(pool.queues.len()),
        missed: Vec::new(),
        period: SimulatedPeriod::new(),
    };
    simulation.open_queues();
    simulation.open_agents();
    simulation.change_staff();
    simulation.run();
    simulation.period
}

impl Simulation<'_> {
    fn open_queues(&mut self) {
        for (index, queue) in self.pool.queues.iter().enumerate() {
            let arrivals = queue.arrivals * self.random.gamma(queue.arrival_shape);
            let handle_s = queue.handle_time.draw_mean(&mut self.random);
            self.rates.push((arrivals / self.length_s, handle_s));
            for waited_s in &queue.waiting_s {
                let leaves_s = self.random.exponential(queue.patience_s);
                self.waiting[index].push_back(WaitingContact {
                    since_s: -waited_s,
                    leaves_s,
                });
            }
            self.plan_arrival(index, 0.0);
        }
    }

    fn open_agents(&mut self) {
        let queues = self.pool.queues.len();
        #[expect(clippy::cast_precision_loss, reason = "at most 32")]
        let mean_s = self.rates.iter().map(|(_, mean_s)| mean_s).sum::<f64>() / queues as f64;
        for (index, agent) in self.pool.agents.iter().enumerate() {
            for contact in &agent.contacts {
                let mean_s = contact.queue.map_or(mean_s, |queue| self.rates[queue].1);
                let rest_s = draw_rest(mean_s, contact.elapsed_s, &mut self.random);
                self.plan(rest_s, PoolEvent::Finish(index));
            }
            self.agents.push(AgentDuty {
                queues: agent.queues,
                slots: agent.slots,
                contacts: u32::try_from(agent.contacts.len()).unwrap_or(u32::MAX),
                is_here: true,
                is_paused: agent.is_paused,
                idle_since_s: -agent.idle_s,
            });
            if agent.is_paused {
                let rest_s = self.random.exponential(self.pool.staffing.pause_s);
                self.plan(rest_s, PoolEvent::Return(index));
            } else {
                self.plan_pause(index, 0.0);
            }
        }
    }

    /// Plans who comes and who goes, if the number of agents usually changes in this time.
    fn change_staff(&mut self) {
        let (here, change) = (self.agents.len(), self.pool.staffing.end_ratio - 1.0);
        for index in 0..here {
            if !self.random.chance(change.abs()) {
                continue;
            }
            let at_s = self.random.uniform() * self.length_s;
            if change < 0.0 {
                self.plan(at_s, PoolEvent::Leave(index));
            } else {
                self.plan(at_s, PoolEvent::Join(self.agents.len()));
                self.agents.push(AgentDuty {
                    contacts: 0,
                    is_here: false,
                    is_paused: false,
                    ..self.agents[index]
                });
            }
        }
    }

    fn run(&mut self) {
        for index in 0..self.agents.len() {
            self.take_waiting(index, 0.0);
        }
        while let Some(Reverse((micros, event))) = self.events.pop() {
            #[expect(clippy::cast_precision_loss, reason = "some hours")]
            let now_s = micros as f64 / 1e6;
            self.on_event(event, now_s);
        }
        self.close();
    }

    fn on_event(&mut self, event: PoolEvent, now_s: f64) {
        match event {
            PoolEvent::Arrive(queue) => {
                if queue < self.targets.len() {
                    self.period.record_arrival();
                }
                let patience_s = self.random.exponential(self.pool.queues[queue].patience_s);
                let contact = WaitingContact {
                    since_s: now_s,
                    leaves_s: now_s + patience_s,
                };
                match self.find_agent(queue) {
                    Some(agent) => self.offer(queue, contact, agent, now_s),
                    None => self.waiting[queue].push_back(contact),
                }
                self.plan_arrival(queue, now_s);
            }
            PoolEvent::WaitAgain(index) => {
                let (queue, contact) = self.missed[index];
                match self.find_agent(queue) {
                    _ if contact.leaves_s <= now_s => self.abandon(queue, contact),
                    Some(agent) => self.offer(queue, contact, agent, now_s),
                    None => self.waiting[queue].push_front(contact),
                }
            }
            PoolEvent::Finish(agent) => {
                let duty = &mut self.agents[agent];
                duty.contacts -= 1;
                duty.idle_since_s = now_s;
                self.take_waiting(agent, now_s);
            }
            PoolEvent::Pause(agent) => {
                self.agents[agent].is_paused = true;
                let pause_s = self.random.exponential(self.pool.staffing.pause_s);
                self.plan(now_s + pause_s, PoolEvent::Return(agent));
            }
            PoolEvent::Return(agent) => {
                self.agents[agent].is_paused = false;
                self.plan_pause(agent, now_s);
                self.take_waiting(agent, now_s);
            }
            PoolEvent::Join(agent) => {
                self.agents[agent].is_here = true;
                self.take_waiting(agent, now_s);
            }
            PoolEvent::Leave(agent) => self.agents[agent].is_here = false,
        }
    }

    /// Lets an agent take what has waited longest, as long as the agent can.
    fn take_waiting(&mut self, agent: usize, now_s: f64) {
        while self.agents[agent].can_take() {
            let queues = self.agents[agent].queues;
            for queue in 0..self.waiting.len() {
                if queues & (1 << queue) != 0 {
                    self.drop_abandoned(queue, now_s);
                }
            }
            let first = |queue: &usize| self.waiting[*queue].front().map(|first| first.since_s);
            let oldest = (0..self.waiting.len())
                .filter(|queue| queues & (1 << queue) != 0)
                .filter_map(|queue| Some((first(&queue)?, queue)))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let Some((_, queue)) = oldest else { return };
            if let Some(contact) = self.waiting[queue].pop_front() {
                self.offer(queue, contact, agent, now_s);
            }
        }
    }

    /// The agent of a queue who has the fewest contacts, then who has been idle longest.
    fn find_agent(&self, queue: usize) -> Option<usize> {
        let serves = |duty: &AgentDuty| duty.can_take() && duty.queues & (1 << queue) != 0;
        let agents = self.agents.iter().enumerate();
        let best = agents
            .filter(|(_, duty)| serves(duty))
            .min_by(|(_, a), (_, b)| {
                let by_idle = a.idle_since_s.total_cmp(&b.idle_since_s);
                a.contacts.cmp(&b.contacts).then(by_idle)
            });
        best.map(|(index, _)| index)
    }

    /// Lets a contact ring at an agent, who answers or misses it.
    fn offer(&mut self, queue: usize, contact: WaitingContact, agent: usize, now_s: f64) {
        self.agents[agent].contacts += 1;
        if self.random.chance(self.pool.queues[queue].missed_share) {
            let index = self.missed.len();
            self.missed.push((queue, contact));
            let again_s = now_s + MISSED_RING_S;
            self.plan(again_s, PoolEvent::WaitAgain(index));
            self.plan(again_s + MISSED_PAUSE_S, PoolEvent::Finish(agent));
        } else {
            self.answer(queue, contact, agent, now_s);
        }
    }

    /// Connects a contact with an agent, unless it leaves while it rings.
    fn answer(&mut self, queue: usize, contact: WaitingContact, agent: usize, now_s: f64) {
        let delay_s = self.pool.queues[queue].answer_delay_s;
        let answered_s = now_s + self.random.lognormal(delay_s, ANSWER_VARIATION);
        if contact.leaves_s < answered_s {
            self.abandon(queue, contact);
            self.plan(contact.leaves_s.max(now_s), PoolEvent::Finish(agent));
            return;
        }
        let handle_s = draw_handle_time(self.rates[queue].1, &mut self.random);
        self.plan(answered_s + handle_s, PoolEvent::Finish(agent));
        if let Some(target) = self.targets.get(queue)
            && answered_s <= self.length_s
        {
            self.period
                .record_answer(answered_s - contact.since_s, target);
        }
    }

    fn abandon(&mut self, queue: usize, contact: WaitingContact) {
        if let Some(target) = self.targets.get(queue)
            && contact.leaves_s <= self.length_s
        {
            let wait_s = contact.leaves_s - contact.since_s;
            self.period.record_abandon(wait_s, target);
        }
    }

    fn drop_abandoned(&mut self, queue: usize, now_s: f64) {
        while let Some(first) = self.waiting[queue].front().copied() {
            if now_s < first.leaves_s {
                return;
            }
            self.waiting[queue].pop_front();
            self.abandon(queue, first);
        }
    }

    /// Counts those who still wait.
    fn close(&mut self) {
        for queue in 0..self.targets.len() {
            for contact in std::mem::take(&mut self.waiting[queue]) {
                if contact.leaves_s <= self.length_s {
                    self.abandon(queue, contact);
                    continue;
                }
                self.period.record_wait(self.length_s - contact.since_s);
            }
        }
    }

    fn plan_arrival(&mut self, queue: usize, now_s: f64) {
        let rate = self.rates[queue].0;
        if 0.0 < rate {
            let gap_s = self.random.exponential(1.0 / rate);
            self.plan(now_s + gap_s, PoolEvent::Arrive(queue));
        }
    }

    /// Plans the next pause of an agent, so often that agents pause for their usual share.
    fn plan_pause(&mut self, agent: usize, now_s: f64) {
        let outlook = &self.pool.staffing;
        if 0.0 < outlook.pause_share {
            let between_s = outlook.pause_s * (1.0 - outlook.pause_share) / outlook.pause_share;
            let at_s = now_s + self.random.exponential(between_s);
            self.plan(at_s, PoolEvent::Pause(agent));
        }
    }

    /// Plans an event, unless it is after the end.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some hours from now on"
    )]
    fn plan(&mut self, at_s: f64, event: PoolEvent) {
        if at_s <= self.length_s {
            self.events.push(Reverse(((at_s * 1e6) as u64, event)));
        }
    }
}

impl AgentDuty {
    fn can_take(&self) -> bool {
        self.is_here && !self.is_paused && self.contacts < self.slots
    }
}
