//! The simulated Vngage site: a pure engine. Its only inputs are the seed, the
//! start and how far time has gone; the same inputs give the same bytes.

mod publishing;
mod staff;

use std::{collections::VecDeque, mem};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    agenda::{Agenda, CaseNo, Happening},
    cast::{AGENTS, AgentNo, GROUPS, GroupNo, OPPORTUNITIES, TOPICS},
    chatter,
    demand::{Demand, Pressure, Stage},
    dice::Dice,
    floor::{Case, Floor, Standing, count},
    truth::{TallyTruth, Truth},
    wire::{self, Load, Message},
};

use publishing::{Publication, THROTTLE};

/// How long the centre has been alive when it starts, in simulated seconds.
const PAST: f64 = 1800.0;
/// How many cases closed as unresolved may still be opened again.
const UNRESOLVED: usize = 40;

/// What makes one run of the engine.
#[derive(Clone, Debug)]
pub struct Script {
    pub seed: u64,
    pub start: Timestamp,
    /// Simulated seconds per second; all durations shrink by it.
    pub speed: f64,
    /// Whose hours make the daily curve.
    pub zone: TimeZone,
}

/// The centre at one instant.
#[derive(Debug)]
pub struct Centre {
    dice: Dice,
    speed: f64,
    zone: TimeZone,
    now: Timestamp,
    agenda: Agenda<Happening>,
    demand: Demand,
    floor: Floor,
    published: [Publication; GROUPS.len()],
    unresolved: VecDeque<(CaseNo, Case)>,
    cases: CaseNo,
    /// Groups are heard of from the start on; before it, only cases are.
    started: bool,
    outbox: Vec<Message>,
    tally: TallyTruth,
}

impl Centre {
    /// A centre in the middle of its day. What was before the start is the
    /// first thing that [`Centre::advance`] gives.
    pub fn new(script: Script) -> Self {
        let mut dice = Dice::new(script.seed);
        let demand = Demand::new(&mut dice);
        let mut centre = Self {
            dice,
            speed: script.speed,
            zone: script.zone,
            now: script.start,
            agenda: Agenda::default(),
            demand,
            floor: Floor::default(),
            published: Default::default(),
            unresolved: VecDeque::new(),
            cases: 0,
            started: false,
            outbox: Vec::new(),
            tally: TallyTruth::default(),
        };
        centre.now = centre.after(-PAST);
        centre.open_doors();
        centre.run(script.start);
        centre.start();
        centre
    }

    /// All that is published up to `to`.
    pub fn advance(&mut self, to: Timestamp) -> Vec<Message> {
        self.run(to);
        mem::take(&mut self.outbox)
    }

    /// When something happens next; perhaps nothing that is published.
    pub fn due(&self) -> Timestamp {
        self.agenda.due().unwrap_or(Timestamp::MAX)
    }

    /// What is so now.
    pub fn truth(&self) -> Truth {
        Truth::of(&self.floor, self.tally, |group| self.available(group))
    }

    /// How much is remembered; stays bounded however long it runs.
    pub fn remembered(&self) -> usize {
        let waits = self.published.iter().map(|group| group.waits.len());
        self.floor.cases.len() + self.agenda.len() + self.unresolved.len() + waits.sum::<usize>()
    }

    fn open_doors(&mut self) {
        for agent in 0..AGENTS.len() {
            // Two of three, so that each group begins with somebody.
            self.floor.desks[agent].present = agent % 3 != 2;
        }
        for group in 0..GROUPS.len() {
            self.plan_arrival(group);
        }
        for (seconds, what) in [
            (60.0, Happening::Mood),
            (15.0, Happening::Roster),
            (400.0, Happening::Crash),
            (300.0, Happening::Reopen),
        ] {
            self.plan(seconds, what);
        }
    }

