//! The last four hours of a queue: how many waited at most, and how long at most,
//! in each five minutes. What is fresh holds until something else is noted, so
//! nobody ticks for it; where nothing was fresh there is a gap.

use jiff::Timestamp;

use crate::domain::{Moment, moment};

/// A step, aligned to the wall clock, in milliseconds.
pub const STEP: i64 = 5 * 60_000;
/// How many steps are remembered, with the one under way.
pub const STEPS: usize = 48;
/// What goes on under way can be asked for as of the last whole minute.
const MINUTE: i64 = 60_000;

/// One step of a queue's last hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub start: Timestamp,
    /// The most that waited; `None` where that was unknown for most of the step.
    pub waiting: Option<u64>,
    /// The longest that anybody had waited, in seconds; 0 where nobody did.
    pub longest_wait: Option<f64>,
    /// Still under way: of what has passed of it.
    pub partial: bool,
}

impl Step {
    /// With what went on elsewhere in it: the sum of the highest is the most that there
    /// can have been.
    pub(super) fn with(self, more: &Step) -> Step {
        let longest = self.longest_wait.zip(more.longest_wait);
        Step {
            waiting: self.waiting.zip(more.waiting).map(|(a, b)| a + b),
            longest_wait: longest.map(|(a, b)| a.max(b)),
            ..self
        }
    }
}

/// What is fresh of a queue, from a moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Held {
    pub(crate) waiting: Option<u64>,
    pub(crate) longest: Longest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Longest {
    #[default]
    Unknown,
    Nobody,
    /// The oldest has waited since then, on our wall clock.
    Since(Timestamp),
}

/// See the head of this file. Costs nothing until something is known.
#[derive(Clone, Debug, Default)]
pub struct Trail(Option<Box<Noted>>);

#[derive(Clone, Debug, Default)]
struct Noted {
    held: Held,
    /// From when on, in milliseconds on our wall clock.
    from: i64,
    /// What was held when the minute of `from` began.
    at_minute: Held,
    past: Option<Box<Past>>,
}

static NOTHING: Noted = Noted {
    held: Held::UNKNOWN,
    from: 0,
    at_minute: Held::UNKNOWN,
    past: None,
};

/// A ring: step `n` (counted since 1970) lies in place `n % STEPS`.
#[derive(Clone, Debug)]
struct Past {
    newest: i64,
    slots: [Slot; STEPS],
}

/// The highest in a step, and for how much of it that is known. All in
/// milliseconds, and small, since every queue has many.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    waiting: u32,
    longest: u32,
    waiting_known: u32,
    longest_known: u32,
}

impl Trail {
    /// The last four hours, the oldest first; the last is under way.
    pub fn steps(
        &self,
        now: Moment,
    ) -> impl DoubleEndedIterator<Item = Step> + ExactSizeIterator + '_ {
        let now = now.wall.as_millisecond();
        let last = now.div_euclid(STEP);
        let noted = self.noted();
        (0..STEPS).rev().map(move |back| {
            let n = last - back.cast_signed() as i64;
            noted.slot(n, now).step(n, back == 0)
        })
    }

    /// How many waited and the longest wait, as of the last whole minute.
    pub fn at_minute(&self, now: Moment) -> (Option<u64>, Option<f64>) {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let noted = self.noted();
        let held = if noted.from.div_euclid(MINUTE) < minute {
            noted.held
        } else {
            noted.at_minute
        };
        let longest = held.longest_at(minute * MINUTE);
        (held.waiting, longest.map(seconds))
    }

    /// Whether `at_minute` will say something else after this minute.
    pub fn moves(&self, now: Moment) -> bool {
        let minute = now.wall.as_millisecond().div_euclid(MINUTE);
        let noted = self.noted();
        let changed = noted.from.div_euclid(MINUTE) == minute && noted.held != noted.at_minute;
        changed || matches!(noted.held.longest, Longest::Since(_))
    }

    /// From `now` on, this is what is fresh.
    pub(crate) fn note(&mut self, held: Held, now: Moment) {
        // The common case: said again.
        if held == self.noted().held {
            return;
        }
        let now = now.wall.as_millisecond();
        let noted = self.0.get_or_insert_default();
        if noted.held != Held::UNKNOWN {
            noted.keep(now);
        }
        if noted.from.div_euclid(MINUTE) != now.div_euclid(MINUTE) {
            noted.at_minute = noted.held;
        }
        (noted.held, noted.from) = (held, now);
    }

    /// Our wall clock was put right by so much: what was keeps its age.
    pub(super) fn shift(&mut self, by: i64) {
        let Some(noted) = &mut self.0 else {
            return;
        };
        noted.from += by;
        for held in [&mut noted.held, &mut noted.at_minute] {
            if let Longest::Since(since) = &mut held.longest {
                *since = moment::plus_millis(*since, by);
            }
        }
        if let Some(past) = &mut noted.past {
            past.shift((by + STEP / 2).div_euclid(STEP));
        }
    }

    fn noted(&self) -> &Noted {
        self.0.as_deref().unwrap_or(&NOTHING)
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> Held {
        self.noted().held
    }
}

