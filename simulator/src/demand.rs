//! Demand: how many contacts arrive, how long they wait and ring, and surges.

use std::ops::Range;

use jiff::{Zoned, civil::Weekday};

use super::{
    rng::SeededRng,
    roster::{BILLING, Channel, QUEUES, QueueNo, SUPPORT_LINE},
};

/// With so many waiting, callers call later and visitors see a form.
const MANY_WAITING: u32 = 6;

/// Surges begin at this interval, in seconds, and last so long.
const SURGE_INTERVAL: f64 = 3600.0;
const SURGE_DURATION: f64 = 240.0;
/// An outage makes everybody call, for so many seconds; then nobody does for the interval.
const OUTAGE_DURATION: f64 = 300.0;
const OUTAGE_INTERVAL: f64 = 4.0 * 3600.0;
/// Callers per second during an outage, of whom more than a hundred wait at once.
const OUTAGE_RATE: f64 = 0.7;

/// Contacts per second of a channel over all queues at an ordinary hour.
const CHAT_RATE: f64 = 62.0 / 3600.0;
const PHONE_RATE: f64 = 66.0 / 3600.0;
/// Factors by local hour, as shifts staff them.
const BY_HOUR: [f64; 24] = [
    0.28, 0.28, 0.28, 0.28, 0.28, 0.28, 0.25, 0.46, 0.80, 1.02, 1.06, 1.02, 0.96, 1.10, 1.20, 1.16,
    0.96, 0.78, 0.68, 0.66, 0.60, 0.46, 0.40, 0.32,
];

/// Factors that make more or fewer contacts arrive than usual.
#[derive(Debug, Default)]
pub(crate) struct Demand {
    moods: [f64; QUEUES.len()],
    /// The chat queue that more people contact than its agents can answer.
    pub(crate) surge: Option<QueueNo>,
    surges: u32,
    /// Everybody calls the support line.
    has_outage: bool,
    pub(crate) day: DayDemand,
}

/// The demand of one day beside the usual one.
#[derive(Clone, Debug)]
pub(crate) struct DayDemand {
    pub(crate) factors: [f64; QUEUES.len()],
    /// A queue that gets so many times the contacts between two hours.
    pub(crate) surge: Option<(QueueNo, Range<f64>, f64)>,
}

impl Default for DayDemand {
    fn default() -> Self {
        Self {
            factors: [1.0; QUEUES.len()],
            surge: None,
        }
    }
}

impl DayDemand {
    fn factor(&self, queue: QueueNo, local: &Zoned) -> f64 {
        let hour = f64::from(local.hour()) + f64::from(local.minute()) / 60.0;
        let surge = self
            .surge
            .as_ref()
            .filter(|(surging, hours, _)| *surging == queue && hours.contains(&hour));
        self.factors[queue] * surge.map_or(1.0, |(_, _, factor)| *factor)
    }
}

impl Demand {
    /// Makes one queue of a channel hot and the others quiet or steady. Returns the
    /// duration in seconds.
    pub(crate) fn change_mood(&mut self, channel: Channel, rng: &mut SeededRng) -> f64 {
        let queues = channel.queues();
        let hot = queues.start + rng.below(queues.len());
        for queue in queues {
            let is_hot = queue == hot;
            self.moods[queue] = rng.between(if is_hot { 1.15..1.5 } else { 0.8..1.05 });
        }
        rng.between(600.0..1800.0)
    }

    /// Begins or ends a surge. Returns the duration in seconds.
    pub(crate) fn toggle_surge(&mut self, rng: &mut SeededRng) -> f64 {
        if let Some(queue) = self.surge.take() {
            self.moods[queue] = 0.4;
            return SURGE_INTERVAL - SURGE_DURATION;
        }
        self.surge = Some(match self.surges {
            0 | 1 => BILLING,
            _ => rng.below(Channel::Chat.queues().len()),
        });
        self.surges += 1;
        SURGE_DURATION
    }

    /// Begins or ends an outage. Returns the duration in seconds.
    pub(crate) fn toggle_outage(&mut self) -> f64 {
        self.has_outage = !self.has_outage;
        if self.has_outage {
            OUTAGE_DURATION
        } else {
            OUTAGE_INTERVAL
        }
    }

    /// Contacts per second for a queue at a local time, with `waiting` contacts already.
    pub(crate) fn rate(&self, queue: QueueNo, local: &Zoned, waiting: u32) -> f64 {
        let usual = usual_rate(queue, local) * self.moods[queue] * self.day.factor(queue, local);
        match (self.surge == Some(queue), waiting) {
            _ if usual == 0.0 => 0.0,
            _ if self.has_outage && queue == SUPPORT_LINE => OUTAGE_RATE,
            // The first come at once, so that the surge shows within minutes.
            (true, 0..4) => 0.3,
            (true, 4..8) => 0.04,
            (false, MANY_WAITING..) => usual * 0.3,
            _ => usual,
        }
    }
}

impl Channel {
    /// The time that a contact waits before it gives up, in seconds.
    pub(crate) fn patience(self, rng: &mut SeededRng) -> f64 {
        match self {
            Self::Chat if rng.chance(0.35) => rng.between(4.0..45.0),
            Self::Chat => rng.between(160.0..480.0),
            Self::Phone => 12.0 + rng.exponential(220.0),
        }
    }

    /// The time that a contact rings before it is answered, in seconds.
    pub(crate) fn ring_time(self, rng: &mut SeededRng) -> f64 {
        match self {
            Self::Chat if rng.chance(0.07) => rng.between(12.0..22.0),
            Self::Chat => rng.between(3.0..11.0),
            Self::Phone => rng.between(2.0..7.0),
        }
    }
}

/// Contacts per second for a queue in an ordinary mood; 0 while it is closed.
pub(crate) fn usual_rate(queue: QueueNo, local: &Zoned) -> f64 {
    let (queue, hour) = (&QUEUES[queue], usize::try_from(local.hour()));
    let week = match local.weekday() {
        Weekday::Monday => 1.06,
        Weekday::Saturday => 0.90,
        Weekday::Sunday => 0.85,
        _ => 1.0,
    };
    let rate = match queue.channel {
        _ if !queue.opens.contain(local) => 0.0,
        Channel::Chat => CHAT_RATE,
        Channel::Phone => PHONE_RATE,
    };
    rate * queue.share * week * BY_HOUR[hour.unwrap_or_default()]
}
