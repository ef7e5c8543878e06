//! Estimated abandons. A customer who leaves causes no event. When unopened cases outnumber the
//! customers in queue for long enough, the surplus has left.

use serde::{Deserialize, Serialize};

use wallboard_domain::MonotonicTime;

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
    #[serde(default)]
    seen_at: MonotonicTime,
    /// The time since it was last seen doesn't count.
    #[serde(default)]
    is_paused: bool,
}

impl SurplusDetector {
    /// Records the current surplus; `None` if unknown. Returns how many have left by now.
    pub(crate) fn observe_surplus(
        &mut self,
        surplus: Option<usize>,
        hold: i64,
        now: MonotonicTime,
    ) -> usize {
        self.resume(now);
        let Some(surplus) = surplus.filter(|n| *n > 0) else {
            self.watch = None;
            return 0;
        };
        let watch = self.watch.get_or_insert(SurplusWatch {
            since: now,
            least: surplus,
            seen_at: now,
            is_paused: false,
        });
        watch.seen_at = now;
        watch.least = watch.least.min(surplus);
        if now.millis_since(watch.since) < hold {
            return 0;
        }
        let gone = watch.least;
        self.watch = (surplus > gone).then_some(SurplusWatch {
            since: now,
            least: surplus - gone,
            seen_at: now,
            is_paused: false,
        });
        gone
    }

    /// Pauses the watch while the source is disconnected, since `lost_at`. What happens meanwhile is delivered
    /// later, so restarts that come every few seconds must not begin it again each time.
    pub(crate) fn pause(&mut self, lost_at: MonotonicTime) {
        if let Some(watch) = self.watch.as_mut().filter(|watch| !watch.is_paused) {
            watch.seen_at = watch.seen_at.max(lost_at);
            watch.is_paused = true;
        }
    }

    /// Continues the watch: the source is connected again.
    pub(crate) fn resume(&mut self, now: MonotonicTime) {
        if let Some(watch) = self.watch.as_mut().filter(|watch| watch.is_paused) {
            let unseen = now.millis_since(watch.seen_at.max(watch.since));
            watch.since = watch.since.plus_millis(unseen);
            watch.seen_at = now;
            watch.is_paused = false;
        }
    }

    pub(crate) fn next_due(&self, hold: i64) -> Option<MonotonicTime> {
        let watch = self.watch.filter(|watch| !watch.is_paused)?;
        Some(watch.since.plus_millis(hold))
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
    fn pauses_add_up_to_a_lasting_surplus_and_do_not_count() {
        let mut surplus = SurplusDetector::default();
        let mut left = Vec::new();
        for start in (0..12).map(|run| run * 10_000) {
            for seen_at in [start, start + 3_000] {
                left.push(surplus.observe_surplus(Some(1), 30_000, MonotonicTime(seen_at)));
            }
            surplus.pause(MonotonicTime(start + 3_000));
            surplus.pause(MonotonicTime(start + 6_000));
            assert_eq!(surplus.next_due(30_000), None);
        }

        // Ten runs of 3 s.
        let first = left.iter().position(|left| *left == 1);
        assert_eq!(first, Some(2 * 9 + 1), "{left:?}");
    }

    #[test]
    fn time_until_a_loss_counts_though_nothing_was_seen_since() {
        let mut surplus = SurplusDetector::default();
        let left = (0..12).map(|run| run * 10_000).map(|start| {
            let left = surplus.observe_surplus(Some(1), 30_000, MonotonicTime(start));
            surplus.pause(MonotonicTime(start + 3_000));
            left
        });

        assert_eq!(
            left.collect::<Vec<_>>()[..11],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
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