impl Noted {
    /// Puts what has been held until `now` where it will be remembered.
    fn keep(&mut self, now: i64) {
        let (first, last) = (self.from.div_euclid(STEP), now.div_euclid(STEP));
        let past = self.past.get_or_insert_with(|| Box::new(Past::new(last)));
        past.reach(last);
        for n in first.max(past.oldest())..=last {
            past.slots[place(n)].add(&self.held, n, self.from, now);
        }
    }

    fn slot(&self, n: i64, now: i64) -> Slot {
        let past = self.past.as_deref();
        let mut slot = past.and_then(|past| past.get(n)).unwrap_or_default();
        slot.add(&self.held, n, self.from, now);
        if n == now.div_euclid(STEP) {
            // What was noted this very moment has not lasted yet.
            slot.meet(&self.held, now, 1);
        }
        slot
    }
}

impl Held {
    const UNKNOWN: Self = Self {
        waiting: None,
        longest: Longest::Unknown,
    };

    /// In milliseconds, at `at`.
    fn longest_at(&self, at: i64) -> Option<i64> {
        match self.longest {
            Longest::Unknown => None,
            Longest::Nobody => Some(0),
            Longest::Since(since) => Some((at - since.as_millisecond()).max(0)),
        }
    }
}

impl Past {
    fn new(newest: i64) -> Self {
        Self {
            newest,
            slots: [Slot::default(); STEPS],
        }
    }

    fn oldest(&self) -> i64 {
        self.newest - STEPS.cast_signed() as i64 + 1
    }

    fn get(&self, n: i64) -> Option<Slot> {
        (self.oldest()..=self.newest)
            .contains(&n)
            .then(|| self.slots[place(n)])
    }

    /// Makes room up to step `last`.
    fn reach(&mut self, last: i64) {
        let first = (self.newest + 1).max(last - STEPS.cast_signed() as i64 + 1);
        for n in first..=last {
            self.slots[place(n)] = Slot::default();
        }
        self.newest = self.newest.max(last);
    }

    fn shift(&mut self, by: i64) {
        self.newest += by;
        self.slots.rotate_right(place(by));
    }
}

impl Slot {
    /// Adds what was held from `from` to `to`, as far as that lies in step `n`.
    fn add(&mut self, held: &Held, n: i64, from: i64, to: i64) {
        let (from, to) = (from.max(n * STEP), to.min((n + 1) * STEP));
        if from < to {
            self.meet(held, to, small(to - from));
        }
    }

    fn meet(&mut self, held: &Held, at: i64, lasted: u32) {
        if let Some(waiting) = held.waiting {
            self.waiting = self.waiting.max(waiting.try_into().unwrap_or(u32::MAX));
            self.waiting_known = self.waiting_known.saturating_add(lasted);
        }
        if let Some(longest) = held.longest_at(at) {
            self.longest = self.longest.max(small(longest));
            self.longest_known = self.longest_known.saturating_add(lasted);
        }
    }

    fn step(self, n: i64, partial: bool) -> Step {
        let known = |lasted: u32| {
            if partial {
                0 < lasted
            } else {
                STEP <= 2 * i64::from(lasted)
            }
        };
        let longest = known(self.longest_known).then(|| seconds(self.longest.into()));
        Step {
            start: Timestamp::from_millisecond(n * STEP).unwrap_or_default(),
            waiting: known(self.waiting_known).then(|| self.waiting.into()),
            longest_wait: longest,
            partial,
        }
    }
}

fn place(n: i64) -> usize {
    usize::try_from(n.rem_euclid(STEPS.cast_signed() as i64)).unwrap_or_default()
}

fn small(millis: i64) -> u32 {
    millis
        .clamp(0, u32::MAX.into())
        .try_into()
        .unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
