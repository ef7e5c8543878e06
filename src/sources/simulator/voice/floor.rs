//! Who waits, rings and talks on the telephone, what each agent does, and what the day
//! has counted. Knows neither chance nor JSON: the switch tells it what happens and
//! when, and it stays consistent.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::cast::{AGENTS, AgentNo, QUEUES, QueueNo};

/// A call's number within the switch; never reused.
pub(super) type CallNo = u64;

/// Answered within this, a call was answered in time. In seconds.
pub(super) const IN_TIME: f64 = 20.0;

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) queue: QueueNo,
    pub(super) entered: Timestamp,
    pub(super) answered: Option<Timestamp>,
    /// At whose desk it rings or is.
    pub(super) agent: Option<AgentNo>,
    /// Rises with each step, so that what was planned before is void.
    pub(super) leg: u32,
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Out,
    Ready,
    Ringing(CallNo),
    Talking(CallNo),
    Holding(CallNo),
    WrapUp,
    /// By its place in [`super::cast::PAUSES`].
    Paused(usize),
}

/// Seconds of an agent's day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spent {
    pub(super) ready: f64,
    pub(super) ringing: f64,
    pub(super) talk: f64,
    pub(super) hold: f64,
    pub(super) wrap_up: f64,
    pub(super) paused: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) doing: Doing,
    pub(super) since: Timestamp,
    /// Rises with each change, so that what was planned before is void.
    pub(super) turn: u32,
    /// Of today, up to `since`.
    spent: Spent,
    pub(super) handled: u32,
    pub(super) missed: u32,
    /// The call that is being wrapped up: its queue, and how long it was in seconds.
    wraps: Option<(QueueNo, f64)>,
}

/// What a queue has counted today. Times in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Day {
    pub(super) offered: u32,
    pub(super) answered: u32,
    pub(super) in_time: u32,
    pub(super) abandoned: u32,
    /// Until it was answered, of all that were.
    pub(super) waited: f64,
    /// Calls that are wholly done, and what they took.
    pub(super) done: u32,
    pub(super) talked: f64,
    pub(super) wrapped_up: f64,
}

#[derive(Debug)]
pub(super) struct Floor {
    pub(super) calls: BTreeMap<CallNo, Call>,
    /// Longest waiting first; a call that rings still waits.
    pub(super) waiting: [VecDeque<CallNo>; QUEUES.len()],
    pub(super) desks: [Desk; AGENTS.len()],
    pub(super) days: [Day; QUEUES.len()],
    /// When the day began that is counted.
    midnight: Timestamp,
}

impl Floor {
    pub(super) fn new(now: Timestamp) -> Self {
        let desk = |_| Desk {
            doing: Doing::Out,
            since: now,
            turn: 0,
            spent: Spent::default(),
            handled: 0,
            missed: 0,
            wraps: None,
        };
        Self {
            calls: BTreeMap::new(),
            waiting: Default::default(),
            desks: std::array::from_fn(desk),
            days: Default::default(),
            midnight: now,
        }
    }

    /// All counters begin anew. Who waits now is of the new day.
    pub(super) fn begin_day(&mut self, now: Timestamp) {
        self.midnight = now;
        for (day, waiting) in self.days.iter_mut().zip(&self.waiting) {
            *day = Day {
                offered: super::count(waiting.len()),
                ..Day::default()
            };
        }
        for desk in &mut self.desks {
            (desk.spent, desk.handled, desk.missed) = Default::default();
        }
    }

    pub(super) fn enter(&mut self, no: CallNo, queue: QueueNo, now: Timestamp) {
        let call = Call {
            queue,
            entered: now,
            answered: None,
            agent: None,
            leg: 0,
        };
        self.calls.insert(no, call);
        self.waiting[queue].push_back(no);
        self.days[queue].offered += 1;
    }

    /// Rings whoever has been ready longest for the first call that does not ring yet.
    pub(super) fn ring(&mut self, queue: QueueNo, now: Timestamp) -> Option<(CallNo, AgentNo)> {
        let silent = |no: &&CallNo| self.calls[*no].agent.is_none();
        let no = *self.waiting[queue].iter().find(silent)?;
        let agent = self.idlest(queue)?;
        let call = self.calls.get_mut(&no)?;
        call.agent = Some(agent);
        call.leg += 1;
        self.turn(agent, Doing::Ringing(no), now);
        Some((no, agent))
    }

    /// Returns whose desk it is at.
    pub(super) fn answer(&mut self, no: CallNo, now: Timestamp) -> Option<AgentNo> {
        let call = self.calls.get_mut(&no)?;
        let agent = call.agent?;
        call.answered = Some(now);
        call.leg += 1;
        let (queue, waited) = (call.queue, seconds(call.entered, now));
        self.waiting[queue].retain(|waiting| *waiting != no);
        let day = &mut self.days[queue];
        day.answered += 1;
        day.in_time += u32::from(waited <= IN_TIME);
        day.waited += waited;
        self.desks[agent].handled += 1;
        self.turn(agent, Doing::Talking(no), now);
        Some(agent)
    }

