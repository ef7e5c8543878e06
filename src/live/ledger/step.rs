//! The steps of a case in the order of the source's times, each once, however
//! often and in whatever order they are told.

use jiff::Timestamp;

use crate::domain::{CaseEvent, CaseStep};

/// An event with its times: the source's, which orders where it can, and the same on our clock.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// As it was said: by this an event is known again.
    pub(crate) said: Timestamp,
    pub(crate) at: Timestamp,
    pub(crate) placed: Timestamp,
    pub(crate) event: CaseEvent,
}

/// Events of one case beyond this are a fault of the upstream; the oldest but
/// the first are given up.
const MOST: usize = 64;

/// Puts a step in its place. Returns `false` where it says nothing new.
pub(crate) fn insert(steps: &mut Vec<Step>, step: Step) -> bool {
    let same = steps
        .iter_mut()
        .find(|known| known.said == step.said && is_same(&known.event, &step.event));
    if let Some(known) = same {
        return complete(&mut known.event, step.event);
    }
    let order = rank(steps, &step);
    let place = steps
        .iter()
        .position(|known| (step.at, order) < (known.at, rank(steps, known)))
        .unwrap_or(steps.len());
    steps.insert(place, step);
    if steps.len() > MOST {
        steps.remove(1);
    }
    true
}

/// The order of events with equal times. An opening comes after a transfer of the
/// same instant, unless it is the opening that the transfer ended.
fn rank(steps: &[Step], step: &Step) -> u8 {
    let CaseEvent::Opened { agent, .. } = &step.event else {
        return match step.event.step() {
            CaseStep::Created => 0,
            CaseStep::Opened => 1,
            CaseStep::Transferred => 2,
            CaseStep::Closed => 4,
            CaseStep::Transcript => 5,
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
fn is_same(one: &CaseEvent, other: &CaseEvent) -> bool {
    use CaseEvent::{Closed, Created, Opened, Transcript, Transferred};
    match (one, other) {
        (Created { .. }, Created { .. }) | (Transcript(_), Transcript(_)) => true,
        (Opened { agent, queue }, Opened { agent: a, queue: q }) => {
            agrees(agent.as_ref(), a.as_ref()) && agrees(queue.as_ref(), q.as_ref())
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
            agrees(from_agent.as_ref(), a.as_ref())
                && agrees(from_queue.as_ref(), f.as_ref())
                && agrees(to_queue.as_ref(), t.as_ref())
        }
        (
            Closed { outcome, closure },
            Closed {
                outcome: o,
                closure: c,
            },
        ) => agrees(outcome.as_ref(), o.as_ref()) && agrees(closure.as_ref(), c.as_ref()),
        _ => false,
    }
}

fn agrees<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Fills in what an event said again says more; `false` if it says nothing new.
fn complete(known: &mut CaseEvent, again: CaseEvent) -> bool {
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
        ) => fill(opportunity, o) | fill(solution, s) | fill(case_type, c),
        (Opened { agent, queue }, Opened { agent: a, queue: q }) => fill(agent, a) | fill(queue, q),
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
        ) => fill(from_agent, a) | fill(from_queue, f) | fill(to_queue, t),
        (
            Closed { outcome, closure },
            Closed {
                outcome: o,
                closure: c,
            },
        ) => fill(outcome, o) | fill(closure, c),
        _ => false,
    }
}

fn fill<T>(known: &mut Option<T>, again: Option<T>) -> bool {
    let fills = known.is_none() && again.is_some();
    if fills {
        *known = again;
    }
    fills
}
