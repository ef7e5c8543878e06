//! One case's life, folded from all its events in the order of their source
//! times. Because it is always folded whole, lateness, repetition and disorder
//! cannot change where it ends.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AgentId, CaseEvent, CaseOutcome, QueueId, TranscriptSummary};

use crate::live::snapshot::{CaseState, CaseTransfer};

use super::timed_case_event::TimedCaseEvent;

/// A visitor's time in one queue, from entry to answer or to leaving it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CaseQueueLeg {
    /// `None`: not known yet.
    pub(crate) queue: Option<QueueId>,
    /// On our clock; `None` where the entry was never seen.
    pub(crate) entered: Option<Timestamp>,
    pub(crate) entered_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    /// Left for another queue before an answer.
    pub(crate) has_left: bool,
    /// The case was closed without an answer here.
    pub(crate) was_closed: bool,
    /// Put back into the same queue: waits, and counts nowhere again.
    pub(crate) is_requeued: bool,
}

/// An agent's part of a case.
#[derive(Clone, Debug)]
pub(crate) struct CaseConversation {
    pub(crate) agent: Option<AgentId>,
    pub(crate) queue: Option<QueueId>,
    /// On our clock.
    pub(crate) opened: Timestamp,
    pub(crate) opened_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) transferred: bool,
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
    /// It was not known where it waited when it entered.
    pub(crate) entry_unknown: bool,
    closed: bool,
}

impl CaseTimeline {
    /// Folds `steps`, which stand in order (see `insert`). `entry` gives the
    /// queue to which a solution or case type always leads.
    pub(crate) fn from_events(
        steps: &[TimedCaseEvent],
        entry: impl Fn(&CaseTimeline) -> Option<QueueId>,
    ) -> Self {
        let mut life = Self::default();
        for step in steps {
            life.apply_event(step, &entry);
        }
        life
    }

