//! The simulated telephone switch with its agents: a pure engine. Its only inputs are
//! the seed, the start and how far time has gone. It begins at midnight, so that the
//! day has been counted when somebody looks.

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, tz::TimeZone};

use crate::sources::simulator::{agenda::Agenda, centre::Script, dice::Dice};

use super::{
    cast::{AGENTS, AgentNo, PAUSES, QUEUES, QueueNo, UNANSWERED},
    demand,
    floor::{CallNo, Doing, Floor},
};

/// A shift in seconds: whoever has been there longer goes when somebody else can come.
pub(super) const SHIFT: f64 = 7.5 * 3600.0;
/// So long it has run at least when somebody looks, in seconds.
const PAST: f64 = 1800.0;
/// Whose turn it would be later than this is asked again, for how many come has changed.
const LOOK: f64 = 15.0;

/// What will happen. A step of a call is void in another `leg`, one of an agent in
/// another `turn`.
#[derive(Clone, Copy, Debug)]
enum Step {
    Arrival(QueueNo),
    Look(QueueNo),
    GiveUp(CallNo),
    Answer { call: CallNo, leg: u32 },
    Miss { call: CallNo, leg: u32 },
    Hold { call: CallNo, leg: u32 },
    Resume { call: CallNo, leg: u32 },
    HangUp { call: CallNo, leg: u32 },
    Ready { agent: AgentNo, turn: u32 },
    Pause,
    Roster,
    Mood,
    Midnight,
}

/// The switch at one instant.
#[derive(Debug)]
pub(super) struct Switch {
    pub(super) floor: Floor,
    pub(super) now: Timestamp,
    dice: Dice,
    agenda: Agenda<Step>,
    zone: TimeZone,
    /// Simulated seconds per second from the start on; before it the day was an ordinary one.
    speed: f64,
    start: Timestamp,
    moods: [f64; QUEUES.len()],
    calls: CallNo,
}

impl Switch {
    pub(super) fn new(script: &Script) -> Self {
        let today = script.start.to_zoned(script.zone.clone()).start_of_day();
        let midnight = today.map_or(script.start, |today| today.timestamp());
        let past = script.start - SignedDuration::from_secs_f64(PAST);
        let mut switch = Self {
            floor: Floor::new(midnight.min(past)),
            now: midnight.min(past),
            dice: Dice::new(script.seed),
            agenda: Agenda::default(),
            zone: script.zone.clone(),
            speed: script.speed,
            start: script.start,
            moods: [1.0; QUEUES.len()],
            calls: 0,
        };
        switch.open(midnight);
        switch.advance(script.start);
        switch
    }

    pub(super) fn advance(&mut self, to: Timestamp) {
        while let Some((at, what)) = self.agenda.next(to) {
            self.now = at;
            self.on(what);
            self.offer();
        }
        self.now = self.now.max(to);
    }

    /// When something happens next.
    pub(super) fn due(&self) -> Timestamp {
        self.agenda.due().unwrap_or(Timestamp::MAX)
    }

    /// How much is remembered; stays bounded however long it runs.
    pub(super) fn remembered(&self) -> usize {
        self.floor.calls.len() + self.agenda.len()
    }

    fn open(&mut self, midnight: Timestamp) {
        for agent in 0..demand::staff(self.local().hour()) {
            self.turn(agent, Doing::Ready);
        }
        for queue in 0..QUEUES.len() {
            self.plan_arrival(queue);
        }
        for what in [Step::Mood, Step::Roster, Step::Pause] {
            self.plan(0.0, what);
        }
        if self.now < midnight {
            self.agenda.note(midnight, Step::Midnight);
        } else {
            self.plan_midnight();
        }
    }

    fn on(&mut self, what: Step) {
        match what {
            Step::Arrival(queue) => self.on_arrival(queue),
            Step::Look(queue) => self.plan_arrival(queue),
            Step::GiveUp(call) => self.on_give_up(call),
            Step::Answer { call, leg } if self.is_in(call, leg) => self.on_answer(call),
            Step::Miss { call, leg } if self.is_in(call, leg) => self.on_miss(call),
            Step::Hold { call, leg } if self.is_in(call, leg) => self.on_hold(call),
            Step::Resume { call, leg } if self.is_in(call, leg) => self.on_resume(call),
            Step::HangUp { call, leg } if self.is_in(call, leg) => self.on_hang_up(call),
            Step::Ready { agent, turn } if self.floor.desks[agent].turn == turn => {
                self.turn(agent, Doing::Ready);
            }
            Step::Answer { .. }
            | Step::Miss { .. }
            | Step::Hold { .. }
            | Step::Resume { .. }
            | Step::HangUp { .. }
            | Step::Ready { .. } => (),
            Step::Pause => self.on_pause(),
            Step::Roster => self.on_roster(),
            Step::Mood => self.on_mood(),
            Step::Midnight => {
                self.floor.begin_day(self.now);
                self.plan_midnight();
            }
        }
    }

