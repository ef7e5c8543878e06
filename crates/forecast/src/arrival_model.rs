//! Arrivals: the usual of a weekday and time, times the factor that today shows so far.

use super::{
    forecast_range::ForecastRange,
    negative_binomial::NegativeBinomial,
    usual_arrivals::{DaySums, PastDay, QUARTERS, UsualDay},
};

/// Minutes of a quarter of an hour.
const QUARTER_MINUTES: f64 = 15.0;
/// Days of this weekday without which there is no usual.
const WEEKS_MIN: usize = 3;
/// Quarters of the steps that past days are forecast in, and the fewest usual contacts of one.
const STEP_QUARTERS: usize = 2;
const USUAL_MIN: f64 = 0.5;
/// How many past days are forecast to choose the parameters.
const FITTED_DAYS: u32 = 28;

/// After so many minutes, earlier arrivals of today count a third.
const MEMORIES: [f64; 3] = [45.0, 120.0, 360.0];
/// The variance of the day's factor before anything has arrived.
const DAY_VARIANCES: [f64; 4] = [0.003, 0.02, 0.08, 0.3];
/// The variance of the next half hour's factor around the day's.
const STEP_VARIANCES: [f64; 5] = [0.0005, 0.01, 0.03, 0.08, 0.2];

/// The usual arrivals of a queue on a weekday, and how today's change them. Fitted once a day.
#[derive(Clone, Debug)]
pub struct ArrivalModel {
    usual: UsualDay,
    parameters: ArrivalParameters,
}

/// The parameters that forecast past days best.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ArrivalParameters {
    memory_minutes: f64,
    day_variance: f64,
    step_variance: f64,
}

/// Arrivals of today in a part of the day, in minutes since midnight.
#[derive(Clone, Copy, Debug)]
pub struct RecentArrivals {
    pub from_minute: f64,
    pub to_minute: f64,
    pub contacts: u32,
}

/// The distribution of the contacts that will arrive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpectedArrivals {
    pub mean: f64,
    /// The shape of the gamma distribution of their rate.
    pub shape: f64,
}

impl ExpectedArrivals {
    /// The contacts of several queues that vary by themselves; its mean and variance are those of the
    /// sum.
    pub fn sum(queues: impl IntoIterator<Item = Self>) -> Self {
        let (mut mean, mut variance) = (0.0, 0.0);
        for queue in queues {
            mean += queue.mean;
            variance += queue.mean * queue.mean / queue.shape;
        }
        Self {
            mean,
            shape: mean * mean / variance,
        }
    }
}

/// The arrivals of a day so far and what was usual, both fading with time.
#[derive(Clone, Copy, Debug, Default)]
struct FadingSums {
    arrived: f64,
    usual: f64,
}

impl ArrivalModel {
    /// Fits the model to the last weeks; `None` with too few days of this weekday. `sample_quarters`: of
    /// how many quarters of an hour the history has only the sum, spread evenly.
    pub fn fit(days: &[PastDay], weekday: u8, sample_quarters: usize) -> Option<Self> {
        let same = days.iter().filter(|day| day.weekday == weekday);
        if same.count() < WEEKS_MIN {
            return None;
        }
        Some(Self {
            usual: DaySums::new(days, weekday).usual_day(),
            parameters: ArrivalParameters::fit(days, sample_quarters.max(STEP_QUARTERS)),
        })
    }

    /// Expects nothing in quarters of an hour in which the queue is closed on this day.
    pub fn close_quarters(&mut self, is_closed: impl Fn(usize) -> bool) {
        let quarters = self.usual.iter_mut().enumerate();
        for (_, contacts) in quarters.filter(|(quarter, _)| is_closed(*quarter)) {
            *contacts = 0.0;
        }
    }

    /// The usual contacts between two minutes of the day.
    pub fn usual_between(&self, from_minute: f64, to_minute: f64) -> f64 {
        let quarters = self.usual.iter().zip(0_u16..);
        quarters
            .map(|(contacts, quarter)| {
                let start = f64::from(quarter) * QUARTER_MINUTES;
                let end = (start + QUARTER_MINUTES).min(to_minute);
                contacts * (end - start.max(from_minute)).max(0.0) / QUARTER_MINUTES
            })
            .sum()
    }

