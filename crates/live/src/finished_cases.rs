//! The records of cases that have ended.

use jiff::Timestamp;

use wallboard_domain::{
    CaseId, FinishedCase, FinishedConversation, FinishedQueueLeg, FinishedTransfer, SourceId,
};

use super::{
    case_tracking::CaseTimeline,
    live_state::LiveState,
    snapshot::{CaseSnapshot, CountingGap},
};

impl LiveState {
    /// Notes cases that end from now on.
    pub fn follow_ended_cases(&mut self) {
        self.ended_cases.follow();
    }

    /// Returns the cases that ended since the last call, each whenever it ended.
    pub fn take_ended_cases(&mut self) -> Vec<CaseId> {
        self.ended_cases.take()
    }

    /// Returns the known cases that have ended here, and not in an earlier state.
    pub fn ended_cases_since(&self, earlier: &Self) -> Vec<CaseId> {
        let has_ended = |state: &Self, id: &CaseId| {
            let case = state.snapshot.cases.get(id);
            case.and_then(CaseSnapshot::end).is_some()
        };
        let ended = self.cases.ended_ids();
        let ended = ended.filter(|id| has_ended(self, id) && !has_ended(earlier, id));
        ended.cloned().collect()
    }

    /// Returns the known cases that ended from a moment on, by the vendor's time, or at an unknown one.
    pub fn cases_ended_from(&self, from: Timestamp) -> Vec<CaseId> {
        let is_later = |id: &&CaseId| {
            let case = self.snapshot.cases.get(*id);
            case.is_some_and(|case| {
                case.end().is_some() && case.closed_at.is_none_or(|closed| from <= closed)
            })
        };
        self.cases.ended_ids().filter(is_later).cloned().collect()
    }

    /// Returns the record of a case that has ended; `noticed_at`: when that was noticed.
    pub fn build_finished_case(&self, id: &CaseId, noticed_at: Timestamp) -> Option<FinishedCase> {
        let case = self.snapshot.cases.get(id)?;
        let end = case.end()?;
        let record = self.cases.find_record(id)?;
        let timeline = record.build_timeline(&id.source, &self.snapshot.site);
        let transfers = timeline.transfers.iter().map(|transfer| FinishedTransfer {
            at: transfer.at,
            from_agent: transfer.from_agent.clone(),
            from_queue: transfer.from_queue.clone(),
            to_queue: transfer.to_queue.clone(),
        });
        let conversations = timeline.conversations.iter();
        let conversations = conversations.map(|conversation| FinishedConversation {
            agent: conversation.agent.clone(),
            queue: conversation.queue.clone(),
            opened_at: conversation.opened_at,
            ended_at: conversation.ended_at,
        });
        let summary = timeline.transcript.as_ref();
        Some(FinishedCase {
            id: id.clone(),
            end,
            ended_at: case.closed_at,
            noticed_at,
            created_at: timeline.created_at,
            queue_legs: list_legs(&timeline),
            conversations: conversations.collect(),
            transfers: transfers.collect(),
            outcome: timeline.outcome,
            closure: timeline.closure.clone(),
            reopened: timeline.reopened,
            opportunity: timeline.opportunity.clone(),
            solution: timeline.solution.clone(),
            case_type: timeline.case_type.clone(),
            first_response_ms: summary.and_then(|summary| summary.first_response),
        })
    }

    /// Returns the last time of each source in which messages may be missing.
    pub fn last_gaps(&self) -> impl Iterator<Item = (&SourceId, CountingGap)> {
        let sources = self.source_states.iter();
        sources.filter_map(|(id, source)| Some((id, *source.gaps.last()?)))
    }
}

/// The legs, each with when it ended without an answer: where the next one begins, or with the case.
fn list_legs(timeline: &CaseTimeline) -> Vec<FinishedQueueLeg> {
    let legs = &timeline.queue_legs;
    let ends = legs
        .iter()
        .skip(1)
        .map(|next| next.entered_at)
        .chain([None]);
    let legs = legs.iter().zip(ends).map(|(leg, next)| FinishedQueueLeg {
        queue: leg.queue.clone(),
        entered_at: leg.entered_at,
        answered_at: leg.answered_at,
        left_at: match (leg.has_left, leg.was_closed) {
            (true, _) => next,
            (false, true) => timeline.closed_at,
            (false, false) => None,
        },
    });
    legs.collect()
}
