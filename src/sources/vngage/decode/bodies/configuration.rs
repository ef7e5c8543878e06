//! What is configured at the vendor: agents, and whatever has only a name.

use std::{marker::PhantomData, sync::Arc};

use serde::de::MapAccess;

use crate::domain::{Class, Fact, Id, Profile, SourceId};

use super::super::fields::{Fields, Pairs};
use super::{Body, Text, id};

#[derive(Default)]
pub(in super::super) struct Agent<'a> {
    id: Text<'a>,
    email: Option<Arc<str>>,
    name: Option<Arc<str>>,
    display_name: Option<Arc<str>>,
    groups: Option<Vec<Arc<str>>>,
    external_ids: Option<Pairs>,
}

impl<'de> Body<'de> for Agent<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "agentId" => self.id = fields.id()?,
            "agentEmail" => self.email = fields.text()?,
            "agentName" => self.name = fields.text()?,
            "agentDisplayName" => self.display_name = fields.text()?,
            "agentAssignedGroups" => self.groups = fields.ids()?,
            "agentExternalId" => self.external_ids = fields.pairs()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let group = |external| Id {
            source: source.clone(),
            external,
        };
        Some(Fact::Profile(Profile {
            name: self.name,
            display_name: self.display_name,
            email: self.email,
            queues: self.groups.map(|ids| ids.into_iter().map(group).collect()),
            external_ids: self.external_ids.map(Arc::from),
            ..Profile::new(Class::Agent, id(source, self.id)?)
        }))
    }
}

/// What the vendor configures with nothing but a name and external ids.
pub(in super::super) trait Thing {
    const CLASS: Class;
    const ID: &'static str;
    const NAME: &'static str;
    const EXTERNAL_ID: &'static str;
}

pub(in super::super) struct Group;

impl Thing for Group {
    const CLASS: Class = Class::Queue;
    const ID: &'static str = "groupId";
    const NAME: &'static str = "groupName";
    const EXTERNAL_ID: &'static str = "groupExternalId";
}

pub(in super::super) struct Opportunity;

impl Thing for Opportunity {
    const CLASS: Class = Class::Opportunity;
    const ID: &'static str = "opportunityId";
    const NAME: &'static str = "opportunityName";
    const EXTERNAL_ID: &'static str = "opportunityExternalId";
}

pub(in super::super) struct Solution;

impl Thing for Solution {
    const CLASS: Class = Class::Solution;
    const ID: &'static str = "solutionId";
    const NAME: &'static str = "solutionName";
    const EXTERNAL_ID: &'static str = "solutionExternalId";
}

pub(in super::super) struct CaseType;

impl Thing for CaseType {
    const CLASS: Class = Class::CaseType;
    const ID: &'static str = "caseTypeId";
    const NAME: &'static str = "caseTypeName";
    const EXTERNAL_ID: &'static str = "caseTypeExternalId";
}

pub(in super::super) struct NamedThing<'a, T> {
    id: Text<'a>,
    name: Option<Arc<str>>,
    external_ids: Option<Pairs>,
    thing: PhantomData<T>,
}

impl<T> Default for NamedThing<'_, T> {
    fn default() -> Self {
        Self {
            id: None,
            name: None,
            external_ids: None,
            thing: PhantomData,
        }
    }
}

impl<'de, T: Thing> Body<'de> for NamedThing<'de, T> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            _ if key == T::ID => self.id = fields.id()?,
            _ if key == T::NAME => self.name = fields.text()?,
            _ if key == T::EXTERNAL_ID => self.external_ids = fields.pairs()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        Some(Fact::Profile(Profile {
            name: self.name,
            external_ids: self.external_ids.map(Arc::from),
            ..Profile::new(T::CLASS, id(source, self.id)?)
        }))
    }
}