    fn on_arrival(&mut self, queue: QueueNo) {
        self.calls += 1;
        let no = self.calls;
        self.floor.enter(no, queue, self.now);
        let patience = demand::patience(&mut self.dice);
        self.plan(patience, Step::GiveUp(no));
        self.plan_arrival(queue);
    }

    /// Rings the ready for the waiting, the longest waiting queue first.
    fn offer(&mut self) {
        let mut queues: Vec<QueueNo> = (0..QUEUES.len())
            .filter(|queue| !self.floor.waiting[*queue].is_empty())
            .collect();
        queues.sort_by_key(|queue| self.floor.oldest(*queue));
        for queue in queues {
            while let Some((call, _)) = self.floor.ring(queue, self.now) {
                let leg = self.floor.calls[&call].leg;
                if self.dice.chance(0.03) {
                    self.plan(14.0, Step::Miss { call, leg });
                } else {
                    let rings = demand::rings(&mut self.dice);
                    self.plan(rings, Step::Answer { call, leg });
                }
            }
        }
    }

    fn on_answer(&mut self, call: CallNo) {
        if self.floor.answer(call, self.now).is_some() {
            self.talk(call);
        }
    }

    /// Until the call ends, or its caller is put on hold for a while.
    fn talk(&mut self, call: CallNo) {
        let Call { queue, leg } = self.call(call);
        let talk = demand::talk(queue, &mut self.dice);
        if self.dice.chance(0.16) {
            self.plan(talk * 0.5, Step::Hold { call, leg });
        } else {
            self.plan(talk, Step::HangUp { call, leg });
        }
    }

    fn on_hold(&mut self, call: CallNo) {
        self.change(call, Doing::Holding(call));
        let leg = self.call(call).leg;
        let holds = self.dice.between(12.0, 70.0);
        self.plan(holds, Step::Resume { call, leg });
    }

    fn on_resume(&mut self, call: CallNo) {
        self.change(call, Doing::Talking(call));
        let Call { queue, leg } = self.call(call);
        let talk = 5.0 + self.dice.work(QUEUES[queue].talk * 0.5);
        self.plan(talk, Step::HangUp { call, leg });
    }

    fn on_hang_up(&mut self, call: CallNo) {
        let queue = self.call(call).queue;
        if let Some(agent) = self.floor.hang_up(call, self.now) {
            let wrap_up = demand::wrap_up(queue, &mut self.dice);
            self.be_ready(agent, wrap_up);
        }
    }

    fn on_give_up(&mut self, call: CallNo) {
        let waits = |call: &super::floor::Call| call.answered.is_none();
        if self.floor.calls.get(&call).is_some_and(waits) {
            self.floor.give_up(call, self.now);
        }
    }

    /// The switch takes out who did not answer.
    fn on_miss(&mut self, call: CallNo) {
        if let Some(agent) = self.floor.miss(call) {
            self.pause(agent, UNANSWERED);
        }
    }

    /// Somebody of whom another can take the place goes for a while.
    fn on_pause(&mut self) {
        let paused = self
            .floor
            .desks
            .iter()
            .filter(|desk| desk.doing.is_paused());
        if paused.count() < 2 {
            let ready = self.ready();
            if ready.len() > 1 {
                let agent = self.dice.pick(&ready);
                let mut drawn = self.dice.between(0.0, 1.0);
                let why = PAUSES.iter().position(|pause| {
                    drawn -= pause.share;
                    drawn < 0.0
                });
                self.pause(agent, why.unwrap_or(UNANSWERED + 1));
            }
        }
        let next = self.dice.between(60.0, 180.0);
        self.plan(next, Step::Pause);
    }

    fn pause(&mut self, agent: AgentNo, why: usize) {
        self.turn(agent, Doing::Paused(why));
        let (from, to) = PAUSES[why].lasts;
        let lasts = self.dice.between(from, to);
        self.be_ready(agent, lasts);
    }

