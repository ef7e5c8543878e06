//! A case that has ended, with everything that its source's events say. `None` is unknown.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::{AgentId, CaseId, CaseOutcome, QueueId, moment::millis_between};

/// How a case ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, VariantNames, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum CaseEnd {
    /// Its source reported the end.
    Closed,
    /// Estimated: its customer left without an event.
    Abandoned,
    /// Its source's queues don't have it any longer, and its end was missed.
    Unseen,
}

/// The record of a case at its end. Times are the source's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedCase {
    pub id: CaseId,
    pub end: CaseEnd,
    pub ended_at: Option<Timestamp>,
    /// When the end was noticed, on our clock.
    pub noticed_at: Timestamp,
    pub created_at: Option<Timestamp>,
    pub queue_legs: Vec<FinishedQueueLeg>,
    pub conversations: Vec<FinishedConversation>,
    pub transfers: Vec<FinishedTransfer>,
    pub outcome: Option<CaseOutcome>,
    /// The agent's wording.
    pub closure: Option<Arc<str>>,
    /// How often it was reopened after a close.
    pub reopened: u32,
    pub opportunity: Option<Arc<str>>,
    pub solution: Option<Arc<str>>,
    pub case_type: Option<Arc<str>>,
    /// From the customer's first message to the agent's first, in milliseconds.
    pub first_response_ms: Option<i64>,
}

/// A wait in a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedQueueLeg {
    pub queue: Option<QueueId>,
    pub entered_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// When it left unanswered.
    pub left_at: Option<Timestamp>,
}

/// An agent's conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedConversation {
    pub agent: Option<AgentId>,
    pub queue: Option<QueueId>,
    pub opened_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A transfer to another queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedTransfer {
    pub at: Option<Timestamp>,
    pub from_agent: Option<AgentId>,
    pub from_queue: Option<QueueId>,
    pub to_queue: Option<QueueId>,
}

impl FinishedCase {
    /// The time that tells this end from earlier ones of the same case.
    pub fn end_time(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.noticed_at)
    }

    /// When an agent first answered.
    pub fn answered_at(&self) -> Option<Timestamp> {
        self.queue_legs.iter().find_map(|leg| leg.answered_at)
    }

    /// From the creation to the first answer, or without one to the end, in milliseconds.
    pub fn wait_ms(&self) -> Option<i64> {
        let (created, until) = self
            .created_at
            .zip(self.answered_at().or(self.unanswered_end()))?;
        Some(millis_between(created, until).max(0))
    }

    /// The end of a case that nobody answered.
    fn unanswered_end(&self) -> Option<Timestamp> {
        self.ended_at.filter(|_| self.conversations.is_empty())
    }

    /// The time in all conversations, in milliseconds; unknown if one of their ends is, or if there's none.
    pub fn handle_ms(&self) -> Option<i64> {
        let ended = self.conversations.iter().map(|conversation| {
            let ended_at = conversation.ended_at?;
            Some(millis_between(conversation.opened_at, ended_at).max(0))
        });
        ended
            .sum::<Option<i64>>()
            .filter(|_| !self.conversations.is_empty())
    }

    /// Each queue where it was.
    pub fn queues(&self) -> impl Iterator<Item = &QueueId> {
        let legs = self.queue_legs.iter().filter_map(|leg| leg.queue.as_ref());
        let conversations = self.conversations.iter();
        legs.chain(conversations.filter_map(|conversation| conversation.queue.as_ref()))
    }

    /// Each agent in it, to be replaced.
    pub fn agents_mut(&mut self) -> impl Iterator<Item = &mut AgentId> {
        let conversations = self.conversations.iter_mut();
        let conversations = conversations.filter_map(|conversation| conversation.agent.as_mut());
        let transfers = self.transfers.iter_mut();
        conversations.chain(transfers.filter_map(|transfer| transfer.from_agent.as_mut()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, SourceId};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn case() -> FinishedCase {
        FinishedCase {
            id: Id::new(&SourceId::from("chat"), "1"),
            end: CaseEnd::Closed,
            ended_at: Some(at(90)),
            noticed_at: at(91),
            created_at: Some(at(0)),
            queue_legs: Vec::new(),
            conversations: Vec::new(),
            transfers: Vec::new(),
            outcome: None,
            closure: None,
            reopened: 0,
            opportunity: None,
            solution: None,
            case_type: None,
            first_response_ms: None,
        }
    }

    fn conversation(opened: i64, ended: Option<i64>) -> FinishedConversation {
        FinishedConversation {
            agent: None,
            queue: None,
            opened_at: at(opened),
            ended_at: ended.map(at),
        }
    }

    #[test]
    fn an_unanswered_case_waits_to_its_end() {
        assert_eq!(case().wait_ms(), Some(90_000));
        assert_eq!(case().handle_ms(), None);
        let unseen = FinishedCase {
            ended_at: None,
            ..case()
        };
        assert_eq!((unseen.wait_ms(), unseen.end_time()), (None, at(91)));
    }

    #[test]
    fn a_wait_without_its_begin_or_answer_is_unknown() {
        let opened = FinishedCase {
            conversations: vec![conversation(30, Some(90))],
            ..case()
        };
        assert_eq!(opened.wait_ms(), None, "no leg says when it was answered");
        let answered = FinishedCase {
            queue_legs: vec![FinishedQueueLeg {
                answered_at: Some(at(30)),
                ..FinishedQueueLeg::default()
            }],
            ..opened
        };
        assert_eq!(answered.wait_ms(), Some(30_000));
        assert_eq!(answered.handle_ms(), Some(60_000));
        let uncreated = FinishedCase {
            created_at: None,
            ..answered
        };
        assert_eq!(uncreated.wait_ms(), None);
    }

    #[test]
    fn handling_is_the_sum_of_all_conversations_or_unknown() {
        let mut two = case();
        two.conversations = vec![conversation(10, Some(30)), conversation(40, Some(90))];
        assert_eq!(two.handle_ms(), Some(70_000));
        two.conversations[1].ended_at = None;
        assert_eq!(two.handle_ms(), None);
    }
}
