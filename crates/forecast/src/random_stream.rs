//! Random numbers from a seed: the same seed gives the same forecast, on every machine.

use std::f64::consts::TAU;

/// Xoshiro256++ (Blackman and Vigna, 2019), seeded by `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct RandomStream([u64; 4]);

impl RandomStream {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    fn next_bits(&mut self) -> u64 {
        let state = &mut self.0;
        let bits = state[0]
            .wrapping_add(state[3])
            .rotate_left(23)
            .wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        bits
    }

    /// Draws a number from 0 up to, but without, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next_bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.uniform()).ln()
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (TAU * self.uniform()).cos()
    }

    /// Draws from the lognormal distribution with a mean and a coefficient of variation.
    pub(crate) fn lognormal(&mut self, mean: f64, variation: f64) -> f64 {
        let variance = variation.mul_add(variation, 1.0).ln();
        mean * (variance.sqrt() * self.normal() - variance / 2.0).exp()
    }

    /// Draws from the gamma distribution with mean 1 (Marsaglia and Tsang, 2000).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.uniform()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * (shape + 1.0) / shape * boost;
        }
        let (center, width) = (shape - 1.0 / 3.0, 1.0 / (9.0 * shape - 3.0).sqrt());
        loop {
            let normal = self.normal();
            let cube = width.mul_add(normal, 1.0).powi(3);
            if cube <= 0.0 {
                continue;
            }
            let bound = normal * normal / 2.0 + center - center * cube + center * cube.ln();
            if (1.0 - self.uniform()).ln() < bound {
                return center * cube / shape;
            }
        }
    }
}