    /// Agents come and go, so that about as many are there as the hour needs, and nobody
    /// for much longer than a shift while another has had less.
    fn on_roster(&mut self) {
        let wanted = demand::staff(self.local().hour());
        let (absent, present): (Vec<AgentNo>, Vec<AgentNo>) =
            (0..AGENTS.len()).partition(|agent| self.floor.desks[*agent].doing == Doing::Out);
        let worked = |agent: &AgentNo| self.floor.spent(*agent, self.now).logged_in();
        let by_work = |a: &AgentNo, b: &AgentNo| worked(a).total_cmp(&worked(b));
        let coming = absent.iter().copied().min_by(by_work);
        let ready = self.ready().into_iter();
        let leaving = ready.filter(|agent| self.can_spare(*agent)).max_by(by_work);
        let is_over = |leaving: AgentNo| {
            let rested =
                coming.is_some_and(|coming| worked(&coming) + SHIFT / 3.0 < worked(&leaving));
            SHIFT < worked(&leaving) && rested
        };
        let leaving = leaving.filter(|leaving| wanted < present.len() || is_over(*leaving));
        let coming = coming.filter(|_| present.len() < wanted || leaving.is_some_and(is_over));
        if let Some(leaving) = leaving {
            self.turn(leaving, Doing::Out);
        }
        if let Some(coming) = coming {
            self.turn(coming, Doing::Ready);
        }
        let next = self.dice.between(60.0, 240.0);
        self.plan(next, Step::Roster);
    }

    /// Each queue of an agent who leaves keeps at least two others.
    fn can_spare(&self, leaving: AgentNo) -> bool {
        let is_there = |doing| doing != Doing::Out;
        let own = AGENTS[leaving].queues.iter();
        own.copied()
            .all(|queue| self.floor.serving(queue, is_there) > 2)
    }

    fn on_mood(&mut self) {
        let (moods, holds) = demand::moods(&mut self.dice);
        self.moods = moods;
        self.plan(holds, Step::Mood);
    }

    fn ready(&self) -> Vec<AgentNo> {
        let is_ready = |agent: &AgentNo| self.floor.desks[*agent].doing == Doing::Ready;
        (0..AGENTS.len()).filter(is_ready).collect()
    }

    fn turn(&mut self, agent: AgentNo, doing: Doing) {
        self.floor.turn(agent, doing, self.now);
    }

    fn be_ready(&mut self, agent: AgentNo, seconds: f64) {
        let turn = self.floor.desks[agent].turn;
        self.plan(seconds, Step::Ready { agent, turn });
    }

    /// A call that goes on in another way.
    fn change(&mut self, call: CallNo, doing: Doing) {
        let agent = self.floor.calls.get_mut(&call).and_then(|call| {
            call.leg += 1;
            call.agent
        });
        if let Some(agent) = agent {
            self.turn(agent, doing);
        }
    }

    fn call(&self, call: CallNo) -> Call {
        let call = &self.floor.calls[&call];
        Call {
            queue: call.queue,
            leg: call.leg,
        }
    }

    fn is_in(&self, call: CallNo, leg: u32) -> bool {
        let call = self.floor.calls.get(&call);
        call.is_some_and(|call| call.leg == leg)
    }

    fn plan_arrival(&mut self, queue: QueueNo) {
        let (local, waiting) = (self.local(), self.floor.waiting[queue].len());
        let usual = demand::rate(queue, local.weekday(), local.hour());
        let rate = usual * self.moods[queue] * demand::shy(waiting);
        let gap = self.dice.exponential(1.0 / rate);
        if gap < LOOK {
            self.plan(gap, Step::Arrival(queue));
        } else {
            self.plan(LOOK, Step::Look(queue));
        }
    }

    fn plan_midnight(&mut self) {
        let tomorrow = self
            .now
            .to_zoned(self.zone.clone())
            .checked_add(1.day())
            .and_then(|tomorrow| tomorrow.start_of_day());
        if let Ok(tomorrow) = tomorrow {
            self.agenda.note(tomorrow.timestamp(), Step::Midnight);
        }
    }

    fn plan(&mut self, seconds: f64, what: Step) {
        let speed = if self.now < self.start {
            1.0
        } else {
            self.speed
        };
        let span = SignedDuration::try_from_secs_f64(seconds / speed);
        let at = span.ok().and_then(|span| self.now.checked_add(span).ok());
        self.agenda.note(at.unwrap_or(Timestamp::MAX), what);
    }

    fn local(&self) -> Zoned {
        self.now.to_zoned(self.zone.clone())
    }
}

/// What of a call bears on what is planned for it.
struct Call {
    queue: QueueNo,
    leg: u32,
}
