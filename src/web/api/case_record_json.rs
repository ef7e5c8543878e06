//! The record of an ended case as JSON, with what its reader may see.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{
    AgentId, CaseEnd, CaseOutcome, DataScope, EntityKind, FinishedCase, FinishedConversation,
    FinishedQueueLeg, FinishedTransfer, NameVisibility, QueueId, moment,
};
use wallboard_live::Snapshot;

use crate::case_records::{RecordField, RecordFields};

use super::{
    json::{ExternalIdMap, Time, external_id_map},
    word_schemas::{one_of_words, one_of_words_or_null},
};

/// A contact that has ended. Times are from the source's clock; `null` is unknown, or not among the `fields` of
/// `[case_records]`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseRecord {
    /// The same whenever the record is sent.
    #[schema(example = "chat/c-1042@2026-11-20T09:00:00.500Z")]
    pub(super) id: String,
    #[schema(example = "chat/c-1042")]
    pub(super) case: String,
    /// `closed` by its agent; `abandoned`, which is estimated; or `unseen`, where messages of its source were lost.
    #[schema(schema_with = one_of_words::<CaseEnd>)]
    pub(super) end: &'static str,
    #[schema(required = true)]
    pub(super) created_at: Option<Time>,
    /// When an agent first answered.
    #[schema(required = true)]
    pub(super) answered_at: Option<Time>,
    #[schema(required = true)]
    pub(super) ended_at: Option<Time>,
    /// Seconds until the first answer, or without one until the end.
    #[schema(required = true)]
    pub(super) wait: Option<f64>,
    /// Seconds in conversations.
    #[schema(required = true)]
    pub(super) handle_time: Option<f64>,
    /// Seconds from the customer's first message to the agent's.
    #[schema(required = true)]
    pub(super) first_response: Option<f64>,
    #[schema(required = true, schema_with = one_of_words_or_null::<CaseOutcome>)]
    pub(super) outcome: Option<&'static str>,
    /// The agent's wording.
    #[schema(required = true)]
    pub(super) closure: Option<Arc<str>>,
    /// How often it was reopened after a close.
    #[schema(required = true)]
    pub(super) reopened: Option<u32>,
    #[schema(required = true)]
    pub(super) opportunity: Option<RecordSubject>,
    #[schema(required = true)]
    pub(super) solution: Option<RecordSubject>,
    #[schema(required = true)]
    pub(super) case_type: Option<RecordSubject>,
    #[schema(required = true)]
    pub(super) queue_legs: Option<Vec<RecordQueueLeg>>,
    #[schema(required = true)]
    pub(super) conversations: Option<Vec<RecordConversation>>,
    #[schema(required = true)]
    pub(super) transfers: Option<Vec<RecordTransfer>>,
}

/// A queue, an agent, or what a case is about
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordSubject {
    /// `null` where privacy hides it.
    #[schema(required = true, example = "chat/3f2b")]
    pub(super) id: Option<String>,
    /// An agent's as `[privacy] agent_names` allows.
    #[schema(required = true)]
    pub(super) name: Option<String>,
    /// IDs in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(super) external_ids: ExternalIdMap,
}

/// A wait in a queue
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordQueueLeg {
    #[schema(required = true)]
    pub(super) queue: Option<RecordSubject>,
    #[schema(required = true)]
    entered_at: Option<Time>,
    #[schema(required = true)]
    answered_at: Option<Time>,
    /// When it left unanswered.
    #[schema(required = true)]
    left_at: Option<Time>,
}

/// An agent's part
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordConversation {
    #[schema(required = true)]
    pub(super) agent: Option<RecordSubject>,
    #[schema(required = true)]
    pub(super) queue: Option<RecordSubject>,
    opened_at: Time,
    #[schema(required = true)]
    ended_at: Option<Time>,
}

/// A transfer to another queue
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordTransfer {
    #[schema(required = true)]
    at: Option<Time>,
    #[schema(required = true)]
    from_agent: Option<RecordSubject>,
    #[schema(required = true)]
    from_queue: Option<RecordSubject>,
    #[schema(required = true)]
    to_queue: Option<RecordSubject>,
}

impl CaseRecord {
    /// Whether it says who an agent is.
    pub(super) fn names_agents(&self) -> bool {
        let conversations = self.conversations.iter().flatten();
        let agents = conversations.map(|conversation| conversation.agent.as_ref());
        let transfers = self.transfers.iter().flatten();
        let mut agents = agents.chain(transfers.map(|transfer| transfer.from_agent.as_ref()));
        agents.any(|agent| agent.is_some_and(|agent| agent.id.is_some()))
    }
}

/// A reader of records: the names of the present, and the queues that it may see.
pub(super) struct RecordReader<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// `None`: all.
    pub(super) scope: Option<&'s DataScope>,
    pub(super) fields: &'s RecordFields,
}

