//! Handle times: lognormal, as measured in call centers (Brown et al., "Statistical analysis of a
//! telephone call center", 2005).

use super::random_stream::RandomStream;

/// The standard deviation of handle times, divided by their mean.
const VARIATION: f64 = 0.8;
/// The usual mean counts like so many recent contacts.
const USUAL_WEIGHT: f64 = 25.0;

/// The handle time of a queue: its mean and how certain that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandleTime {
    pub mean_s: f64,
    /// The standard error of the mean, divided by the mean.
    uncertainty: f64,
}

/// Contacts handled, and the time that they took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HandledContacts {
    pub count: f64,
    pub total_s: f64,
}

impl HandledContacts {
    /// Some contacts with their mean handle time.
    pub fn of_mean(count: f64, mean_s: f64) -> Self {
        Self {
            count,
            total_s: count * mean_s,
        }
    }

    /// Adds what was handled at another time.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.total_s += other.total_s;
    }
}

impl HandleTime {
    /// Estimates the mean from the last hours and from the last weeks, weighted by their samples.
    /// `None` if nothing was handled.
    pub fn estimate(recent: HandledContacts, usual: HandledContacts) -> Option<Self> {
        let weight = USUAL_WEIGHT.min(usual.count);
        let count = recent.count + weight;
        let usual_mean = usual.total_s / usual.count.max(1.0);
        let mean_s = (recent.total_s + weight * usual_mean) / count;
        (0.0 < mean_s).then(|| Self {
            mean_s,
            uncertainty: VARIATION / count.sqrt(),
        })
    }

    /// Returns a handle time whose mean is certain.
    pub fn certain(mean_s: f64) -> Self {
        Self {
            mean_s,
            uncertainty: 0.0,
        }
    }

    /// Draws the mean that is true in one simulated half hour.
    pub(crate) fn draw_mean(&self, random: &mut RandomStream) -> f64 {
        random.lognormal(self.mean_s, self.uncertainty)
    }
}

/// Draws the time that a contact takes.
pub(crate) fn draw_handle_time(mean_s: f64, random: &mut RandomStream) -> f64 {
    random.lognormal(mean_s, VARIATION)
}

/// Draws the rest of a contact that has taken a time already.
pub(crate) fn draw_rest(mean_s: f64, elapsed_s: Option<f64>, random: &mut RandomStream) -> f64 {
    let Some(elapsed_s) = elapsed_s else {
        // A contact met at random is a long one: times its own length, lognormal is lognormal.
        let length = random.lognormal(mean_s * (1.0 + VARIATION * VARIATION), VARIATION);
        return length * random.uniform();
    };
    // Longer than this is rarer than one in a hundred; the rest of such a contact is as long as it.
    let draws = [(); 8].map(|()| draw_handle_time(mean_s, random) - elapsed_s);
    let rest = draws.into_iter().find(|rest| 0.0 < *rest);
    rest.unwrap_or_else(|| random.exponential(mean_s.max(elapsed_s / 2.0)))
}
