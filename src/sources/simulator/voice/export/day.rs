//! One day of the telephone centre, call by call, in order of arrival. As many call, and as
//! many are there to answer, as on the switch that plays today.

use std::collections::VecDeque;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::{
    super::{
        super::dice::Dice,
        cast::{AGENTS, AgentNo, QUEUES, QueueNo},
        demand,
    },
    desk::{self, Shift},
};

const HOUR: f64 = 3600.0;
/// As the queue's `sla_wait` says.
pub(super) const IN_TIME: u64 = 20;

/// Numbers that go on from day to day.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    last: u64,
}

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// When a day begins and ends, and which hour the clock on the wall shows in between: one
/// of 23 or 25 hours is as long as it was.
#[derive(Debug)]
pub(super) struct Clock {
    /// Seconds since 1970.
    pub(super) start: i64,
    pub(super) end: i64,
    weekday: Weekday,
    hours: Vec<i8>,
}

/// How a call left its queue; in the order of the export's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Agent = 1,
    Caller = 2,
    Abandoned = 3,
    TimedOut = 4,
    Transferred = 5,
}

/// One stay in a queue. Times are whole seconds since 1970.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: u64,
    pub(super) uuid: String,
    pub(super) queue: QueueNo,
    pub(super) caller: String,
    /// What whoever answered chose, by their places in the lists.
    pub(super) reason: Option<usize>,
    pub(super) issue: Option<usize>,
    pub(super) join: i64,
    pub(super) leave: i64,
    pub(super) end: End,
    pub(super) answer: Option<Answer>,
    /// Who let it ring, and from when to when.
    pub(super) unanswered: Option<(AgentNo, i64, i64)>,
    /// CSAT and NPS, and when they were given.
    pub(super) survey: Option<(u64, u64, i64)>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) agent: AgentNo,
    pub(super) rang: i64,
    pub(super) connect: i64,
    /// The end of the wrap-up, and its number.
    pub(super) wrapped: i64,
    pub(super) wrap_up: u64,
}

#[derive(Debug)]
pub(super) struct Day {
    pub(super) calls: Vec<Call>,
    pub(super) shifts: Vec<Shift>,
}

impl Clock {
    pub(super) fn of(date: Date, zone: &TimeZone) -> Self {
        let midnight = |date: Date| {
            let start = date
                .to_zoned(zone.clone())
                .and_then(|day| day.start_of_day());
            start.map_or(0, |start| start.timestamp().as_second())
        };
        let (start, end) = (midnight(date), midnight(date.saturating_add(1.day())));
        let hour = |at: i64| {
            let at = jiff::Timestamp::from_second(at).unwrap_or_default();
            at.to_zoned(zone.clone()).hour()
        };
        Self {
            hours: (start..end).step_by(3600).map(hour).collect(),
            weekday: date.weekday(),
            start,
            end,
        }
    }

    /// The hour on the wall so many seconds after midnight.
    pub(super) fn hour(&self, seconds: f64) -> i8 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an hour of the day"
        )]
        let place = (seconds / HOUR).max(0.0) as usize;
        self.hours.get(place).copied().unwrap_or_default()
    }
}

pub(super) fn day(clock: &Clock, dice: &mut Dice, numbers: &mut Numbers) -> Day {
    let mut shifts = desk::shifts(clock, dice, numbers);
    let mut waiting: [VecDeque<i64>; QUEUES.len()] = Default::default();
    let mut calls = Vec::new();
    for (join, queue) in arrivals(clock, dice) {
        let waiting = &mut waiting[queue];
        waiting.retain(|until| join < *until);
        if !dice.chance(demand::shy(waiting.len())) {
            continue;
        }
        let call = call((join, queue), clock.end, dice, numbers, &mut shifts);
        let until = call.answer.as_ref().map_or(call.leave, |it| it.connect);
        waiting.push_back(until);
        calls.push(call);
    }
    Day { calls, shifts }
}

