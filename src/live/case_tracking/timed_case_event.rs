//! The steps of a case in the order of the source's times, each once, however
//! often and in whatever order they are told.

use jiff::Timestamp;

use crate::domain::{CaseEvent, CaseEventKind};

/// An event with its times: the source's, which orders where it can, and the same on our clock.
#[derive(Clone, Debug)]
pub(crate) struct TimedCaseEvent {
    /// As it was said: by this an event is known again.
    pub(crate) reported_at: Timestamp,
    pub(crate) at: Timestamp,
    pub(crate) local_at: Timestamp,
    pub(crate) event: CaseEvent,
}

/// Events of one case beyond this are a fault of the upstream; the oldest but
/// the first are given up.
const MAX_EVENTS: usize = 64;

/// Puts a step in its place. Returns `false` where it says nothing new.
pub(crate) fn insert_event(steps: &mut Vec<TimedCaseEvent>, step: TimedCaseEvent) -> bool {
    let same = steps.iter_mut().find(|known| {
        known.reported_at == step.reported_at && is_same_event(&known.event, &step.event)
    });
    if let Some(known) = same {
        return complete_event(&mut known.event, step.event);
    }
    let order = event_rank(steps, &step);
    let place = steps
        .iter()
        .position(|known| (step.at, order) < (known.at, event_rank(steps, known)))
        .unwrap_or(steps.len());
    steps.insert(place, step);
    if steps.len() > MAX_EVENTS {
        steps.remove(1);
    }
    true
}

/// The order of events with equal times. An opening comes after a transfer of the
/// same instant, unless it is the opening that the transfer ended.
fn event_rank(steps: &[TimedCaseEvent], step: &TimedCaseEvent) -> u8 {
    let CaseEvent::Opened { agent, .. } = &step.event else {
        return match step.event.kind() {
            CaseEventKind::Created => 0,
            CaseEventKind::Opened => 1,
            CaseEventKind::Transferred => 2,
            CaseEventKind::Closed => 4,
            CaseEventKind::Transcript => 5,
        };
    };
    let taken_over = steps.iter().any(|other| {
        let CaseEvent::Transferred { from_agent, .. } = &other.event else {
            return false;
        };
        other.at == step.at && from_agent != agent
    });
    if taken_over { 3 } else { 1 }
}

/// Whether two events of one instant are the same one: of one kind, and in
/// nothing that both say different.
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

/// Fills in what an event said again says more; `false` if it says nothing new.
fn complete_event(known: &mut CaseEvent, again: CaseEvent) -> bool {
    use CaseEvent::{Closed, Created, Opened, Transferred};
    match (known, again) {
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

fn fill_missing<T>(known: &mut Option<T>, again: Option<T>) -> bool {
    let fills = known.is_none() && again.is_some();
    if fills {
        *known = again;
    }
    fills
}
