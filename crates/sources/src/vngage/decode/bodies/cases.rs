//! Messages about cases.

use std::sync::Arc;

use serde::de::MapAccess;

use wallboard_domain::{CaseEvent, CaseOutcome, Fact, SourceId, TranscriptSummary};

use super::super::{fields::ObjectFields, transcript::TranscriptObject};
use super::{BorrowedId, MessageBody, make_id};

/// Reads `caseId`, which the vendor's document also spells with an `l`.
fn read_case_id<'de, A: MapAccess<'de>>(
    case: &mut BorrowedId<'de>,
    fields: &mut ObjectFields<A>,
) -> Result<(), A::Error> {
    *case = fields.read_id()?.or(case.take());
    Ok(())
}

#[derive(Default)]
pub(in super::super) struct CaseCreated<'a> {
    case: BorrowedId<'a>,
    opportunity: Option<Arc<str>>,
    solution: Option<Arc<str>>,
    case_type: Option<Arc<str>>,
}

impl<'de> MessageBody<'de> for CaseCreated<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
        "opportunityId" => self.opportunity = fields.read_shared_id()?,
        "solutionId" => self.solution = fields.read_shared_id()?,
        "caseTypeId" => self.case_type = fields.read_shared_id()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Created {
            opportunity: self.opportunity,
            solution: self.solution,
            case_type: self.case_type,
        };
        Some(Fact::Case(make_id(source, self.case)?, event))
    }
}

#[derive(Default)]
pub(in super::super) struct CaseOpened<'a> {
    case: BorrowedId<'a>,
    agent: BorrowedId<'a>,
    group: BorrowedId<'a>,
}

impl<'de> MessageBody<'de> for CaseOpened<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
        "agentId" => self.agent = fields.read_id()?,
        "groupId" => self.group = fields.read_id()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Opened {
            agent: make_id(source, self.agent),
            queue: make_id(source, self.group),
        };
        Some(Fact::Case(make_id(source, self.case)?, event))
    }
}

#[derive(Default)]
pub(in super::super) struct CaseClosed<'a> {
    case: BorrowedId<'a>,
    outcome: Option<CaseOutcome>,
    closure: Option<Arc<str>>,
}

impl<'de> MessageBody<'de> for CaseClosed<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
        "outcome" => self.outcome = fields.read_word(|word| word.parse().ok())?,
        "closure" => self.closure = fields.read_text()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Closed {
            outcome: self.outcome,
            closure: self.closure,
        };
        Some(Fact::Case(make_id(source, self.case)?, event))
    }
}

#[derive(Default)]
pub(in super::super) struct CaseTransferred<'a> {
    case: BorrowedId<'a>,
    from_agent: BorrowedId<'a>,
    from_group: BorrowedId<'a>,
    to_group: BorrowedId<'a>,
}

impl<'de> MessageBody<'de> for CaseTransferred<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
        "previousAgentId" => self.from_agent = fields.read_id()?,
        "previousGroupId" => self.from_group = fields.read_id()?,
        "newGroupId" => self.to_group = fields.read_id()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let event = CaseEvent::Transferred {
            from_agent: make_id(source, self.from_agent),
            from_queue: make_id(source, self.from_group),
            to_queue: make_id(source, self.to_group),
        };
        Some(Fact::Case(make_id(source, self.case)?, event))
    }
}

/// The form that a visitor filled in. None of it is stored.
#[derive(Default)]
pub(in super::super) struct CaseVisitorProfile<'a> {
    case: BorrowedId<'a>,
}

impl<'de> MessageBody<'de> for CaseVisitorProfile<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
    });

    fn into_fact(self, _source: &SourceId) -> Option<Fact> {
        self.case.map(|_| Fact::Unused)
    }
}

#[derive(Default)]
pub(in super::super) struct CaseTranscribed<'a> {
    case: BorrowedId<'a>,
    figures: Option<TranscriptSummary>,
}

impl<'de> MessageBody<'de> for CaseTranscribed<'de> {
    read_fields!(self, fields, {
        "caseId" | "caseld" => read_case_id(&mut self.case, fields)?,
        "transcript" => self.figures = fields.read_nested::<TranscriptObject>()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let case = make_id(source, self.case)?;
        Some(self.figures.map_or(Fact::Unused, |figures| {
            Fact::Case(case, CaseEvent::Transcript(figures))
        }))
    }
}
