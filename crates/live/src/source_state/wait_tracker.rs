//! Tracks the waiting customers of a queue from its loads and timers together. Both are throttled
//! and may be late. The readings are computed from the newest of each, so the order of arrival
//! doesn't matter.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::metric_reading::{MetricReading, START_TOLERANCE};
use wallboard_domain::{MetricValue, moment};

/// A reading with the source's time, or its arrival if that time can't define the order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct TimedReading {
    reading: MetricReading,
    effective_at: Timestamp,
}

/// The newest waits that loads and timers report.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WaitTracker {
    waiting: Option<TimedReading>,
    /// The newest load, with any content: attributes that it lacks are unchanged.
    load: Option<Timestamp>,
    /// The newest load that reports an empty queue …
    last_empty_load: Option<Timestamp>,
    /// … and the first one since then that reports waiting customers.
    first_waiting_load: Option<Timestamp>,
    /// The first load of its generation.
    #[serde(default)]
    first_load: Option<TimedReading>,
    longest: Option<TimedReading>,
    /// The timers before the newest ones.
    before: Option<TimedReading>,
}

/// The readings to display; `None` leaves one unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct WaitReadings {
    pub(crate) waiting: Option<MetricReading>,
    pub(crate) longest: Option<MetricReading>,
    /// While somebody waits whose start isn't reported: a time before it, by the source's clock.
    pub(crate) began_after: Option<Timestamp>,
}

impl WaitTracker {
    /// The newest reading of the number waiting.
    pub(crate) fn newest_waiting(&self) -> Option<&MetricReading> {
        self.waiting.as_ref().map(|timed| &timed.reading)
    }

    /// The newest reading of the longest wait.
    pub(crate) fn newest_longest(&self) -> Option<&MetricReading> {
        self.longest.as_ref().map(|timed| &timed.reading)
    }

    pub(crate) fn record_load(&mut self, effective_at: Timestamp) {
        self.load = self.load.max(Some(effective_at));
    }

    /// Records a load with the number waiting; `is_older` than the newest one.
    pub(crate) fn record_waiting(
        &mut self,
        reading: MetricReading,
        effective_at: Timestamp,
        is_older: bool,
    ) {
        let timed = TimedReading {
            reading,
            effective_at,
        };
        if !is_older {
            self.waiting = Some(timed);
        }
        let is_first = |first: TimedReading| {
            first.reading.generation != reading.generation || effective_at < first.effective_at
        };
        if self.first_load.is_none_or(is_first) {
            self.first_load = Some(timed);
        }
        if matches_count(&reading, |n| n == 0) {
            self.last_empty_load = self.last_empty_load.max(Some(effective_at));
            let newest = self
                .waiting
                .as_ref()
                .filter(|timed| matches_count(&timed.reading, |n| 0 < n));
            if self.first_waiting_load <= self.last_empty_load {
                self.first_waiting_load = newest
                    .map(|timed| timed.effective_at)
                    .filter(|at| self.last_empty_load < Some(*at));
            }
        } else if matches_count(&reading, |n| 0 < n) && self.last_empty_load < Some(effective_at) {
            self.first_waiting_load = Some(
                self.first_waiting_load
                    .map_or(effective_at, |first| first.min(effective_at)),
            );
        }
    }

    /// Records timers with the longest wait; `is_older` than the newest ones.
    pub(crate) fn record_longest(
        &mut self,
        reading: MetricReading,
        effective_at: Timestamp,
        is_older: bool,
    ) {
        let timed = TimedReading {
            reading,
            effective_at,
        };
        let newest = self
            .longest
            .filter(|newest| newest.effective_at != effective_at);
        let before = if is_older {
            Some(timed)
        } else {
            self.longest = Some(timed);
            newest
        };
        let is_newer = |timed: &TimedReading| {
            self.before
                .is_none_or(|known| known.effective_at < timed.effective_at)
        };
        self.before = before.filter(is_newer).or(self.before);
    }

    /// Shifts running clocks after a correction of our clock by `step` milliseconds.
    pub(crate) fn shift_by(&mut self, step: i64) {
        for reading in self.longest_readings() {
            reading.since = reading.since.map(|at| moment::plus_millis(at, step));
        }
    }

    /// The readings of the longest wait, to correct their starts.
    pub(crate) fn longest_readings(&mut self) -> impl Iterator<Item = &mut MetricReading> {
        let timed = [&mut self.longest, &mut self.before].into_iter().flatten();
        timed.map(|timed| &mut timed.reading)
    }