    fn start(&mut self) {
        self.started = true;
        self.outbox.splice(0..0, wire::configuration(self.now));
        let mut phase = self.now;
        for group in 0..GROUPS.len() {
            self.publish_load(group);
            phase += THROTTLE / 6;
            self.agenda.note(phase, Happening::Timers(group));
        }
        self.plan(4.0, Happening::Incident);
    }

    fn run(&mut self, to: Timestamp) {
        while let Some((at, what)) = self.agenda.next(to) {
            self.now = at;
            self.on(what);
            self.offer();
            self.plan_loads();
        }
        self.now = self.now.max(to);
    }

    fn on(&mut self, what: Happening) {
        match what {
            Happening::Arrival(group) => self.on_arrival(group),
            Happening::Look(group) => self.plan_arrival(group),
            Happening::Answer { case, leg } if self.is_in(case, leg) => self.on_answer(case),
            Happening::GiveUp { case, leg } if self.is_in(case, leg) => self.on_give_up(case),
            Happening::Finish { case, leg } if self.is_in(case, leg) => self.on_finish(case),
            Happening::Answer { .. } | Happening::GiveUp { .. } | Happening::Finish { .. } => (),
            Happening::Load(group) => self.publish_load(group),
            Happening::Timers(group) => self.on_timers(group),
            Happening::Roster => self.on_roster(),
            Happening::Crash => self.on_crash(),
            Happening::Reopen => self.on_reopen(),
            Happening::Mood => {
                let holds = self.demand.change_mood(&mut self.dice);
                self.plan(holds, Happening::Mood);
            }
            Happening::Incident => {
                let holds = self.demand.step_incident(&mut self.dice);
                self.call_in();
                self.plan(holds, Happening::Incident);
            }
        }
    }

    fn on_arrival(&mut self, group: GroupNo) {
        self.cases += 1;
        let no = self.cases;
        let case = Case {
            id: self.dice.guid(),
            visitor: self.dice.guid(),
            group,
            standing: Standing::Waiting,
            leg: 0,
            queued: self.now,
            opened: self.now,
            transfers: 0,
        };
        let topics: Vec<usize> = (0..TOPICS.len())
            .filter(|topic| TOPICS[*topic].group == group)
            .collect();
        let topic = self.dice.pick(&topics);
        let opportunity = self.dice.below(OPPORTUNITIES.len());
        self.tally.created += 1;
        self.outbox
            .push(wire::created(self.now, &case, topic, opportunity));
        if self.dice.chance(0.6) {
            let profile = chatter::profile(&mut self.dice);
            self.outbox
                .push(wire::visitor_profile(self.now, &case, &profile));
        }
        self.queue(no, case);
        self.plan_arrival(group);
    }

    fn queue(&mut self, no: CaseNo, mut case: Case) {
        case.queued = self.now;
        self.floor.wait(no, case);
        let patience = if self.dice.chance(0.1) {
            self.dice.between(12.0, 60.0)
        } else {
            self.dice.between(160.0, 480.0)
        };
        let leg = self.floor.cases[&no].leg;
        self.plan(patience, Happening::GiveUp { case: no, leg });
    }

    /// Offers the waiting to the free, the longest waiting group first.
    fn offer(&mut self) {
        let mut groups: Vec<GroupNo> = (0..GROUPS.len()).collect();
        groups.sort_by_key(|group| self.floor.oldest(*group));
        for group in groups {
            while self.answers(group) {
                let Some(no) = self.floor.ring(group) else {
                    break;
                };
                let taken = if self.dice.chance(0.07) {
                    self.dice.between(12.0, 22.0)
                } else {
                    self.dice.between(3.0, 11.0)
                };
                let leg = self.floor.cases[&no].leg;
                self.plan(taken, Happening::Answer { case: no, leg });
            }
        }
    }

    fn answers(&self, group: GroupNo) -> bool {
        match self.demand.stage(group) {
            None => true,
            Some(Stage::Outage) => false,
            Some(Stage::Relief) => self.floor.ringing(group) < 2,
        }
    }

