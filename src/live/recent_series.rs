//! The last four hours of a queue: how many waited at most, and how long at most,
//! in each five minutes. What is fresh holds until something else is noted, so
//! nobody ticks for it; where nothing was fresh there is a gap.

use jiff::Timestamp;

use crate::domain::{Moment, moment};

/// A step, aligned to the wall clock, in milliseconds.
pub const SERIES_STEP: i64 = 5 * 60_000;
/// How many steps are remembered, with the one under way.
pub const SERIES_STEPS: usize = 48;
/// What goes on under way can be asked for as of the last whole minute.
const MINUTE: i64 = 60_000;

/// One step of a queue's last hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesStep {
    pub start: Timestamp,
    /// The most that waited; `None` where that was unknown for most of the step.
    pub waiting: Option<u64>,
    /// The longest that anybody had waited, in seconds; 0 where nobody did.
    pub longest_wait: Option<f64>,
    /// Still under way: of what has passed of it.
    pub is_partial: bool,
}

impl SeriesStep {
    /// With what went on elsewhere in it: the sum of the highest is the most that there
    /// can have been.
    pub(super) fn merged_with(self, more: &SeriesStep) -> SeriesStep {
        let longest = self.longest_wait.zip(more.longest_wait);
        SeriesStep {
            waiting: self.waiting.zip(more.waiting).map(|(a, b)| a + b),
            longest_wait: longest.map(|(a, b)| a.max(b)),
            ..self
        }
    }
}

/// What is fresh of a queue, from a moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SeriesValue {
    pub(crate) waiting: Option<u64>,
    pub(crate) longest: LongestWait,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum LongestWait {
    #[default]
    Unknown,
    Nobody,
    /// The oldest has waited since then, on our wall clock.
    Since(Timestamp),
}

/// See the head of this file. Costs nothing until something is known.
#[derive(Clone, Debug, Default)]
pub struct RecentSeries(Option<Box<SeriesData>>);

#[derive(Clone, Debug, Default)]
struct SeriesData {
    current: SeriesValue,
    /// From when on, in milliseconds on our wall clock.
    from: i64,
    /// What was held when the minute of `from` began.
    at_minute: SeriesValue,
    ring: Option<Box<StepRing>>,
}

static EMPTY_SERIES: SeriesData = SeriesData {
    current: SeriesValue::UNKNOWN,
    from: 0,
    at_minute: SeriesValue::UNKNOWN,
    ring: None,
};

/// A ring: step `n` (counted since 1970) lies in place `n % STEPS`.
#[derive(Clone, Debug)]
struct StepRing {
    newest: i64,
    slots: [StepSlot; SERIES_STEPS],
}

/// The highest in a step, and for how much of it that is known. All in
/// milliseconds, and small, since every queue has many.
#[derive(Clone, Copy, Debug, Default)]
struct StepSlot {
    waiting: u32,
    longest: u32,
    waiting_known: u32,
    longest_known: u32,
}

