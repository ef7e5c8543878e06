//! The vendor's messages, field by field, and what each says in our words.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use serde::de::MapAccess;

use crate::domain::{
    CaseEvent, Class, Fact, Id, Metric, Outcome, Profile, Readings, Said, SourceId, Subject,
    Transcript, Value,
};

use super::{
    fields::{Fields, Pairs},
    transcript::Conversation,
};

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

/// `caseId`; the vendor's document also spells it with an `l`.
fn take_case<'de, A: MapAccess<'de>>(
    case: &mut Text<'de>,
    fields: &mut Fields<A>,
) -> Result<(), A::Error> {
    *case = fields.id()?.or(case.take());
    Ok(())
}

#[derive(Default)]
pub(super) struct Created<'a> {
    case: Text<'a>,
    opportunity: Option<Arc<str>>,
    solution: Option<Arc<str>>,
    case_type: Option<Arc<str>>,
}

impl<'de> Body<'de> for Created<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            "opportunityId" => self.opportunity = fields.shared_id()?,
            "solutionId" => self.solution = fields.shared_id()?,
            "caseTypeId" => self.case_type = fields.shared_id()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Created {
            opportunity: self.opportunity,
            solution: self.solution,
            case_type: self.case_type,
        };
        Some(Fact::Case(id(source, self.case)?, event))
    }
}

#[derive(Default)]
pub(super) struct Opened<'a> {
    case: Text<'a>,
    agent: Text<'a>,
    group: Text<'a>,
}

impl<'de> Body<'de> for Opened<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            "agentId" => self.agent = fields.id()?,
            "groupId" => self.group = fields.id()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Opened {
            agent: id(source, self.agent),
            queue: id(source, self.group),
        };
        Some(Fact::Case(id(source, self.case)?, event))
    }
}

#[derive(Default)]
pub(super) struct Closed<'a> {
    case: Text<'a>,
    outcome: Option<Outcome>,
    closure: Option<Arc<str>>,
}

impl<'de> Body<'de> for Closed<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            "outcome" => self.outcome = fields.word(outcome)?,
            "closure" => self.closure = fields.text()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Closed {
            outcome: self.outcome,
            closure: self.closure,
        };
        Some(Fact::Case(id(source, self.case)?, event))
    }
}

fn outcome(word: &str) -> Option<Outcome> {
    [
        Outcome::Positive,
        Outcome::Negative,
        Outcome::Neutral,
        Outcome::Unresolved,
    ]
    .into_iter()
    .find(|outcome| outcome.name() == word)
}

#[derive(Default)]
pub(super) struct Transferred<'a> {
    case: Text<'a>,
    from_agent: Text<'a>,
    from_group: Text<'a>,
    to_group: Text<'a>,
}

impl<'de> Body<'de> for Transferred<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            "previousAgentId" => self.from_agent = fields.id()?,
            "previousGroupId" => self.from_group = fields.id()?,
            "newGroupId" => self.to_group = fields.id()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Transferred {
            from_agent: id(source, self.from_agent),
            from_queue: id(source, self.from_group),
            to_queue: id(source, self.to_group),
        };
        Some(Fact::Case(id(source, self.case)?, event))
    }
}

/// What the visitor wrote into a form. Nothing of it is kept.
#[derive(Default)]
pub(super) struct VisitorProfile<'a> {
    case: Text<'a>,
}

impl<'de> Body<'de> for VisitorProfile<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, _source: &SourceId) -> Option<Fact> {
        self.case.map(|_| Fact::Nothing)
    }
}

#[derive(Default)]
pub(super) struct Transcribed<'a> {
    case: Text<'a>,
    figures: Option<Transcript>,
}

impl<'de> Body<'de> for Transcribed<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "caseId" | "caseld" => take_case(&mut self.case, fields)?,
            "transcript" => self.figures = fields.nested::<Conversation>()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let case = id(source, self.case)?;
        Some(self.figures.map_or(Fact::Nothing, |figures| {
            Fact::Case(case, CaseEvent::Transcript(figures))
        }))
    }
}

#[derive(Default)]
pub(super) struct GroupLoad<'a> {
    group: Text<'a>,
    available: Option<u64>,
    waiting: Option<u64>,
    talking: Option<u64>,
}

impl<'de> Body<'de> for GroupLoad<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "groupId" => self.group = fields.id()?,
            "numberOfAvailableAgents" => self.available = fields.count()?,
            "numberOfVisitorsInQueue" => self.waiting = fields.count()?,
            "numberOfVisitorsInConversation" => self.talking = fields.count()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let group = id(source, self.group)?;
        let said = [
            (Metric::AgentsAvailable, self.available),
            (Metric::Waiting, self.waiting),
            (Metric::InConversation, self.talking),
        ];
        Some(readings(group, said, Value::Count))
    }
}

#[derive(Default)]
pub(super) struct GroupTimers<'a> {
    group: Text<'a>,
    average: Option<f64>,
    longest: Option<f64>,
}

impl<'de> Body<'de> for GroupTimers<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "groupId" => self.group = fields.id()?,
            "averageWaitingTime" => self.average = fields.seconds()?,
            "longestWaitingTime" => self.longest = fields.seconds()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let group = id(source, self.group)?;
        let said = [
            (Metric::AverageWait, self.average),
            (Metric::LongestWait, self.longest),
        ];
        Some(readings(group, said, Value::Seconds))
    }
}

/// Only what was said: what was not is unchanged.
fn readings<T, const N: usize>(
    group: Id,
    said: [(Metric, Option<T>); N],
    value: impl Fn(T) -> Value,
) -> Fact {
    let mut known = Readings::new();
    for (metric, said) in said {
        if let Some(said) = said {
            known.push((metric, Said::Known(value(said))));
        }
    }
    Fact::Readings(Subject::Queue(group), known)
}

#[derive(Default)]
pub(super) struct Agent<'a> {
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
pub(super) trait Thing {
    const CLASS: Class;
    const ID: &'static str;
    const NAME: &'static str;
    const EXTERNAL_ID: &'static str;
}

pub(super) struct Group;

impl Thing for Group {
    const CLASS: Class = Class::Queue;
    const ID: &'static str = "groupId";
    const NAME: &'static str = "groupName";
    const EXTERNAL_ID: &'static str = "groupExternalId";
}

pub(super) struct Opportunity;

impl Thing for Opportunity {
    const CLASS: Class = Class::Opportunity;
    const ID: &'static str = "opportunityId";
    const NAME: &'static str = "opportunityName";
    const EXTERNAL_ID: &'static str = "opportunityExternalId";
}

pub(super) struct Solution;

impl Thing for Solution {
    const CLASS: Class = Class::Solution;
    const ID: &'static str = "solutionId";
    const NAME: &'static str = "solutionName";
    const EXTERNAL_ID: &'static str = "solutionExternalId";
}

pub(super) struct CaseType;

impl Thing for CaseType {
    const CLASS: Class = Class::CaseType;
    const ID: &'static str = "caseTypeId";
    const NAME: &'static str = "caseTypeName";
    const EXTERNAL_ID: &'static str = "caseTypeExternalId";
}

pub(super) struct NamedThing<'a, T> {
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
