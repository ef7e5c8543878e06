//! How many call the telephone side and how many are there to answer: of today, which the
//! switch plays, and of the days of its past alike.

use jiff::civil::Weekday;

use super::{
    super::dice::Dice,
    cast::{QUEUES, QueueNo},
};

/// Callers per second over all queues at an ordinary hour.
const ARRIVALS: f64 = 0.046;
/// By local hour. The night is quieter, and still alive.
const CURVE: [f64; 24] = [
    0.45, 0.42, 0.40, 0.40, 0.42, 0.48, 0.60, 0.85, 1.02, 1.08, 1.10, 1.06, 0.98, 1.02, 1.06, 1.08,
    1.04, 0.98, 0.90, 0.78, 0.68, 0.60, 0.54, 0.48,
];
/// Who hears of more than this many before them calls later.
const MANY: usize = 5;

/// Callers per second for a queue in an ordinary mood.
pub(super) fn rate(queue: QueueNo, weekday: Weekday, hour: i8) -> f64 {
    let week = match weekday {
        Weekday::Monday => 1.06,
        Weekday::Saturday => 0.85,
        Weekday::Sunday => 0.78,
        _ => 1.0,
    };
    let curve = usize::try_from(hour).ok().and_then(|hour| CURVE.get(hour));
    ARRIVALS * QUEUES[queue].share * week * curve.unwrap_or(&1.0)
}

/// How many of them call where so many wait.
pub(super) fn shy(waiting: usize) -> f64 {
    if MANY < waiting { 0.35 } else { 1.0 }
}

/// One queue is hot for a while, the others are quiet or steady. And for how many seconds.
pub(super) fn moods(dice: &mut Dice) -> ([f64; QUEUES.len()], f64) {
    let hot = dice.below(QUEUES.len());
    let mut moods = [1.0; QUEUES.len()];
    for (queue, mood) in moods.iter_mut().enumerate() {
        *mood = if queue == hot {
            dice.between(1.6, 2.3)
        } else {
            dice.between(0.5, 1.05)
        };
    }
    (moods, dice.between(90.0, 300.0))
}

/// How many agents are at work at a local hour.
pub(super) fn staff(hour: i8) -> usize {
    match hour {
        7..=18 => 13,
        19..=21 => 11,
        _ => 9,
    }
}

/// How long a caller waits before they give up, in seconds.
pub(super) fn patience(dice: &mut Dice) -> f64 {
    12.0 + dice.exponential(220.0)
}

/// How long a call rings before it is answered, in seconds.
pub(super) fn rings(dice: &mut Dice) -> f64 {
    dice.between(2.0, 7.0)
}

/// How long a call is talked, but for what it is on hold, in seconds.
pub(super) fn talk(queue: QueueNo, dice: &mut Dice) -> f64 {
    10.0 + dice.work(QUEUES[queue].talk - 10.0)
}

/// What is left to do after it, in seconds.
pub(super) fn wrap_up(queue: QueueNo, dice: &mut Dice) -> f64 {
    4.0 + dice.work(QUEUES[queue].wrap_up - 4.0)
}
