//! What is to be told to the live state and has not been taken yet. It is bounded:
//! of each statistic only the last value waits, and what came before a break of the
//! line is worth nothing after it.

use std::{collections::HashMap, mem};

use crate::domain::{Account, Input, Line, Note, SourceId, Update};

use super::book::Place;

/// How many notes wait at most; what happens more often than it can be told is not
/// worth telling each time.
const MOST_NOTES: usize = 64;
/// How many inputs are handed over at once at most.
const BATCH: usize = 1024;

#[derive(Debug)]
pub(super) struct Outbox {
    source: SourceId,
    waiting: Vec<Option<Input>>,
    /// Where in `waiting` the value of a statistic is.
    values: HashMap<Place, usize, foldhash::fast::RandomState>,
    notes: usize,
    account: Option<Box<Account>>,
}

impl Outbox {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            source,
            waiting: Vec::new(),
            values: HashMap::default(),
            notes: 0,
            account: None,
        }
    }

    /// A statistic's value instead of one that has not been taken.
    pub(super) fn put(&mut self, place: Place, update: Update) {
        if let Some(earlier) = self.values.insert(place, self.waiting.len()) {
            self.waiting[earlier] = None;
        }
        self.waiting.push(Some(Input::Update(update)));
        // Half of it is holes: without them it is again in proportion to what waits.
        if self.waiting.len() > 2 * (self.values.len() + MOST_NOTES) {
            self.close_up();
        }
    }

    pub(super) fn line(&mut self, line: Line) {
        if !matches!(line, Line::Connected) {
            self.forget_values();
        }
        self.waiting
            .push(Some(Input::Line(self.source.clone(), line)));
    }

    pub(super) fn note(&mut self, note: Note) {
        if self.notes < MOST_NOTES {
            self.notes += 1;
            self.waiting
                .push(Some(Input::Note(self.source.clone(), note)));
        }
    }

    pub(super) fn account(&mut self, account: Account) {
        self.account = Some(Box::new(account));
    }

    /// What goes next, in order.
    pub(super) fn take(&mut self) -> Option<Vec<Input>> {
        if let Some(account) = self.account.take() {
            let note = Note::Account(account);
            self.waiting
                .push(Some(Input::Note(self.source.clone(), note)));
        }
        if self.waiting.len() > BATCH {
            self.close_up();
            let rest = self.waiting.split_off(BATCH.min(self.waiting.len()));
            let batch = mem::replace(&mut self.waiting, rest);
            self.values.retain(|_, at| *at >= BATCH);
            for at in self.values.values_mut() {
                *at -= BATCH;
            }
            self.notes = self
                .waiting
                .iter()
                .flatten()
                .filter(|input| is_note(input))
                .count();
            return Some(batch.into_iter().flatten().collect());
        }
        self.values.clear();
        self.notes = 0;
        let batch: Vec<Input> = mem::take(&mut self.waiting).into_iter().flatten().collect();
        (!batch.is_empty()).then_some(batch)
    }

    /// Values, and how the line stood before; notes stay.
    fn forget_values(&mut self) {
        self.values.clear();
        self.waiting
            .retain(|waits| waits.as_ref().is_some_and(is_note));
    }

    fn close_up(&mut self) {
        let mut gone = 0;
        let mut new_places = Vec::with_capacity(self.waiting.len());
        for (at, waits) in self.waiting.iter().enumerate() {
            new_places.push(at - gone);
            gone += usize::from(waits.is_none());
        }
        for at in self.values.values_mut() {
            *at = new_places[*at];
        }
        self.waiting.retain(Option::is_some);
    }
}

fn is_note(input: &Input) -> bool {
    matches!(input, Input::Note(..))
}

#[cfg(test)]
mod tests {
    use crate::domain::{Age, Break, Fact, Metric, QueueId, Stated, Statement, Subject, Value};

    use super::*;

    fn outbox() -> Outbox {
        Outbox::new("voice".into())
    }

    fn update(place: Place, value: u64) -> Update {
        let source: SourceId = "voice".into();
        let subject = Subject::Queue(QueueId::new(&source, &place.to_string()));
        let statement = Statement {
            stated: Stated::Figure(Metric::Waiting, Some(Value::Count(value))),
            age: Age::None,
            holds: None,
        };
        Update {
            source,
            event: "StatisticUpdate",
            at: None,
            fact: Fact::Stated(subject, statement),
            mistyped: 0,
        }
    }

    fn updates(inputs: Vec<Input>) -> Vec<Update> {
        let updates = inputs.into_iter().filter_map(|input| match input {
            Input::Update(update) => Some(update),
            _ => None,
        });
        updates.collect()
    }

    #[test]
    fn only_the_last_value_of_each_statistic_waits_and_in_order() {
        let mut outbox = outbox();
        for value in 0..100_000 {
            outbox.put(0, update(0, value));
            outbox.put(1, update(1, value));
        }
        outbox.put(0, update(0, 7));

        assert!(outbox.waiting.capacity() < 1000);
        let told = updates(outbox.take().unwrap());
        assert_eq!(told, [update(1, 99_999), update(0, 7)]);
        assert!(outbox.take().is_none());
    }

    #[test]
    fn a_break_of_the_line_leaves_nothing_that_was_said_before_it() {
        let mut outbox = outbox();
        outbox.put(0, update(0, 1));
        outbox.line(Line::Connected);
        outbox.note(Note::Asked);
        let broken = Some(Break::Session);

        outbox.line(Line::CatchingUp { broken });
        outbox.put(0, update(0, 2));
        outbox.line(Line::Connected);

        let told = outbox.take().unwrap();
        assert!(matches!(told[0], Input::Note(..)));
        assert!(matches!(told[1], Input::Line(_, Line::CatchingUp { .. })));
        assert_eq!(told[2..].len(), 2);
        assert_eq!(updates(told), [update(0, 2)]);
    }

    #[test]
    fn much_goes_in_parts_and_loses_nothing() {
        let mut outbox = outbox();
        for place in 0..3000 {
            outbox.put(place, update(place, 1));
        }
        let mut told = updates(outbox.take().unwrap());

        outbox.put(2999, update(2999, 2));
        outbox.put(0, update(0, 2));
        while let Some(more) = outbox.take() {
            told.extend(updates(more));
        }

        assert_eq!(told.len(), 3001);
        assert_eq!(told[2999..], [update(2999, 2), update(0, 2)]);
    }

    #[test]
    fn notes_without_end_do_not_gather() {
        let mut outbox = outbox();
        for _ in 0..1000 {
            outbox.note(Note::Asked);
        }

        assert_eq!(outbox.take().unwrap().len(), MOST_NOTES);
    }
}
