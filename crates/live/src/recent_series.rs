//! The last four hours of a queue: the highest number waiting and the longest wait in each five
//! minutes. A current value holds until another is recorded, so no timer is needed. A time
//! without a current value is a gap.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{Moment, moment};

/// A step, aligned to the wall clock, in milliseconds.
pub const SERIES_STEP: i64 = 5 * 60_000;
/// The number of stored steps, including the current one.
pub const SERIES_STEPS: usize = 48;
/// Current values are available as of the last whole minute.
const MINUTE: i64 = 60_000;

/// One step of a queue's last hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesStep {
    pub start: Timestamp,
    /// The most that waited; `None` if unknown for most of the step.
    pub waiting: Option<u64>,
    /// The longest that anyone had waited, in seconds; 0 if nobody waited.
    pub longest_wait: Option<f64>,
    /// The step is not over: its values cover only the part that has passed.
    pub is_partial: bool,
}

impl SeriesStep {
    /// Merges the same step of another queue. The sum of the highest numbers is an upper bound.
    pub(super) fn merged_with(self, other: &SeriesStep) -> SeriesStep {
        let longest = self.longest_wait.zip(other.longest_wait);
        SeriesStep {
            waiting: self.waiting.zip(other.waiting).map(|(a, b)| a + b),
            longest_wait: longest.map(|(a, b)| a.max(b)),
            ..self
        }
    }
}

/// The current values of a queue, from a moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesValue {
    pub waiting: Option<u64>,
    pub longest: LongestWait,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum LongestWait {
    #[default]
    Unknown,
    Nobody,
    /// The oldest customer has waited since then, on our wall clock.
    Since(Timestamp),
}

/// The recent series of a queue. Allocates nothing until something is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecentSeries(Option<Box<SeriesData>>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct SeriesData {
    current: SeriesValue,
    /// The start of `current`, in milliseconds on our wall clock.
    from: i64,
    /// The value at the start of the minute of `from`.
    at_minute: SeriesValue,
    ring: Option<Box<StepRing>>,
}

static EMPTY_SERIES: SeriesData = SeriesData {
    current: SeriesValue::UNKNOWN,
    from: 0,
    at_minute: SeriesValue::UNKNOWN,
    ring: None,
};

/// A ring: step `n` (counted since 1970) is at index `n % SERIES_STEPS`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StepRing {
    newest: i64,
    #[serde(with = "step_slots")]
    slots: [StepSlot; SERIES_STEPS],
}

/// The highest values in a step, and how long each was known. All times are in milliseconds, and
/// small because every queue has many slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct StepSlot {
    waiting: u32,
    longest: u32,
    waiting_known: u32,
    longest_known: u32,
}

/// Stores the slots as a list.
mod step_slots {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{SERIES_STEPS, StepSlot};

    pub(super) fn serialize<S: Serializer>(
        slots: &[StepSlot; SERIES_STEPS],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        slots.as_slice().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<[StepSlot; SERIES_STEPS], D::Error> {
        let slots = Vec::deserialize(from)?;
        let count = slots.len();
        let wrong = |_| D::Error::invalid_length(count, &"the slots of four hours");
        slots.try_into().map_err(wrong)
    }
}

impl RecentSeries {
    /// Returns the last four hours, the oldest first. The last step is the current one.
    pub fn steps(
        &self,
        now: Moment,
    ) -> impl DoubleEndedIterator<Item = SeriesStep> + ExactSizeIterator + '_ {
        let now = now.wall.as_millisecond();
        let last = now.div_euclid(SERIES_STEP);
        let data = self.series_data();
        (0..SERIES_STEPS).rev().map(move |back| {
            let n = last - back.cast_signed() as i64;
            data.slot_at(n, now).to_step(n, back == 0)
        })
    }

    /// Returns how many waited and the longest wait, as of the last whole minute.
    pub fn values_at_minute(&self, now: Moment) -> (Option<u64>, Option<f64>) {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let data = self.series_data();
        let value = if data.from.div_euclid(MINUTE) < minute {
            data.current
        } else {
            data.at_minute
        };
        let longest = value.longest_at(minute * MINUTE);
        (value.waiting, longest.map(moment::seconds_from))
    }

    /// Whether [`Self::values_at_minute`] will change after this minute.
    pub fn changes_after_minute(&self, now: Moment) -> bool {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let data = self.series_data();
        let changed = data.from.div_euclid(MINUTE) == minute && data.current != data.at_minute;
        changed || matches!(data.current.longest, LongestWait::Since(_))
    }

    /// Records the current value from `now` on.
    pub fn record_value(&mut self, value: SeriesValue, now: Moment) {
        // The common case: the value is the same.
        if value == self.series_data().current {
            return;
        }
        let now = now.wall.as_millisecond();
        let data = self.0.get_or_insert_default();
        if data.current != SeriesValue::UNKNOWN {
            data.store_until(now);
        }
        if data.from.div_euclid(MINUTE) != now.div_euclid(MINUTE) {
            data.at_minute = data.current;
        }
        (data.current, data.from) = (value, now);
    }

