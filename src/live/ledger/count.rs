//! What one case adds to the day's books. A pure function of its life, so that
//! it can be taken back and added anew whenever more is known.

use jiff::Timestamp;

use crate::domain::{Counter, Counters, Outcome, SourceId, Target, moment::millis_between};

use super::{
    days::{Entry, Key},
    life::{Leg, Life, Stay},
};

/// What is decided about a case outside its own events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent verdicts, each reached and taken back by itself"
)]
pub(crate) struct Verdict {
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
enum End {
    Answered(i64),
    Waiting {
        late: bool,
    },
    Abandoned,
    FlowedOut,
    /// Not known, or not to be counted.
    Open,
}

pub(crate) fn entries(
    life: &Life,
    verdict: Verdict,
    source: &SourceId,
    mut target: impl FnMut(&Key) -> Target,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    if !verdict.not_queued {
        on_site(life, verdict, source, &mut target, &mut entries);
        in_queues(life, verdict, &mut target, &mut entries);
    }
    for leg in &life.legs {
        in_leg(leg, &mut entries);
    }
    of_outcome(life, &mut entries);
    entries
}

/// The contact as the site sees it: one, however many queues it was in.
fn on_site(
    life: &Life,
    verdict: Verdict,
    source: &SourceId,
    target: &mut impl FnMut(&Key) -> Target,
    entries: &mut Vec<Entry>,
) {
    let (Some(created), Some(created_at)) = (life.created, life.created_at) else {
        return;
    };
    let end = match life.first_answer() {
        Some(answered) => End::Answered(millis_between(created_at, answered).max(0)),
        None if verdict.abandoned || life.left_unanswered() => End::Abandoned,
        None if verdict.unconfirmed => End::Open,
        None => End::Waiting {
            late: verdict.late_on_site,
        },
    };
    entries.push(Entry {
        counters: count_stay(&end, target(&Key::Site)),
        key: Key::Site,
        on: created,
    });
    if life.entry_unknown {
        entries.push(Entry {
            key: Key::Unplaced(source.clone()),
            on: created,
            counters: Counters::LIVE.with(Counter::Offered, 1),
        });
    }
}

/// Each stay as its queue sees it.
fn in_queues(
    life: &Life,
    verdict: Verdict,
    target: &mut impl FnMut(&Key) -> Target,
    entries: &mut Vec<Entry>,
) {
    let last = life.stays.len().saturating_sub(1);
    for (place, stay) in life.stays.iter().enumerate() {
        let (Some(queue), Some(entered)) = (&stay.queue, stay.entered) else {
            continue;
        };
        if stay.requeued {
            continue;
        }
        let end = end_of(stay, place == last, verdict);
        let key = Key::Queue(queue.clone());
        entries.push(Entry {
            counters: count_stay(&end, target(&key)),
            key,
            on: entered,
        });
    }
}

fn end_of(stay: &Stay, is_last: bool, verdict: Verdict) -> End {
    match (stay.answered_at, stay.entered_at) {
        (Some(answered), Some(entered)) => End::Answered(millis_between(entered, answered).max(0)),
        _ if stay.left => End::FlowedOut,
        _ if !is_last || verdict.unconfirmed => End::Open,
        _ if verdict.abandoned || stay.closed => End::Abandoned,
        _ => End::Waiting {
            late: verdict.late_in_queue,
        },
    }
}

fn count_stay(end: &End, target: Target) -> Counters {
    let counters = Counters::LIVE.with(Counter::Offered, 1);
    match end {
        End::Answered(wait) => {
            let is_within = i64::from(*wait <= target.answer_within);
            counters
                .with(Counter::Answered, 1)
                .with(Counter::Waits, 1)
                .with(Counter::WaitTime, *wait)
                .with(Counter::AnsweredWithin, is_within)
        }
        End::Waiting { late } => counters
            .with(Counter::Waiting, 1)
            .with(Counter::WaitingLate, i64::from(*late)),
        End::Abandoned => counters.with(Counter::Abandoned, 1),
        End::FlowedOut => counters.with(Counter::FlowOuts, 1),
        End::Open => counters,
    }
}

/// An agent's part, once it has ended: handled.
fn in_leg(leg: &Leg, entries: &mut Vec<Entry>) {
    let Some(ended) = leg.ended_at else { return };
    let handle_time = millis_between(leg.opened_at, ended).max(0);
    let counters = Counters::LIVE
        .with(Counter::Handled, 1)
        .with(Counter::HandleTime, handle_time)
        .with(Counter::Transferred, i64::from(leg.transferred));
    everywhere(leg, leg.opened, counters, entries);
}

fn of_outcome(life: &Life, entries: &mut Vec<Entry>) {
    let Some(on) = life.created.or(life.legs.first().map(|leg| leg.opened)) else {
        return;
    };
    let mut counters = Counters::LIVE;
    match life.outcome {
        Some(Outcome::Positive) => counters.add(Counter::Positive, 1),
        Some(Outcome::Negative) => counters.add(Counter::Negative, 1),
        Some(Outcome::Neutral) => counters.add(Counter::Neutral, 1),
        Some(Outcome::Unresolved) => counters.add(Counter::Unresolved, 1),
        None => {}
    }
    if let Some(first) = life.transcript.and_then(|t| t.first_response) {
        counters.add(Counter::FirstResponses, 1);
        counters.add(Counter::FirstResponseTime, first);
    }
    if counters == Counters::LIVE {
        return;
    }
    match life.legs.last() {
        Some(leg) => everywhere(leg, on, counters, entries),
        None => entries.push(Entry {
            key: Key::Site,
            on,
            counters,
        }),
    }
}

/// The same on the site, in the leg's queue and with its agent.
fn everywhere(leg: &Leg, on: Timestamp, counters: Counters, entries: &mut Vec<Entry>) {
    let queue = leg.queue.clone().map(Key::Queue);
    let agent = leg.agent.clone().map(Key::Agent);
    for key in [Some(Key::Site), queue, agent].into_iter().flatten() {
        entries.push(Entry { key, on, counters });
    }
}