    /// Returns the contacts that will arrive between two minutes of today.
    pub fn expect(
        &self,
        recent: &[RecentArrivals],
        from_minute: f64,
        to_minute: f64,
    ) -> ExpectedArrivals {
        let mut sums = FadingSums::default();
        for part in recent {
            let age = from_minute - f64::midpoint(part.from_minute, part.to_minute);
            let weight = (-age / self.parameters.memory_minutes).exp();
            sums.arrived += weight * f64::from(part.contacts);
            sums.usual += weight * self.usual_between(part.from_minute, part.to_minute);
        }
        let usual = self.usual_between(from_minute, to_minute);
        self.parameters.expect(sums, usual)
    }
}

impl ExpectedArrivals {
    /// Returns the range of the number of contacts.
    pub fn range(&self) -> Option<ForecastRange> {
        ForecastRange::from_weights(NegativeBinomial::from(*self).probabilities())
    }
}

impl From<ExpectedArrivals> for NegativeBinomial {
    fn from(ExpectedArrivals { mean, shape }: ExpectedArrivals) -> Self {
        Self { mean, shape }
    }
}

impl ArrivalParameters {
    /// Chooses the parameters under which the half hours, or longer steps, of the last days were most
    /// likely, each forecast from the other days and from its own day until then.
    fn fit(days: &[PastDay], step: usize) -> Self {
        let mut candidates = Vec::new();
        for memory_minutes in MEMORIES {
            for day_variance in DAY_VARIANCES {
                candidates.extend(STEP_VARIANCES.map(|step_variance| Self {
                    memory_minutes,
                    day_variance,
                    step_variance,
                }));
            }
        }
        let mut likelihoods = vec![0.0; candidates.len()];
        let sums: Vec<DaySums> = (0..7).map(|weekday| DaySums::new(days, weekday)).collect();
        for day in days.iter().filter(|day| day.days_ago <= FITTED_DAYS) {
            let mut others = sums[usize::from(day.weekday)].clone();
            others.add(day, day.weekday, -1.0);
            let usual = others.usual_day();
            let per_memory = candidates.chunks(DAY_VARIANCES.len() * STEP_VARIANCES.len());
            let mut at = 0;
            for chunk in per_memory {
                let steps = forecast_steps(day, &usual, chunk[0].memory_minutes, step);
                for candidate in chunk {
                    likelihoods[at] += steps.iter().map(|step| candidate.judge(step)).sum::<f64>();
                    at += 1;
                }
            }
        }
        let best = likelihoods.iter().zip(&candidates);
        let best = best.max_by(|a, b| a.0.total_cmp(b.0));
        best.map_or(candidates[0], |(_, candidate)| *candidate)
    }

    fn judge(&self, (sums, usual, arrived): &(FadingSums, f64, f64)) -> f64 {
        let expected = NegativeBinomial::from(self.expect(*sums, *usual));
        expected.ln_likelihood(*arrived)
    }

    /// The posterior of today's factor (gamma, with mean 1 before anything is known), applied to
    /// what is usual.
    fn expect(&self, sums: FadingSums, usual: f64) -> ExpectedArrivals {
        let prior = 1.0 / self.day_variance;
        let (arrived, expected) = (prior + sums.arrived, prior + sums.usual);
        ExpectedArrivals {
            mean: usual * arrived / expected,
            shape: 1.0 / (1.0 / arrived + self.step_variance),
        }
    }
}

/// Returns each step of a past day in which something is usual: the day before it, what is usual in
/// it, and what arrived.
fn forecast_steps(
    day: &PastDay,
    usual: &UsualDay,
    memory_minutes: f64,
    step: usize,
) -> Vec<(FadingSums, f64, f64)> {
    let fade = (-QUARTER_MINUTES / memory_minutes).exp();
    let mut sums = FadingSums::default();
    let mut steps = Vec::with_capacity(QUARTERS / step);
    for quarter in 0..QUARTERS {
        if quarter % step == 0 {
            let usual: f64 = usual[quarter..].iter().take(step).sum();
            let arrived = day.contacts[quarter..].iter().take(step);
            let arrived: Option<u32> = arrived.copied().sum();
            if let Some(arrived) = arrived.filter(|_| USUAL_MIN < usual) {
                steps.push((sums, usual, f64::from(arrived)));
            }
        }
        sums.arrived *= fade;
        sums.usual *= fade;
        if let Some(contacts) = day.contacts[quarter] {
            let half = fade.sqrt();
            sums.arrived += half * f64::from(contacts);
            sums.usual += half * usual[quarter];
        }
    }
    steps
}
