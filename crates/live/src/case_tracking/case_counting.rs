//! The day counts of one case. They are a pure function of its timeline, so they can be
//! subtracted and recomputed whenever more is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{
    CaseOutcome, Counter, Counters, QueueTarget, SourceId, moment::millis_between,
};

use super::{
    case_timeline::{CaseConversation, CaseQueueLeg, CaseTimeline},
    day_totals::{DayEntry, DayOwner},
};

/// Assessments of a case that its own events don't contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent assessments, each made and withdrawn separately"
)]
pub(crate) struct CaseAssessment {
    /// Counted as abandoned, by estimate.
    pub(crate) abandoned: bool,
    /// It waits longer than its queue's target, or than the site's.
    pub(crate) late_in_queue: bool,
    pub(crate) late_on_site: bool,
    /// Never queues (a form), so it is in no figure for waiting or answering.
    pub(crate) not_queued: bool,
    /// Not counted: older than a discontinuity.
    pub(crate) unconfirmed: bool,
    /// Its queue's load no longer counts it: it has ended, or is in another queue.
    #[serde(default)]
    pub(crate) has_left_queue: bool,
}

/// The end of a queue leg, for counting.
enum LegEnd {
    Answered(i64),
    Waiting {
        late: bool,
    },
    Abandoned,
    FlowedOut,
    /// Unknown, or not counted.
    Open,
}

pub(crate) fn count_case(
    timeline: &CaseTimeline,
    assessment: CaseAssessment,
    source: &SourceId,
    mut target: impl FnMut(&DayOwner) -> QueueTarget,
) -> Vec<DayEntry> {
    let mut entries = Vec::new();
    if !assessment.not_queued {
        count_on_site(timeline, assessment, source, &mut target, &mut entries);
        count_in_queues(timeline, assessment, &mut target, &mut entries);
    }
    for conversation in &timeline.conversations {
        count_conversation(conversation, &mut entries);
    }
    count_outcome(timeline, &mut entries);
    entries
}

/// Counts the contact for the site: once, regardless of its number of queues.
fn count_on_site(
    timeline: &CaseTimeline,
    assessment: CaseAssessment,
    source: &SourceId,
    target: &mut impl FnMut(&DayOwner) -> QueueTarget,
    entries: &mut Vec<DayEntry>,
) {
    let (Some(created), Some(created_at)) = (timeline.created, timeline.created_at) else {
        return;
    };
    let end = match timeline.first_answer() {
        Some(answered) => LegEnd::Answered(millis_between(created_at, answered).max(0)),
        None if assessment.abandoned || timeline.is_left_unanswered() => LegEnd::Abandoned,
        None if assessment.unconfirmed => LegEnd::Open,
        None => LegEnd::Waiting {
            late: assessment.late_on_site,
        },
    };
    entries.push(DayEntry {
        counters: count_leg(&end, target(&DayOwner::Site)),
        owner: DayOwner::Site,
        counted_at: created,
    });
    if timeline.entry_unknown {
        entries.push(DayEntry {
            owner: DayOwner::Unassigned(source.clone()),
            counted_at: created,
            counters: Counters::LIVE.with(Counter::Offered, 1),
        });
    }
}

/// Counts each queue leg for its queue.
fn count_in_queues(
    timeline: &CaseTimeline,
    assessment: CaseAssessment,
    target: &mut impl FnMut(&DayOwner) -> QueueTarget,
    entries: &mut Vec<DayEntry>,
) {
    let last = timeline.queue_legs.len().saturating_sub(1);
    for (index, leg) in timeline.queue_legs.iter().enumerate() {
        let (Some(queue), Some(entered)) = (&leg.queue, leg.entered) else {
            continue;
        };
        if leg.is_requeued {
            continue;
        }
        let end = leg_end(leg, index == last, assessment);
        let key = DayOwner::Queue(queue.clone());
        entries.push(DayEntry {
            counters: count_leg(&end, target(&key)),
            owner: key,
            counted_at: entered,
        });
    }
}

