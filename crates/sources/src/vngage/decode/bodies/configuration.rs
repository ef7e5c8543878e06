//! Messages about the vendor's configuration: agents, and kinds that have only a name.

use std::{marker::PhantomData, sync::Arc};

use serde::de::MapAccess;

use wallboard_domain::{EntityKind, EntityProfile, Fact, Id, SourceId};

use super::super::fields::{ObjectFields, TextPairs};
use super::{BorrowedId, MessageBody, make_id};

#[derive(Default)]
pub(in super::super) struct AgentConfiguration<'a> {
    id: BorrowedId<'a>,
    email: Option<Arc<str>>,
    name: Option<Arc<str>>,
    display_name: Option<Arc<str>>,
    groups: Option<Vec<Arc<str>>>,
    external_ids: Option<TextPairs>,
}

impl<'de> MessageBody<'de> for AgentConfiguration<'de> {
    read_fields!(self, fields, {
        "agentId" => self.id = fields.read_id()?,
        "agentEmail" => self.email = fields.read_text()?,
        "agentName" => self.name = fields.read_text()?,
        "agentDisplayName" => self.display_name = fields.read_text()?,
        "agentAssignedGroups" => self.groups = fields.read_ids()?,
        "agentExternalId" => self.external_ids = fields.read_pairs()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let group = |external| Id {
            source: source.clone(),
            external,
        };
        Some(Fact::Profile(EntityProfile {
            name: self.name,
            display_name: self.display_name,
            email: self.email,
            queues: self.groups.map(|ids| ids.into_iter().map(group).collect()),
            external_ids: self.external_ids.map(Arc::from),
            ..EntityProfile::new(EntityKind::Agent, make_id(source, self.id)?)
        }))
    }
}

/// A configured kind that has only a name and external ids.
pub(in super::super) trait NamedKind {
    const CLASS: EntityKind;
    const ID: &'static str;
    const NAME: &'static str;
    const EXTERNAL_ID: &'static str;
}

pub(in super::super) struct GroupKind;

impl NamedKind for GroupKind {
    const CLASS: EntityKind = EntityKind::Queue;
    const ID: &'static str = "groupId";
    const NAME: &'static str = "groupName";
    const EXTERNAL_ID: &'static str = "groupExternalId";
}

pub(in super::super) struct OpportunityKind;

impl NamedKind for OpportunityKind {
    const CLASS: EntityKind = EntityKind::Opportunity;
    const ID: &'static str = "opportunityId";
    const NAME: &'static str = "opportunityName";
    const EXTERNAL_ID: &'static str = "opportunityExternalId";
}

pub(in super::super) struct SolutionKind;

impl NamedKind for SolutionKind {
    const CLASS: EntityKind = EntityKind::Solution;
    const ID: &'static str = "solutionId";
    const NAME: &'static str = "solutionName";
    const EXTERNAL_ID: &'static str = "solutionExternalId";
}

pub(in super::super) struct CaseTypeKind;

impl NamedKind for CaseTypeKind {
    const CLASS: EntityKind = EntityKind::CaseType;
    const ID: &'static str = "caseTypeId";
    const NAME: &'static str = "caseTypeName";
    const EXTERNAL_ID: &'static str = "caseTypeExternalId";
}

pub(in super::super) struct NamedConfiguration<'a, T> {
    id: BorrowedId<'a>,
    name: Option<Arc<str>>,
    external_ids: Option<TextPairs>,
    kind: PhantomData<T>,
}

impl<T> Default for NamedConfiguration<'_, T> {
    fn default() -> Self {
        Self {
            id: None,
            name: None,
            external_ids: None,
            kind: PhantomData,
        }
    }
}

impl<'de, T: NamedKind> MessageBody<'de> for NamedConfiguration<'de, T> {
    fn read_field<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut ObjectFields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            _ if key == T::ID => self.id = fields.read_id()?,
            _ if key == T::NAME => self.name = fields.read_text()?,
            _ if key == T::EXTERNAL_ID => self.external_ids = fields.read_pairs()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        Some(Fact::Profile(EntityProfile {
            name: self.name,
            external_ids: self.external_ids.map(Arc::from),
            ..EntityProfile::new(T::CLASS, make_id(source, self.id)?)
        }))
    }
}
