//! The upstream's throttle interval, learned from the gaps between a queue's timers.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

const MAX_GAPS: usize = 32;
/// The interval until it is learned, and its bounds, in milliseconds.
const DEFAULT_INTERVAL: i64 = 10_000;
const MIN_INTERVAL: i64 = 500;
const MAX_INTERVAL: i64 = 60_000;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReportInterval {
    gaps: VecDeque<i64>,
    median: Option<i64>,
}

impl ReportInterval {
    /// The throttle interval in milliseconds.
    pub(crate) fn as_millis(&self) -> i64 {
        self.median.unwrap_or(DEFAULT_INTERVAL)
    }

    /// How long a silence or a difference must last to be significant: three intervals, at least
    /// 30 s.
    pub(crate) fn tolerance_millis(&self) -> i64 {
        (3 * self.as_millis()).max(30_000)
    }

    /// Records a gap between two timers of one queue, in the source's own time.
    pub(crate) fn record_gap(&mut self, gap: i64) {
        if !(MIN_INTERVAL..=MAX_INTERVAL).contains(&gap) {
            return;
        }
        if self.gaps.len() == MAX_GAPS {
            self.gaps.pop_front();
        }
        self.gaps.push_back(gap);
        if self.gaps.len() >= 3 {
            let mut sorted: Vec<i64> = self.gaps.iter().copied().collect();
            sorted.sort_unstable();
            self.median = Some(sorted[sorted.len() / 2]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_gap_is_the_interval() {
        let mut interval = ReportInterval::default();
        for gap in [5_000, 5_100, 4_900, 30_000, 5_000, 200] {
            interval.record_gap(gap);
        }

        assert_eq!(interval.as_millis(), 5_000);
        assert_eq!(interval.tolerance_millis(), 30_000);
    }
}
