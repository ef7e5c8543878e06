//! Histogram of durations, in bounded memory.

use std::time::Duration;

use serde::{Deserialize, Serialize};

const BOUND_COUNT: usize = 16;

/// Upper bounds in microseconds: half a millisecond to a minute.
const BOUNDS_MICROS: [u64; BOUND_COUNT] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

/// Counts by upper bound, and the sum of all durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// One per bound, and one for longer durations.
    counts: [u64; BOUND_COUNT + 1],
    micros: u64,
}

impl Histogram {
    pub fn record_duration(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let index = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        self.counts[index] += 1;
        self.micros = self.micros.saturating_add(micros);
    }

    /// Returns the number of durations.
    pub fn total_count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the sum of all durations, in seconds.
    pub fn total_seconds(&self) -> f64 {
        Duration::from_micros(self.micros).as_secs_f64()
    }

    /// Returns upper bounds in seconds, the last infinite, each with the count between it and the
    /// previous bound.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = BOUNDS_MICROS.map(|micros| Duration::from_micros(micros).as_secs_f64());
        bounds.into_iter().chain([f64::INFINITY]).zip(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_counts_under_the_first_bound_that_includes_it() {
        let mut histogram = Histogram::default();
        for micros in [0, 500, 501, 100_000, 60_000_000, 60_000_001] {
            histogram.record_duration(Duration::from_micros(micros));
        }

        let filled = histogram.buckets().filter(|(_, count)| 0 < *count);

        assert_eq!(
            filled.collect::<Vec<_>>(),
            [
                (0.0005, 2),
                (0.001, 1),
                (0.1, 1),
                (60.0, 1),
                (f64::INFINITY, 1)
            ]
        );
        assert_eq!(histogram.total_count(), 6);
        assert!((histogram.total_seconds() - 120.101_002).abs() < 1e-9);
    }
}
