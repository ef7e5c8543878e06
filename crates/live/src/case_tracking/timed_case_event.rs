//! The events of a case, each stored once in the order of the source's times, even if they are
//! repeated or arrive out of order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{CaseEvent, CaseEventKind};

/// An event with its times: the source's time, which defines the order if it can, and the same
/// time on our clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TimedCaseEvent {
    /// The time as reported, which identifies repeats.
    pub(crate) reported_at: Timestamp,
    pub(crate) at: Timestamp,
    pub(crate) local_at: Timestamp,
    pub(crate) event: CaseEvent,
    /// Whether events of its case just before it may have been lost.
    #[serde(default)]
    pub(crate) is_after_loss: bool,
}

impl TimedCaseEvent {
    /// Whether it says where the case is.
    pub(crate) fn is_activity(&self) -> bool {
        !matches!(self.event, CaseEvent::Transcript(_))
    }
}

/// A case with more events is a fault of the upstream. The oldest event except the first is
/// dropped.
pub(super) const MAX_EVENTS: usize = 64;

/// Inserts an event in order. Returns `false` if it adds nothing.
pub(crate) fn insert_event(events: &mut Vec<TimedCaseEvent>, timed_event: TimedCaseEvent) -> bool {
    let same = events.iter_mut().find(|existing| {
        existing.reported_at == timed_event.reported_at
            && is_same_event(&existing.event, &timed_event.event)
    });
    if let Some(existing) = same {
        return complete_event(&mut existing.event, timed_event.event);
    }
    let order = event_rank(events, &timed_event);
    let index = events
        .iter()
        .position(|existing| (timed_event.at, order) < (existing.at, event_rank(events, existing)))
        .unwrap_or(events.len());
    events.insert(index, timed_event);
    if events.len() > MAX_EVENTS {
        events.remove(1);
    }
    true
}

/// The order of events with equal times. An opening comes after a transfer of the
/// same instant, unless it is the opening that the transfer ended.
fn event_rank(events: &[TimedCaseEvent], timed_event: &TimedCaseEvent) -> u8 {
    let CaseEvent::Opened { agent, .. } = &timed_event.event else {
        return match timed_event.event.kind() {
            CaseEventKind::Created => 0,
            CaseEventKind::Opened => 1,
            CaseEventKind::Transferred => 2,
            CaseEventKind::Closed => 4,
            CaseEventKind::Transcript => 5,
        };
    };
    let is_takeover = events.iter().any(|other| {
        let CaseEvent::Transferred { from_agent, .. } = &other.event else {
            return false;
        };
        other.at == timed_event.at && from_agent != agent
    });
    if is_takeover { 3 } else { 1 }
}

/// Whether two events of one instant are the same: of one kind, and without contradicting
/// attributes.
fn is_same_event(one: &CaseEvent, other: &CaseEvent) -> bool {
    use CaseEvent::{Closed, Created, Opened, Transcript, Transferred};
    match (one, other) {
        (Created { .. }, Created { .. }) | (Transcript(_), Transcript(_)) => true,
        (Opened { agent, queue }, Opened { agent: a, queue: q }) => {
            is_compatible(agent.as_ref(), a.as_ref()) && is_compatible(queue.as_ref(), q.as_ref())
        }
        (
            Transferred {
                from_agent,
                from_queue,
                to_queue,
            },
            Transferred {
                from_agent: a,
                from_queue: f,
                to_queue: t,
            },
        ) => {
            is_compatible(from_agent.as_ref(), a.as_ref())
                && is_compatible(from_queue.as_ref(), f.as_ref())
                && is_compatible(to_queue.as_ref(), t.as_ref())
        }
        (
            Closed { outcome, closure },
            Closed {
                outcome: o,
                closure: c,
            },
        ) => {
            is_compatible(outcome.as_ref(), o.as_ref())
                && is_compatible(closure.as_ref(), c.as_ref())
        }
        _ => false,
    }
}

fn is_compatible<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Fills in attributes from a repeated event. Returns `false` if it adds nothing.
fn complete_event(known: &mut CaseEvent, repeated: CaseEvent) -> bool {
    use CaseEvent::{Closed, Created, Opened, Transferred};
    match (known, repeated) {
        (
            Created {
                opportunity,
                solution,
                case_type,
            },
            Created {
                opportunity: o,
                solution: s,
                case_type: c,
            },
        ) => fill_missing(opportunity, o) | fill_missing(solution, s) | fill_missing(case_type, c),
        (Opened { agent, queue }, Opened { agent: a, queue: q }) => {
            fill_missing(agent, a) | fill_missing(queue, q)
        }
        (
            Transferred {
                from_agent,
                from_queue,
                to_queue,
            },
            Transferred {
                from_agent: a,
                from_queue: f,
                to_queue: t,
            },
        ) => fill_missing(from_agent, a) | fill_missing(from_queue, f) | fill_missing(to_queue, t),
        (
            Closed { outcome, closure },
            Closed {
                outcome: o,
                closure: c,
            },
        ) => fill_missing(outcome, o) | fill_missing(closure, c),
        _ => false,
    }
}

fn fill_missing<T>(known: &mut Option<T>, repeated: Option<T>) -> bool {
    let is_filled = known.is_none() && repeated.is_some();
    if is_filled {
        *known = repeated;
    }
    is_filled
}