impl RecordReader<'_> {
    /// Whether one of its queues may be seen.
    pub(super) fn may_see(&self, case: &FinishedCase) -> bool {
        self.scope.is_none() || case.queues().any(|queue| self.includes(queue))
    }

    fn includes(&self, queue: &QueueId) -> bool {
        (self.scope).is_none_or(|scope| scope.includes_queue(&self.snapshot.site, queue))
    }

    pub(super) fn record_json(&self, case: FinishedCase) -> CaseRecord {
        let source = &case.id.source;
        let has = |field| self.fields.includes(field);
        let about = |field, kind, external: &Option<Arc<str>>| {
            let external = external.as_ref().filter(|_| has(field))?;
            let known = self.snapshot.find_entity(kind, source, external);
            Some(RecordSubject {
                id: Some(format!("{source}/{external}")),
                name: known.and_then(|known| Some(known.name.as_deref()?.to_owned())),
                external_ids: known
                    .map(|known| external_id_map(&known.external_ids))
                    .unwrap_or_default(),
            })
        };
        let seconds =
            |field, millis: Option<i64>| millis.filter(|_| has(field)).map(moment::seconds_from);
        let time = |field, at: Option<Timestamp>| at.filter(|_| has(field)).map(Time);
        CaseRecord {
            id: format!("{}@{:.3}", case.id, case.end_time()),
            case: case.id.to_string(),
            end: case.end.into_str(),
            created_at: time(RecordField::CreatedAt, case.created_at),
            answered_at: time(RecordField::AnsweredAt, case.answered_at()),
            ended_at: time(RecordField::EndedAt, case.ended_at),
            wait: seconds(RecordField::Wait, case.wait_ms()),
            handle_time: seconds(RecordField::HandleTime, case.handle_ms()),
            first_response: seconds(RecordField::FirstResponse, case.first_response_ms),
            outcome: (case.outcome.filter(|_| has(RecordField::Outcome))).map(Into::into),
            reopened: has(RecordField::Reopened).then_some(case.reopened),
            opportunity: about(
                RecordField::Opportunity,
                EntityKind::Opportunity,
                &case.opportunity,
            ),
            solution: about(RecordField::Solution, EntityKind::Solution, &case.solution),
            case_type: about(RecordField::CaseType, EntityKind::CaseType, &case.case_type),
            queue_legs: has(RecordField::QueueLegs)
                .then(|| case.queue_legs.iter().map(|leg| self.leg(leg)).collect()),
            conversations: has(RecordField::Conversations).then(|| {
                let conversations = case.conversations.iter();
                conversations.map(|one| self.conversation(one)).collect()
            }),
            transfers: has(RecordField::Transfers).then(|| {
                let transfers = case.transfers.iter();
                transfers.map(|one| self.transfer(one)).collect()
            }),
            closure: case.closure.filter(|_| has(RecordField::Closure)),
        }
    }

    fn leg(&self, leg: &FinishedQueueLeg) -> RecordQueueLeg {
        RecordQueueLeg {
            queue: self.queue(leg.queue.as_ref()),
            entered_at: leg.entered_at.map(Time),
            answered_at: leg.answered_at.map(Time),
            left_at: leg.left_at.map(Time),
        }
    }

    fn conversation(&self, conversation: &FinishedConversation) -> RecordConversation {
        let queue = conversation.queue.as_ref();
        RecordConversation {
            agent: self.agent(conversation.agent.as_ref(), queue),
            queue: self.queue(queue),
            opened_at: Time(conversation.opened_at),
            ended_at: conversation.ended_at.map(Time),
        }
    }

    fn transfer(&self, transfer: &FinishedTransfer) -> RecordTransfer {
        let queue = transfer.from_queue.as_ref();
        RecordTransfer {
            at: transfer.at.map(Time),
            from_agent: self.agent(transfer.from_agent.as_ref(), queue),
            from_queue: self.queue(queue),
            to_queue: self.queue(transfer.to_queue.as_ref()),
        }
    }

    fn queue(&self, id: Option<&QueueId>) -> Option<RecordSubject> {
        let id = id.filter(|id| self.includes(id))?;
        let known = self.snapshot.queues.get(id);
        Some(RecordSubject {
            id: Some(id.to_string()),
            name: known.map(|queue| self.snapshot.queue_name(queue)),
            external_ids: known
                .map(|queue| external_id_map(&queue.external_ids))
                .unwrap_or_default(),
        })
    }

    /// Describes who served a queue; `None` where names are hidden altogether, or the queue is.
    fn agent(&self, id: Option<&AgentId>, queue: Option<&QueueId>) -> Option<RecordSubject> {
        let site = &self.snapshot.site;
        let id = id.filter(|_| site.agent_names != NameVisibility::None)?;
        let serves_included = queue.is_some_and(|queue| self.includes(queue));
        let is_named = |scope: &DataScope| scope.names_agent(site, id);
        if !serves_included && !self.scope.is_none_or(is_named) {
            return None;
        }
        let known = self.snapshot.agents.get(id);
        let is_identified = site.agent_names.shows_names();
        let names = known.map(|agent| site.format_name(&self.snapshot.agent_name(agent)));
        let external_ids = known.filter(|_| is_identified);
        Some(RecordSubject {
            id: is_identified.then(|| id.to_string()),
            name: names,
            external_ids: external_ids
                .map(|agent| external_id_map(&agent.external_ids))
                .unwrap_or_default(),
        })
    }
}
