//! How many come, and whether a group answers at all: the day's curve, moods,
//! staged incidents, and offers that follow the load, as VEP makes fewer of
//! them when queues are long.

use super::{
    cast::{BILLING, GROUPS, GroupNo},
    dice::Dice,
};

/// Visitors per second over all groups at an ordinary hour.
const ARRIVALS: f64 = 0.33;

/// By local hour. The night is quieter, and still alive.
const CURVE: [f64; 24] = [
    0.82, 0.80, 0.80, 0.80, 0.82, 0.86, 0.90, 0.95, 1.02, 1.08, 1.12, 1.10, 1.02, 1.06, 1.10, 1.08,
    1.04, 1.00, 0.98, 1.00, 1.00, 0.96, 0.90, 0.85,
];

/// How far a staged incident has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The group's agents cannot work: nobody is answered, and more come than usual.
    Outage,
    /// They are back, and take the queue down step by step.
    Relief,
}

/// How full the centre is, as far as it bears on who comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pressure {
    /// In all queues but one with an incident, whose queue would else keep
    /// everybody away.
    pub(super) waiting: u32,
    pub(super) talking: u32,
    /// In the queue of the group in question.
    pub(super) here: u32,
}

/// What bears on the visitors who come.
#[derive(Debug)]
pub(super) struct Demand {
    moods: [f64; GROUPS.len()],
    hot: GroupNo,
    pub(super) incident: Option<(GroupNo, Stage)>,
    incidents: u32,
}

impl Demand {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let mut demand = Self {
            moods: [1.0; GROUPS.len()],
            hot: BILLING,
            incident: None,
            incidents: 0,
        };
        demand.change_mood(dice);
        demand
    }

    /// The pressure moves on: one group is hot, the others are quiet or steady.
    /// Answers how many seconds this holds.
    pub(super) fn change_mood(&mut self, dice: &mut Dice) -> f64 {
        self.hot = (self.hot + 1 + dice.below(GROUPS.len() - 1)) % GROUPS.len();
        for (group, mood) in self.moods.iter_mut().enumerate() {
            *mood = if group == self.hot {
                dice.between(2.0, 2.8)
            } else {
                dice.between(0.45, 1.0)
            };
        }
        dice.between(60.0, 140.0)
    }

    /// The next step of an incident. Answers how many seconds this holds.
    pub(super) fn step_incident(&mut self, dice: &mut Dice) -> f64 {
        let (incident, seconds) = match self.incident {
            None => {
                let group = match self.incidents {
                    0 => BILLING,
                    _ => dice.below(GROUPS.len()),
                };
                self.incidents += 1;
                (Some((group, Stage::Outage)), 168.0)
            }
            Some((group, Stage::Outage)) => (Some((group, Stage::Relief)), 90.0),
            Some((_, Stage::Relief)) => (None, dice.between(840.0, 1320.0)),
        };
        self.incident = incident;
        seconds
    }

    pub(super) fn stage(&self, group: GroupNo) -> Option<Stage> {
        self.incident
            .filter(|incident| incident.0 == group)
            .map(|incident| incident.1)
    }

    /// Visitors per second for a group, at a local hour and under a load.
    pub(super) fn rate(&self, group: GroupNo, hour: i8, load: Pressure) -> f64 {
        let offers = match load.waiting {
            0..=2 => 3.0,
            3 => 2.0,
            4..=5 => 1.4,
            6..=8 => 0.9,
            9..=11 => 0.5,
            _ => 0.2,
        } * match load.talking {
            0..=11 => 1.35,
            12..=17 => 1.0,
            _ => 0.6,
        };
        let factor = match self.stage(group) {
            // The first come at once, so that it is seen within minutes.
            Some(Stage::Outage) if load.here < 3 => 5.0,
            Some(Stage::Outage) if load.here < 9 => 1.9,
            Some(Stage::Outage) => 0.3,
            Some(Stage::Relief) => 0.5 * offers,
            // Who would be the seventh is shown a form instead.
            None if load.here > 5 => self.moods[group] * offers * 0.3,
            None => self.moods[group] * offers,
        };
        let curve = usize::try_from(hour)
            .ok()
            .and_then(|hour| CURVE.get(hour))
            .unwrap_or(&1.0);
        ARRIVALS * GROUPS[group].share * curve * factor
    }

    /// How many agents are at work at a local hour.
    pub(super) fn staff(hour: i8) -> usize {
        match hour {
            8..=17 => 17,
            18..=21 => 16,
            _ => 15,
        }
    }
}
