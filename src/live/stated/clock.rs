//! Since when an agent has been in their state: as the state says, as a statistic of
//! its own tells, or as we heard it change.

use jiff::Timestamp;

use crate::domain::moment;

use crate::live::{feed::ODD, picture::Spoken};

use super::{JITTER, Word, is_one};

/// What is ahead of our clock by less begins now; by more, its own clock is not known.
const AHEAD: i64 = 6_000;

/// What is known of when a state began.
#[derive(Clone, Debug, Default)]
pub(in crate::live) struct Clock {
    /// As the state came with it, by the source's clock.
    said: Option<Timestamp>,
    /// The same on our wall clock, or when we heard of the change.
    began: Option<Timestamp>,
    /// Another state still held then, on our wall clock …
    before: Option<Timestamp>,
    /// … and this is the source's own time for what told that it holds no more.
    changed: Option<Timestamp>,
    /// As the time in the state tells it, which it does of few.
    told: Option<Box<Told>>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    /// On our wall clock.
    began: Timestamp,
    /// The source's own time.
    at: Option<Timestamp>,
    generation: u32,
}

/// How a state follows upon the one that was said before.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// It is not known what held before.
    Unseen,
    Same,
    /// Another one, last heard then.
    Changed(Timestamp),
}

impl Clock {
    pub(super) fn turn(&mut self, word: &Word, turn: Turn, said: Option<Timestamp>) {
        let is_again = said.is_some() && self.said == said;
        (self.before, self.changed) = match turn {
            Turn::Same if is_again || said.is_none() => return,
            // It was left and taken up again in between.
            Turn::Same => (None, word.at),
            Turn::Unseen => (None, None),
            Turn::Changed(heard) => (Some(heard), word.at),
        };
        if is_again && matches!(turn, Turn::Unseen) {
            return;
        }
        let is_heard = matches!(turn, Turn::Changed(_)) && word.live;
        let began = said.and_then(|said| word.placed(said, is_heard));
        self.began = began.or_else(|| is_heard.then(|| word.held_at()));
        self.said = said;
    }

    /// So many seconds in the state, which may have been told before the state itself.
    pub(super) fn tell(&mut self, word: &Word, lasted: Option<f64>) {
        let Some(lasted) = lasted else {
            self.told = None;
            return;
        };
        let last = self.told.as_deref().copied();
        let last = last.filter(|told| told.generation == word.generation);
        if last.is_some_and(|told| told.at.is_some() && told.at == word.at) {
            return;
        }
        self.told = Some(Box::new(Told {
            began: word.began(lasted, last.map(|last| last.began)),
            at: word.at,
            generation: word.generation,
        }));
    }

    pub(super) fn stop(&mut self) {
        let told = self.told.take();
        *self = Self {
            told,
            ..Self::default()
        };
    }

    pub(super) fn told_at(&self) -> Option<Timestamp> {
        self.told.as_ref().and_then(|told| told.at)
    }

    /// Where the state began that was `said` last.
    pub(super) fn since(&self, said: Option<Spoken>) -> Option<Timestamp> {
        let said = said.filter(|said| !said.invalid)?;
        let told = self
            .told
            .as_deref()
            .filter(|told| told.generation == said.generation && self.is_of_now(told));
        match (self.began.filter(|_| self.said.is_some()), told) {
            (Some(began), Some(told)) if is_one(began, told.began) => Some(began),
            (_, Some(told)) => Some(told.began),
            (_, None) => self.began,
        }
    }

    /// Whether the time that was told is of this state, and not of the one before.
    fn is_of_now(&self, told: &Told) -> bool {
        let is_late = |than: Timestamp| than <= moment::plus_millis(told.began, JITTER);
        if self
            .said
            .and(self.began)
            .is_some_and(|began| !is_late(began))
        {
            return false;
        }
        let behind = self.changed.zip(told.at);
        match behind.map(|(changed, at)| moment::millis_between(at, changed)) {
            Some(..0) => true,
            // Two statistics of one instant may be told in either order.
            Some(behind) if JITTER < behind => false,
            _ => {
                (self.before).is_none_or(|before| moment::plus_millis(before, JITTER) <= told.began)
            }
        }
    }

    /// The source's clock has become known: what came with the state is placed by it.
    pub(super) fn place(&mut self, offset: i64, now: Timestamp) {
        if let Some(said) = self.said {
            self.began = Some(moment::plus_millis(said, offset).min(now));
        }
    }

    /// Our wall clock was put right by so much.
    pub(in crate::live) fn shift(&mut self, by: i64) {
        for at in [&mut self.began, &mut self.before] {
            *at = at.map(|at| moment::plus_millis(at, by));
        }
        if let Some(told) = &mut self.told {
            told.began = moment::plus_millis(told.began, by);
        }
    }
}

impl Word {
    /// What began at `said` by the source's clock, on ours. Where the clocks disagree and
    /// this was heard as it happened, only how long it had lasted then counts.
    fn placed(&self, said: Timestamp, is_heard: bool) -> Option<Timestamp> {
        let now = self.now.wall;
        let began = match self.at {
            Some(at) if self.is_odd(at, is_heard) => {
                let lasted = moment::millis_between(said, at).max(0);
                moment::plus_millis(self.held_at(), -lasted)
            }
            _ => moment::plus_millis(said, self.offset),
        };
        (moment::millis_between(now, began) <= AHEAD).then_some(began.min(now))
    }

    fn is_odd(&self, at: Timestamp, is_heard: bool) -> bool {
        let late = self.lateness(at);
        late < -ODD || (is_heard && ODD < late)
    }
}
