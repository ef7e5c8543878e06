//! The timeline of one case, folded from all its events in the order of their source times. It is
//! always folded from the start, so late, repeated or unordered events don't change the result.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{AgentId, CaseEvent, CaseOutcome, QueueId, TranscriptSummary};

use crate::snapshot::{CaseState, CaseTransfer};

use super::timed_case_event::TimedCaseEvent;

/// A customer's time in one queue, from entry until answered or left.
#[derive(Clone, Debug, Default)]
pub(crate) struct CaseQueueLeg {
    /// `None`: unknown so far.
    pub(crate) queue: Option<QueueId>,
    /// On our clock; `None` if the entry wasn't seen.
    pub(crate) entered: Option<Timestamp>,
    pub(crate) entered_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    /// Left for another queue before an answer.
    pub(crate) has_left: bool,
    /// The case was closed without an answer here.
    pub(crate) was_closed: bool,
    /// Put back into the same queue: it waits, but isn't counted again.
    pub(crate) is_requeued: bool,
}

/// An agent's conversation in a case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseConversation {
    pub(crate) agent: Option<AgentId>,
    pub(crate) queue: Option<QueueId>,
    /// On our clock.
    pub(crate) opened: Timestamp,
    pub(crate) opened_at: Timestamp,
    /// On our clock.
    pub(crate) ended: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) transferred: bool,
}

impl CaseConversation {
    fn end(&mut self, event: &TimedCaseEvent) {
        (self.ended, self.ended_at) = (Some(event.local_at), Some(event.at));
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct CaseTimeline {
    pub(crate) created: Option<Timestamp>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) queue_legs: Vec<CaseQueueLeg>,
    pub(crate) conversations: Vec<CaseConversation>,
    pub(crate) transfers: Vec<CaseTransfer>,
    pub(crate) reopened: u32,
    pub(crate) outcome: Option<CaseOutcome>,
    pub(crate) closure: Option<Arc<str>>,
    pub(crate) opportunity: Option<Arc<str>>,
    pub(crate) solution: Option<Arc<str>>,
    pub(crate) case_type: Option<Arc<str>>,
    pub(crate) transcript: Option<TranscriptSummary>,
    /// Its queue was unknown when it entered.
    pub(crate) entry_unknown: bool,
    closed: bool,
}

impl CaseTimeline {
    /// Folds `events`, which are in order (see `insert_event`). `entry` returns the queue to
    /// which a solution or case type always leads.
    pub(crate) fn from_events(
        events: &[TimedCaseEvent],
        entry: impl Fn(&CaseTimeline) -> Option<QueueId>,
    ) -> Self {
        let mut timeline = Self::default();
        for event in events {
            timeline.apply_event(event, &entry);
        }
        timeline
    }

    fn apply_event(
        &mut self,
        timed_event: &TimedCaseEvent,
        entry: &impl Fn(&CaseTimeline) -> Option<QueueId>,
    ) {
        match &timed_event.event {
            CaseEvent::Created {
                opportunity,
                solution,
                case_type,
            } => {
                self.opportunity.clone_from(opportunity);
                self.solution.clone_from(solution);
                self.case_type.clone_from(case_type);
                let queue = entry(self);
                self.entry_unknown = queue.is_none();
                self.apply_created(timed_event, queue);
            }
            CaseEvent::Opened { agent, queue } => {
                self.apply_opened(timed_event, agent.as_ref(), queue.as_ref());
            }
            CaseEvent::Transferred {
                from_agent,
                from_queue,
                to_queue,
            } => self.apply_transferred(
                timed_event,
                from_agent.as_ref(),
                from_queue.as_ref(),
                to_queue.as_ref(),
            ),
            CaseEvent::Closed { outcome, closure } => {
                self.apply_closed(timed_event, *outcome, closure.as_ref());
            }
            CaseEvent::Transcript(transcript) => self.transcript = Some(*transcript),
        }
    }

    fn apply_created(&mut self, event: &TimedCaseEvent, queue: Option<QueueId>) {
        if self.created_at.is_some() {
            return;
        }
        self.created = Some(event.local_at);
        self.created_at = Some(event.at);
        match self.queue_legs.first_mut() {
            None => self.queue_legs.push(CaseQueueLeg {
                queue,
                entered: Some(event.local_at),
                entered_at: Some(event.at),
                ..CaseQueueLeg::default()
            }),
            // Its times are in the wrong order: opened before it was created.
            Some(leg) if leg.entered.is_none() => {
                leg.entered = Some(event.local_at);
                leg.entered_at = Some(event.at);
            }
            Some(_) => {}
        }
    }

    fn apply_opened(
        &mut self,
        event: &TimedCaseEvent,
        agent: Option<&AgentId>,
        queue: Option<&QueueId>,
    ) {
        if let Some(conversation) = self
            .conversations
            .last_mut()
            .filter(|conversation| conversation.ended_at.is_none())
        {
            let is_same_agent = agent.is_none() || conversation.agent.as_ref() == agent;
            // After a loss, the conversation before may have ended.
            if is_same_agent && !event.is_after_loss {
                // The same opening again, or its remaining attributes.
                conversation.queue = queue.cloned().or(conversation.queue.take());
                return;
            }
            conversation.end(event);
        } else if self.closed {
            self.reopened += 1;
        } else {
            self.record_answer(event, queue);
        }

        // Attributes that the event lacks are unchanged.
        let last = self.conversations.last();
        let agent = agent
            .cloned()
            .or_else(|| last.and_then(|conversation| conversation.agent.clone()));
        let queue = queue
            .cloned()
            .or_else(|| self.queue_legs.last().and_then(|leg| leg.queue.clone()))
            .or_else(|| last.and_then(|conversation| conversation.queue.clone()));
        self.conversations.push(CaseConversation {
            agent,
            queue,
            opened: event.local_at,
            opened_at: event.at,
            ended: None,
            ended_at: None,
            transferred: false,
        });
        self.closed = false;
    }

