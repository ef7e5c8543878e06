//! The vendor's messages, field by field, and what each says in our words.

mod cases;
mod configuration;
mod groups;

use std::borrow::Cow;

use serde::de::MapAccess;

use crate::domain::{Fact, Id, SourceId};

use super::fields::Fields;

pub(super) use cases::{Closed, Created, Opened, Transcribed, Transferred, VisitorProfile};
pub(super) use configuration::{Agent, CaseType, Group, NamedThing, Opportunity, Solution};
pub(super) use groups::{GroupLoad, GroupTimers};

/// A message's own fields; its time is read for all of them alike.
pub(super) trait Body<'de>: Default {
    /// Takes the value of `key`, or leaves it and says that it is none of its own.
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error>;

    /// `None`: the id of what it speaks of is missing.
    fn fact(self, source: &SourceId) -> Option<Fact>;
}

/// An id as the message has it, borrowed where it can be.
type Text<'a> = Option<Cow<'a, str>>;

fn id(source: &SourceId, external: Text<'_>) -> Option<Id> {
    external.map(|external| Id::new(source, &external))
}