    /// Shifts all times after a correction of our wall clock by `by` milliseconds, so that ages
    /// stay the same.
    pub(super) fn shift_by(&mut self, by: i64) {
        let Some(data) = &mut self.0 else {
            return;
        };
        data.from += by;
        for value in [&mut data.current, &mut data.at_minute] {
            if let LongestWait::Since(since) = &mut value.longest {
                *since = moment::plus_millis(*since, by);
            }
        }
        if let Some(ring) = &mut data.ring {
            ring.shift_steps((by + SERIES_STEP / 2).div_euclid(SERIES_STEP));
        }
    }

    fn series_data(&self) -> &SeriesData {
        self.0.as_deref().unwrap_or(&EMPTY_SERIES)
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn current_value(&self) -> SeriesValue {
        self.series_data().current
    }
}

impl SeriesData {
    /// Stores the value held until `now` in the ring.
    fn store_until(&mut self, now: i64) {
        let (first, last) = (
            self.from.div_euclid(SERIES_STEP),
            now.div_euclid(SERIES_STEP),
        );
        let ring = self
            .ring
            .get_or_insert_with(|| Box::new(StepRing::new(last)));
        ring.extend_to(last);
        for n in first.max(ring.oldest_step())..=last {
            ring.slots[ring_index(n)].add_span(&self.current, n, self.from, now);
        }
    }

    fn slot_at(&self, n: i64, now: i64) -> StepSlot {
        let ring = self.ring.as_deref();
        let mut slot = ring.and_then(|ring| ring.get_step(n)).unwrap_or_default();
        slot.add_span(&self.current, n, self.from, now);
        if n == now.div_euclid(SERIES_STEP) {
            // A value from this very moment has no duration yet.
            slot.merge_value(&self.current, now, 1);
        }
        slot
    }
}

impl SeriesValue {
    const UNKNOWN: Self = Self {
        waiting: None,
        longest: LongestWait::Unknown,
    };

    /// Returns the longest wait in milliseconds, at `at`.
    fn longest_at(&self, at: i64) -> Option<i64> {
        match self.longest {
            LongestWait::Unknown => None,
            LongestWait::Nobody => Some(0),
            LongestWait::Since(since) => Some((at - since.as_millisecond()).max(0)),
        }
    }
}

impl StepRing {
    fn new(newest: i64) -> Self {
        Self {
            newest,
            slots: [StepSlot::default(); SERIES_STEPS],
        }
    }

    fn oldest_step(&self) -> i64 {
        self.newest - SERIES_STEPS.cast_signed() as i64 + 1
    }

    fn get_step(&self, n: i64) -> Option<StepSlot> {
        (self.oldest_step()..=self.newest)
            .contains(&n)
            .then(|| self.slots[ring_index(n)])
    }

    /// Adds empty slots up to step `last`.
    fn extend_to(&mut self, last: i64) {
        let first = (self.newest + 1).max(last - SERIES_STEPS.cast_signed() as i64 + 1);
        for n in first..=last {
            self.slots[ring_index(n)] = StepSlot::default();
        }
        self.newest = self.newest.max(last);
    }

    fn shift_steps(&mut self, by: i64) {
        self.newest += by;
        self.slots.rotate_right(ring_index(by));
    }
}

impl StepSlot {
    /// Adds a value that held from `from` to `to`, as far as that is in step `n`.
    fn add_span(&mut self, value: &SeriesValue, n: i64, from: i64, to: i64) {
        let (from, to) = (from.max(n * SERIES_STEP), to.min((n + 1) * SERIES_STEP));
        if from < to {
            self.merge_value(value, to, saturate_millis(to - from));
        }
    }

    fn merge_value(&mut self, value: &SeriesValue, at: i64, duration: u32) {
        if let Some(waiting) = value.waiting {
            self.waiting = self.waiting.max(waiting.try_into().unwrap_or(u32::MAX));
            self.waiting_known = self.waiting_known.saturating_add(duration);
        }
        if let Some(longest) = value.longest_at(at) {
            self.longest = self.longest.max(saturate_millis(longest));
            self.longest_known = self.longest_known.saturating_add(duration);
        }
    }

    fn to_step(self, n: i64, is_partial: bool) -> SeriesStep {
        let is_known = |duration: u32| {
            if is_partial {
                0 < duration
            } else {
                SERIES_STEP <= 2 * i64::from(duration)
            }
        };
        let longest =
            is_known(self.longest_known).then(|| moment::seconds_from(self.longest.into()));
        SeriesStep {
            start: Timestamp::from_millisecond(n * SERIES_STEP).unwrap_or_default(),
            waiting: is_known(self.waiting_known).then(|| self.waiting.into()),
            longest_wait: longest,
            is_partial,
        }
    }
}

fn ring_index(n: i64) -> usize {
    usize::try_from(n.rem_euclid(SERIES_STEPS.cast_signed() as i64)).unwrap_or_default()
}

fn saturate_millis(millis: i64) -> u32 {
    millis
        .clamp(0, u32::MAX.into())
        .try_into()
        .unwrap_or_default()
}
