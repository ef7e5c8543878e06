//! The 80 % range of a figure.

/// The share of outcomes that a range holds.
pub const RANGE_SHARE: f64 = 0.8;

/// A range that holds 80 % of the outcomes, or as near to that as whole contacts allow, and the
/// outcome in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForecastRange {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

impl ForecastRange {
    pub fn contains(&self, value: f64) -> bool {
        // A share of contacts isn't exact.
        (self.low - 1e-9..=self.high + 1e-9).contains(&value)
    }

    /// Returns the range of equally likely outcomes, in any order.
    pub(crate) fn from_outcomes(mut outcomes: Vec<f64>) -> Option<Self> {
        outcomes.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "some hundred outcomes")]
        let weight = 1.0 / outcomes.len() as f64;
        Self::from_weights(outcomes.into_iter().map(|outcome| (outcome, weight)))
    }

    /// Returns the range of outcomes in rising order, with their probabilities: the one whose
    /// probability is nearest to 80 % and that leaves nearly equal parts below and above.
    pub(crate) fn from_weights(weights: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let mut values: Vec<f64> = Vec::new();
        // Of each value, the probability of all up to it.
        let mut up_to: Vec<f64> = Vec::new();
        let mut sum = 0.0;
        for (value, weight) in weights {
            sum += weight;
            if values.last() == Some(&value) {
                up_to.pop();
            } else {
                values.push(value);
            }
            up_to.push(sum);
        }
        let find = |share: f64| up_to.partition_point(|part| *part < share * sum);
        let tail = 1.0 - RANGE_SHARE;
        let last = values.len().checked_sub(1)?;
        let below = |index: usize| index.checked_sub(1).map_or(0.0, |before| up_to[before]);
        let mut best = (f64::INFINITY, 0, last);
        for low in 0..=(find(tail) + 1).min(last) {
            let below = below(low) / sum;
            let enough = find(RANGE_SHARE + below).min(last);
            for high in [enough.saturating_sub(1).max(low), enough] {
                let above = 1.0 - up_to[high] / sum;
                let inside = 1.0 - below - above;
                let miss = (inside - RANGE_SHARE).abs() + TAIL_COST * (below - above).abs();
                if miss < best.0 {
                    best = (miss, low, high);
                }
            }
        }
        Some(Self {
            low: values[best.1],
            middle: values[find(0.5).min(last)],
            high: values[best.2],
        })
    }
}

/// How much less unequal tails matter than the probability inside.
const TAIL_COST: f64 = 0.2;
