//! One case's life, folded from all its events in the order of their source
//! times. Because it is always folded whole, lateness, repetition and disorder
//! cannot change where it ends.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AgentId, CaseEvent, Outcome, QueueId, Transcript};

use crate::live::picture::{CaseState, Transfer};

use super::step::Step;

/// A visitor's time in one queue, from entry to answer or to leaving it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stay {
    /// `None`: not known yet.
    pub(crate) queue: Option<QueueId>,
    /// On our clock; `None` where the entry was never seen.
    pub(crate) entered: Option<Timestamp>,
    pub(crate) entered_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    /// Left for another queue before an answer.
    pub(crate) left: bool,
    /// The case was closed without an answer here.
    pub(crate) closed: bool,
    /// Put back into the same queue: waits, and counts nowhere again.
    pub(crate) requeued: bool,
}

/// An agent's part of a case.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    pub(crate) agent: Option<AgentId>,
    pub(crate) queue: Option<QueueId>,
    /// On our clock.
    pub(crate) opened: Timestamp,
    pub(crate) opened_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) transferred: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    pub(crate) created: Option<Timestamp>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) stays: Vec<Stay>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) reopened: u32,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) closure: Option<Arc<str>>,
    pub(crate) opportunity: Option<Arc<str>>,
    pub(crate) solution: Option<Arc<str>>,
    pub(crate) case_type: Option<Arc<str>>,
    pub(crate) transcript: Option<Transcript>,
    /// It was not known where it waited when it entered.
    pub(crate) entry_unknown: bool,
    closed: bool,
}

impl Life {
    /// Folds `steps`, which stand in order (see `insert`). `entry` gives the
    /// queue to which a solution or case type always leads.
    pub(crate) fn of(steps: &[Step], entry: impl Fn(&Life) -> Option<QueueId>) -> Self {
        let mut life = Self::default();
        for step in steps {
            life.on(step, &entry);
        }
        life
    }