    fn apply_event(
        &mut self,
        step: &TimedCaseEvent,
        entry: &impl Fn(&CaseTimeline) -> Option<QueueId>,
    ) {
        match &step.event {
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
                self.apply_created(step, queue);
            }
            CaseEvent::Opened { agent, queue } => {
                self.apply_opened(step, agent.as_ref(), queue.as_ref());
            }
            CaseEvent::Transferred {
                from_agent,
                from_queue,
                to_queue,
            } => self.apply_transferred(
                step,
                from_agent.as_ref(),
                from_queue.as_ref(),
                to_queue.as_ref(),
            ),
            CaseEvent::Closed { outcome, closure } => {
                self.apply_closed(step, *outcome, closure.as_ref());
            }
            CaseEvent::Transcript(transcript) => self.transcript = Some(*transcript),
        }
    }

    fn apply_created(&mut self, step: &TimedCaseEvent, queue: Option<QueueId>) {
        if self.created_at.is_some() {
            return;
        }
        self.created = Some(step.local_at);
        self.created_at = Some(step.at);
        match self.queue_legs.first_mut() {
            None => self.queue_legs.push(CaseQueueLeg {
                queue,
                entered: Some(step.local_at),
                entered_at: Some(step.at),
                ..CaseQueueLeg::default()
            }),
            // Its times stand the wrong way round: opened before it was created.
            Some(stay) if stay.entered.is_none() => {
                stay.entered = Some(step.local_at);
                stay.entered_at = Some(step.at);
            }
            Some(_) => {}
        }
    }

    fn apply_opened(
        &mut self,
        step: &TimedCaseEvent,
        agent: Option<&AgentId>,
        queue: Option<&QueueId>,
    ) {
        if let Some(leg) = self
            .conversations
            .last_mut()
            .filter(|leg| leg.ended_at.is_none())
        {
            if agent.is_none() || leg.agent.as_ref() == agent {
                // The same opening again, or the rest of it.
                leg.queue = queue.cloned().or(leg.queue.take());
                return;
            }
            leg.ended_at = Some(step.at);
        } else if self.closed {
            self.reopened += 1;
        } else {
            self.record_answer(step, queue);
        }

        // What is not said is unchanged.
        let last = self.conversations.last();
        let agent = agent
            .cloned()
            .or_else(|| last.and_then(|leg| leg.agent.clone()));
        let queue = queue
            .cloned()
            .or_else(|| self.queue_legs.last().and_then(|stay| stay.queue.clone()))
            .or_else(|| last.and_then(|leg| leg.queue.clone()));
        self.conversations.push(CaseConversation {
            agent,
            queue,
            opened: step.local_at,
            opened_at: step.at,
            ended_at: None,
            transferred: false,
        });
        self.closed = false;
    }

    fn record_answer(&mut self, step: &TimedCaseEvent, queue: Option<&QueueId>) {
        if self.current_wait().is_none() {
            self.queue_legs.push(CaseQueueLeg::default());
        }
        if let Some(stay) = self.queue_legs.last_mut() {
            stay.answered_at = Some(step.at);
            if queue.is_some() {
                stay.queue = queue.cloned();
            }
        }
    }

    fn apply_transferred(
        &mut self,
        step: &TimedCaseEvent,
        from_agent: Option<&AgentId>,
        from_queue: Option<&QueueId>,
        to_queue: Option<&QueueId>,
    ) {
        let leg = self
            .conversations
            .last_mut()
            .filter(|leg| leg.ended_at.is_none());
        let was_in = from_queue
            .cloned()
            .or_else(|| leg.as_ref().and_then(|leg| leg.queue.clone()))
            .or_else(|| self.queue_legs.last().and_then(|stay| stay.queue.clone()));
        let requeued = to_queue.is_some() && to_queue == was_in.as_ref();
        if !requeued {
            self.transfers.push(CaseTransfer {
                at: Some(step.at),
                from_agent: from_agent.cloned(),
                from_queue: was_in,
                to_queue: to_queue.cloned(),
            });
        }
        self.closed = false;

        if let Some(leg) = leg {
            leg.ended_at = Some(step.at);
            leg.transferred = !requeued;
        } else if let Some(stay) = self.current_wait_mut() {
            if requeued {
                return;
            }
            stay.has_left = true;
        }
        self.queue_legs.push(CaseQueueLeg {
            queue: to_queue.cloned(),
            entered: Some(step.local_at),
            entered_at: Some(step.at),
            is_requeued: requeued,
            ..CaseQueueLeg::default()
        });
    }

    fn apply_closed(
        &mut self,
        step: &TimedCaseEvent,
        outcome: Option<CaseOutcome>,
        closure: Option<&Arc<str>>,
    ) {
        if let Some(leg) = self
            .conversations
            .last_mut()
            .filter(|leg| leg.ended_at.is_none())
        {
            leg.ended_at = Some(step.at);
        }
        if let Some(stay) = self.current_wait_mut() {
            stay.was_closed = true;
        }
        self.closed = true;
        self.closed_at = Some(step.at);
        self.outcome = outcome.or(self.outcome);
        if closure.is_some() {
            self.closure = closure.cloned();
        }
    }

    /// Where the visitor waits now.
    pub(crate) fn current_wait(&self) -> Option<&CaseQueueLeg> {
        let stay = self.queue_legs.last()?;
        (stay.answered_at.is_none() && !stay.has_left && !stay.was_closed).then_some(stay)
    }

    fn current_wait_mut(&mut self) -> Option<&mut CaseQueueLeg> {
        self.current_wait()?;
        self.queue_legs.last_mut()
    }

    /// The agent's part that goes on now.
    pub(crate) fn current_conversation(&self) -> Option<&CaseConversation> {
        self.conversations
            .last()
            .filter(|leg| leg.ended_at.is_none())
    }

    /// Closed although nobody ever answered it: the visitor had gone.
    pub(crate) fn is_left_unanswered(&self) -> bool {
        self.first_answer().is_none() && self.queue_legs.iter().any(|stay| stay.was_closed)
    }

    /// The answer to who waited; an opening after a close is none.
    pub(crate) fn first_answer(&self) -> Option<Timestamp> {
        self.queue_legs.iter().find_map(|stay| stay.answered_at)
    }

    pub(crate) fn first_opening(&self) -> Option<Timestamp> {
        self.conversations.first().map(|leg| leg.opened_at)
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
            Some(stay) => stay.queue.as_ref(),
            None => self
                .conversations
                .last()
                .and_then(|leg| leg.queue.as_ref())
                .or_else(|| self.queue_legs.last().and_then(|stay| stay.queue.as_ref())),
        }
    }

    pub(crate) fn current_agent(&self) -> Option<&AgentId> {
        match self.current_wait() {
            Some(_) => None,
            None => self.conversations.last().and_then(|leg| leg.agent.as_ref()),
        }
    }
}
