//! What vendors reckon themselves: statements of queues and agents. Their sources have
//! put them in order; here what is said last holds, until it is over or its line broke.

mod agent;
mod clock;
mod figure;
mod queue;
mod subjects;

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Age, Moment, Mono, Statement, Subject, Update, Value, moment};

pub(super) use clock::Clock;

use super::{
    feed::{Feed, ODD},
    picture::{Source, Spoken},
    reading::Reading,
    state::State,
};

/// Whole seconds, and the ways that two statistics go, make one beginning look like
/// two by less, in milliseconds.
const JITTER: i64 = 1_500;

impl State {
    pub(super) fn on_stated(
        &mut self,
        update: &Update,
        subject: &Subject,
        statement: &Statement,
        now: Moment,
    ) {
        let (Some(source), Some(feed)) = (
            self.picture.sources.get_mut(&update.source),
            self.feeds.get_mut(&update.source),
        ) else {
            return;
        };
        let starts = self.cases.days.today_starts();
        let word = Word {
            at: update.at,
            age: statement.age,
            until: statement.holds.map(|holds| now.mono.plus(holds)),
            offset: feed.offset.millis(),
            generation: source.generation,
            live: source.is_live(),
            starts,
            now,
        };
        // What is no longer configured, a source may still speak of for a moment.
        let taught = match subject {
            Subject::Queue(id) => {
                let queue = self.picture.queues.get_mut(id);
                queue.and_then(|queue| word.on_queue(queue, &statement.stated))
            }
            Subject::Agent(id) => {
                let agent = self.picture.agents.get_mut(id);
                agent.and_then(|agent| word.on_agent(agent, &statement.stated))
            }
        };
        let was_known = feed.offset.is_learned();
        if let Some(at) = taught {
            learn(source, feed, at, self.waited, now);
        }
        if !was_known && feed.offset.is_learned() {
            self.place_anew(&update.source, now);
        }
    }
}

/// Learns a source's clock from something that was said as soon as it held.
pub(super) fn learn(source: &mut Source, feed: &mut Feed, at: Timestamp, waited: i64, now: Moment) {
    let late = moment::millis_between(at, now.wall);
    feed.offset.learn(late, now.mono);
    source.offset = feed.offset.millis();
    source.is_clock_known = true;
    let lag = (late - source.offset + waited).max(0);
    source.lag.count(Duration::from_millis(lag.unsigned_abs()));
}

/// When and how a statement was heard.
struct Word {
    at: Option<Timestamp>,
    age: Age,
    until: Option<Mono>,
    /// Our clock minus the source's, as learned.
    offset: i64,
    generation: u32,
    live: bool,
    /// When the business day began.
    starts: Option<Timestamp>,
    now: Moment,
}

impl Word {
    /// The time that it teaches our clock by: its own, unless it is told again or late.
    fn teaches(&self, before: Option<Timestamp>) -> Option<Timestamp> {
        self.at
            .filter(|at| self.live && self.age == Age::None && before != Some(*at))
    }

    /// The source's own time, or when it held by its age.
    fn said_at(&self) -> Option<Timestamp> {
        match (self.at, self.age) {
            (Some(at), _) => Some(at),
            (None, Age::Known(age)) => Some(moment::plus_millis(self.now.wall, -age)),
            (None, Age::None | Age::Unknown) => None,
        }
    }

    /// When something was heard, on our wall clock of now.
    fn wall_of(&self, heard: Mono) -> Timestamp {
        moment::plus_millis(self.now.wall, -self.now.mono.since(heard))
    }

    /// By how much its time is later than the clocks explain, in milliseconds.
    fn lateness(&self, at: Timestamp) -> i64 {
        moment::millis_between(at, self.now.wall) - self.offset
    }

    /// When it held, on our clock. A time that is far off tells of a clock, not of us.
    fn held_at(&self) -> Timestamp {
        match (self.at, self.age) {
            (Some(at), _) if self.lateness(at).abs() <= ODD => {
                moment::plus_millis(at, self.offset).min(self.now.wall)
            }
            (None, Age::Known(age)) => moment::plus_millis(self.now.wall, -age.max(0)),
            _ => self.now.wall,
        }
    }

    /// Where what has lasted so many seconds began, on our clock.
    fn began(&self, lasted: f64, before: Option<Timestamp>) -> Timestamp {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float saturates"
        )]
        let lasted = (lasted * 1000.0) as i64;
        let began = moment::plus_millis(self.held_at(), -lasted).min(self.now.wall);
        before
            .filter(|before| is_one(*before, began))
            .unwrap_or(began)
    }

    fn reading(&self, value: Option<Value>, since: Option<Timestamp>) -> Reading {
        Reading {
            value,
            at: self.said_at(),
            ordered: None,
            heard: self.now.mono,
            generation: self.generation,
            since,
            until: self.until,
            age_unknown: self.age == Age::Unknown,
            invalid: false,
        }
    }

    /// Its vendor has no valid value: what was said is kept, and not shown.
    fn invalid(&self, before: Option<&Reading>) -> Reading {
        let value = before.and_then(|before| before.value);
        Reading {
            invalid: true,
            ..self.reading(value, before.and_then(|before| before.since))
        }
    }

    fn spoken(&self, invalid: bool) -> Spoken {
        Spoken {
            at: self.said_at(),
            heard: self.now.mono,
            generation: self.generation,
            until: self.until,
            age_unknown: self.age == Age::Unknown,
            invalid,
        }
    }
}

/// Whether two sayings of when something began mean the same.
fn is_one(began: Timestamp, other: Timestamp) -> bool {
    moment::millis_between(began, other).abs() <= JITTER
}