    /// Resets times that were far ahead of now, so that they block nothing.
    pub(crate) fn discard_future_times(
        &mut self,
        is_ahead: impl Fn(Timestamp) -> bool,
        now: Timestamp,
    ) {
        for at in [
            &mut self.load,
            &mut self.last_empty_load,
            &mut self.first_waiting_load,
        ] {
            *at = at.filter(|at| !is_ahead(*at));
        }
        for timed in [
            &mut self.waiting,
            &mut self.first_load,
            &mut self.longest,
            &mut self.before,
        ] {
            if let Some(timed) = timed.as_mut().filter(|timed| is_ahead(timed.effective_at)) {
                timed.effective_at = now;
            }
        }
    }

    /// Computes the readings from what was reported in a generation. Loads that change are reported
    /// within `interval_ms`.
    pub(crate) fn compute_readings(&self, generation: u32, interval_ms: i64) -> WaitReadings {
        let is_in_generation = |timed: &&TimedReading| timed.reading.generation == generation;
        let waiting = self.waiting.as_ref().filter(is_in_generation);
        let longest = self.longest.as_ref().filter(is_in_generation);
        let clock = || {
            longest
                .filter(|timed| timed.is_wait())
                .map(|timed| timed.reading)
        };
        // Nobody waits, or the start of the wait is not reported yet.
        let no_wait = || {
            let newest = waiting
                .into_iter()
                .chain(longest)
                .max_by_key(|timed| timed.effective_at);
            newest.map(|timed| timed.reading.without_value())
        };
        let Some(load) = waiting else {
            return WaitReadings {
                waiting: None,
                longest: longest.and_then(|_| clock().or_else(no_wait)),
                began_after: None,
            };
        };
        match load.reading.value {
            Some(MetricValue::Count(0)) if self.is_contradicted(load) => WaitReadings {
                waiting: Some(load.reading.without_value()),
                longest: clock(),
                began_after: None,
            },
            Some(MetricValue::Count(0)) => WaitReadings {
                waiting: Some(load.reading),
                longest: no_wait(),
                began_after: None,
            },
            _ => WaitReadings {
                waiting: Some(load.reading),
                longest: longest.and_then(|_| {
                    let clock = if self.is_current() { clock() } else { None };
                    clock.or_else(no_wait)
                }),
                began_after: self.began_after(interval_ms),
            },
        }
    }

    /// Returns a time when nobody of those who wait had come yet: the queue was empty then, the longest
    /// wait hadn't begun, or the first of them would have been reported. A generation's first load is none of
    /// a change.
    fn began_after(&self, interval_ms: i64) -> Option<Timestamp> {
        let first_load = self.first_load.map(|first| first.effective_at);
        let first_change = self.first_waiting_load.filter(|at| first_load < Some(*at));
        let times = [
            self.last_empty_load,
            self.longest.map(|longest| longest.started_at()),
            first_change.map(|at| moment::plus_millis(at, -interval_ms)),
        ];
        times.into_iter().flatten().max()
    }

    /// Whether two timers show the same customer waiting since the load reported an empty queue.
    /// One timer alone may be of a customer who came and left between two loads.
    fn is_contradicted(&self, load: &TimedReading) -> bool {
        let since = self.load.max(Some(load.effective_at));
        let is_later = |timed: &&TimedReading| timed.is_wait() && since < Some(timed.effective_at);
        let longest = self.longest.as_ref().filter(is_later);
        let before = self.before.as_ref().filter(is_later);
        longest.zip(before).is_some_and(|(longest, before)| {
            longest.started_at() <= before.effective_at
                && before.effective_at < longest.effective_at
        })
    }

    /// Whether the newest timers belong to the customers whom the load counts: reported since the
    /// queue was empty, and not long before the first load with waiting customers.
    fn is_current(&self) -> bool {
        self.longest.as_ref().is_some_and(|longest| {
            let is_recent =
                |first| moment::millis_between(longest.effective_at, first) <= START_TOLERANCE;
            self.last_empty_load < Some(longest.effective_at)
                && self.first_waiting_load.is_none_or(is_recent)
        })
    }
}

impl TimedReading {
    /// Whether a customer waits: a wait of 0 means an empty queue.
    fn is_wait(&self) -> bool {
        matches!(self.reading.value, Some(MetricValue::Seconds(waited)) if 0.0 < waited)
    }

    /// Returns when the wait began, by the source's time.
    fn started_at(&self) -> Timestamp {
        let waited = match self.reading.value {
            Some(MetricValue::Seconds(waited)) => waited,
            _ => 0.0,
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a wait is far below 2^63 ms"
        )]
        let millis = (waited * 1000.0) as i64;
        moment::plus_millis(self.effective_at, -millis)
    }
}

fn matches_count(reading: &MetricReading, predicate: impl Fn(u64) -> bool) -> bool {
    matches!(reading.value, Some(MetricValue::Count(n)) if predicate(n))
}
