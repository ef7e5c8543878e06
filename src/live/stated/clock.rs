//! Since when an agent has been in their state: as the state says, as a statistic of
//! its own tells, or as we heard it change.

use jiff::Timestamp;

use crate::domain::moment;

use crate::live::{feed::ODD, picture::Spoken, reading::settled};

use super::Word;

/// What is ahead of our clock by less begins now; by more, its own clock is not known.
const AHEAD: i64 = 6_000;

/// What is known of when a state began. All on our wall clock, but what is `said`.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::live) struct Clock {
    /// As the state came with it, by the source's clock.
    said: Option<Timestamp>,
    /// The same, or when we heard of the change.
    began: Option<Timestamp>,
    /// Another state held then …
    after: Option<Timestamp>,
    /// … that had begun then.
    old: Option<Timestamp>,
    /// Where this state had begun before another beginning was told: of the next one,
    /// it may be.
    moved: Option<Timestamp>,
    /// As the time in the state tells it.
    told: Option<Told>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    began: Timestamp,
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
        let is_new = said.is_some() && self.said != said;
        match turn {
            Turn::Same if !is_new => return,
            Turn::Unseen if said.is_some() && !is_new => {
                self.after = None;
                return;
            }
            Turn::Same => {}
            Turn::Unseen => {
                self.began = None;
                (self.after, self.old, self.moved) = (None, None, None);
            }
            Turn::Changed(heard) => {
                let told = self.told.map(|told| told.began);
                self.old = self.moved.take().or(told).or(self.began);
                self.began = None;
                self.after = Some(heard);
            }
        }
        let is_heard = matches!(turn, Turn::Changed(_)) && word.live;
        let began = said.and_then(|said| word.placed(said, is_heard));
        let began = began.or_else(|| is_heard.then(|| word.held_at()));
        self.began = began.map(|began| settled(self.began, began)).or(self.began);
        self.said = said;
    }

    /// So many seconds in the state, which may have been told before the state itself.
    pub(super) fn tell(&mut self, word: &Word, lasted: Option<f64>) {
        let before = self.told;
        let is_again = |told: &Told| {
            told.at.is_some() && told.at == word.at && told.generation == word.generation
        };
        if lasted.is_some() && before.is_some_and(|told| is_again(&told)) {
            return;
        }
        let before = before
            .map(|told| told.began)
            .filter(|at| self.is_of_now(*at));
        self.told = lasted.map(|lasted| Told {
            began: word.began(lasted, before),
            at: word.at,
            generation: word.generation,
        });
        let told = self.told.map(|told| told.began);
        if told.is_some() && before.is_some() && before < told {
            self.moved = self.moved.or(before);
        }
    }

    pub(super) fn stop(&mut self) {
        let told = self.told;
        *self = Self {
            told,
            ..Self::default()
        };
    }

    pub(super) fn told_at(&self) -> Option<Timestamp> {
        self.told.and_then(|told| told.at)
    }

    /// Where the state began that was `said` last.
    pub(super) fn since(&self, said: Option<Spoken>) -> Option<Timestamp> {
        let said = said.filter(|said| !said.invalid)?;
        let told = self
            .told
            .filter(|told| told.generation == said.generation && self.is_of_now(told.began));
        told.map(|told| told.began).or(self.began)
    }

    /// Not of the state before.
    fn is_of_now(&self, began: Timestamp) -> bool {
        let is_old = |old| moment::millis_between(old, began).abs() <= AHEAD;
        !self.old.is_some_and(is_old)
            && (self.after).is_none_or(|after| -AHEAD <= moment::millis_between(after, began))
    }

    /// The source's clock has become known: what came with the state is placed by it.
    pub(super) fn place(&mut self, offset: i64, now: Timestamp) {
        if let Some(said) = self.said {
            let began = moment::plus_millis(said, offset).min(now);
            self.began = Some(settled(self.began, began));
        }
    }

    /// Our wall clock was put right by so much.
    pub(in crate::live) fn shift(&mut self, by: i64) {
        for at in [
            &mut self.began,
            &mut self.after,
            &mut self.old,
            &mut self.moved,
        ] {
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