    /// Nobody takes it: it waits on, in its place. Returns who did not.
    pub(super) fn miss(&mut self, no: CallNo) -> Option<AgentNo> {
        let call = self.calls.get_mut(&no)?;
        let agent = call.agent.take()?;
        call.leg += 1;
        self.desks[agent].missed += 1;
        Some(agent)
    }

    /// A caller hangs up before anybody answers.
    pub(super) fn give_up(&mut self, no: CallNo, now: Timestamp) {
        let Some(call) = self.calls.remove(&no) else {
            return;
        };
        self.waiting[call.queue].retain(|waiting| *waiting != no);
        self.days[call.queue].abandoned += 1;
        if let Some(agent) = call.agent {
            self.turn(agent, Doing::Ready, now);
        }
    }

    /// The call is over, and its agent has something left to do. Returns who.
    pub(super) fn hang_up(&mut self, no: CallNo, now: Timestamp) -> Option<AgentNo> {
        let call = self.calls.remove(&no)?;
        let agent = call.agent?;
        self.turn(agent, Doing::WrapUp, now);
        let talked = seconds(call.answered.unwrap_or(now), now);
        self.desks[agent].wraps = Some((call.queue, talked));
        Some(agent)
    }

    /// An agent does something else from now on.
    pub(super) fn turn(&mut self, agent: AgentNo, doing: Doing, now: Timestamp) {
        let spent = self.spent(agent, now);
        let midnight = self.midnight;
        let desk = &mut self.desks[agent];
        if let Some((queue, talked)) = desk.wraps.take() {
            let day = &mut self.days[queue];
            day.done += 1;
            day.talked += talked;
            day.wrapped_up += seconds(desk.since.max(midnight), now);
        }
        desk.spent = spent;
        desk.doing = doing;
        desk.since = now;
        desk.turn += 1;
    }

    /// What an agent's day was made of up to now.
    pub(super) fn spent(&self, agent: AgentNo, now: Timestamp) -> Spent {
        let desk = &self.desks[agent];
        let more = seconds(desk.since.max(self.midnight), now);
        let mut spent = desk.spent;
        match desk.doing {
            Doing::Out => {}
            Doing::Ready => spent.ready += more,
            Doing::Ringing(_) => spent.ringing += more,
            Doing::Talking(_) => spent.talk += more,
            Doing::Holding(_) => spent.hold += more,
            Doing::WrapUp => spent.wrap_up += more,
            Doing::Paused(_) => spent.paused += more,
        }
        spent
    }

    /// Those of a queue who do something of that kind.
    pub(super) fn serving(&self, queue: QueueNo, is: impl Fn(Doing) -> bool) -> u32 {
        let serves = |agent: &AgentNo| AGENTS[*agent].queues.contains(&queue);
        let all = (0..AGENTS.len()).filter(serves);
        super::count(all.filter(|agent| is(self.desks[*agent].doing)).count())
    }

    /// Calls of a queue that were answered and go on.
    pub(super) fn talking(&self, queue: QueueNo) -> u32 {
        let is_one = |call: &&Call| call.queue == queue && call.answered.is_some();
        super::count(self.calls.values().filter(is_one).count())
    }

    /// When the longest waiting of a queue began to.
    pub(super) fn oldest(&self, queue: QueueNo) -> Option<Timestamp> {
        let first = self.waiting[queue].front()?;
        Some(self.calls[first].entered)
    }

    fn idlest(&self, queue: QueueNo) -> Option<AgentNo> {
        let can = |agent: &AgentNo| {
            self.desks[*agent].doing == Doing::Ready && AGENTS[*agent].queues.contains(&queue)
        };
        let own_first = |agent: &AgentNo| {
            let is_own = AGENTS[*agent].queues[0] == queue;
            (!is_own, self.desks[*agent].since)
        };
        (0..AGENTS.len()).filter(can).min_by_key(own_first)
    }
}

impl Doing {
    pub(super) fn is_on_a_call(self) -> bool {
        matches!(self, Self::Talking(_) | Self::Holding(_))
    }

    pub(super) fn is_paused(self) -> bool {
        matches!(self, Self::Paused(_))
    }
}

impl Spent {
    /// On calls and with what they leave to do.
    pub(super) fn busy(&self) -> f64 {
        self.talk + self.hold + self.wrap_up
    }

    pub(super) fn logged_in(&self) -> f64 {
        self.ready + self.ringing + self.busy() + self.paused
    }
}

impl Day {
    /// Of all calls that were answered or given up, those answered in time, 0–100.
    pub(super) fn service_level(&self) -> Option<f64> {
        share(self.in_time, self.answered + self.abandoned)
    }

    pub(super) fn abandon_rate(&self) -> Option<f64> {
        share(self.abandoned, self.answered + self.abandoned)
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (0 < whole).then(|| 100.0 * f64::from(part) / f64::from(whole))
}

/// Of `sum`, for each of `many`.
pub(super) fn mean(sum: f64, many: u32) -> Option<f64> {
    (0 < many).then(|| sum / f64::from(many))
}

/// Between two times; none where they are the other way round.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}
