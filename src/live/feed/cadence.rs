//! The upstream's throttle interval, learned from the gaps between a queue's timers.

use std::collections::VecDeque;

const REMEMBERED: usize = 32;
/// Until it is learned, and its bounds, in milliseconds.
const UNLEARNED: i64 = 10_000;
const SHORTEST: i64 = 500;
const LONGEST: i64 = 60_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Cadence {
    gaps: VecDeque<i64>,
    learned: Option<i64>,
}

impl Cadence {
    /// The throttle interval in milliseconds.
    pub(crate) fn interval(&self) -> i64 {
        self.learned.unwrap_or(UNLEARNED)
    }

    /// How long a silence or a difference must last before it means something:
    /// three intervals, at least 30 s.
    pub(crate) fn hold(&self) -> i64 {
        (3 * self.interval()).max(30_000)
    }

    /// A gap between two timers of one queue, in the source's own time.
    pub(crate) fn learn(&mut self, gap: i64) {
        if !(SHORTEST..=LONGEST).contains(&gap) {
            return;
        }
        if self.gaps.len() == REMEMBERED {
            self.gaps.pop_front();
        }
        self.gaps.push_back(gap);
        if self.gaps.len() >= 3 {
            let mut sorted: Vec<i64> = self.gaps.iter().copied().collect();
            sorted.sort_unstable();
            self.learned = Some(sorted[sorted.len() / 2]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_gap_is_the_interval() {
        let mut cadence = Cadence::default();
        for gap in [5_000, 5_100, 4_900, 30_000, 5_000, 200] {
            cadence.learn(gap);
        }

        assert_eq!(cadence.interval(), 5_000);
        assert_eq!(cadence.hold(), 30_000);
    }
}
