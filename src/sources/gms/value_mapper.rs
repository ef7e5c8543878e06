//! From a value to what the rest of the house is told.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{
    domain::{Fact, Input, Update, ValueAge, VendorReport},
    sources::statserver::{StatusTable, is_known},
};

use super::{GmsRequest, GmsSettings, GmsStatistic};

#[derive(Debug)]
pub(super) struct ValueMapper {
    settings: Arc<GmsSettings>,
    states: StatusTable,
    /// For how long a value is trusted, in milliseconds.
    valid_for_ms: i64,
}

impl ValueMapper {
    pub(super) fn new(settings: Arc<GmsSettings>) -> Self {
        let holds = settings.max_age * 3 + settings.interval;
        Self {
            states: StatusTable::new(&settings.states, &settings.reasons),
            valid_for_ms: i64::try_from(holds.as_millis()).unwrap_or(i64::MAX),
            settings,
        }
    }

    /// What `member` has for a value, and whether it is one.
    pub(super) fn value_update(
        &self,
        member: usize,
        question: &GmsRequest,
        value: Option<&RawValue>,
        age: ValueAge,
    ) -> (Input, bool) {
        let statistic = &self.settings.statistics[member].statistic;
        let stated = statistic.decode_value(value, &self.states);
        let is_known = is_known(&stated);
        let event = match (question, &self.settings.credentials) {
            (GmsRequest::Batch(_), _) => "statistics",
            (GmsRequest::Single(_), Some(_)) => "statistic",
            (GmsRequest::Single(_), None) => "internal_statistic",
        };
        // What it was old already is not left to it.
        let spent = match age {
            ValueAge::Known(millis) => millis,
            ValueAge::Immediate | ValueAge::Unknown => 0,
        };
        let statement = VendorReport {
            value: stated,
            age,
            valid_for_ms: Some(self.valid_for_ms.saturating_sub(spent)),
        };
        (self.build_input(member, event, statement), is_known)
    }

    /// Of these nothing is known for as long as nothing else is said.
    pub(super) fn unknown_updates(&self, members: impl IntoIterator<Item = usize>) -> Vec<Input> {
        let unknown = |member: usize| {
            let statistic = &self.settings.statistics[member].statistic;
            let statement = VendorReport {
                value: statistic.decode_value(None, &self.states),
                age: ValueAge::Immediate,
                valid_for_ms: None,
            };
            self.build_input(member, "refused", statement)
        };
        members.into_iter().map(unknown).collect()
    }

    /// A statistic's name, for people.
    pub(super) fn statistic_name(&self, member: usize) -> Arc<str> {
        describe_statistic(&self.settings.statistics[member])
    }

    fn build_input(&self, member: usize, event: &'static str, statement: VendorReport) -> Input {
        let subject = &self.settings.statistics[member].statistic.subject;
        Input::Update(Update {
            source: self.settings.id.clone(),
            event,
            // GMS tells of ages, never of times.
            at: None,
            fact: Fact::VendorReport(subject.clone(), statement),
            mistyped: 0,
        })
    }
}

/// A statistic's name, its object's type and its object, for people.
pub(super) fn describe_statistic(asked: &GmsStatistic) -> Arc<str> {
    let statistic = &asked.statistic;
    format!(
        "{} of {} {}",
        statistic.name, statistic.object_type, statistic.object
    )
    .into()
}
