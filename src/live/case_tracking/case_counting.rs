//! What one case adds to the day's books. A pure function of its life, so that
//! it can be taken back and added anew whenever more is known.

use jiff::Timestamp;

use crate::domain::{
    CaseOutcome, Counter, Counters, QueueTarget, SourceId, moment::millis_between,
};

use super::{
    case_timeline::{CaseConversation, CaseQueueLeg, CaseTimeline},
    day_totals::{DayEntry, DayOwner},
};

/// What is decided about a case outside its own events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent verdicts, each reached and taken back by itself"
)]
pub(crate) struct CaseAssessment {
    /// Counted as abandoned, by estimate.
    pub(crate) abandoned: bool,
    /// It waits longer than its queue's target, and longer than the site's.
    pub(crate) late_in_queue: bool,
    pub(crate) late_on_site: bool,
    /// Never queues (a form): in no figure of waiting or answering.
    pub(crate) not_queued: bool,
    /// Out of count: older than a break.
    pub(crate) unconfirmed: bool,
}

/// How a stay ended, for counting.
enum StayEnd {
    Answered(i64),
    Waiting {
        late: bool,
    },
    Abandoned,
    FlowedOut,
    /// Not known, or not to be counted.
    Open,
}

pub(crate) fn count_case(
    life: &CaseTimeline,
    verdict: CaseAssessment,
    source: &SourceId,
    mut target: impl FnMut(&DayOwner) -> QueueTarget,
) -> Vec<DayEntry> {
    let mut entries = Vec::new();
    if !verdict.not_queued {
        count_on_site(life, verdict, source, &mut target, &mut entries);
        count_in_queues(life, verdict, &mut target, &mut entries);
    }
    for leg in &life.conversations {
        count_conversation(leg, &mut entries);
    }
    count_outcome(life, &mut entries);
    entries
}

/// The contact as the site sees it: one, however many queues it was in.
fn count_on_site(
    life: &CaseTimeline,
    verdict: CaseAssessment,
    source: &SourceId,
    target: &mut impl FnMut(&DayOwner) -> QueueTarget,
    entries: &mut Vec<DayEntry>,
) {
    let (Some(created), Some(created_at)) = (life.created, life.created_at) else {
        return;
    };
    let end = match life.first_answer() {
        Some(answered) => StayEnd::Answered(millis_between(created_at, answered).max(0)),
        None if verdict.abandoned || life.is_left_unanswered() => StayEnd::Abandoned,
        None if verdict.unconfirmed => StayEnd::Open,
        None => StayEnd::Waiting {
            late: verdict.late_on_site,
        },
    };
    entries.push(DayEntry {
        counters: count_stay(&end, target(&DayOwner::Site)),
        owner: DayOwner::Site,
        counted_at: created,
    });
    if life.entry_unknown {
        entries.push(DayEntry {
            owner: DayOwner::Unassigned(source.clone()),
            counted_at: created,
            counters: Counters::LIVE.with(Counter::Offered, 1),
        });
    }
}

/// Each stay as its queue sees it.
fn count_in_queues(
    life: &CaseTimeline,
    verdict: CaseAssessment,
    target: &mut impl FnMut(&DayOwner) -> QueueTarget,
    entries: &mut Vec<DayEntry>,
) {
    let last = life.queue_legs.len().saturating_sub(1);
    for (place, stay) in life.queue_legs.iter().enumerate() {
        let (Some(queue), Some(entered)) = (&stay.queue, stay.entered) else {
            continue;
        };
        if stay.is_requeued {
            continue;
        }
        let end = stay_end(stay, place == last, verdict);
        let key = DayOwner::Queue(queue.clone());
        entries.push(DayEntry {
            counters: count_stay(&end, target(&key)),
            owner: key,
            counted_at: entered,
        });
    }
}

fn stay_end(stay: &CaseQueueLeg, is_last: bool, verdict: CaseAssessment) -> StayEnd {
    match (stay.answered_at, stay.entered_at) {
        (Some(answered), Some(entered)) => {
            StayEnd::Answered(millis_between(entered, answered).max(0))
        }
        _ if stay.has_left => StayEnd::FlowedOut,
        _ if !is_last || verdict.unconfirmed => StayEnd::Open,
        _ if verdict.abandoned || stay.was_closed => StayEnd::Abandoned,
        _ => StayEnd::Waiting {
            late: verdict.late_in_queue,
        },
    }
}

fn count_stay(end: &StayEnd, target: QueueTarget) -> Counters {
    let counters = Counters::LIVE.with(Counter::Offered, 1);
    match end {
        StayEnd::Answered(wait) => {
            let is_within = i64::from(*wait <= target.threshold_ms);
            counters
                .with(Counter::Answered, 1)
                .with(Counter::Waits, 1)
                .with(Counter::WaitTime, *wait)
                .with(Counter::AnsweredWithin, is_within)
        }
        StayEnd::Waiting { late } => counters
            .with(Counter::Waiting, 1)
            .with(Counter::WaitingLate, i64::from(*late)),
        StayEnd::Abandoned => counters.with(Counter::Abandoned, 1),
        StayEnd::FlowedOut => counters.with(Counter::FlowOuts, 1),
        StayEnd::Open => counters,
    }
}

/// An agent's part, once it has ended: handled.
fn count_conversation(leg: &CaseConversation, entries: &mut Vec<DayEntry>) {
    let Some(ended) = leg.ended_at else { return };
    let handle_time = millis_between(leg.opened_at, ended).max(0);
    let counters = Counters::LIVE
        .with(Counter::Handled, 1)
        .with(Counter::HandleTime, handle_time)
        .with(Counter::Transferred, i64::from(leg.transferred));
    push_for_each_owner(leg, leg.opened, counters, entries);
}

fn count_outcome(life: &CaseTimeline, entries: &mut Vec<DayEntry>) {
    let Some(on) = life
        .created
        .or(life.conversations.first().map(|leg| leg.opened))
    else {
        return;
    };
    let mut counters = Counters::LIVE;
    match life.outcome {
        Some(CaseOutcome::Positive) => counters.add(Counter::Positive, 1),
        Some(CaseOutcome::Negative) => counters.add(Counter::Negative, 1),
        Some(CaseOutcome::Neutral) => counters.add(Counter::Neutral, 1),
        Some(CaseOutcome::Unresolved) => counters.add(Counter::Unresolved, 1),
        None => {}
    }
    if let Some(first) = life.transcript.and_then(|t| t.first_response) {
        counters.add(Counter::FirstResponses, 1);
        counters.add(Counter::FirstResponseTime, first);
    }
    if counters == Counters::LIVE {
        return;
    }
    match life.conversations.last() {
        Some(leg) => push_for_each_owner(leg, on, counters, entries),
        None => entries.push(DayEntry {
            owner: DayOwner::Site,
            counted_at: on,
            counters,
        }),
    }
}

/// The same on the site, in the leg's queue and with its agent.
fn push_for_each_owner(
    leg: &CaseConversation,
    on: Timestamp,
    counters: Counters,
    entries: &mut Vec<DayEntry>,
) {
    let queue = leg.queue.clone().map(DayOwner::Queue);
    let agent = leg.agent.clone().map(DayOwner::Agent);
    for key in [Some(DayOwner::Site), queue, agent].into_iter().flatten() {
        entries.push(DayEntry {
            owner: key,
            counted_at: on,
            counters,
        });
    }
}
