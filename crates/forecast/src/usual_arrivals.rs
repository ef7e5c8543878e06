//! The usual arrivals of a weekday: contacts by quarter of an hour, from the last weeks.

/// Quarters of an hour in a day.
pub const QUARTERS: usize = 96;

/// One past day of a queue.
#[derive(Clone, Debug)]
pub struct PastDay {
    /// 0 is Monday.
    pub weekday: u8,
    pub days_ago: u32,
    /// Contacts by quarter of an hour of local time; `None` if unknown.
    pub contacts: [Option<u32>; QUARTERS],
}

/// After so many days a past day counts half.
const HALF_LIFE_DAYS: f64 = 21.0;
/// The shape of all days counts as much as so many days of this weekday.
const ALL_DAYS_WEIGHT: f64 = 3.0;
/// Neighboring quarters smooth each other.
const KERNEL: [f64; 5] = [1.0, 2.0, 3.0, 2.0, 1.0];
/// So many expected contacts wouldn't all stay away by chance: the queue is closed then.
const CLOSED_EXPECTED: f64 = 4.0;

/// Usual contacts by quarter of an hour.
pub(crate) type UsualDay = [f64; QUARTERS];

/// Sums over weighted days, from which a single day can be taken out again.
#[derive(Clone)]
pub(crate) struct DaySums {
    same: WeightedDay,
    all: WeightedDay,
}

#[derive(Clone)]
struct WeightedDay {
    contacts: [f64; QUARTERS],
    weights: [f64; QUARTERS],
    days: [f64; QUARTERS],
}

impl DaySums {
    pub(crate) fn new(days: &[PastDay], weekday: u8) -> Self {
        let empty = WeightedDay {
            contacts: [0.0; QUARTERS],
            weights: [0.0; QUARTERS],
            days: [0.0; QUARTERS],
        };
        let mut sums = Self {
            same: empty.clone(),
            all: empty,
        };
        for day in days {
            sums.add(day, weekday, 1.0);
        }
        sums
    }

    /// Adds a day, or takes it out with `sign` -1.
    pub(crate) fn add(&mut self, day: &PastDay, weekday: u8, sign: f64) {
        let weight = (-f64::from(day.days_ago) / HALF_LIFE_DAYS).exp2();
        self.all.add(day, sign, weight);
        if day.weekday == weekday {
            self.same.add(day, sign, weight);
        }
    }

    /// Blends the weekday's own quarters with the shape of all days at the weekday's level.
    pub(crate) fn usual_day(&self) -> UsualDay {
        let (own, all) = (self.same.means(), self.all.means());
        let level = own.iter().sum::<f64>() / all.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let blended: UsualDay = std::array::from_fn(|quarter| {
            let weight = self.same.weights[quarter];
            let shape = ALL_DAYS_WEIGHT * all[quarter] * level;
            weight.mul_add(own[quarter], shape) / (weight + ALL_DAYS_WEIGHT)
        });
        std::array::from_fn(|quarter| {
            let smooth = smoothed(&blended, quarter);
            let expected = smooth * self.same.days[quarter];
            let is_closed = self.same.contacts[quarter] < 1e-9 && CLOSED_EXPECTED < expected;
            if is_closed { 0.0 } else { smooth }
        })
    }
}

impl WeightedDay {
    fn add(&mut self, day: &PastDay, sign: f64, weight: f64) {
        for (quarter, contacts) in day.contacts.iter().enumerate() {
            if let Some(contacts) = contacts {
                self.contacts[quarter] += sign * weight * f64::from(*contacts);
                self.weights[quarter] += sign * weight;
                self.days[quarter] += sign;
            }
        }
    }

    fn means(&self) -> UsualDay {
        std::array::from_fn(|quarter| {
            let weight = self.weights[quarter];
            let is_known = 0.5 < self.days[quarter];
            if is_known {
                self.contacts[quarter].max(0.0) / weight
            } else {
                0.0
            }
        })
    }
}

fn smoothed(day: &UsualDay, quarter: usize) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (offset, weight) in KERNEL.iter().enumerate() {
        if let Some(value) = (quarter + offset).checked_sub(2).and_then(|at| day.get(at)) {
            sum += weight * value;
            weights += weight;
        }
    }
    sum / weights
}
