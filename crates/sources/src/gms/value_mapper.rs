//! Converts GMS values to inputs for the live state.

use std::{sync::Arc, time::Duration};

use serde_json::value::RawValue;

use crate::statserver::{StatusTable, is_known};
use wallboard_domain::{Fact, Input, Update, ValueAge, VendorFigure};

use super::{GmsRequest, GmsSettings, GmsStatistic};

#[derive(Debug)]
pub(super) struct ValueMapper {
    settings: Arc<GmsSettings>,
    states: StatusTable,
    /// How long a value stays up to date, in milliseconds.
    valid_for_ms: i64,
}

impl ValueMapper {
    pub(super) fn new(settings: Arc<GmsSettings>) -> Self {
        let valid_for = settings.max_age * 3 + settings.interval;
        Self {
            states: StatusTable::new(&settings.states, &settings.reasons),
            valid_for_ms: i64::try_from(valid_for.as_millis()).unwrap_or(i64::MAX),
            settings,
        }
    }

    /// Converts the value of `member` to an update, and returns whether it is usable.
    pub(super) fn value_update(
        &self,
        member: usize,
        request: &GmsRequest,
        value: Option<&RawValue>,
        age: ValueAge,
        waited: Duration,
    ) -> (Input, bool) {
        let statistic = &self.settings.statistics[member].statistic;
        let value = statistic.decode_value(value, &self.states);
        let is_known = is_known(&value);
        let event = match (request, &self.settings.credentials) {
            (GmsRequest::Batch(_), _) => "statistics",
            (GmsRequest::Single(_), Some(_)) => "statistic",
            (GmsRequest::Single(_), None) => "internal_statistic",
        };
        // The value's age shortens its remaining validity, and so does the time that its response waited.
        let age_ms = match age {
            ValueAge::Known(millis) => millis,
            ValueAge::Immediate | ValueAge::Unknown => 0,
        };
        let age_ms = age_ms + i64::try_from(waited.as_millis()).unwrap_or(i64::MAX / 2);
        let report = VendorFigure {
            value,
            age,
            valid_for_ms: Some(self.valid_for_ms.saturating_sub(age_ms)),
        };
        (self.build_input(member, event, report), is_known)
    }

    /// Marks the values of `members` as unknown until new ones arrive.
    pub(super) fn unknown_updates(&self, members: impl IntoIterator<Item = usize>) -> Vec<Input> {
        let unknown = |member: usize| {
            let statistic = &self.settings.statistics[member].statistic;
            let report = VendorFigure {
                value: statistic.decode_value(None, &self.states),
                age: ValueAge::Immediate,
                valid_for_ms: None,
            };
            self.build_input(member, "refused", report)
        };
        members.into_iter().map(unknown).collect()
    }

    /// A statistic's name, for people.
    pub(super) fn statistic_name(&self, member: usize) -> Arc<str> {
        describe_statistic(&self.settings.statistics[member])
    }

    fn build_input(&self, member: usize, event: &'static str, report: VendorFigure) -> Input {
        let subject = &self.settings.statistics[member].statistic.subject;
        Input::Update(Update {
            source: self.settings.id.clone(),
            event,
            // GMS reports ages, never times.
            at: None,
            fact: Fact::VendorFigure(subject.clone(), report),
            mistyped: 0,
        })
    }
}

/// A statistic's name, its object's type and its object, for people.
pub(super) fn describe_statistic(entry: &GmsStatistic) -> Arc<str> {
    let statistic = &entry.statistic;
    format!(
        "{} of {} {}",
        statistic.name, statistic.object_type, statistic.object
    )
    .into()
}
