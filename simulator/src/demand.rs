//! Demand and supply: how many contacts arrive, how many agents are needed, how long things
//! take, and staged outages.

use jiff::{Zoned, civil::Weekday};

use super::{
    rng::SeededRng,
    roster::{BILLING, Channel, QUEUES, QueueNo},
};

/// Callers who hear that more than this many wait call later.
const MANY_CALLERS: u32 = 5;

/// The usual demand of a channel.
struct Profile {
    /// Contacts per second over all queues at an ordinary hour.
    arrivals: f64,
    /// Factors by local hour. The night is quieter, but not dead.
    by_hour: [f64; 24],
    /// Agents on duty by day, in the evening, and at night.
    staff: [usize; 3],
}

const CHAT: Profile = Profile {
    arrivals: 0.33,
    by_hour: [
        0.82, 0.80, 0.80, 0.80, 0.82, 0.86, 0.90, 0.95, 1.02, 1.08, 1.12, 1.10, 1.02, 1.06, 1.10,
        1.08, 1.04, 1.00, 0.98, 1.00, 1.00, 0.96, 0.90, 0.85,
    ],
    staff: [17, 16, 15],
};

const PHONE: Profile = Profile {
    arrivals: 0.046,
    by_hour: [
        0.45, 0.42, 0.40, 0.40, 0.42, 0.48, 0.60, 0.85, 1.02, 1.08, 1.10, 1.06, 0.98, 1.02, 1.06,
        1.08, 1.04, 0.98, 0.90, 0.78, 0.68, 0.60, 0.54, 0.48,
    ],
    staff: [13, 11, 9],
};

/// Factors that make more or fewer contacts arrive than usual.
#[derive(Debug, Default)]
pub(crate) struct Demand {
    moods: [f64; QUEUES.len()],
    /// The chat queue whose agents can't work: no one is answered, and more arrive than usual.
    pub(crate) outage: Option<QueueNo>,
    outages: u32,
}

impl Demand {
    /// Makes one queue of a channel hot and the others quiet or steady. Returns the
    /// duration in seconds.
    pub(crate) fn change_mood(&mut self, channel: Channel, rng: &mut SeededRng) -> f64 {
        let queues = channel.queues();
        let hot = queues.start + rng.below(queues.len());
        for queue in queues {
            let is_hot = queue == hot;
            self.moods[queue] = rng.between(if is_hot { (1.8, 2.5) } else { (0.5, 1.0) });
        }
        rng.between((70.0, 200.0))
    }

    /// Begins or ends an outage. Returns the duration in seconds.
    pub(crate) fn toggle_outage(&mut self, rng: &mut SeededRng) -> f64 {
        if self.outage.take().is_some() {
            return rng.between((930.0, 1410.0));
        }
        self.outage = Some(match self.outages {
            0 => BILLING,
            _ => rng.below(Channel::Chat.queues().len()),
        });
        self.outages += 1;
        168.0
    }

    /// Contacts per second for a queue at a local time, with `waiting` contacts already.
    /// `offers` scales how often visitors are offered a chat.
    pub(crate) fn rate(&self, queue: QueueNo, local: &Zoned, waiting: u32, offers: f64) -> f64 {
        let usual = usual_rate(queue, local.weekday(), local.hour());
        let factor = match QUEUES[queue].channel {
            Channel::Phone if waiting > MANY_CALLERS => self.moods[queue] * 0.35,
            Channel::Phone => self.moods[queue],
            Channel::Chat if self.outage == Some(queue) => match waiting {
                // The first come immediately, so that the outage shows within minutes.
                0..3 => 5.0,
                3..9 => 1.9,
                _ => 0.3,
            },
            // The seventh sees a form instead.
            Channel::Chat if waiting > 5 => self.moods[queue] * offers * 0.3,
            Channel::Chat => self.moods[queue] * offers,
        };
        usual * factor
    }
}

impl Channel {
    fn profile(self) -> &'static Profile {
        match self {
            Self::Chat => &CHAT,
            Self::Phone => &PHONE,
        }
    }

    /// The number of agents on duty at a local hour.
    pub(crate) fn staff(self, hour: i8) -> usize {
        let [day, evening, night] = self.profile().staff;
        match hour {
            7..=18 => day,
            19..=21 => evening,
            _ => night,
        }
    }

    /// The time that a contact waits before it gives up, in seconds.
    pub(crate) fn patience(self, rng: &mut SeededRng) -> f64 {
        match self {
            Self::Chat if rng.chance(0.1) => rng.between((12.0, 60.0)),
            Self::Chat => rng.between((160.0, 480.0)),
            Self::Phone => 12.0 + rng.exponential(220.0),
        }
    }

    /// The time that a contact rings before it is answered, in seconds.
    pub(crate) fn ring_time(self, rng: &mut SeededRng) -> f64 {
        match self {
            Self::Chat if rng.chance(0.07) => rng.between((12.0, 22.0)),
            Self::Chat => rng.between((3.0, 11.0)),
            Self::Phone => rng.between((2.0, 7.0)),
        }
    }
}

/// Contacts per second for a queue in an ordinary mood.
fn usual_rate(queue: QueueNo, weekday: Weekday, hour: i8) -> f64 {
    let week = match weekday {
        Weekday::Monday => 1.06,
        Weekday::Saturday => 0.85,
        Weekday::Sunday => 0.78,
        _ => 1.0,
    };
    let profile = QUEUES[queue].channel.profile();
    let by_hour = usize::try_from(hour).ok();
    let by_hour = by_hour.and_then(|hour| profile.by_hour.get(hour));
    profile.arrivals * QUEUES[queue].share * week * by_hour.unwrap_or(&1.0)
}
