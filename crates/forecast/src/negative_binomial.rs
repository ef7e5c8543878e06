//! The negative binomial distribution: counts of a Poisson process whose rate is uncertain, with a
//! gamma distribution around its mean. With a great shape it is the Poisson distribution.

/// A distribution of counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NegativeBinomial {
    pub(crate) mean: f64,
    /// The rate's mean squared, divided by its variance.
    pub(crate) shape: f64,
}

impl NegativeBinomial {
    /// The logarithm of a count's probability.
    pub(crate) fn ln_probability(&self, count: f64) -> f64 {
        self.ln_likelihood(count) - ln_gamma(count + 1.0)
    }

    /// The same without the term that depends on the count alone.
    pub(crate) fn ln_likelihood(&self, count: f64) -> f64 {
        let (mean, shape) = (self.mean, self.shape);
        let ways = ln_gamma(count + shape) - ln_gamma(shape);
        ways - shape * (mean / shape).ln_1p() + count * (mean / (shape + mean)).ln()
    }

    /// Returns the counts that may happen, in rising order, with their probabilities.
    pub(crate) fn probabilities(&self) -> impl Iterator<Item = (f64, f64)> {
        let spread = 8.0 * (self.mean + self.mean * self.mean / self.shape).sqrt();
        let (low, high) = (
            (self.mean - spread).max(0.0).floor(),
            self.mean + spread + 8.0,
        );
        let counts = std::iter::successors(Some(low), |count| Some(count + 1.0));
        counts
            .take_while(move |count| *count <= high)
            .map(|count| (count, self.ln_probability(count).exp()))
    }
}

/// The logarithm of the gamma function of a positive number, by Stirling's series from 8 on.
fn ln_gamma(number: f64) -> f64 {
    let (mut shifted, mut product) = (number, 1.0);
    while shifted < 8.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / (shifted * shifted);
    let series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse / 1260.0)) / shifted;
    let half_ln_tau = 0.918_938_533_204_672_7;
    (shifted - 0.5) * shifted.ln() - shifted + half_ln_tau + series - product.ln()
}
