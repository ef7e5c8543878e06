//! The fold, told in sentences: a small world of one source, driven by hand.

mod cases;
mod doubts;
mod faults;
mod groups;
mod property;
mod queues;
mod stated;
mod trail;
mod truth;
mod waits;

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Break, CaseEvent, Fact, Id, Input, Line, Metric, Moment, Mono, Outcome, Site, SourceId,
    SourceKind, SourceSetup, Subject, Update, Value,
};

use super::{CaseState, Figure, State, Trust};

/// A source that speaks, and the state that listens.
pub(super) struct World {
    pub(super) state: State,
    pub(super) now: Moment,
}

pub(super) fn source() -> SourceId {
    SourceId::from("chat")
}

pub(super) fn id(external: &str) -> Id {
    Id::new(&source(), external)
}

fn morning() -> Moment {
    Moment {
        wall: "2026-11-20T08:00:00Z".parse().unwrap(),
        mono: Mono(1_000),
    }
}

pub(super) fn site(queue_of: &[(&str, &str)], not_queued: &[&str]) -> Site {
    Site {
        sources: vec![SourceSetup {
            queue_of: queue_of
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            not_queued: not_queued.iter().map(|id| (*id).to_owned()).collect(),
            ..SourceSetup::new(source(), SourceKind::OF_CONTACTS)
        }],
        ..Site::default()
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(site(&[], &[]))
    }

    pub(super) fn with(site: Site) -> Self {
        let mut world = Self::unconnected(site);
        world.connect(Some(Break::Start));
        world
    }

    pub(super) fn unconnected(site: Site) -> Self {
        let mut world = Self {
            state: State::default(),
            now: morning(),
        };
        world.put(&Input::Settings(Arc::new(site)));
        world
    }

    pub(super) fn put(&mut self, input: &Input) {
        self.state.apply(input, self.now);
    }

    /// Lets time pass, telling it whenever it is due.
    pub(super) fn wait(&mut self, millis: i64) {
        let end = self.now.plus(millis);
        while let Some(due) = self.state.due().filter(|due| due.mono <= end.mono) {
            self.now = if due.mono > self.now.mono {
                due
            } else {
                self.now.plus(1)
            };
            self.put(&Input::Time);
        }
        self.now = end;
    }

    pub(super) fn line(&mut self, line: Line) {
        self.put(&Input::Line(source(), line));
    }

    pub(super) fn connect(&mut self, broken: Option<Break>) {
        self.line(Line::CatchingUp { broken });
        self.line(Line::Connected);
    }

    pub(super) fn away(&mut self) {
        self.line(Line::Away {
            why: "the broker closed the connection".to_owned(),
        });
    }

    pub(super) fn say(&mut self, at: Timestamp, fact: Fact) {
        self.put(&Input::Update(Update {
            source: source(),
            event: "test",
            at: Some(at),
            fact,
            mistyped: 0,
        }));
    }

    pub(super) fn load(&mut self, queue: &str, waiting: u64, talking: u64, available: u64) {
        self.load_at(self.now.wall, queue, waiting, talking, available);
    }

    pub(super) fn load_at(
        &mut self,
        at: Timestamp,
        queue: &str,
        waiting: u64,
        talking: u64,
        available: u64,
    ) {
        let count = |n| Some(Value::Count(n));
        self.readings(
            at,
            queue,
            &[
                (Metric::Waiting, count(waiting)),
                (Metric::InConversation, count(talking)),
                (Metric::AgentsAvailable, count(available)),
            ],
        );
    }

    pub(super) fn timers(&mut self, queue: &str, longest: f64) {
        let seconds = |x| Some(Value::Seconds(x));
        self.readings(
            self.now.wall,
            queue,
            &[
                (Metric::AverageWait, seconds(12.0)),
                (Metric::LongestWait, seconds(longest)),
            ],
        );
    }

    pub(super) fn readings(
        &mut self,
        at: Timestamp,
        queue: &str,
        said: &[(Metric, Option<Value>)],
    ) {
        let fact = Fact::Readings(Subject::Queue(id(queue)), said.iter().copied().collect());
        self.say(at, fact);
    }

    pub(super) fn case(&mut self, case: &str, event: CaseEvent) {
        self.case_at(self.now.wall, case, event);
    }

    pub(super) fn case_at(&mut self, at: Timestamp, case: &str, event: CaseEvent) {
        self.say(at, Fact::Case(id(case), event));
    }

    pub(super) fn figure(&self, queue: &str, metric: Metric) -> Figure {
        let picture = self.state.picture();
        let queue = &picture.queues[&id(queue)];
        picture.queue_figure(queue, metric, self.now).unwrap()
    }

    pub(super) fn shown(&self, queue: &str, metric: Metric) -> (Option<f64>, Trust) {
        let figure = self.figure(queue, metric);
        (figure.value.map(Value::number), figure.trust)
    }

    pub(super) fn site(&self, metric: Metric) -> Option<f64> {
        let picture = self.state.picture();
        let merged = picture.merged(&picture.over_site(), metric, self.now);
        merged.unwrap().figure.value.map(Value::number)
    }

    pub(super) fn state_of(&self, case: &str) -> CaseState {
        self.state.picture().cases[&id(case)].state
    }
}

pub(super) fn created() -> CaseEvent {
    created_for("chat-solution")
}

pub(super) fn created_for(solution: &str) -> CaseEvent {
    CaseEvent::Created {
        opportunity: None,
        solution: Some(solution.into()),
        case_type: None,
    }
}

pub(super) fn opened(agent: &str, queue: &str) -> CaseEvent {
    CaseEvent::Opened {
        agent: Some(id(agent)),
        queue: Some(id(queue)),
    }
}

pub(super) fn transferred(agent: &str, from: &str, to: &str) -> CaseEvent {
    CaseEvent::Transferred {
        from_agent: Some(id(agent)),
        from_queue: Some(id(from)),
        to_queue: Some(id(to)),
    }
}

pub(super) fn closed(outcome: Outcome) -> CaseEvent {
    CaseEvent::Closed {
        outcome: Some(outcome),
        closure: None,
    }
}
