//! Who is at work on a day of the past, when they pause, and who is free next.

use super::{
    super::{
        super::dice::Dice,
        cast::{AGENTS, AgentNo, PAUSES, QUEUES},
        demand,
        switch::SHIFT,
    },
    day::{Clock, Numbers, seconds, serves, whole},
};

/// So often it is looked who comes and who goes, in seconds.
const ROUND: i64 = 1800;
/// How many each queue has at least.
const FEWEST: usize = 2;

/// A stretch of an agent's day. Times are whole seconds since 1970.
#[derive(Debug)]
pub(super) struct Shift {
    pub(super) login: u64,
    pub(super) agent: AgentNo,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) pauses: Vec<Pause>,
    /// When the last call is done.
    pub(super) free: i64,
}

#[derive(Debug)]
pub(super) struct Pause {
    pub(super) id: u64,
    pub(super) from: i64,
    pub(super) to: i64,
    /// By its place in [`PAUSES`].
    pub(super) reason: usize,
}

impl Shift {
    /// A call keeps them: a pause that was due meanwhile waits until it is done.
    pub(super) fn is_busy(&mut self, from: i64, until: i64) {
        self.free = until;
        for pause in &mut self.pauses {
            if from < pause.to && pause.from < until {
                pause.from = until.min(pause.to);
            }
        }
        self.pauses.retain(|pause| pause.from < pause.to);
    }

    /// When they could take a call that waits since `at`.
    fn free(&self, at: i64) -> Option<i64> {
        let mut at = at.max(self.free).max(self.from);
        for pause in &self.pauses {
            if pause.from <= at && at < pause.to {
                at = pause.to;
            }
        }
        (at < self.to).then_some(at)
    }
}

/// Who has been there how long, while a day's roster is made.
struct Roster {
    /// Since when, of those who are there.
    since: [Option<i64>; AGENTS.len()],
    worked: [i64; AGENTS.len()],
    /// Among equals, who comes first.
    order: [f64; AGENTS.len()],
}

/// As many as each hour needs, and nobody much longer than a shift while another has had
/// less: as the switch has them come and go.
pub(super) fn shifts(clock: &Clock, dice: &mut Dice, numbers: &mut Numbers) -> Vec<Shift> {
    let mut roster = Roster {
        since: [None; AGENTS.len()],
        worked: [0; AGENTS.len()],
        order: std::array::from_fn(|_| dice.between(0.0, 1.0)),
    };
    let mut spans = Vec::new();
    let mut at = clock.start;
    while at < clock.end {
        let wanted = demand::staff(clock.hour(seconds(at - clock.start)));
        while wanted < roster.present().count() {
            let Some(leaving) = roster.leaving(at) else {
                break;
            };
            spans.extend(roster.leave(leaving, at));
        }
        while roster.present().count() < wanted || roster.lacks().is_some() {
            let Some(coming) = roster.coming() else { break };
            roster.since[coming] = Some(at);
        }
        if let Some((leaving, coming)) = roster.relief(at) {
            spans.extend(roster.leave(leaving, at));
            roster.since[coming] = Some(at);
        }
        at += ROUND;
    }
    for agent in 0..AGENTS.len() {
        spans.extend(roster.leave(agent, clock.end));
    }
    spans.sort_unstable_by_key(|(agent, from, _)| (*from, *agent));
    let shift = |(agent, from, to): (AgentNo, i64, i64)| Shift {
        login: numbers.next(),
        agent,
        from,
        to,
        pauses: pauses(from, to, dice, numbers),
        free: from,
    };
    spans.into_iter().map(shift).collect()
}

impl Roster {
    fn present(&self) -> impl Iterator<Item = AgentNo> {
        (0..AGENTS.len()).filter(|agent| self.since[*agent].is_some())
    }

    fn serving(&self, queue: usize) -> usize {
        self.present().filter(|agent| serves(*agent, queue)).count()
    }

    /// A queue that has too few.
    fn lacks(&self) -> Option<usize> {
        (0..QUEUES.len()).find(|queue| self.serving(*queue) < FEWEST)
    }

    fn worked(&self, agent: AgentNo, at: i64) -> i64 {
        self.worked[agent] + self.since[agent].map_or(0, |since| at - since)
    }

    /// Who has had least: first somebody for a queue that has too few.
    fn coming(&self) -> Option<AgentNo> {
        let lacks = self.lacks();
        let can = |agent: &AgentNo| {
            self.since[*agent].is_none() && lacks.is_none_or(|queue| serves(*agent, queue))
        };
        let by_work = |a: &AgentNo, b: &AgentNo| {
            let by_order = self.order[*a].total_cmp(&self.order[*b]);
            self.worked[*a].cmp(&self.worked[*b]).then(by_order)
        };
        (0..AGENTS.len()).filter(can).min_by(by_work)
    }

    /// Who has had most, of those whose queues have others.
    fn leaving(&self, at: i64) -> Option<AgentNo> {
        let can = |agent: &AgentNo| {
            let mut own = AGENTS[*agent].queues.iter();
            own.all(|queue| FEWEST < self.serving(*queue))
        };
        let present = self.present().filter(can);
        present.max_by_key(|agent| self.worked(*agent, at))
    }

    /// Who goes after a whole shift, and who has rested and takes the place.
    fn relief(&self, at: i64) -> Option<(AgentNo, AgentNo)> {
        let (leaving, coming) = (self.leaving(at)?, self.coming()?);
        let (most, least) = (self.worked(leaving, at), self.worked[coming]);
        let is_due = SHIFT < seconds(most) && seconds(least) + SHIFT / 3.0 < seconds(most);
        is_due.then_some((leaving, coming))
    }

    fn leave(&mut self, agent: AgentNo, at: i64) -> Option<(AgentNo, i64, i64)> {
        let since = self.since[agent].take()?;
        self.worked[agent] += at - since;
        Some((agent, since, at))
    }
}

fn pauses(from: i64, to: i64, dice: &mut Dice, numbers: &mut Numbers) -> Vec<Pause> {
    let mut pauses = Vec::new();
    let mut at = from + whole(dice.between(300.0, 4200.0));
    loop {
        let mut drawn = dice.between(0.0, 1.0);
        let drawn = PAUSES.iter().position(|pause| {
            drawn -= pause.share;
            drawn < 0.0
        });
        let reason = drawn.unwrap_or(1);
        let (shortest, longest) = PAUSES[reason].lasts;
        let until = at + whole(dice.between(shortest, longest));
        if to <= until {
            return pauses;
        }
        pauses.push(Pause {
            id: numbers.next(),
            from: at,
            to: until,
            reason,
        });
        at = until + whole(dice.between(1800.0, 4200.0));
    }
}

/// Who serves the queue and is free first from `at` on, and when. Of several who are, those
/// whose own queue it is come first, and who has been idle longest.
pub(super) fn soonest(shifts: &[Shift], queue: usize, at: i64) -> Option<(usize, i64)> {
    let able = shifts.iter().enumerate();
    let able = able.filter(|(_, shift)| at < shift.to && serves(shift.agent, queue));
    let free = able.filter_map(|(place, shift)| Some((place, shift, shift.free(at)?)));
    let first = free.min_by_key(|(_, shift, free)| {
        let is_own = AGENTS[shift.agent].queues[0] == queue;
        (*free, !is_own, shift.free)
    });
    first.map(|(place, _, free)| (place, free))
}