/// Who would call, and which queue, in order.
fn arrivals(clock: &Clock, dice: &mut Dice) -> Vec<(i64, QueueNo)> {
    let length = seconds(clock.end - clock.start);
    let rush = dice.between(0.95, 1.05);
    let mut arrivals = Vec::new();
    let mut from = 0.0;
    while from < length {
        let (moods, holds) = demand::moods(dice);
        let to = length.min(from + holds);
        for (queue, mood) in moods.into_iter().enumerate() {
            let mut at = from;
            loop {
                let usual = demand::rate(queue, clock.weekday, clock.hour(at));
                at += dice.exponential(1.0 / (usual * mood * rush));
                if to <= at {
                    break;
                }
                arrivals.push((clock.start + floor(at), queue));
            }
        }
        from = to;
    }
    arrivals.sort_unstable();
    arrivals
}

fn call(
    (join, queue): (i64, QueueNo),
    midnight: i64,
    dice: &mut Dice,
    numbers: &mut Numbers,
    shifts: &mut [Shift],
) -> Call {
    let mut call = Call {
        id: numbers.next(),
        uuid: dice.guid(),
        queue,
        caller: format!("+4670{:07}", dice.below(10_000_000)),
        reason: None,
        issue: None,
        join,
        leave: join,
        end: End::Abandoned,
        answer: None,
        unanswered: None,
        survey: None,
    };
    let gives_up = join + whole(demand::patience(dice));
    let (shift, free) = match desk::soonest(shifts, queue, join) {
        Some(found) if found.1 < gives_up => found,
        _ => {
            // Nobody comes in time; a few are sent to the voice mail instead.
            if dice.chance(0.04) {
                call.end = End::TimedOut;
            }
            call.leave = gives_up;
            return call;
        }
    };
    let shift = &mut shifts[shift];
    let mut rang = free;
    if dice.chance(0.03) {
        let until = rang + 14;
        call.unanswered = Some((shift.agent, rang, until));
        rang = until;
    }
    let connect = rang + whole(demand::rings(dice));
    if gives_up <= connect {
        call.leave = gives_up.max(rang + 1);
        shift.is_busy(rang, call.leave);
        return call;
    }
    let held = if dice.chance(0.16) {
        dice.between(12.0, 70.0)
    } else {
        0.0
    };
    // At midnight a new day begins for everybody.
    let leave = connect + whole(demand::talk(queue, dice) + held).max(8);
    call.leave = leave.min(midnight).max(connect + 1);
    let wrapped = call.leave + whole(demand::wrap_up(queue, dice)).max(1);
    call.end = match dice.below(20) {
        0 => End::Transferred,
        1..=8 => End::Agent,
        _ => End::Caller,
    };
    if dice.chance(0.1) {
        let score = [5, 5, 4, 5, 3, 4, 2, 1][dice.below(8)];
        let recommends = [10, 9, 8, 10, 7, 9, 5, 2][dice.below(8)];
        let at = call.leave + whole(dice.between(20.0, 600.0));
        call.survey = Some((score, recommends, at));
    }
    call.reason = dice.chance(0.94).then(|| reason(queue, dice));
    call.issue = dice
        .chance(0.3)
        .then(|| chosen(&[0.4, 0.3, 0.2, 0.1], dice));
    shift.is_busy(rang, wrapped);
    call.answer = Some(Answer {
        agent: shift.agent,
        rang,
        connect,
        wrapped,
        wrap_up: numbers.next(),
    });
    call
}

/// Order, invoice, fault, return, something else: mostly what the queue is for.
fn reason(queue: QueueNo, dice: &mut Dice) -> usize {
    let own = [0, 2, 1, 3, 2][queue];
    if dice.chance(0.6) {
        own
    } else {
        chosen(&[0.3, 0.25, 0.2, 0.15, 0.1], dice)
    }
}

/// One of several, by their shares.
fn chosen(shares: &[f64], dice: &mut Dice) -> usize {
    let mut rest = dice.between(0.0, 1.0);
    let found = shares.iter().position(|share| {
        rest -= share;
        rest < 0.0
    });
    found.unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates"
)]
pub(super) fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates"
)]
fn floor(seconds: f64) -> i64 {
    seconds.floor() as i64
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
pub(super) fn seconds(whole: i64) -> f64 {
    whole as f64
}

/// Whether this agent serves that queue.
pub(super) fn serves(agent: AgentNo, queue: QueueNo) -> bool {
    AGENTS[agent].queues.contains(&queue)
}