    fn record_answer(&mut self, event: &TimedCaseEvent, queue: Option<&QueueId>) {
        if self.current_wait().is_none() {
            self.queue_legs.push(CaseQueueLeg::default());
        }
        if let Some(leg) = self.queue_legs.last_mut() {
            leg.answered_at = Some(event.at);
            if queue.is_some() {
                leg.queue = queue.cloned();
            }
        }
    }

    fn apply_transferred(
        &mut self,
        event: &TimedCaseEvent,
        from_agent: Option<&AgentId>,
        from_queue: Option<&QueueId>,
        to_queue: Option<&QueueId>,
    ) {
        let conversation = self
            .conversations
            .last_mut()
            .filter(|conversation| conversation.ended_at.is_none());
        let was_in = from_queue
            .cloned()
            .or_else(|| {
                conversation
                    .as_ref()
                    .and_then(|conversation| conversation.queue.clone())
            })
            .or_else(|| self.queue_legs.last().and_then(|leg| leg.queue.clone()));
        let is_requeued = to_queue.is_some() && to_queue == was_in.as_ref();
        if !is_requeued {
            self.transfers.push(CaseTransfer {
                at: Some(event.at),
                from_agent: from_agent.cloned(),
                from_queue: was_in,
                to_queue: to_queue.cloned(),
            });
        }
        self.closed = false;

        if let Some(conversation) = conversation {
            conversation.end(event);
            conversation.transferred = !is_requeued;
        } else if let Some(leg) = self.current_wait_mut() {
            if is_requeued {
                return;
            }
            leg.has_left = true;
        }
        self.queue_legs.push(CaseQueueLeg {
            queue: to_queue.cloned(),
            entered: Some(event.local_at),
            entered_at: Some(event.at),
            is_requeued,
            ..CaseQueueLeg::default()
        });
    }

    fn apply_closed(
        &mut self,
        event: &TimedCaseEvent,
        outcome: Option<CaseOutcome>,
        closure: Option<&Arc<str>>,
    ) {
        if let Some(conversation) = self
            .conversations
            .last_mut()
            .filter(|conversation| conversation.ended_at.is_none())
        {
            conversation.end(event);
        }
        if let Some(leg) = self.current_wait_mut() {
            leg.was_closed = true;
        }
        self.closed = true;
        self.closed_at = Some(event.at);
        self.outcome = outcome.or(self.outcome);
        if closure.is_some() {
            self.closure = closure.cloned();
        }
    }

    /// Returns the queue leg in which the customer waits now.
    pub(crate) fn current_wait(&self) -> Option<&CaseQueueLeg> {
        let leg = self.queue_legs.last()?;
        (leg.answered_at.is_none() && !leg.has_left && !leg.was_closed).then_some(leg)
    }

    fn current_wait_mut(&mut self) -> Option<&mut CaseQueueLeg> {
        self.current_wait()?;
        self.queue_legs.last_mut()
    }

    /// Returns the conversation that is open now.
    pub(crate) fn current_conversation(&self) -> Option<&CaseConversation> {
        self.conversations
            .last()
            .filter(|conversation| conversation.ended_at.is_none())
    }

    /// Whether the case was closed without an answer: the customer had left.
    pub(crate) fn is_left_unanswered(&self) -> bool {
        self.first_answer().is_none() && self.queue_legs.iter().any(|leg| leg.was_closed)
    }

    /// Returns the answer to a waiting customer. A reopening is not one.
    pub(crate) fn first_answer(&self) -> Option<Timestamp> {
        self.queue_legs.iter().find_map(|leg| leg.answered_at)
    }

    pub(crate) fn first_opening(&self) -> Option<Timestamp> {
        self.conversations
            .first()
            .map(|conversation| conversation.opened_at)
    }

    pub(crate) fn case_state(&self) -> CaseState {
        if self.current_conversation().is_some() {
            CaseState::Open
        } else if self.current_wait().is_some() {
            CaseState::Waiting
        } else {
            CaseState::Closed
        }
    }

    pub(crate) fn current_queue(&self) -> Option<&QueueId> {
        match self.current_wait() {
            Some(leg) => leg.queue.as_ref(),
            None => self
                .conversations
                .last()
                .and_then(|conversation| conversation.queue.as_ref())
                .or_else(|| self.queue_legs.last().and_then(|leg| leg.queue.as_ref())),
        }
    }

    pub(crate) fn current_agent(&self) -> Option<&AgentId> {
        match self.current_wait() {
            Some(_) => None,
            None => self
                .conversations
                .last()
                .and_then(|conversation| conversation.agent.as_ref()),
        }
    }
}
