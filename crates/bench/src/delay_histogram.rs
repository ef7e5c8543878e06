//! Delays of frames, counted by the millisecond, so that any number of them takes the same space
//! and viewers on all threads can add to it without waiting.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// Longer delays count as this one; the longest is known exactly.
const BUCKETS: usize = 30_000;

/// How often each delay occurred.
#[derive(Debug)]
pub(super) struct DelayHistogram {
    counts: Box<[AtomicU64]>,
    max: AtomicU64,
}

/// The delays of all frames, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelayFigures {
    pub p50: u64,
    pub p99: u64,
    pub max: u64,
}

impl DelayHistogram {
    pub(super) fn new() -> Self {
        Self {
            counts: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            max: AtomicU64::new(0),
        }
    }

    /// Counts a delay in milliseconds. A clock that's a little off makes it negative: then it's 0.
    pub(super) fn record(&self, delay: i64) {
        let delay = u64::try_from(delay).unwrap_or(0);
        let bucket = usize::try_from(delay).unwrap_or(BUCKETS).min(BUCKETS - 1);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Relaxed);
        }
        self.max.fetch_max(delay, Relaxed);
    }

    pub(super) fn clear(&self) {
        for count in &self.counts {
            count.store(0, Relaxed);
        }
        self.max.store(0, Relaxed);
    }
}

/// Returns the figures of several histograms together, or `None` without any delay.
pub(super) fn summarize(histograms: &[&DelayHistogram]) -> Option<DelayFigures> {
    let count_at = |bucket: usize| -> u64 {
        let counts = histograms.iter().filter_map(|one| one.counts.get(bucket));
        counts.map(|count| count.load(Relaxed)).sum()
    };
    let counts: Vec<_> = (0..BUCKETS).map(count_at).collect();
    let total: u64 = counts.iter().sum();
    let max = histograms.iter().map(|one| one.max.load(Relaxed)).max()?;
    let percentile = |hundredths: u64| {
        let rank = (total * hundredths).div_ceil(100);
        let mut seen = 0;
        let found = counts.iter().position(|count| {
            seen += count;
            rank <= seen
        });
        found.map_or(max, |bucket| bucket as u64)
    };
    (0 < total).then(|| DelayFigures {
        p50: percentile(50),
        p99: percentile(99),
        max,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_all_delays() {
        let (one, other) = (DelayHistogram::new(), DelayHistogram::new());
        assert_eq!(summarize(&[&one, &other]), None);
        for delay in 1..=98 {
            if delay % 2 == 0 { &one } else { &other }.record(delay);
        }
        one.record(-3);
        other.record(70_000);

        let (p50, p99, max) = (49, 98, 70_000);
        assert_eq!(
            summarize(&[&one, &other]),
            Some(DelayFigures { p50, p99, max })
        );
        other.clear();
        assert_eq!(summarize(&[&one]).unwrap().max, 98);
        assert_eq!(summarize(&[&other]), None);
    }
}