impl RecentSeries {
    /// The last four hours, the oldest first; the last is under way.
    pub fn steps(
        &self,
        now: Moment,
    ) -> impl DoubleEndedIterator<Item = SeriesStep> + ExactSizeIterator + '_ {
        let now = now.wall.as_millisecond();
        let last = now.div_euclid(SERIES_STEP);
        let noted = self.series_data();
        (0..SERIES_STEPS).rev().map(move |back| {
            let n = last - back.cast_signed() as i64;
            noted.slot_at(n, now).to_step(n, back == 0)
        })
    }

    /// How many waited and the longest wait, as of the last whole minute.
    pub fn values_at_minute(&self, now: Moment) -> (Option<u64>, Option<f64>) {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let noted = self.series_data();
        let held = if noted.from.div_euclid(MINUTE) < minute {
            noted.current
        } else {
            noted.at_minute
        };
        let longest = held.longest_at(minute * MINUTE);
        (held.waiting, longest.map(to_seconds))
    }

    /// Whether `at_minute` will say something else after this minute.
    pub fn changes_after_minute(&self, now: Moment) -> bool {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let noted = self.series_data();
        let changed = noted.from.div_euclid(MINUTE) == minute && noted.current != noted.at_minute;
        changed || matches!(noted.current.longest, LongestWait::Since(_))
    }

    /// From `now` on, this is what is fresh.
    pub(crate) fn record_value(&mut self, held: SeriesValue, now: Moment) {
        // The common case: said again.
        if held == self.series_data().current {
            return;
        }
        let now = now.wall.as_millisecond();
        let noted = self.0.get_or_insert_default();
        if noted.current != SeriesValue::UNKNOWN {
            noted.store_until(now);
        }
        if noted.from.div_euclid(MINUTE) != now.div_euclid(MINUTE) {
            noted.at_minute = noted.current;
        }
        (noted.current, noted.from) = (held, now);
    }

    /// Our wall clock was put right by so much: what was keeps its age.
    pub(super) fn shift_by(&mut self, by: i64) {
        let Some(noted) = &mut self.0 else {
            return;
        };
        noted.from += by;
        for held in [&mut noted.current, &mut noted.at_minute] {
            if let LongestWait::Since(since) = &mut held.longest {
                *since = moment::plus_millis(*since, by);
            }
        }
        if let Some(past) = &mut noted.ring {
            past.shift_steps((by + SERIES_STEP / 2).div_euclid(SERIES_STEP));
        }
    }

    fn series_data(&self) -> &SeriesData {
        self.0.as_deref().unwrap_or(&EMPTY_SERIES)
    }

    #[cfg(test)]
    pub(super) fn current_value(&self) -> SeriesValue {
        self.series_data().current
    }
}

impl SeriesData {
    /// Puts what has been held until `now` where it will be remembered.
    fn store_until(&mut self, now: i64) {
        let (first, last) = (
            self.from.div_euclid(SERIES_STEP),
            now.div_euclid(SERIES_STEP),
        );
        let past = self
            .ring
            .get_or_insert_with(|| Box::new(StepRing::new(last)));
        past.extend_to(last);
        for n in first.max(past.oldest_step())..=last {
            past.slots[ring_index(n)].add_span(&self.current, n, self.from, now);
        }
    }

    fn slot_at(&self, n: i64, now: i64) -> StepSlot {
        let past = self.ring.as_deref();
        let mut slot = past.and_then(|past| past.get_step(n)).unwrap_or_default();
        slot.add_span(&self.current, n, self.from, now);
        if n == now.div_euclid(SERIES_STEP) {
            // What was noted this very moment has not lasted yet.
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

    /// In milliseconds, at `at`.
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

    /// Makes room up to step `last`.
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
    /// Adds what was held from `from` to `to`, as far as that lies in step `n`.
    fn add_span(&mut self, held: &SeriesValue, n: i64, from: i64, to: i64) {
        let (from, to) = (from.max(n * SERIES_STEP), to.min((n + 1) * SERIES_STEP));
        if from < to {
            self.merge_value(held, to, saturate_millis(to - from));
        }
    }

    fn merge_value(&mut self, held: &SeriesValue, at: i64, lasted: u32) {
        if let Some(waiting) = held.waiting {
            self.waiting = self.waiting.max(waiting.try_into().unwrap_or(u32::MAX));
            self.waiting_known = self.waiting_known.saturating_add(lasted);
        }
        if let Some(longest) = held.longest_at(at) {
            self.longest = self.longest.max(saturate_millis(longest));
            self.longest_known = self.longest_known.saturating_add(lasted);
        }
    }

    fn to_step(self, n: i64, partial: bool) -> SeriesStep {
        let known = |lasted: u32| {
            if partial {
                0 < lasted
            } else {
                SERIES_STEP <= 2 * i64::from(lasted)
            }
        };
        let longest = known(self.longest_known).then(|| to_seconds(self.longest.into()));
        SeriesStep {
            start: Timestamp::from_millisecond(n * SERIES_STEP).unwrap_or_default(),
            waiting: known(self.waiting_known).then(|| self.waiting.into()),
            longest_wait: longest,
            is_partial: partial,
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

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn to_seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