fn leg_end(leg: &CaseQueueLeg, is_last: bool, assessment: CaseAssessment) -> LegEnd {
    match (leg.answered_at, leg.entered_at) {
        (Some(answered), Some(entered)) => {
            LegEnd::Answered(millis_between(entered, answered).max(0))
        }
        _ if leg.has_left => LegEnd::FlowedOut,
        _ if !is_last => LegEnd::Open,
        _ if assessment.abandoned || leg.was_closed => LegEnd::Abandoned,
        _ if assessment.unconfirmed => LegEnd::Open,
        _ => LegEnd::Waiting {
            late: assessment.late_in_queue,
        },
    }
}

fn count_leg(end: &LegEnd, target: QueueTarget) -> Counters {
    let counters = Counters::LIVE.with(Counter::Offered, 1);
    match end {
        LegEnd::Answered(wait) => {
            let is_within = i64::from(*wait <= target.threshold_ms);
            counters
                .with(Counter::Answered, 1)
                .with(Counter::Waits, 1)
                .with(Counter::WaitTime, *wait)
                .with(Counter::AnsweredWithin, is_within)
        }
        LegEnd::Waiting { late } => counters
            .with(Counter::Waiting, 1)
            .with(Counter::WaitingLate, i64::from(*late)),
        LegEnd::Abandoned => counters.with(Counter::Abandoned, 1),
        LegEnd::FlowedOut => counters.with(Counter::FlowOuts, 1),
        LegEnd::Open => counters,
    }
}

/// Counts an agent's conversation as handled on the day when it ends.
fn count_conversation(conversation: &CaseConversation, entries: &mut Vec<DayEntry>) {
    let Some((ended, ended_at)) = conversation.ended.zip(conversation.ended_at) else {
        return;
    };
    let handle_time = millis_between(conversation.opened_at, ended_at).max(0);
    let counters = Counters::LIVE
        .with(Counter::Handled, 1)
        .with(Counter::HandleTime, handle_time)
        .with(Counter::Transferred, i64::from(conversation.transferred));
    push_for_each_owner(conversation, ended, &counters, entries);
}

fn count_outcome(timeline: &CaseTimeline, entries: &mut Vec<DayEntry>) {
    let Some(counted_at) = timeline.created.or(timeline
        .conversations
        .first()
        .map(|conversation| conversation.opened))
    else {
        return;
    };
    let mut counters = Counters::LIVE;
    match timeline.outcome {
        Some(CaseOutcome::Positive) => counters.add(Counter::Positive, 1),
        Some(CaseOutcome::Negative) => counters.add(Counter::Negative, 1),
        Some(CaseOutcome::Neutral) => counters.add(Counter::Neutral, 1),
        Some(CaseOutcome::Unresolved) => counters.add(Counter::Unresolved, 1),
        None => {}
    }
    if let Some(first) = timeline.transcript.and_then(|t| t.first_response) {
        counters.add(Counter::FirstResponses, 1);
        counters.add(Counter::FirstResponseTime, first);
    }
    if counters == Counters::LIVE {
        return;
    }
    match timeline.conversations.last() {
        Some(conversation) => push_for_each_owner(conversation, counted_at, &counters, entries),
        None => entries.push(DayEntry {
            owner: DayOwner::Site,
            counted_at,
            counters,
        }),
    }
}

/// Adds the same counters for the site, the conversation's queue and its agent.
fn push_for_each_owner(
    conversation: &CaseConversation,
    counted_at: Timestamp,
    counters: &Counters,
    entries: &mut Vec<DayEntry>,
) {
    let queue = conversation.queue.clone().map(DayOwner::Queue);
    let agent = conversation.agent.clone().map(DayOwner::Agent);
    for key in [Some(DayOwner::Site), queue, agent].into_iter().flatten() {
        entries.push(DayEntry {
            owner: key,
            counted_at,
            counters: *counters,
        });
    }
}
