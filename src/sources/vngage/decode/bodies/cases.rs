//! What is said of cases.

use std::sync::Arc;

use serde::de::MapAccess;

use crate::domain::{CaseEvent, Fact, Outcome, SourceId, Transcript};

use super::super::{fields::Fields, transcript::Conversation};
use super::{Body, Text, id};

/// `caseId`; the vendor's document also spells it with an `l`.
fn take_case<'de, A: MapAccess<'de>>(
    case: &mut Text<'de>,
    fields: &mut Fields<A>,
) -> Result<(), A::Error> {
    *case = fields.id()?.or(case.take());
    Ok(())
}

#[derive(Default)]
pub(in super::super) struct Created<'a> {
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
pub(in super::super) struct Opened<'a> {
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
pub(in super::super) struct Closed<'a> {
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
pub(in super::super) struct Transferred<'a> {
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
pub(in super::super) struct VisitorProfile<'a> {
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
pub(in super::super) struct Transcribed<'a> {
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
