//! The vendor's messages, field by field, and what each says in our words.

mod cases;
mod configuration;
mod groups;

use std::borrow::Cow;

use serde::de::MapAccess;

use crate::domain::{Fact, Id, SourceId};

use super::fields::ObjectFields;

pub(super) use cases::{
    CaseClosed, CaseCreated, CaseOpened, CaseTranscribed, CaseTransferred, CaseVisitorProfile,
};
pub(super) use configuration::{
    AgentConfiguration, CaseTypeKind, GroupKind, NamedConfiguration, OpportunityKind, SolutionKind,
};
pub(super) use groups::{GroupLoad, GroupTimers};

/// A message's own fields; its time is read for all of them alike.
pub(super) trait MessageBody<'de>: Default {
    /// Takes the value of `key`, or leaves it and says that it is none of its own.
    fn read_field<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut ObjectFields<A>,
    ) -> Result<bool, A::Error>;

    /// `None`: the id of what it speaks of is missing.
    fn into_fact(self, source: &SourceId) -> Option<Fact>;
}

/// An id as the message has it, borrowed where it can be.
type BorrowedId<'a> = Option<Cow<'a, str>>;

fn make_id(source: &SourceId, external: BorrowedId<'_>) -> Option<Id> {
    external.map(|external| Id::new(source, &external))
}
