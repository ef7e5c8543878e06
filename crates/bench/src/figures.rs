//! Figures of all viewers together.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    time::{SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::delay_histogram::{DelayFigures, DelayHistogram, summarize};

/// Figures since the viewers were connected, or since the last new start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadFigures {
    /// Changes and heartbeats.
    pub frames: u64,
    pub heartbeats: u64,
    /// With the frames' headers.
    pub bytes: u64,
    /// How often a frame's number wasn't the one after the last.
    pub gaps: u64,
    /// How often a viewer that was too slow skipped to the whole board.
    pub skips: u64,
    /// Lost connections, by reason.
    pub lost: BTreeMap<String, u64>,
    /// From a frame's `ts` to its arrival.
    pub delay: Option<DelayFigures>,
    /// From the source's own time of the oldest change in a frame to its arrival.
    pub age: Option<DelayFigures>,
}

impl LoadFigures {
    pub fn lost_count(&self) -> u64 {
        self.lost.values().sum()
    }
}

/// How far the server's clock is from this machine's, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockDifference {
    /// Positive: the server's is ahead.
    pub ahead: i64,
    /// The difference is known to within this.
    pub within: i64,
}

/// Figures that viewers on any thread add to.
#[derive(Debug)]
pub(super) struct FigureCounts {
    pub(super) frames: AtomicU64,
    pub(super) heartbeats: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) gaps: AtomicU64,
    pub(super) skips: AtomicU64,
    pub(super) delays: DelayHistogram,
    pub(super) ages: DelayHistogram,
    lost: Mutex<BTreeMap<String, u64>>,
}

impl FigureCounts {
    pub(super) fn new() -> Self {
        Self {
            frames: AtomicU64::new(0),
            heartbeats: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            gaps: AtomicU64::new(0),
            skips: AtomicU64::new(0),
            delays: DelayHistogram::new(),
            ages: DelayHistogram::new(),
            lost: Mutex::default(),
        }
    }

    pub(super) fn record_loss(&self, reason: String) {
        *self.lost.lock().entry(reason).or_default() += 1;
    }

    /// Lost connections stay: they are lost.
    pub(super) fn clear(&self) {
        for count in [
            &self.frames,
            &self.heartbeats,
            &self.bytes,
            &self.gaps,
            &self.skips,
        ] {
            count.store(0, Relaxed);
        }
        self.delays.clear();
        self.ages.clear();
    }
}

/// Adds up the figures of several parts.
pub(super) fn add_up(parts: &[&FigureCounts]) -> LoadFigures {
    let sum = |count: fn(&FigureCounts) -> &AtomicU64| {
        parts.iter().map(|part| count(part).load(Relaxed)).sum()
    };
    let histograms = |of: fn(&FigureCounts) -> &DelayHistogram| {
        let all: Vec<_> = parts.iter().map(|part| of(part)).collect();
        summarize(&all)
    };
    let mut lost = BTreeMap::new();
    for part in parts {
        for (reason, count) in part.lost.lock().iter() {
            *lost.entry(reason.clone()).or_default() += count;
        }
    }
    LoadFigures {
        frames: sum(|part| &part.frames),
        heartbeats: sum(|part| &part.heartbeats),
        bytes: sum(|part| &part.bytes),
        gaps: sum(|part| &part.gaps),
        skips: sum(|part| &part.skips),
        lost,
        delay: histograms(|part| &part.delays),
        age: histograms(|part| &part.ages),
    }
}

/// Estimates the difference between two clocks from the time that a viewer's first frame has.
/// The server wrote it between the request and its arrival.
#[derive(Debug, Default)]
pub(super) struct ClockComparison {
    closest: Mutex<Option<ClockDifference>>,
    /// Subtracted from the server's times.
    correction: AtomicI64,
}

impl ClockComparison {
    /// Compares the clocks once more. The shorter the request took, the better the estimate.
    pub(super) fn compare(&self, requested_at: i64, sent_at: i64, arrived_at: i64) {
        let within = (arrived_at - requested_at).max(0) / 2 + 1;
        let ahead = sent_at - i64::midpoint(requested_at, arrived_at);
        let mut closest = self.closest.lock();
        if closest.is_none_or(|closest| within < closest.within) {
            *closest = Some(ClockDifference { ahead, within });
        }
    }

    /// From now on, delays are corrected by the difference.
    pub(super) fn correct_delays(&self) {
        let ahead = self.difference().map_or(0, |difference| difference.ahead);
        self.correction.store(ahead, Relaxed);
    }

    pub(super) fn difference(&self) -> Option<ClockDifference> {
        *self.closest.lock()
    }

    /// Milliseconds since a time of the server.
    pub(super) fn since(&self, sent_at: i64, now: i64) -> i64 {
        now - (sent_at - self.correction.load(Relaxed))
    }
}

/// Milliseconds since 1970.
pub(super) fn wall_clock_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_parts_add_up_and_losses_stay() {
        let parts = [FigureCounts::new(), FigureCounts::new()];
        for part in &parts {
            part.frames.store(3, Relaxed);
            part.delays.record(7);
            part.record_loss("reset".to_owned());
        }
        let both = add_up(&[&parts[0], &parts[1]]);
        assert_eq!((both.frames, both.lost_count()), (6, 2));
        assert_eq!(both.delay.unwrap().p99, 7);
        assert_eq!(both.age, None);

        parts[0].clear();
        let first = add_up(&[&parts[0]]);
        assert_eq!(
            (first.frames, first.delay, first.lost_count()),
            (0, None, 1)
        );
    }

    #[test]
    fn clocks_are_compared_by_the_quickest_answer() {
        let clock = ClockComparison::default();
        clock.compare(1_000, 6_400, 2_000);
        clock.compare(3_000, 8_005, 3_010);
        clock.compare(5_000, 9_000, 6_000);
        let (ahead, within) = (5_000, 6);
        assert_eq!(clock.difference(), Some(ClockDifference { ahead, within }));

        assert_eq!(clock.since(9_000, 4_020), -4_980);
        clock.correct_delays();
        assert_eq!(clock.since(9_000, 4_020), 20);
    }
}
