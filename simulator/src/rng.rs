//! The simulator's only source of randomness, seeded so that a seed replays.

use std::ops::Range;

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Randomness in the shapes that a contact center needs. Times are in seconds.
#[derive(Debug)]
pub(crate) struct SeededRng(StdRng);

impl SeededRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    pub(crate) fn between(&mut self, range: Range<f64>) -> f64 {
        range.start + (range.end - range.start) * self.0.random::<f64>()
    }

    /// Draws the time until the next of independent events.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.0.random::<f64>()).ln()
    }

    /// Draws the length of a piece of work: seldom very short, sometimes long.
    pub(crate) fn work(&mut self, mean: f64) -> f64 {
        self.exponential(mean / 2.0) + self.exponential(mean / 2.0)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0.random_range(0..count.max(1))
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Picks an index by the shares; 0 where they don't add up to 1.
    pub(crate) fn pick_by_share(&mut self, shares: impl IntoIterator<Item = f64>) -> usize {
        let mut rest = self.between(0.0..1.0);
        let picked = shares.into_iter().position(|share| {
            rest -= share;
            rest < 0.0
        });
        picked.unwrap_or_default()
    }

    pub(crate) fn guid(&mut self) -> String {
        guid(self.0.random())
    }
}

/// Formats sixteen bytes as VEP writes a GUID, marked as a random one.
pub(crate) fn guid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| &hex[part]).join("-")
}
