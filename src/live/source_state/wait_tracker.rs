//! Who waits in a queue, by its loads and timers together. Both are throttled and
//! either may come late, so what is shown is computed from the newest of each, and
//! the order of arrival changes nothing.

use jiff::Timestamp;

use crate::domain::{MetricValue, moment};
use crate::live::metric_reading::{MetricReading, START_TOLERANCE};

/// A reading, and the source's time of it; where that orders nothing, its arrival.
#[derive(Clone, Copy, Debug)]
struct TimedReading {
    reading: MetricReading,
    effective_at: Timestamp,
}

/// The newest that loads and timers report of who waits.
#[derive(Debug, Default)]
pub(crate) struct WaitTracker {
    waiting: Option<TimedReading>,
    /// The newest load, whatever it says: what it leaves out is unchanged.
    load: Option<Timestamp>,
    /// The newest load that says that nobody waits …
    nobody: Option<Timestamp>,
    /// … and the first since then that says that somebody does.
    somebody: Option<Timestamp>,
    longest: Option<TimedReading>,
    /// The timers before the newest.
    before: Option<TimedReading>,
}

/// What is to be shown; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct WaitReadings {
    pub(crate) waiting: Option<MetricReading>,
    pub(crate) longest: Option<MetricReading>,
}

impl WaitTracker {
    /// The newest reading of how many wait.
    pub(crate) fn newest_waiting(&self) -> Option<&MetricReading> {
        self.waiting.as_ref().map(|dated| &dated.reading)
    }

    /// The newest longest wait.
    pub(crate) fn newest_longest(&self) -> Option<&MetricReading> {
        self.longest.as_ref().map(|dated| &dated.reading)
    }

    pub(crate) fn record_load(&mut self, on: Timestamp) {
        self.load = self.load.max(Some(on));
    }

    /// A load that says how many wait; `is_older` than the newest one.
    pub(crate) fn record_waiting(&mut self, reading: MetricReading, on: Timestamp, is_older: bool) {
        if !is_older {
            self.waiting = Some(TimedReading {
                reading,
                effective_at: on,
            });
        }
        if matches_count(&reading, |n| n == 0) {
            self.nobody = self.nobody.max(Some(on));
            let newest = self
                .waiting
                .as_ref()
                .filter(|dated| matches_count(&dated.reading, |n| 0 < n));
            if self.somebody <= self.nobody {
                self.somebody = newest
                    .map(|dated| dated.effective_at)
                    .filter(|at| self.nobody < Some(*at));
            }
        } else if matches_count(&reading, |n| 0 < n) && self.nobody < Some(on) {
            self.somebody = Some(self.somebody.map_or(on, |first| first.min(on)));
        }
    }

    /// Timers that say how long somebody has waited; `is_older` than the newest ones.
    pub(crate) fn record_longest(&mut self, reading: MetricReading, on: Timestamp, is_older: bool) {
        let dated = TimedReading {
            reading,
            effective_at: on,
        };
        let newest = self.longest.filter(|newest| newest.effective_at != on);
        let before = if is_older {
            Some(dated)
        } else {
            self.longest = Some(dated);
            newest
        };
        let is_newer = |dated: &TimedReading| {
            self.before
                .is_none_or(|known| known.effective_at < dated.effective_at)
        };
        self.before = before.filter(is_newer).or(self.before);
    }

    /// Our own clock was put right by so much.
    pub(crate) fn shift_by(&mut self, step: i64) {
        for dated in [&mut self.longest, &mut self.before].into_iter().flatten() {
            let since = &mut dated.reading.since;
            *since = since.map(|at| moment::plus_millis(at, step));
        }
    }

    /// Forgets times that were far ahead of now: they hold nothing up.
    pub(crate) fn discard_future_times(
        &mut self,
        is_ahead: impl Fn(Timestamp) -> bool,
        now: Timestamp,
    ) {
        for at in [&mut self.load, &mut self.nobody, &mut self.somebody] {
            *at = at.filter(|at| !is_ahead(*at));
        }
        for dated in [&mut self.waiting, &mut self.longest, &mut self.before] {
            if let Some(dated) = dated.as_mut().filter(|dated| is_ahead(dated.effective_at)) {
                dated.effective_at = now;
            }
        }
    }

    /// Computes what is shown of what was said in a generation.
    pub(crate) fn compute_readings(&self, generation: u32) -> WaitReadings {
        let is_said = |dated: &&TimedReading| dated.reading.generation == generation;
        let waiting = self.waiting.as_ref().filter(is_said);
        let longest = self.longest.as_ref().filter(is_said);
        let clock = || {
            longest
                .filter(|dated| dated.is_wait())
                .map(|dated| dated.reading)
        };
        // Nobody waits, or it is not said yet since when.
        let none = || {
            let newest = waiting
                .into_iter()
                .chain(longest)
                .max_by_key(|dated| dated.effective_at);
            newest.map(|dated| dated.reading.without_value())
        };
        let Some(load) = waiting else {
            return WaitReadings {
                waiting: None,
                longest: longest.and_then(|_| clock().or_else(none)),
            };
        };
        match load.reading.value {
            Some(MetricValue::Count(0)) if self.is_contradicted(load) => WaitReadings {
                waiting: Some(load.reading.without_value()),
                longest: clock(),
            },
            Some(MetricValue::Count(0)) => WaitReadings {
                waiting: Some(load.reading),
                longest: none(),
            },
            _ => WaitReadings {
                waiting: Some(load.reading),
                longest: longest.and_then(|_| {
                    let clock = if self.is_current() { clock() } else { None };
                    clock.or_else(none)
                }),
            },
        }
    }

    /// Whether two timers show one and the same visitor waiting since the load said that
    /// nobody does. One alone may be of somebody who has come and gone between two loads.
    fn is_contradicted(&self, load: &TimedReading) -> bool {
        let since = self.load.max(Some(load.effective_at));
        let is_later = |dated: &&TimedReading| dated.is_wait() && since < Some(dated.effective_at);
        let longest = self.longest.as_ref().filter(is_later);
        let before = self.before.as_ref().filter(is_later);
        longest.zip(before).is_some_and(|(longest, before)| {
            longest.started_at() <= before.effective_at
                && before.effective_at < longest.effective_at
        })
    }

    /// Whether the newest timers are of those whom the load counts: said since nobody
    /// waited, and not long before the load that first counts somebody again.
    fn is_current(&self) -> bool {
        self.longest.as_ref().is_some_and(|longest| {
            let is_recent =
                |first| moment::millis_between(longest.effective_at, first) <= START_TOLERANCE;
            self.nobody < Some(longest.effective_at) && self.somebody.is_none_or(is_recent)
        })
    }
}

impl TimedReading {
    /// Somebody waits: a wait of 0 is nobody's.
    fn is_wait(&self) -> bool {
        matches!(self.reading.value, Some(MetricValue::Seconds(waited)) if 0.0 < waited)
    }

    /// When the wait began, by the source's time.
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

fn matches_count(reading: &MetricReading, is_so: impl Fn(u64) -> bool) -> bool {
    matches!(reading.value, Some(MetricValue::Count(n)) if is_so(n))
}
