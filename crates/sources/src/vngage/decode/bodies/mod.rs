//! The vendor's messages, field by field, and their conversion to facts.

/// Implements [`MessageBody::read_field`] as a table of keys.
macro_rules! read_fields {
    ($self:ident, $fields:ident, { $($key:pat => $read:expr,)* }) => {
        fn read_field<A: serde::de::MapAccess<'de>>(
            &mut $self,
            key: &str,
            $fields: &mut $crate::vngage::decode::fields::ObjectFields<A>,
        ) -> Result<bool, A::Error> {
            match key {
                $($key => $read,)*
                _ => return Ok(false),
            }
            Ok(true)
        }
    };
}

mod cases;
mod configuration;
mod groups;

use std::borrow::Cow;

use serde::de::MapAccess;

use wallboard_domain::{Fact, Id, SourceId};

use super::fields::ObjectFields;

pub(super) use cases::{
    CaseClosed, CaseCreated, CaseOpened, CaseTranscribed, CaseTransferred, CaseVisitorProfile,
};
pub(super) use configuration::{
    AgentConfiguration, CaseTypeKind, GroupKind, NamedConfiguration, OpportunityKind, SolutionKind,
};
pub(super) use groups::{GroupLoad, GroupTimers};

/// A message's specific fields. The event time is read elsewhere, for all messages.
pub(super) trait MessageBody<'de>: Default {
    /// Reads the value of `key`. Returns `false` and leaves the value if the key is unknown.
    fn read_field<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut ObjectFields<A>,
    ) -> Result<bool, A::Error>;

    /// Converts the message to a fact. Returns `None` if the subject's id is missing.
    fn into_fact(self, source: &SourceId) -> Option<Fact>;
}

/// An id from the message, borrowed if possible.
type BorrowedId<'a> = Option<Cow<'a, str>>;

fn make_id(source: &SourceId, external: BorrowedId<'_>) -> Option<Id> {
    external.map(|external| Id::new(source, &external))
}