    fn on(&mut self, step: &Step, entry: &impl Fn(&Life) -> Option<QueueId>) {
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
                self.on_created(step, queue);
            }
            CaseEvent::Opened { agent, queue } => {
                self.on_opened(step, agent.as_ref(), queue.as_ref());
            }
            CaseEvent::Transferred {
                from_agent,
                from_queue,
                to_queue,
            } => self.on_transferred(
                step,
                from_agent.as_ref(),
                from_queue.as_ref(),
                to_queue.as_ref(),
            ),
            CaseEvent::Closed { outcome, closure } => {
                self.on_closed(step, *outcome, closure.as_ref());
            }
            CaseEvent::Transcript(transcript) => self.transcript = Some(*transcript),
        }
    }

    fn on_created(&mut self, step: &Step, queue: Option<QueueId>) {
        if self.created_at.is_some() {
            return;
        }
        self.created = Some(step.placed);
        self.created_at = Some(step.at);
        match self.stays.first_mut() {
            None => self.stays.push(Stay {
                queue,
                entered: Some(step.placed),
                entered_at: Some(step.at),
                ..Stay::default()
            }),
            // Its times stand the wrong way round: opened before it was created.
            Some(stay) if stay.entered.is_none() => {
                stay.entered = Some(step.placed);
                stay.entered_at = Some(step.at);
            }
            Some(_) => {}
        }
    }

    fn on_opened(&mut self, step: &Step, agent: Option<&AgentId>, queue: Option<&QueueId>) {
        if let Some(leg) = self.legs.last_mut().filter(|leg| leg.ended_at.is_none()) {
            if agent.is_none() || leg.agent.as_ref() == agent {
                // The same opening again, or the rest of it.
                leg.queue = queue.cloned().or(leg.queue.take());
                return;
            }
            leg.ended_at = Some(step.at);
        } else if self.closed {
            self.reopened += 1;
        } else {
            self.answer(step, queue);
        }

        // What is not said is unchanged.
        let last = self.legs.last();
        let agent = agent
            .cloned()
            .or_else(|| last.and_then(|leg| leg.agent.clone()));
        let queue = queue
            .cloned()
            .or_else(|| self.stays.last().and_then(|stay| stay.queue.clone()))
            .or_else(|| last.and_then(|leg| leg.queue.clone()));
        self.legs.push(Leg {
            agent,
            queue,
            opened: step.placed,
            opened_at: step.at,
            ended_at: None,
            transferred: false,
        });
        self.closed = false;
    }

    fn answer(&mut self, step: &Step, queue: Option<&QueueId>) {
        if self.waiting().is_none() {
            self.stays.push(Stay::default());
        }
        if let Some(stay) = self.stays.last_mut() {
            stay.answered_at = Some(step.at);
            if queue.is_some() {
                stay.queue = queue.cloned();
            }
        }
    }

    fn on_transferred(
        &mut self,
        step: &Step,
        from_agent: Option<&AgentId>,
        from_queue: Option<&QueueId>,
        to_queue: Option<&QueueId>,
    ) {
        let leg = self.legs.last_mut().filter(|leg| leg.ended_at.is_none());
        let was_in = from_queue
            .cloned()
            .or_else(|| leg.as_ref().and_then(|leg| leg.queue.clone()))
            .or_else(|| self.stays.last().and_then(|stay| stay.queue.clone()));
        let requeued = to_queue.is_some() && to_queue == was_in.as_ref();
        if !requeued {
            self.transfers.push(Transfer {
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
        } else if let Some(stay) = self.waiting_mut() {
            if requeued {
                return;
            }
            stay.left = true;
        }
        self.stays.push(Stay {
            queue: to_queue.cloned(),
            entered: Some(step.placed),
            entered_at: Some(step.at),
            requeued,
            ..Stay::default()
        });
    }

    fn on_closed(&mut self, step: &Step, outcome: Option<Outcome>, closure: Option<&Arc<str>>) {
        if let Some(leg) = self.legs.last_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.ended_at = Some(step.at);
        }
        if let Some(stay) = self.waiting_mut() {
            stay.closed = true;
        }
        self.closed = true;
        self.closed_at = Some(step.at);
        self.outcome = outcome.or(self.outcome);
        if closure.is_some() {
            self.closure = closure.cloned();
        }
    }

    /// Where the visitor waits now.
    pub(crate) fn waiting(&self) -> Option<&Stay> {
        let stay = self.stays.last()?;
        (stay.answered_at.is_none() && !stay.left && !stay.closed).then_some(stay)
    }

    fn waiting_mut(&mut self) -> Option<&mut Stay> {
        self.waiting()?;
        self.stays.last_mut()
    }

    /// The agent's part that goes on now.
    pub(crate) fn talking(&self) -> Option<&Leg> {
        self.legs.last().filter(|leg| leg.ended_at.is_none())
    }

    /// Closed although nobody ever answered it: the visitor had gone.
    pub(crate) fn left_unanswered(&self) -> bool {
        self.first_answer().is_none() && self.stays.iter().any(|stay| stay.closed)
    }

    /// The answer to who waited; an opening after a close is none.
    pub(crate) fn first_answer(&self) -> Option<Timestamp> {
        self.stays.iter().find_map(|stay| stay.answered_at)
    }

    pub(crate) fn first_opening(&self) -> Option<Timestamp> {
        self.legs.first().map(|leg| leg.opened_at)
    }

    pub(crate) fn state(&self) -> CaseState {
        if self.talking().is_some() {
            CaseState::Open
        } else if self.waiting().is_some() {
            CaseState::Waiting
        } else {
            CaseState::Closed
        }
    }

    pub(crate) fn queue(&self) -> Option<&QueueId> {
        match self.waiting() {
            Some(stay) => stay.queue.as_ref(),
            None => self
                .legs
                .last()
                .and_then(|leg| leg.queue.as_ref())
                .or_else(|| self.stays.last().and_then(|stay| stay.queue.as_ref())),
        }
    }

    pub(crate) fn agent(&self) -> Option<&AgentId> {
        match self.waiting() {
            Some(_) => None,
            None => self.legs.last().and_then(|leg| leg.agent.as_ref()),
        }
    }
}
