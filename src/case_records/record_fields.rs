//! The fields of case records that other systems get.

use std::sync::Arc;

use strum::{EnumString, IntoStaticStr, VariantNames};

/// A field that can be left out. Which case it was and how it ended always stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum RecordField {
    CreatedAt,
    AnsweredAt,
    EndedAt,
    Wait,
    HandleTime,
    FirstResponse,
    Outcome,
    Closure,
    Reopened,
    Opportunity,
    Solution,
    CaseType,
    QueueLegs,
    Conversations,
    Transfers,
}

/// The fields that are chosen, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFields(Option<Arc<[RecordField]>>);

impl RecordFields {
    pub fn chosen(fields: &[RecordField]) -> Self {
        Self(Some(fields.into()))
    }

    pub fn includes(&self, field: RecordField) -> bool {
        self.0.as_ref().is_none_or(|chosen| chosen.contains(&field))
    }
}
