//! From a value to what the rest of the house is told.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{
    domain::{Age, Fact, Input, Statement, Update},
    sources::statserver::{States, is_known},
};

use super::{Asked, Question, Settings};

#[derive(Debug)]
pub(super) struct Teller {
    settings: Arc<Settings>,
    states: States,
    /// For how long a value is trusted, in milliseconds.
    holds: i64,
}

impl Teller {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        let holds = settings.max_age * 3 + settings.interval;
        Self {
            states: States::new(&settings.states, &settings.reasons),
            holds: i64::try_from(holds.as_millis()).unwrap_or(i64::MAX),
            settings,
        }
    }

    /// What `member` has for a value, and whether it is one.
    pub(super) fn update(
        &self,
        member: usize,
        question: &Question,
        value: Option<&RawValue>,
        age: Age,
    ) -> (Input, bool) {
        let statistic = &self.settings.statistics[member].statistic;
        let stated = statistic.stated(value, &self.states);
        let is_known = is_known(&stated);
        let event = match (question, &self.settings.credentials) {
            (Question::Batch(_), _) => "statistics",
            (Question::Alone(_), Some(_)) => "statistic",
            (Question::Alone(_), None) => "internal_statistic",
        };
        // What it was old already is not left to it.
        let spent = match age {
            Age::Known(millis) => millis,
            Age::None | Age::Unknown => 0,
        };
        let statement = Statement {
            stated,
            age,
            holds: Some(self.holds.saturating_sub(spent)),
        };
        (self.input(member, event, statement), is_known)
    }

    /// Of these nothing is known for as long as nothing else is said.
    pub(super) fn unknown(&self, members: impl IntoIterator<Item = usize>) -> Vec<Input> {
        let unknown = |member: usize| {
            let statistic = &self.settings.statistics[member].statistic;
            let statement = Statement {
                stated: statistic.stated(None, &self.states),
                age: Age::None,
                holds: None,
            };
            self.input(member, "refused", statement)
        };
        members.into_iter().map(unknown).collect()
    }

    /// A statistic's name, for people.
    pub(super) fn name(&self, member: usize) -> Arc<str> {
        name(&self.settings.statistics[member])
    }

    fn input(&self, member: usize, event: &'static str, statement: Statement) -> Input {
        let subject = &self.settings.statistics[member].statistic.subject;
        Input::Update(Update {
            source: self.settings.id.clone(),
            event,
            // GMS tells of ages, never of times.
            at: None,
            fact: Fact::Stated(subject.clone(), statement),
            mistyped: 0,
        })
    }
}

/// A statistic's name, its object's type and its object, for people.
pub(super) fn name(asked: &Asked) -> Arc<str> {
    let statistic = &asked.statistic;
    format!(
        "{} of {} {}",
        statistic.name, statistic.object_type, statistic.object
    )
    .into()
}