    fn on_answer(&mut self, no: CaseNo) {
        let Some(case) = self.floor.answer(no, self.now) else {
            return;
        };
        let Standing::Talking(agent) = case.standing else {
            return;
        };
        let (group, leg) = (case.group, case.leg);
        let waited = self.now.duration_since(case.queued);
        self.outbox.push(wire::opened(self.now, case, agent));
        self.published[group].waits.push_back((self.now, waited));
        self.tally.answered += 1;
        self.talk(no, group, leg);
    }

    fn talk(&mut self, no: CaseNo, group: GroupNo, leg: u32) {
        let talk = 8.0 + self.dice.work(GROUPS[group].talk - 8.0);
        self.plan(talk, Happening::Finish { case: no, leg });
    }

    /// Nothing is published: the visitor is just no longer in the number.
    fn on_give_up(&mut self, no: CaseNo) {
        let waits = |case: &Case| !matches!(case.standing, Standing::Talking(_));
        if self.floor.cases.get(&no).is_some_and(waits) {
            self.floor.leave(no);
            self.tally.abandoned += 1;
        }
    }

    fn on_finish(&mut self, no: CaseNo) {
        let Some(case) = self.floor.leave(no) else {
            return;
        };
        let Standing::Talking(agent) = case.standing else {
            return;
        };
        if case.transfers < 2 && self.dice.chance(0.06) {
            let to = (case.group + 1 + self.dice.below(GROUPS.len() - 1)) % GROUPS.len();
            self.tally.transferred += 1;
            return self.transfer(no, case, agent, to);
        }
        let (outcome, words) = chatter::closure(&mut self.dice, GROUPS[case.group].outcomes);
        let said = chatter::transcript(&mut self.dice, &case, agent, self.now);
        self.outbox
            .push(wire::closed(self.now, &case, outcome, words));
        self.outbox
            .push(wire::transcript_closed(self.now, &case, &said));
        self.tally.closed += 1;
        if outcome == "unresolved" {
            self.unresolved.push_back((no, case));
            if self.unresolved.len() > UNRESOLVED {
                self.unresolved.pop_front();
            }
        }
    }

    fn transfer(&mut self, no: CaseNo, mut case: Case, agent: AgentNo, to: GroupNo) {
        self.outbox
            .push(wire::transferred(self.now, &case, agent, to));
        case.group = to;
        case.transfers += 1;
        self.queue(no, case);
    }

    fn plan_arrival(&mut self, group: GroupNo) {
        const LOOK: f64 = 4.0;
        let load = self.pressure(group);
        let rate = self.demand.rate(group, self.hour(), load);
        let gap = self.dice.exponential(1.0 / rate);
        if gap < LOOK {
            self.plan(gap, Happening::Arrival(group));
        } else {
            self.plan(LOOK, Happening::Look(group));
        }
    }

    fn pressure(&self, group: GroupNo) -> Pressure {
        let troubled = self.demand.incident.map(|incident| incident.0);
        let waiting = (0..GROUPS.len())
            .filter(|group| Some(*group) != troubled)
            .map(|group| self.floor.waiting(group));
        Pressure {
            waiting: waiting.sum(),
            talking: self.floor.queues.iter().map(|queue| queue.talking).sum(),
            here: self.floor.waiting(group),
        }
    }

    fn is_in(&self, case: CaseNo, leg: u32) -> bool {
        self.floor
            .cases
            .get(&case)
            .is_some_and(|case| case.leg == leg)
    }

    fn hour(&self) -> i8 {
        self.now.to_zoned(self.zone.clone()).hour()
    }

    fn plan(&mut self, seconds: f64, what: Happening) {
        let at = self.after(seconds);
        self.agenda.note(at, what);
    }

    /// A span of the centre's own time from now.
    fn after(&self, seconds: f64) -> Timestamp {
        let span = SignedDuration::try_from_secs_f64(seconds / self.speed);
        span.ok()
            .and_then(|span| self.now.checked_add(span).ok())
            .unwrap_or(Timestamp::MAX)
    }
}
