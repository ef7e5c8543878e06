//! Estimated abandons. A customer who leaves causes no event. When unopened cases outnumber the
//! customers in queue for long enough, the surplus has left.

use serde::{Deserialize, Serialize};

use crate::domain::MonotonicTime;

/// Watches by how many the waiting cases outnumber the waiting customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SurplusDetector {
    watch: Option<SurplusWatch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct SurplusWatch {
    since: MonotonicTime,
    /// The smallest surplus in that time: at least this many have certainly left.
    least: usize,
}

impl SurplusDetector {
    /// Records the current surplus; `None` if unknown. Returns how many have left by now.
    pub(crate) fn observe_surplus(
        &mut self,
        surplus: Option<usize>,
        hold: i64,
        now: MonotonicTime,
    ) -> usize {
        let Some(surplus) = surplus.filter(|n| *n > 0) else {
            self.watch = None;
            return 0;
        };
        let watch = self.watch.get_or_insert(SurplusWatch {
            since: now,
            least: surplus,
        });
        watch.least = watch.least.min(surplus);
        if now.millis_since(watch.since) < hold {
            return 0;
        }
        let gone = watch.least;
        self.watch = (surplus > gone).then_some(SurplusWatch {
            since: now,
            least: surplus - gone,
        });
        gone
    }

    pub(crate) fn next_due(&self, hold: i64) -> Option<MonotonicTime> {
        self.watch.map(|watch| watch.since.plus_millis(hold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lasting_surplus_has_left() {
        let mut surplus = SurplusDetector::default();

        assert_eq!(
            surplus.observe_surplus(Some(2), 30_000, MonotonicTime(0)),
            0
        );
        assert_eq!(
            surplus.observe_surplus(Some(1), 30_000, MonotonicTime(10_000)),
            0
        );
        assert_eq!(
            surplus.observe_surplus(Some(3), 30_000, MonotonicTime(29_999)),
            0
        );
        assert_eq!(
            surplus.observe_surplus(Some(3), 30_000, MonotonicTime(30_000)),
            1
        );
        assert_eq!(
            surplus.observe_surplus(Some(2), 30_000, MonotonicTime(59_000)),
            0
        );
        assert_eq!(
            surplus.observe_surplus(Some(2), 30_000, MonotonicTime(60_000)),
            2
        );
    }

    #[test]
    fn a_moment_without_a_known_surplus_restarts_the_watch() {
        let mut surplus = SurplusDetector::default();
        surplus.observe_surplus(Some(2), 30_000, MonotonicTime(0));
        surplus.observe_surplus(None, 30_000, MonotonicTime(20_000));

        assert_eq!(
            surplus.observe_surplus(Some(2), 30_000, MonotonicTime(31_000)),
            0
        );
    }
}
